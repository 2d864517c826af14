"""Targets: what people type: questions for the search, and watches."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from tests.fuzz.target import Target
from transforms.errors import OnrecordError
from warehouse.errors import SearchSyntaxError
from warehouse.search_syntax import MOST_WORDS, parse_question
from warehouse.search_tree import leaves
from warehouse.watches import make_watch

_PIECES = (
    "harbour", "ferr*", "*", "AND ", "OR ", "NOT ", "-", "--", "(", ")", '"', "“", "”", "„", "«", "»", "speaker:", "Speaker:", "since:2024-05", "until:2024-02-30",
    "since:9999-12", "since:0000", "title:", "language:de", "source:x", "nobody:x", ":", " ", "\t", "é", "e\u0301", "İ", "中文", "'", ";", "\x00", "\ud800",
)  # fmt: skip
QUESTIONS = st.lists(st.sampled_from(_PIECES) | st.text(max_size=5), max_size=25).map("".join)


def check_question(text):
    try:
        tree = parse_question(text)
    except SearchSyntaxError as exc:
        assert str(exc)  # noqa: PT017  # that it may be raised is not the point
        return
    assert tree == parse_question(text)
    assert 0 < len(list(leaves(tree))) <= MOST_WORDS


def check_watch(given):
    name, words, speaker, entity = given
    try:
        watch = make_watch(name, words=words, speaker=speaker, entity=entity)
    except OnrecordError as exc:
        assert str(exc)  # noqa: PT017
        return
    assert watch.name
    again = make_watch(watch.name, words=words, speaker=speaker, entity=entity)
    assert replace(again, watch_id=watch.watch_id) == watch
    assert again.tree == watch.tree


_PERHAPS = st.none() | QUESTIONS
TARGETS = (
    Target("search", QUESTIONS, check_question),
    Target("watches", st.tuples(_PERHAPS, _PERHAPS, _PERHAPS, _PERHAPS), check_watch),
)
