from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.feeds.feed_text import clean, has_control_characters, one_line, plain_text


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("Ferry aground", "Ferry aground", id="plain"),
        pytest.param("Fish &amp; chips", "Fish & chips", id="entity"),
        pytest.param("Storm &#8211; tide", "Storm – tide", id="reference"),
        pytest.param("1 < 2 and 3 > 2", "1 < 2 and 3 > 2", id="signs"),
        pytest.param("<p>One.</p><p>Two.</p>", "One. Two.", id="paragraphs"),
        pytest.param("One<br>Two", "One Two", id="line-break"),
        pytest.param("The <b>G</b>ull", "The Gull", id="inline"),
        pytest.param("Sunk<script>track('<b>')</script>!", "Sunk!", id="script"),
        pytest.param("Sunk<style>p{}</style><!-- note -->!", "Sunk!", id="style-comment"),
        pytest.param("<b>Not closed", "Not closed", id="not-closed"),
        pytest.param("</p>Not opened", "Not opened", id="not-opened"),
        pytest.param("<img src=x onerror=alert(1)>", "", id="picture"),
        pytest.param("<!' odd", "<!' odd", id="no-declaration"),
        pytest.param("<!DOCTYPE html><html><body>A page</body></html>", "A page", id="page"),
        pytest.param("<?xml version='1.0' encoding='x'?><p>Odd</p>", "Odd", id="declaration"),
        pytest.param("", "", id="empty"),
    ],
)
def test_markup_becomes_the_text_that_a_person_sees(markup: str, expected: str) -> None:
    assert plain_text(markup) == expected


def test_windows_quotation_marks_are_kept() -> None:
    assert clean("don\x92t \x93stop\x94") == "don’t “stop”"
    assert not has_control_characters("don\x92t")


@given(st.text())
def test_clean_text_is_not_changed(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not has_control_characters(cleaned)
    cleaned.encode("utf-8")


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<!--", "&amp;", "<b", ">", "x", "<![CDATA[", "\x00", "'"])
    )
)
def test_any_markup_becomes_one_line(pieces: list[str]) -> None:
    text = plain_text("".join(pieces))
    assert one_line(text) == text
