"""What readers' SQL may do: queries, and a closed list of calls."""

import duckdb
import pytest

from tests.helpers.harmful_sql import REFUSED
from warehouse.errors import QueryError
from warehouse.query_guard import REFUSED_FUNCTIONS, TABLE_FUNCTIONS, guarded_queries

# Functions whose results differ from call to call, and that do no harm.
HARMLESS = {
    "current_connection_id", "current_database", "current_date", "current_query",
    "current_query_id", "current_schema", "current_schemas", "current_transaction_id", "currval",
    "error", "gen_random_uuid", "get_current_time", "get_current_timestamp", "in_search_path",
    "nextval", "now", "random", "setseed", "sleep_ms", "stats", "today", "transaction_timestamp",
    "txid_current", "uuid", "uuidv4", "uuidv7",
}  # fmt: skip


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:  # as a reader's connection, but with a table of its own
        con.execute("SET enable_external_access = false")
        con.execute("CREATE TABLE said (kind VARCHAR, words INTEGER)")
        con.execute("INSERT INTO said VALUES ('direct', 3), ('indirect', 4)")
        # As in the warehouse.
        con.execute("CREATE MACRO trending_on(day) AS TABLE SELECT day")
        con.execute("CREATE MACRO trending_over(day, spans) AS TABLE SELECT day")
        con.execute("CREATE MACRO linked_people_of(name, since, until) AS TABLE SELECT name")
        yield con


@pytest.mark.parametrize("sql", REFUSED)
def test_other_statements_and_calls_are_refused(con, sql):
    with pytest.raises((QueryError, duckdb.ParserException, duckdb.PermissionException)):
        guarded_queries(con, sql)


ALLOWED = [
    "FROM said",
    "-- a question?\nSELECT kind, sum(words) OVER (ORDER BY kind) FROM said;",
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) FROM t",
    "VALUES (1)",
    "SELECT unnest([1, 2]), regexp_extract_all('a b', '\\w')",
    "FROM range(3), generate_series(1, 3)",
    "SELECT key FROM json_each('{\"a\": 1}')",
    "DESCRIBE said",
    "SUMMARIZE said",
    "SHOW TABLES",
    "SHOW ALL TABLES",
    "PRAGMA table_info('said')",
    "PRAGMA show_tables",
    "PRAGMA version",
    "FROM duckdb_columns()",
    "EXPLAIN SELECT 1",
    "-- why?\nEXPLAIN ANALYZE FROM said",
    "EXPLAIN (FORMAT json) FROM said",
    "PIVOT said ON kind USING sum(words)",
    "PIVOT said ON kind IN ('direct') USING sum(words)",
    "SELECT * FROM (PIVOT said ON kind USING sum(words)) WHERE direct > 1",
    "UNPIVOT said ON words INTO NAME name VALUE value",
    "SELECT 1; SELECT 2",
]


@pytest.mark.parametrize("sql", ALLOWED)
def test_queries_are_allowed_and_give_the_same_rows(con, sql):
    found = None
    for query in guarded_queries(con, sql):
        found = con.execute(query).fetchall()
    if "ANALYZE" not in sql:  # which tells times
        assert found == con.execute(sql).fetchall()


def functions(con, condition):
    return {
        name
        for (name,) in con.execute(
            f"SELECT function_name FROM duckdb_functions() WHERE {condition}"
        ).fetchall()
    }


def test_list_of_table_functions_is_closed(con):
    """A function that a later DuckDB adds is refused until somebody allows it."""
    for name in functions(con, "function_type IN ('table', 'table_macro')") - TABLE_FUNCTIONS:
        with pytest.raises(QueryError, match=f"the function {name} is not allowed"):
            guarded_queries(con, f"FROM {name}()")


def test_allowed_table_functions_exist(con):
    assert functions(con, "function_type IN ('table', 'table_macro')") >= TABLE_FUNCTIONS


def test_every_function_with_side_effects_was_judged(con):
    found = functions(con, "function_type = 'scalar' AND stability != 'CONSISTENT'")
    assert found - REFUSED_FUNCTIONS == HARMLESS
