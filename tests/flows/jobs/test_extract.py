"""JSON Lines in, JSON Lines out: one output line per input line, in order."""

import io
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from flows.errors import InputError
from flows.inputs.contract import read_instant
from flows.jobs.extract import answer, extract
from flows.runs.workers import WorkerOptions
from tests.helpers.harbour import LATE, SHOWN

ROOT = Path(__file__).resolve().parents[3]


def extracted(tmp_path, lines, now):
    file = tmp_path / "in.jsonl"
    file.write_bytes(b"".join(lines))
    output = io.BytesIO()
    failed = extract(str(file), output, options=WorkerOptions(processes=1), now=now)
    return failed, [orjson.loads(line) for line in output.getvalue().splitlines()]


def test_each_line_has_its_answer_in_order(tmp_path, now):
    lines = [
        b'{"id": "a", "text": "Rain fell on November 28, 2023.", "unknown": 1}\n',
        b"no json\n",
        b'{"id": "b"}\n',
        b'{"id": "c", "text": "Nobody came.", "dct": "2024-03-01"}\n',
        b'{"id": "d", "text": "x", "published": "yesterday"}\n',
    ]
    failed, answers = extracted(tmp_path, lines, now)
    assert failed == 3
    assert [row["id"] for row in answers] == ["a", None, "b", "c", "d"]
    assert answers[1]["error"]["reason"] == "bad_input"
    assert "line 2" in answers[1]["error"]["detail"]
    assert answers[3]["published_at"] == "2024-03-01"
    assert "error" not in answers[0]


def test_clean_text_is_used_verbatim(tmp_path, now):
    text = "  Odd   spacing, kept.\n\n\u201cYes,\u201d he said.  "
    _, [answer] = extracted(tmp_path, [orjson.dumps({"id": 1, "text": text})], now)
    assert answer["text"] == text


def test_page_that_is_no_article_has_its_type_and_a_reason(tmp_path, now):
    page = "<html><head><title>Page not found</title></head><body><h1>Page not found</h1><p>The page could not be found. Go back to the homepage.</p></body></html>"
    _, [answer] = extracted(tmp_path, [orjson.dumps({"id": 1, "html": page})], now)
    assert (answer["page_type"], answer["error"]["reason"]) == ("wall", "soft_404")
    assert answer["text"] is None


def test_page_is_cleaned_even_if_a_text_is_given(tmp_path, now):
    page = (
        "<html><body><article><p>"
        + "Rain fell on the harbour of Aren. " * 20
        + "</p></article></body></html>"
    )
    line = orjson.dumps({"id": 1, "html": page, "text": "not this", "title": "nor this"})
    _, [answer] = extracted(tmp_path, [line], now)
    assert answer["text"].startswith("Rain fell on the harbour of Aren.")
    assert answer["title"] != "nor this"


def test_spans_point_to_their_text(tmp_path, now):
    text = "On November 28, 2023 NATO met. \U0001f642 \u201cWe agree,\u201d NATO said in Brussels."
    _, [answer] = extracted(tmp_path, [orjson.dumps({"id": 1, "text": text})], now)
    found = answer["quotations"] + answer["mentions"] + answer["dates"]
    assert found
    for item in found:
        assert text[item["start"] : item["end"]] == item["text"]


def test_interrupted_statement_has_its_words_and_its_pieces():
    found = orjson.loads(orjson.dumps(answer("a", LATE)))
    text = found["text"]
    said, opposed, planned = found["quotations"]
    assert (said["statement"], said["act"], said["medium"]) == (SHOWN, "speech", "a letter")
    pieces = [text[start:end] for start, end in said["fragments"]]
    assert pieces == ["The boat is late,", "It always was in Aren."]
    assert (opposed["act"], planned["act"]) == ("attitude", "plan")


def test_who_said_nothing_is_listed():
    found = orjson.loads(orjson.dumps(answer("a", LATE)))
    first, second = found["no_comment"]
    assert first["kind"] == "declined"
    assert (first["asked_name"], first["asked_by"]) == ("Port Union", "the Gazette")
    assert found["text"][first["asked_start"] : first["asked_end"]] == first["asked"]
    assert (second["kind"], second["about"]) == ("unreachable", None)


def test_refused_line_lists_nobody(tmp_path, now):
    _, [refused] = extracted(tmp_path, [b"no json\n"], now)
    assert refused["no_comment"] == refused["quotations"] == []


def test_missing_file_is_an_input_error(now):
    with pytest.raises(InputError, match=r"nowhere\.jsonl: cannot be read"):
        extract("nowhere.jsonl", io.BytesIO(), now=now)


def test_day_and_instant_are_distinguished():
    assert read_instant("2023-11-28")[1] == "day"
    instant, precision = read_instant("2023-11-28T09:30:00+02:00")
    assert precision == "second"
    assert instant.isoformat() == "2023-11-28T09:30:00+02:00"


def test_command_reads_a_pipe_and_exits_with_zero(tmp_path):
    lines = b'{"id": "a", "text": "Rain fell."}\nrubbish\n'
    run = subprocess.run(
        [sys.executable, "-m", "flows", "extract", "-", "--workers", "1"],
        input=lines, capture_output=True, cwd=ROOT, check=True,
    )  # fmt: skip
    assert len(run.stdout.splitlines()) == 2
    assert run.stderr == b""


def test_command_uses_the_rules_of_the_data_folder_or_those_it_is_given(tmp_path):
    line = orjson.dumps({
        "url": "https://www.harbour-times.example/a",
        "html": "<html><body><h1>Quay</h1><h2>Fog</h2><p>The quay is closed, the port said.</p></body></html>",
    })  # fmt: skip
    (tmp_path / "data").mkdir()
    rules = '[[rules]]\nsite = "harbour-times.example"\ntitle = "h2"\n'
    (tmp_path / "data" / "rules.toml").write_text(rules)

    def title(*arguments):
        run = subprocess.run(
            [sys.executable, "-m", "flows", "extract", "-", "--workers", "1", *arguments],
            input=line, capture_output=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=True,
        )  # fmt: skip
        return orjson.loads(run.stdout)["title"]

    assert title() == title("--data", "data") == "Fog"
    assert title("--rules", os.devnull) == "Quay"


def test_command_names_the_file_it_cannot_read(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "flows", "extract", "nowhere.jsonl"],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr == "onrecord: nowhere.jsonl: cannot be read: No such file or directory\n"
