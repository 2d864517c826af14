"""What readers' SQL may do: queries, and a closed list of calls."""

import duckdb
import pytest

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
        con.execute("CREATE MACRO trending_on(day) AS TABLE SELECT day")  # as in the warehouse
        yield con


REFUSED = [
    "CALL enable_logging(storage='file', storage_config={'path': '/tmp/x'})",
    "CALL pragma_version()",
    "CHECKPOINT",
    "BEGIN",
    "PREPARE a AS SELECT 1",
    "CREATE TEMP TABLE t AS SELECT 1",
    "CREATE MACRO m() AS TABLE FROM read_csv('x')",
    "SET VARIABLE a = 1",
    "USE memory",
    "VACUUM",
    "COPY said TO 'x'",
    "ATTACH 'x.duckdb'",
    "LOAD fts",
    "DETACH memory",
    "SELECT 1; CALL enable_logging()",
    "EXPLAIN COPY said TO 'x'",
    "EXPLAIN ANALYZE INSERT INTO said VALUES ('x', 1)",
    "EXPLAIN EXPLAIN SELECT 1",
    "EXPLAIN FROM read_csv('x')",
    "/* EXPLAIN */ EXPLAIN ANALYZE FROM read_text('x')",
    "FROM query('COPY said TO ''x''')",
    "FROM json_execute_serialized_sql('{}')",
    "SELECT * FROM (SELECT * FROM said, LATERAL (FROM main.read_text('x')))",
    "WITH t AS (FROM \"Read_Text\"('x')) FROM t",
    "SELECT (SELECT count(*) FROM glob('*'))",
    "SELECT words FROM said WHERE EXISTS (FROM duckdb_secrets())",
    "DESCRIBE FROM read_csv('x')",
    "SUMMARIZE FROM read_csv('x')",
    "FROM said UNION ALL FROM read_csv('x')",
    "SELECT GetEnv('HOME')",
    "SELECT [getenv(x) for x in ['HOME']]",
    "SELECT count(*) FILTER (write_log('x') IS NULL) FROM said",
    "SELECT current_setting('temp_directory')",
    "FROM pg_settings",
    "FROM duckdb_databases",
    "PRAGMA database_list",
    "PRAGMA enable_profiling",
    "PRAGMA import_database('x')",
    "PIVOT (FROM read_csv('x')) ON kind USING sum(words)",
    "PIVOT (FROM \"read_csv\" /* ( */ ('x')) ON kind USING sum(words)",
    "PIVOT (FROM said, pg_settings) ON kind USING sum(words)",
    "PIVOT said ON kind USING sum(words); CHECKPOINT",
    "",
    ";",
    "SELECT " + "1 + " * 2000 + "1",
]


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
