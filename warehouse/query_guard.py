"""What a reader's SQL may do: queries, and a closed list of table functions.

DuckDB's own parser takes the SQL apart. A reader's connection refuses files, settings and
writes by itself; this list also keeps out what may abort the process, such as the functions
of DuckDB's log, and what would run other SQL from a string. Scalar functions and aggregates
are allowed, apart from those that tell about the machine: they only compute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import duckdb
import orjson

from warehouse.errors import QueryError
from warehouse.query_messages import TOO_DEEP

TABLE_FUNCTIONS = frozenset({
    "duckdb_columns", "duckdb_constraints", "duckdb_functions", "duckdb_indexes", "duckdb_keywords",
    "duckdb_schemas", "duckdb_tables", "duckdb_types", "duckdb_views", "generate_series",
    "histogram", "histogram_values", "icu_calendar_names", "json_each", "json_tree",
    "linked_people_of", "pg_timezone_names", "pragma_collations", "pragma_database_size",
    "pragma_platform", "pragma_show", "pragma_storage_info", "pragma_table_info", "pragma_version",
    "range", "repeat", "repeat_row", "summary", "trending_on", "trending_over",
    "unnest",
})  # fmt: skip
# Variables, settings and paths of this machine, and DuckDB's log.
REFUSED_FUNCTIONS = frozenset({"current_setting", "getenv", "write_log"})
REFUSED_VIEWS = frozenset({
    "duckdb_databases", "duckdb_logs", "pg_prepared_statements", "pg_settings",
    "pragma_database_list",
})  # fmt: skip

_SELECT = duckdb.StatementType.SELECT
_EXPLAIN = duckdb.StatementType.EXPLAIN
_ONLY = "only queries are allowed: SELECT, FROM, WITH, VALUES, PIVOT, DESCRIBE, SUMMARIZE, SHOW and EXPLAIN"
_EXPLAINED = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*EXPLAIN\b(\s+ANALYZE\b)?(\s*\(\s*FORMAT\s+\w+\s*\))?(.*)",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(r'"((?:[^"]|"")*)"|\w+')


def guarded_queries(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    """Return the queries in `sql`, in order, if all of them are allowed.

    Args:
        con: A connection whose parser is used; nothing of `sql` is run.
        sql: Queries that are separated by semicolons.

    Raises:
        QueryError: There is no query, it cannot be parsed, or a part of it is not allowed.
        duckdb.Error: It cannot be parsed.
    """
    statements = con.extract_statements(sql)
    if not statements:
        raise QueryError("there is no query: write one, such as FROM said LIMIT 5")
    # PIVOT without a list of values becomes two statements without a text of their own.
    if any(not statement.query for statement in statements):
        for statement in statements:
            if statement.query:
                _guarded(con, statement)
        _check_tokens(con, sql)
        return [sql]
    return [_guarded(con, statement) for statement in statements]


def _guarded(con: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> str:
    if statement.type == _EXPLAIN and (found := _EXPLAINED.fullmatch(statement.query)):
        analyze, form, query = found.groups(default="")
        _check_query(con, query)
        return f"EXPLAIN{analyze}{form} {query}"
    if statement.type != _SELECT:
        kind = statement.type.name.replace("_", " ").strip("?") or "this statement"
        raise QueryError(f"{_ONLY}; not {kind}: snapshots are read-only")
    _check_query(con, statement.query)
    return statement.query


def _check_query(con: duckdb.DuckDBPyConnection, query: str) -> None:
    """Raise QueryError unless `query` calls only what is allowed, in any of its parts."""
    [(text,)] = con.execute("SELECT json_serialize_sql(?)", [query]).fetchall()
    try:
        tree = orjson.loads(text)
    except orjson.JSONDecodeError as exc:
        raise QueryError(TOO_DEEP) from exc
    if tree["error"]:
        raise QueryError(f"{_ONLY} ({tree['error_message']})")
    for node in _nodes(tree["statements"]):
        if node.get("type") == "TABLE_FUNCTION":
            function = str(node["function"].get("function_name", "")).lower()
            if function not in TABLE_FUNCTIONS:
                raise _refused("function", function)
        elif (called := str(node.get("function_name", "")).lower()) in REFUSED_FUNCTIONS:
            raise _refused("function", called)
        elif (view := str(node.get("table_name", "")).lower()) in REFUSED_VIEWS:
            raise _refused("view", view)


def _nodes(tree: object) -> Iterator[dict[str, Any]]:
    """Yield every object in a tree of JSON, without recursion: queries may be deep."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _check_tokens(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Check a query that DuckDB's parser does not return as a tree: each name before a bracket."""
    rows = con.execute(
        "SELECT function_name FROM duckdb_functions()"
        " WHERE function_type IN ('table', 'table_macro', 'pragma')"
    ).fetchall()
    refused = ({name for (name,) in rows} - TABLE_FUNCTIONS) | REFUSED_FUNCTIONS
    starts = [start for start, _ in duckdb.tokenize(sql)]
    parts = [sql[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]
    for part, after in zip(parts, [*parts[1:], ""], strict=True):
        found = _NAME.match(part)
        name = (found[1] or found[0]).replace('""', '"').lower() if found else ""
        if after.startswith("(") and name in refused:
            raise _refused("function", name)
        if name in REFUSED_VIEWS:
            raise _refused("view", name)


def _refused(kind: str, name: str) -> QueryError:
    return QueryError(
        f"the {kind} {name} is not allowed: queries read the tables and views of the warehouse, "
        "which `onrecord sql --schema` lists"
    )
