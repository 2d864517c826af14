"""Every response is archived, complete or not, and can be read back."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import os

import pytest
from fastwarc.warc import ArchiveIterator

from flows.archive.captures import capture_of, capture_of_answer
from flows.archive.reader import finder_of, read_capture, read_captures, read_message
from flows.archive.warc import WarcRecord, pack_record
from flows.archive.warc_reader import read_archive
from flows.archive.writer import ArchiveWriter
from flows.errors import FetchError
from flows.fetching.answers import KEPT_BYTES, Answer
from flows.fetching.fetch_records import FetchRequest
from tests.helpers.captures import captures_of
from tests.helpers.fault_server import FaultServer, Wire, answer, chunk, redirect
from tests.helpers.fetching import NOON, make_fetcher

PAGE = b"<p>The ferry left the harbor at dawn.</p>"
SORRY = b"<h1>The harbor office is closed</h1>"
HEAD = b"HTTP/1.1 200 OK\r\n"


def answers_from(routes, path="/page", *, robots=False, request=None, **changes):
    """Fetch one path; return the unused responses and the result of the fetch."""

    async def run():
        answers: list[Answer] = []
        async with (
            FaultServer(routes) as server,
            make_fetcher(server, on_answer=answers.append, **changes) as fetcher,
        ):
            wanted = FetchRequest(url=server.url(path), obeys_robots=robots, **(request or {}))
            try:
                return answers, await fetcher.fetch(wanted)
            except FetchError as exc:
                return answers, exc

    return asyncio.run(run())


def told(found):
    return [(each.unused, each.http_status, each.body, each.truncated) for each in found]


def test_used_page_is_not_among_the_unused_responses():
    assert answers_from({"/page": answer(PAGE)})[0] == []


def test_each_hop_of_a_redirect_is_kept_with_its_target():
    routes = {
        "/page": answer(b"moved", "Location: /b", status="301 Moved"),
        "/b": redirect("/c"),
        "/c": answer(PAGE),
    }
    found, result = answers_from(routes)
    assert told(found) == [("redirect", 301, b"moved", None), ("redirect", 302, b"", None)]
    assert [each.url for each in found] == [hop.url for hop in result.redirects]
    assert {each.asked_url for each in found} == {result.url}
    assert ("Location", "/b") in found[0].headers


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "not_found"), (403, "forbidden"), (410, "gone"), (500, "server_error"),
     (429, "too_many_requests"), (304, "unexpected_status")],
)  # fmt: skip
def test_error_is_kept_with_its_page_and_its_code(status, code):
    body = b"" if status == 304 else SORRY
    found, _ = answers_from({"/page": answer(body, status=f"{status} No")})
    assert told(found) == [(code, status, body, None)]


def test_304_is_kept_with_its_headers():
    route = answer(b"", 'ETag: "7"', status="304 Not Modified")
    found, result = answers_from({"/page": route}, request={"etag": '"7"'})
    assert result.is_not_modified
    assert told(found) == [("not_modified", 304, b"", None)]
    assert ("ETag", '"7"') in found[0].headers


@pytest.mark.parametrize(
    ("route", "status", "body"),
    [
        (answer(b"User-agent: *\nAllow: /\n"), 200, b"User-agent: *\nAllow: /\n"),
        (answer(SORRY, status="404 No"), 404, SORRY),
        (answer(SORRY, status="503 No"), 503, SORRY),
    ],
)
def test_every_robots_txt_response_is_kept(route, status, body):
    found, _ = answers_from({"/robots.txt": route, "/page": answer(PAGE)}, robots=True)
    assert told(found) == [("robots", status, body, None)]


def test_long_error_page_is_cut_and_marked():
    found, _ = answers_from({"/page": answer(os.urandom(200_000), status="404 No")})
    [(code, _, body, truncated)] = told(found)
    assert (code, len(body), truncated) == ("not_found", KEPT_BYTES, "length")


@pytest.mark.parametrize("is_whole", [True, False])
def test_compressed_error_page_can_be_read(is_whole):
    packed = gzip.compress(SORRY)
    sent = packed if is_whole else b"no gzip at all"
    found, _ = answers_from({"/page": answer(sent, "Content-Encoding: gzip", status="404 No")})
    assert found[0].body == (SORRY if is_whole else sent)


def test_error_page_that_is_a_bomb_is_cut():
    bomb = gzip.compress(bytes(50_000_000))
    found, _ = answers_from({"/page": answer(bomb, "Content-Encoding: gzip", status="500 No")})
    assert len(found[0].body) <= KEPT_BYTES


async def reset(wire: Wire) -> None:
    await wire.send(HEAD + b"Content-Length: 900\r\n\r\n" + PAGE)
    await asyncio.sleep(0.05)
    wire.reset()


async def hang(wire: Wire) -> None:
    await wire.send(HEAD + b"Content-Length: 900\r\n\r\n" + PAGE)
    await asyncio.sleep(5)


@pytest.mark.parametrize(
    ("route", "code", "truncated", "body"),
    [
        pytest.param(answer(b"x" * 200_000), "too_large", "length", b"", id="stated-length"),
        pytest.param(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(b"x" * 200_000),
            "too_large", "length", b"x" * KEPT_BYTES, id="chunks",
        ),
        pytest.param(
            answer(gzip.compress(PAGE)[:-8], "Content-Encoding: gzip"),
            "truncated_body", "disconnect", PAGE, id="cut-gzip",
        ),
        pytest.param(
            answer(PAGE, "Connection: close", length=900),
            "protocol_error", "disconnect", PAGE, id="cut",
        ),
        pytest.param(reset, "connection_reset", "disconnect", PAGE, id="reset"),
        pytest.param(hang, "deadline", "time", PAGE, id="deadline"),
        pytest.param(
            answer(b"x", "Content-Encoding: br"), "bad_encoding", "unspecified", b"", id="br"
        ),
    ],
)  # fmt: skip
def test_received_part_of_a_refused_body_is_kept(route, code, truncated, body):
    found, error = answers_from({"/page": route}, deadline_s=0.5)
    assert error.code == code
    assert told(found) == [(code, 200, body, truncated)]


def test_response_that_never_started_is_not_kept():
    async def silent(wire: Wire) -> None:
        wire.reset()

    assert answers_from({"/page": silent})[0] == []


def test_torn_response_of_one_hop_is_not_reported_again_at_the_next():
    routes = {"/page": redirect("/b"), "/b": b""}
    found, error = answers_from(routes)
    assert error.code == "protocol_error"
    assert [each.unused for each in found] == ["redirect"]


def store(folder, answers, **options):
    with ArchiveWriter(folder, now=lambda: NOON, **options) as archive:
        return archive.write(map(capture_of_answer, answers))


def all_kinds():
    routes = {
        "/robots.txt": answer(b"User-agent: *\nAllow: /\n"),
        "/page": redirect("/b"),
        "/b": answer(SORRY, status="404 No"),
    }
    found, _ = answers_from(routes, robots=True)
    torn, _ = answers_from({"/page": answer(gzip.compress(PAGE)[:-8], "Content-Encoding: gzip")})
    same = answer(b"", 'ETag: "7"', status="304 Not Modified")
    unchanged, _ = answers_from({"/page": same}, request={"etag": '"7"'})
    return [*found, *torn, *unchanged]


def test_archived_responses_are_returned_only_on_request(tmp_path):
    answers = all_kinds()
    stored = store(tmp_path, answers)
    path = tmp_path / stored[0].warc_file
    assert list(read_captures(path)) == []
    found = [capture for _, capture in captures_of(path, with_unused=True)]
    assert [capture.unused for capture in found] == [each.unused for each in answers]
    assert [capture.body for capture in found] == [each.body for each in answers]
    assert [capture.truncated for capture in found] == [each.truncated for each in answers]
    assert [capture.http_status for capture in found] == [200, 302, 404, 200, 304]
    place = stored[2]
    assert read_capture(tmp_path, place.warc_file, place.warc_offset).body == SORRY


def test_other_tools_read_standard_records(tmp_path):
    stored = store(tmp_path, all_kinds())
    with (tmp_path / stored[0].warc_file).open("rb") as file:
        heads = [
            dict(record.headers.asdict()) | {"digest": record.verify_block_digest()}
            for record in ArchiveIterator(file, parse_http=False)
        ][1:]
    assert [head["WARC-Type"] for head in heads] == [*["response"] * 4, "revisit"]
    assert [head.get("WARC-Truncated") for head in heads] == [None, None, None, "disconnect", None]
    profile = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert heads[-1]["WARC-Profile"] == profile
    assert "WARC-Payload-Digest" not in heads[-1]
    assert all(head["digest"] for head in heads)


def test_304_takes_a_few_hundred_bytes(tmp_path):
    same = answer(
        b"", 'ETag: "7f3a"', "Date: Mon, 06 May 2024 12:00:00 GMT", "Server: nginx",
        "Cache-Control: max-age=300", "Vary: Accept-Encoding", status="304 Not Modified",
    )  # fmt: skip
    [found], _ = answers_from({"/page": same}, request={"etag": '"7f3a"'})
    before, *_, last = store(tmp_path, [found] * 11)
    assert (last.warc_offset - before.warc_offset) / 10 < 600


def test_secrets_stay_out_of_what_is_archived(tmp_path):
    found, _ = answers_from(
        {
            "/page?token=cAnAry": answer(
                b'moved to <a href="/b?token=cAnAry&amp;key=cAnAry">here</a> \xff',
                "Location: /b?token=cAnAry",
                status="302 Found",
            ),
            "/b?token=cAnAry": answer(b"no page /b?token=cAnAry", status="404 No"),
        },
        "/page?token=cAnAry",
    )
    assert len(found) == 2
    stored = store(tmp_path, found)
    path = tmp_path / stored[0].warc_file
    records = [record for record in read_archive(path) if isinstance(record, WarcRecord)]
    assert not [record for record in records if "cAnAry" in f"{record.fields} {record.block!r}"]
    moved = read_message(records[1], max_bytes=1000)
    assert moved.body == b'moved to <a href="/b?token=***&amp;key=***">here</a> \xff'


def test_overlong_url_is_refused_before_the_request():
    routes = {"/page": redirect("/" + "b" * 60_000)}
    found, error = answers_from(routes)
    assert error.code == "bad_url"
    assert "characters, limit" in error.detail
    assert [each.unused for each in found] == ["redirect"]
    assert len(error.url) < 100


def foreign(profile, block):
    fields = {
        "WARC-Type": "revisit",
        "WARC-Record-ID": "<urn:uuid:5f3a>",
        "WARC-Date": "2024-05-06T12:00:00Z",
        "WARC-Target-URI": "https://wire.example/1",
        "WARC-Profile": profile,
        "Content-Type": "application/http;msgtype=response",
    }
    return pack_record(fields, block)


@pytest.mark.parametrize("block", [b"", b'HTTP/1.1 304 Not Modified\r\nETag: "7"\r\n\r\n'])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_304_of_another_crawler_is_not_damage(tmp_path, block, version):
    path = tmp_path / "crawl.warc.gz"
    profile = f"http://netpreserve.org/warc/{version}/revisit/server-not-modified"
    path.write_bytes(foreign(profile, block))
    assert list(read_captures(path)) == []
    [(_, capture)] = captures_of(path, with_unused=True)
    assert (capture.http_status, capture.unused, capture.body) == (304, "not_modified", b"")


def used(body, **changes):
    """Fetch a page from its own server and return its capture."""
    _, result = answers_from({"/page": answer(body)}, max_body_bytes=10_000_000, **changes)
    return capture_of(result)


def write_page(folder, capture, places):
    with ArchiveWriter(
        folder, now=lambda: NOON, find_original=finder_of(folder, places)
    ) as archive:
        [stored] = archive.write([capture])
    return stored


def test_repeated_body_refers_to_its_first_capture(tmp_path):
    body = os.urandom(5000)
    sha256 = hashlib.sha256(body).hexdigest()
    first = write_page(tmp_path, used(body), {})
    second = write_page(tmp_path, used(body), {sha256: (first.warc_file, first.warc_offset)})
    third = write_page(tmp_path, used(body), {sha256: (second.warc_file, second.warc_offset)})
    assert [stored.is_revisit for stored in (first, second, third)] == [False, True, True]
    heads = [
        record.fields for record in read_archive(tmp_path / first.warc_file)
        if isinstance(record, WarcRecord) and record.type == "revisit"
    ]  # fmt: skip
    assert {head["onrecord-refers-to-offset"] for head in heads} == {str(first.warc_offset)}
    assert {head["warc-refers-to"] for head in heads} == {f"<{first.record_id}>"}
    assert read_capture(tmp_path, third.warc_file, third.warc_offset).body == body


@pytest.mark.parametrize("loss", ["file", "offset", "body"])
def test_body_that_the_archive_lost_is_stored_again(tmp_path, loss):
    body = os.urandom(5000)
    sha256 = hashlib.sha256(body).hexdigest()
    first = write_page(tmp_path, used(b"another" if loss == "body" else body), {})
    name = "gone.warc.gz" if loss == "file" else first.warc_file
    offset = first.warc_offset + (loss == "offset")
    again = write_page(tmp_path, used(body), {sha256: (name, offset)})
    assert not again.is_revisit
    assert read_capture(tmp_path, again.warc_file, again.warc_offset).body == body
