"""Targets: what is read from the running text of an article."""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime

from hypothesis import strategies as st

from flows.jobs.article_record import article_record
from flows.seeds import load_lexicon
from tests.fuzz.target import Target
from tests.helpers.date_texts import INSTANTS
from tests.helpers.date_texts import TEXTS as DATE_TEXTS
from tests.helpers.text_pieces import PIECES
from transforms.comparison.changes import Version, find_changes
from transforms.comparison.word_diff import diff_words
from transforms.comparison.wording import wording
from transforms.dating.dates import find_dates
from transforms.dating.publication_day import infer_published_on
from transforms.naming.mentions import find_mentions
from transforms.pipeline import analyse
from transforms.quoting.quotations import find_statements_and_silences
from transforms.records import Document, Rejection

NOW = datetime(2024, 7, 19, 12, 0, tzinfo=UTC)
LANGUAGES = st.sampled_from(
    ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "ru", "uk", "ar", "xx")
)
# Sentences that are read, so that pieces between them meet something to go with.
SENTENCES = (
    "“We waited,” Mayor Ana Ruiz said. ", "Ruiz, 54, told the Gazette on Monday that it would open in May. ",
    "The Bank of Norway declined to comment. ", "According to Dr. J. R. Haldane, nobody came. ", "«Nein», sagte Anna Weber. ",
    "– Nous partons lundi, a dit Marie Petit.\n", "Q: Why?\nA: It rained on 3 May 2020.\n", "NATO (North Atlantic Treaty Organization) met. ",
    "„Wir gehen“, sagte er am 3. Mai. ", "«Мы ждали», — сказал Иван Петров в мае. ", "SMITH: I said 'no' twice in the 1990s.\n",
)  # fmt: skip
TEXTS = st.lists(
    st.sampled_from(SENTENCES) | st.sampled_from(PIECES) | st.text(max_size=8), max_size=30
).map("".join)
_ANOTHER = "“Go,” Mayor Theresa May said in May 1996. Ana Ruiz left last week. The Gazette asked."


@functools.cache
def lexicon():
    return load_lexicon()


def twice(read, another):
    """Return what `read` returns; check that it is the same after something else was read."""
    first = read()
    another()
    assert read() == first
    return first


def assert_in(text, start, end, words):
    assert 0 <= start <= end <= len(text)
    assert text[start:end] == words


def check_names(given):
    text, language, title = given

    def read(text=text):
        return find_mentions(text, lexicon().gazetteers, title=title, language=language)

    found, entities = twice(read, lambda: read(_ANOTHER))
    at = 0
    for mention in found:
        assert mention.start >= at
        assert mention.end > mention.start
        assert_in(text, mention.start, mention.end, mention.text)
        assert 0 < mention.confidence <= 1
        at = mention.end
    assert {mention.entity_id for mention in found} == {one.entity_id for one in entities}


def check_quotations(given):
    text, language, title = given

    def read(text=text):
        return find_statements_and_silences(
            text, [], lexicon().speeches, language=language, title=title
        )

    assert_statements(text, *twice(read, lambda: read(_ANOTHER)))


def assert_statements(text, statements, silences):
    for one in statements:
        assert_in(text, one.start, one.end, one.text)
        assert (one.start, one.end) == (one.fragments[0][0], one.fragments[-1][1])
        assert list(one.fragments) == sorted(one.fragments)
        assert one.statement.strip()
        assert 0 < one.confidence <= 1
        if one.speaker is not None:
            assert_in(text, one.speaker_start, one.speaker_end, one.speaker)
        if one.cue is not None:
            assert text.startswith(one.cue, one.cue_start)
    for one in silences:
        assert_in(text, one.start, one.end, one.text)
        assert_in(text, one.asked_start, one.asked_end, one.asked)
        assert text.startswith(one.cue, one.cue_start)


def check_statements(given):
    """Check a whole article: its parts fit each other and its record fits its rows."""
    text, language, title = given
    document = Document(
        document_id="d1-0", content=text, media_type="text", is_clean=True, fetched_at=NOW,
        language=language, title=title,
    )  # fmt: skip
    found = twice(lambda: analyse(document, lexicon(), now=NOW), lambda: None)
    assert not isinstance(found, Rejection)
    text = found.article.text
    assert_statements(text, found.quotations, found.no_comments)
    known = {entity.entity_id for entity in found.entities}
    for one in found.quotations:
        assert one.speaker_entity_id is None or one.speaker_entity_id in known
    record = article_record(found)
    assert record["text"] == text
    assert [one["text"] for one in record["mentions"]] == [one.text for one in found.mentions]
    assert len(record["dates"]) == len(found.dates)


def check_dates(given):
    text, language, published_at = given

    def read(text=text):
        words = lexicon().vocabularies
        return find_dates(text, words, published_at=published_at, language=language)

    for one in twice(read, lambda: read(_ANOTHER)):
        assert one.end > one.start
        assert_in(text, one.start, one.end, one.text)
        assert 0 < one.confidence <= 1
        assert (one.starts_on is None) == (one.ends_on is None)
        assert one.starts_on is None or one.starts_on <= one.ends_on
    inferred = infer_published_on(text, lexicon().vocabularies, now=NOW, language=language)
    assert inferred is None or (inferred[0] <= NOW.date() and 0 < inferred[1] < 1)


def check_edits(given):
    before, after = given
    pieces = twice(lambda: diff_words(before, after), lambda: diff_words(after, _ANOTHER))
    kept = "".join(before[slice(*one.before)] for one in pieces if one.kind != "added")
    made = "".join(after[slice(*one.after)] for one in pieces if one.kind != "cut")
    assert ("".join(kept.split()), "".join(made.split())) == (
        "".join(before.split()),
        "".join(after.split()),
    )
    edit = find_changes(Version(title=before, text=before), Version(title=after, text=after))
    assert 0 <= edit.share <= 1
    assert edit.is_headline_changed == edit.is_text_changed
    if before == after:
        assert (edit.is_text_changed, edit.diff, edit.share) == (False, "", 0)
    boilerplate = lexicon().boilerplate
    spaced = re.sub(r"(?<=\S) (?=\S)", "  ", before)  # white space is trivial
    assert wording(None, spaced, boilerplate) == wording(None, before, boilerplate)


_EMPTY_TURN = "SMITH: I said 'no' twice.\nSMITH: I said 'no' again.\nA.:"

_TITLED = st.tuples(TEXTS, LANGUAGES, st.none() | st.text(max_size=40) | st.sampled_from(SENTENCES))
TARGETS = (
    Target("names", _TITLED, check_names),
    Target("edits", st.tuples(TEXTS, TEXTS), check_edits),
    Target("quotations", _TITLED, check_quotations),
    Target(
        "statements",
        _TITLED,
        check_statements,
        found={
            "label-without-words": (_EMPTY_TURN, "en", None),
            "quoted-dash": ("“–”", "en", None),
        },
    ),
    Target("dates", st.tuples(TEXTS | DATE_TEXTS, LANGUAGES, INSTANTS), check_dates),
)
