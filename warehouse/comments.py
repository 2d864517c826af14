"""Comments of view columns, inherited from what the view reads.

A column that a view hands through means what it means in its table: the comment is
written once, there. A view's own columns are described beside the view.
"""

from __future__ import annotations

import re

import duckdb

_RELATION = re.compile(r"\b(?:FROM|JOIN)\s+\(*\s*(?:main\.)?(\w+)", re.IGNORECASE)
_COLUMNS = """
SELECT table_name, column_name, comment
FROM duckdb_columns()
WHERE schema_name = 'main' AND NOT internal
ORDER BY table_name, column_index
"""
_VIEWS = """
SELECT view_name, sql
FROM duckdb_views()
WHERE schema_name = 'main' AND NOT internal
ORDER BY view_oid
"""

Comments = dict[str, dict[str, str | None]]


def inherit_comments(con: duckdb.DuckDBPyConnection) -> None:
    """Give each view column without a comment that of its namesake in what the view reads.

    The relations of a view are asked in the order in which it names them; a view must be
    made after those it reads.
    """
    comments: Comments = {}
    for relation, column, comment in con.execute(_COLUMNS).fetchall():
        comments.setdefault(relation, {})[column] = comment
    for view, sql in con.execute(_VIEWS).fetchall():
        for column, text in inherited(comments, view, sql).items():
            quoted = text.replace("'", "''")
            con.execute(f"COMMENT ON COLUMN {view}.{column} IS '{quoted}'")
            comments[view][column] = text


def inherited(comments: Comments, view: str, sql: str) -> dict[str, str]:
    """Return the comments that the bare columns of `view` take from the relations in `sql`."""
    relations = [name for name in _RELATION.findall(sql) if name in comments and name != view]
    found = {}
    for column, comment in comments[view].items():
        told = (comments[relation].get(column) for relation in relations)
        text = next((text for text in told if text), None)
        if comment is None and text is not None:
            found[column] = text
    return found
