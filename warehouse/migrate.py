"""Migrations: numbered SQL files that bring a warehouse to the newest schema.

Each file of `migrations/` runs once, in one transaction with its row in
`schema_migrations`. The checkpoint after the last one leaves no DDL in the write-ahead
log: files with DDL in their log have failed to open after a kill. Views are created again
when one of their files changed, and after each migration because they inherit comments
from the tables. Migrations are never edited after release 0.1.0; new ones are added at
the end.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.resources
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.errors import MigrationError, SchemaTooNewError
from warehouse.quoting import quoted

_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    name VARCHAR NOT NULL,
    checksum VARCHAR NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL
)
"""
_LEDGER_COMMENTS = """
COMMENT ON TABLE schema_migrations IS 'Ledger: one row per migration, and one per set of views';
COMMENT ON COLUMN schema_migrations.name IS 'File name of the migration, or "views"';
COMMENT ON COLUMN schema_migrations.checksum IS 'Hexadecimal SHA-256 of the SQL that was run';
COMMENT ON COLUMN schema_migrations.applied_at IS 'When it was run, UTC';
"""
_VIEWS = "views"
_RELATION = re.compile(r"\b(?:FROM|JOIN)\s+\(*\s*(?:main\.)?(\w+)", re.IGNORECASE)
_COLUMN_COMMENTS = """
SELECT table_name, column_name, comment
FROM duckdb_columns()
WHERE schema_name = 'main' AND NOT internal
ORDER BY table_name, column_index
"""
_VIEW_QUERIES = """
SELECT view_name, sql
FROM duckdb_views()
WHERE schema_name = 'main' AND NOT internal
ORDER BY view_oid
"""

Comments = dict[str, dict[str, str | None]]


@dataclass(frozen=True, slots=True)
class Script:
    """One SQL file: its name without extension, and its text."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Hexadecimal SHA-256 of the text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


@functools.cache
def scripts(folder: str) -> tuple[Script, ...]:
    """Return the SQL files of one folder of this package, sorted by name."""
    files = importlib.resources.files("warehouse").joinpath(folder).iterdir()
    found = [Script(Path(file.name).stem, file.read_text("utf-8")) for file in files
             if file.name.endswith(".sql")]  # fmt: skip
    return tuple(sorted(found, key=lambda script: script.name))


def migrate(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    before_upgrade: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """Apply the missing migrations and views; return their names.

    Args:
        con: Connection to the file.
        path: The file, for messages.
        before_upgrade: Called with the name of the first missing migration, unless the file is
            new or none is missing.

    Raises:
        SchemaTooNewError: The ledger has a migration that this version does not have.
        MigrationError: A file failed and was rolled back, or was edited after it was
            applied.
    """
    con.execute(_LEDGER)
    applied = _applied(con)
    known = scripts("migrations")
    _refuse_strangers(applied, known, path)
    done = []
    if not applied:
        con.execute(_LEDGER_COMMENTS)
    missing = [script for script in known if script.name not in applied]
    if applied and missing:
        before_upgrade(missing[0].name)
    for script in missing:
        _run(con, script)
        done.append(script.name)
    views = _views()
    if done or applied.get(_VIEWS) != views.checksum:
        _run(con, views)
        done.append(_VIEWS)
    if done:
        con.execute("CHECKPOINT")
    return done


def is_current(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether a file has the newest schema and views."""
    current = [*scripts("migrations"), _views()]
    return _applied(con) == {script.name: script.checksum for script in current}


def newest_known() -> str:
    """Return the name of the newest migration of this version."""
    return scripts("migrations")[-1].name


def newest_applied(con: duckdb.DuckDBPyConnection) -> str:
    """Return the name of the newest migration of a file."""
    return max(name for name in _applied(con) if name != _VIEWS)


def _applied(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(
        con.execute(
            "SELECT name, arg_max(checksum, applied_at) FROM schema_migrations GROUP BY name"
        ).fetchall()
    )


def _refuse_strangers(applied: dict[str, str], known: Sequence[Script], path: Path) -> None:
    ours = {script.name: script.checksum for script in known} | {_VIEWS: ""}
    strangers = sorted(set(applied) - set(ours))
    if strangers:
        raise SchemaTooNewError(path, strangers[-1], known[-1].name)
    for name, checksum in applied.items():
        if ours[name] and checksum != ours[name]:
            raise MigrationError(
                name, "the file was edited after it was applied: restore the original file"
            )


def _views() -> Script:
    """Return all views as one script; a view may use views of earlier files."""
    return Script(_VIEWS, "\n".join(script.sql for script in scripts(_VIEWS)))


def _run(con: duckdb.DuckDBPyConnection, script: Script) -> None:
    con.execute("BEGIN")
    try:
        con.execute(script.sql)
        if script.name == _VIEWS:
            _inherit_comments(con)
        con.execute(
            "INSERT INTO schema_migrations VALUES (?, ?, now())", [script.name, script.checksum]
        )
        con.execute("COMMIT")
    except duckdb.Error as exc:
        with contextlib.suppress(duckdb.Error):  # a fatal error has closed the instance
            con.execute("ROLLBACK")
        if isinstance(exc, duckdb.OperationalError | duckdb.FatalException):
            raise  # the disk failed, not the migration
        raise MigrationError(script.name, str(exc)) from exc


def _inherit_comments(con: duckdb.DuckDBPyConnection) -> None:
    """Copy comments to the view columns without one from the relations of the view.

    A column passed through by a view means the same as in its table, so its comment is
    written once. Relations are searched in the order of the query for a column of the same
    name. A view must be created after the views it reads.
    """
    comments: Comments = {}
    for relation, column, comment in con.execute(_COLUMN_COMMENTS).fetchall():
        comments.setdefault(relation, {})[column] = comment
    for view, sql in con.execute(_VIEW_QUERIES).fetchall():
        for column, text in inherited(comments, view, sql).items():
            con.execute(f"COMMENT ON COLUMN {view}.{column} IS {quoted(text)}")
            comments[view][column] = text


def inherited(comments: Comments, view: str, sql: str) -> dict[str, str]:
    """Return the comments that `view` inherits from the relations in its query `sql`."""
    relations = [name for name in _RELATION.findall(sql) if name in comments and name != view]
    found = {}
    for column, comment in comments[view].items():
        told = (comments[relation].get(column) for relation in relations)
        text = next((text for text in told if text), None)
        if comment is None and text is not None:
            found[column] = text
    return found
