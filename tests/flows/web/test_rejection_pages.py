"""The pages about refused items: by reason, newest first, with what was received."""

import re

import pytest

from tests.helpers.desk import DAY, NOW, add_rows, desk_client, document_row, rejection_row


@pytest.fixture
def client(tmp_path):
    """Return the pages of three refusals, of which one has its answer in the quarantine."""
    add_rows(
        tmp_path,
        rejections=[
            rejection_row(1, rejected_at=NOW - DAY),
            rejection_row(2, reason="captcha", document_id="d-2", run_id="run-2"),
            rejection_row(3, reason="listing", rejected_at=NOW - 2 * DAY),
        ],
        documents=[document_row(2)],
    )
    (tmp_path / "quarantine").mkdir()
    page = b"<p>Are you a person?</p><script>alert(1)</script>"
    (tmp_path / "quarantine" / "d-2.html").write_bytes(page)
    return desk_client(tmp_path)


def items(page):
    return re.findall(r"harbour-times\.example/(\d)<", page)


def test_without_refusals_the_page_says_so(tmp_path):
    add_rows(tmp_path)
    assert "Nothing was refused" in desk_client(tmp_path).get("/rejections").text


def test_refusals_are_counted_by_kind_and_reason_and_listed_newest_first(client):
    page = client.get("/rejections").text
    assert [label in page for label in ("all 3", "fault 1", "wall 1", "no article 1")] == [True] * 4
    assert items(page) == ["2", "1", "3"]
    assert "the page checks whether its reader is a person" in page
    assert "raise <code>host_delay</code>" in page
    assert "nothing is missing" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("reason=too_short", ["1"], id="reason"),
        pytest.param("kind=wall", ["2"], id="wall"),
        pytest.param("kind=fault", ["1"], id="fault"),
        pytest.param("words=EXAMPLE/3", ["3"], id="words"),
        pytest.param("stage=fetch", [], id="stage"),
        pytest.param("page=2", [], id="after-the-last"),
    ],
)
def test_refusals_are_filtered(client, query, found):
    page = client.get(f"/rejections?{query}").text
    assert items(page.partition('id="items"')[2]) == found
    assert found or "No refused item matches" in page


def test_answer_is_shown_as_text(client):
    page = client.get("/rejections").text
    [address] = set(re.findall(r'"(/rejections/[^"]+/original)"', page))
    page = client.get(address).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "status 200" in page


def test_refusal_without_an_answer_says_so(client):
    assert "Nothing was received" in client.get("/rejections/r-1/original").text
    missing = client.get("/rejections/r-9/original")
    assert missing.status_code == 404
    assert "See Rejections" in missing.text


def test_answer_that_is_no_longer_stored_says_so(client, tmp_path):
    (tmp_path / "quarantine" / "d-2.html").unlink()
    assert "no longer stored" in client.get("/rejections/r-2/original").text


def test_hostile_item_is_only_text(tmp_path):
    text = '<script>alert(1)</script>\u202e"'
    add_rows(tmp_path, rejections=[rejection_row(1, item=text, detail=text, reason=text)])
    client = desk_client(tmp_path)
    for path in ("/rejections", "/rejections/r-1/original"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "\u202e" not in page.text
