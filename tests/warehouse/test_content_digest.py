"""The content digest follows its description, whatever writes or reads the rows."""

import hashlib
import random

import duckdb
import pytest

from warehouse.content_digest import TYPES, TableDigest, digest_of_all, digest_of_table

COLUMNS = {
    "name": "VARCHAR",
    "rows": "INTEGER",
    "share": "DOUBLE",
    "yes": "BOOLEAN",
    "day": "DATE",
    "at": "TIMESTAMP WITH TIME ZONE",
    "names": "VARCHAR[]",
    "spans": "INTEGER[][]",
}
ROW = (
    "'Fähre', 7, 0.5, true, DATE '2024-06-03', TIMESTAMPTZ '2024-06-03 12:00:00+02',"
    " ['a', NULL, 'ü'], [[0, 4], [9, 12]]"
)
# Framed by hand, after the description in the module.
FRAMED = (
    "6:Fähre1:78:0.5000004:true10:2024-06-0320:2024-06-03T10:00:00Z8:1:a~2:ü17:6:1:01:47:1:92:12"
)


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'Asia/Tokyo'")  # the digest does not depend on it
        yield con


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def values(*rows):
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    return f"SELECT * FROM (VALUES {', '.join(f'({row})' for row in rows)}) AS t({names})"


def test_digest_follows_its_description(con):
    found = digest_of_table(con, values(ROW), COLUMNS)
    assert found == TableDigest(1, sha256(f"{','.join(COLUMNS)}\n{sha256(FRAMED)}\n"))


@pytest.mark.parametrize(
    ("value", "kind", "framed"),
    [
        pytest.param("NULL::VARCHAR", "VARCHAR", "~", id="missing"),
        pytest.param("''", "VARCHAR", "~", id="empty-text"),
        pytest.param("[]::VARCHAR[]", "VARCHAR[]", "0:", id="empty-list"),
        pytest.param("NULL::VARCHAR[]", "VARCHAR[]", "~", id="missing-list"),
        pytest.param("['']", "VARCHAR[]", "1:~", id="list-of-empty-text"),
        pytest.param("'~'", "VARCHAR", "1:~", id="tilde"),
        pytest.param("'🚢'", "VARCHAR", "4:🚢", id="bytes-not-characters"),
        pytest.param("1e-9::DOUBLE", "DOUBLE", "8:0.000000", id="tiny"),
        pytest.param("-1e-9::DOUBLE", "DOUBLE", "8:0.000000", id="minus-zero"),
        pytest.param("-52.1234565::DOUBLE", "DOUBLE", "10:-52.123457", id="six-decimals"),
        pytest.param("false", "BOOLEAN", "5:false", id="false"),
        pytest.param("NULL::BOOLEAN", "BOOLEAN", "~", id="missing-boolean"),
        pytest.param("9007199254740993", "BIGINT", "16:9007199254740993", id="bigint"),
    ],
)
def test_value_is_framed(con, value, kind, framed):
    found = digest_of_table(con, f"SELECT {value} AS a", {"a": kind})
    assert found.digest == sha256(f"a\n{sha256(framed)}\n")


def test_order_of_rows_does_not_matter_but_their_number_does(con):
    rows = [ROW.replace("7", str(at)) for at in range(50)]
    shuffled = random.Random(3).sample(rows, len(rows))
    assert digest_of_table(con, values(*rows), COLUMNS) == digest_of_table(con, values(*shuffled), COLUMNS)  # fmt: skip
    doubled = digest_of_table(con, values(*rows, rows[0]), COLUMNS)
    assert doubled.rows == 51
    assert doubled.digest != digest_of_table(con, values(*rows), COLUMNS).digest


def test_every_change_of_a_value_matters(con):
    before = digest_of_table(con, values(ROW), COLUMNS).digest
    changes = [("Fähre", "Fahre"), ("7", "8"), ("0.5", "0.500001"), ("true", "false"),
               ("06-03'", "06-04'"), ("12:00:00", "12:00:01"), ("NULL", "'b'"), ("[0, 4]", "[0], [4]")]  # fmt: skip
    after = {digest_of_table(con, values(ROW.replace(*change)), COLUMNS).digest for change in changes}  # fmt: skip
    assert len(after | {before}) == len(changes) + 1


def test_values_cannot_move_between_columns(con):
    columns = {"a": "VARCHAR", "b": "VARCHAR"}
    first = digest_of_table(con, "SELECT 'xy' AS a, 'z' AS b", columns)
    assert first != digest_of_table(con, "SELECT 'x' AS a, 'yz' AS b", columns)


def test_table_without_rows_has_a_digest(con):
    found = digest_of_table(con, "SELECT 'a' AS a WHERE false", {"a": "VARCHAR"})
    assert found == TableDigest(0, sha256("a\n"))


def test_digest_of_a_data_set_names_each_table():
    tables = {"said": TableDigest(2, "b" * 64), "articles": TableDigest(1, "a" * 64)}
    assert digest_of_all(tables) == sha256(f"articles 1 {'a' * 64}\nsaid 2 {'b' * 64}\n")


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_has_a_digest(con, kind):
    assert digest_of_table(con, f"SELECT CAST(NULL AS {kind}) AS a", {"a": kind}).rows == 1
