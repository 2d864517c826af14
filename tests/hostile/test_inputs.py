"""Files with hostile records: tables, JSON, XML, exports of Nexis, names and addresses."""

import json
import zipfile
from html import escape

import pytest

from flows.inputs.files import read_inputs
from flows.inputs.json_records import MAX_NESTED
from flows.inputs.kinds import recognise
from tests.helpers.builders import NOW
from tests.helpers.cpu_time import takes_at_most
from tests.helpers.feed_builders import WORDS
from tests.helpers.hostile import hostile, superlinear
from tests.helpers.office_files import docx
from transforms.formats.packages import MAX_MEMBERS
from transforms.identity import fold
from transforms.importing.fields import FieldNames, plain_name
from transforms.importing.nexis import read_nexis
from transforms.importing.stated_days import DayReader
from transforms.importing.values import address_of, has_markup, names_of
from transforms.records import Rejection
from transforms.urls import (
    absolute_url,
    canonical_url,
    home_url,
    registered_domain,
    source_id,
    without_tracking,
)

TEXT = "The ferry sailed on Monday at noon. " * 5
NO_NAMES = FieldNames({}, (), {})
# What can end or nest a record, and what its cells can contain.
FOR_FILES = (
    *("blanks", "lines", "quotation_marks", "commas", "semicolons", "square_brackets", "objects"),
    *("short_lines", "accents", "letters", "digits", "backslashes", "closed_comments"),
)


@pytest.fixture
def read(tmp_path):
    def reading(name, content):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(read_inputs([file], now=NOW))

    return reading


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(names_of, id="names"),
        pytest.param(lambda text: names_of(f"['{text}']"), id="list-of-names"),
        pytest.param(address_of, id="address"),
        pytest.param(has_markup, id="markup"),
        pytest.param(plain_name, id="column"),
        pytest.param(fold, id="fold"),
        pytest.param(DayReader(WORDS, NOW).read, id="day"),
        pytest.param(absolute_url, id="url"),
        pytest.param(lambda text: canonical_url(f"https://a.example/{text}"), id="path"),
        pytest.param(lambda text: canonical_url(f"https://a.example/?{text}"), id="query"),
        pytest.param(lambda text: source_id(f"https://{text}/"), id="host"),
        pytest.param(lambda text: home_url(f"https://{text}/"), id="home"),
        pytest.param(lambda text: registered_domain(f"https://{text}/"), id="domain"),
        pytest.param(lambda text: without_tracking(f"https://a.example/?{text}"), id="tracking"),
        pytest.param(
            lambda text: list(read_nexis(f"1 of 1 DOCUMENTS\n\n{text}\n\nBYLINE: {text}\n\n{text}")),
            id="nexis",
        ),
    ],
)  # fmt: skip
def test_value_of_a_record_costs_linear_time(run):
    assert superlinear(run) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.csv", lambda text: f"title,text\nOne,{TEXT}\n{text}", id="csv"),
        pytest.param("a.csv", lambda text: f'title,text\nOne,"{text}', id="csv-open-quotation"),
        pytest.param("a.json", lambda text: f"[{text}", id="json"),
        pytest.param("a.json", lambda text: json.dumps([{"title": text, "text": text}]), id="array"),
        pytest.param("a.jsonl", lambda text: f"{text}\n{json.dumps({'text': text})}", id="json-lines"),
        pytest.param("a.xml", lambda text: f"{text}<doc><main><p>{TEXT}</p></main></doc>", id="xml"),
        pytest.param("a.xml", lambda text: f"<doc><main><p>{escape(text)}</p></main></doc>", id="xml-text"),
        pytest.param("a.txt", lambda text: text, id="text"),
    ],
)  # fmt: skip
def test_file_costs_linear_time(read, name, content):
    assert superlinear(lambda text: read(name, content(text)), names=FOR_FILES) == []


def test_run_of_comments_does_not_keep_the_reader_busy(tmp_path):
    # A pattern that could divide the run in several ways took hours.
    file = tmp_path / "a.txt"
    file.write_text(hostile("closed_comments", 4_000) + "Ferries sail again.\n")
    assert recognise(file, NO_NAMES).name in {"page", "text"}


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_nesting_beyond_the_limit_is_one_bad_record(read, opening):
    good = json.dumps({"title": "One", "text": TEXT})
    (first, second) = read("a.json", f"[{good},{opening * (3 * MAX_NESTED)}")
    assert first.content.title == "One"
    assert isinstance(second.content, Rejection)
    assert "nested deeper than 10,000 levels" in second.content.detail


def test_long_string_in_an_array_costs_linear_time(read):
    few, many = (
        json.dumps([{"title": "One", "text": "a" * chars}]) for chars in (4_000_000, 8_000_000)
    )
    assert takes_at_most(
        2.3, lambda: read("a.json", many), lambda: read("a.json", few), slack_s=0.05
    )


def test_records_before_a_broken_row_of_many_lines_are_read(read):
    rows = f'title,text\nOne,{TEXT}\nTwo,"' + "tide\n" * 40_000
    found = read("a.csv", rows)
    assert found[0].content.title == "One"
    assert [one.content.reason for one in found[1:]] == ["bad_row"]


@pytest.mark.parametrize("place", ['<doc title="&c;">', "<doc>&c;"], ids=["attribute", "text"])
def test_entities_in_records_do_not_expand(read, place):
    levels = "".join(
        f'<!ENTITY {name} "{f"&{inner};" * 10}">'
        for inner, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    bomb = f'<?xml version="1.0"?><!DOCTYPE doc [<!ENTITY a "ha">{levels}]>'
    content = f"{bomb}{place.replace('&c;', '&h;')}<main><p>{TEXT}</p></main></doc>"
    found = read("a.xml", content)
    assert len(found) == 1
    assert "haha" not in str(found[0].content)


@pytest.mark.parametrize(
    "member",
    ["../../outside.txt", "/tmp/outside.txt", "word/../../outside.xml"],
)
def test_nothing_is_unpacked_outside(read, tmp_path, member):
    content = docx(more=((member, "escaped"),))
    before = {*tmp_path.rglob("*"), *tmp_path.parent.iterdir()}
    (found,) = read("a.docx", content)
    assert not isinstance(found.content, Rejection)
    after = {*tmp_path.rglob("*"), *tmp_path.parent.iterdir()}
    assert {path.name for path in after - before} == {"a.docx"}


def test_zip_with_too_many_members_is_no_document(read, tmp_path):
    file = tmp_path / "a.docx"
    with zipfile.ZipFile(file, "w") as package:
        for number in range(MAX_MEMBERS + 1):
            package.writestr(f"{number}", "")
    (found,) = read("b.docx", file.read_bytes())
    assert isinstance(found.content, Rejection)
