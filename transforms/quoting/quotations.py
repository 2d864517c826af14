"""Statements in a text, with the people who made them.

Rules over tokens, in four steps: quotation marks are paired (`marks`); sentences are
searched for verbs of speech and attitude with their frames (`statements`, `insertions`,
`stances`); quotations that stand alone are joined to the current speaker
(`continuations`); sources are resolved within the article (`people`, `speakers`). Frames
are English; in other languages direct quotations are found, with the words that attribute
them (`foreign_attributions`). Speech that a dash opens counts as quoted (`dialogue`).

`confidence` is the share of statements of the same frame with correct words and speaker
in labelled news (items matched at 0.8 word overlap), times the share of correct
resolutions of that kind of speaker.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from transforms.analysed_part import analysed_part
from transforms.identity import quotation_fingerprint
from transforms.languages.by_language import ByLanguage
from transforms.quoting.acts import act_of
from transforms.quoting.clauses import Statement
from transforms.quoting.continuations import read_statements
from transforms.quoting.dialogue import add_dialogue
from transforms.quoting.foreign_people import add_roles, mark_voices, named_sources, person_spans
from transforms.quoting.marks import find_marked, find_nicknames
from transforms.quoting.people import People, find_people
from transforms.quoting.silences import Silence, find_silences, overlaps
from transforms.quoting.sources import find_medium
from transforms.quoting.speakers import Speaker, resolve_speakers
from transforms.quoting.speech import Speech
from transforms.quoting.tokens import CAPITAL, PUNCTUATION, QUOTED, Tokens, kinds_in, tokenize
from transforms.quoting.transcripts import SPOKEN, expand_initials, voiced, without_labels
from transforms.quoting.wording import statement_text
from transforms.records import Fragment, Mention, NoComment, Quotation

VERSION = 5

# Share of statements of a kind and frame with correct words and speaker, in labelled news
# (items of at least 0.8 word overlap); a rare frame has the value of its kind.
_RIGHT = {
    "direct": 0.88, "direct inserted": 0.94, "direct quote": 0.83, "direct alone": 0.5,
    "direct colon": 0.6, "direct free": 0.1, "direct marked": 0.05, "direct turn": 0.9, "direct spoken": 0.8,
    "direct clause": 0.6, "mixed": 0.67, "mixed clause": 0.83, "mixed inserted": 0.65,
    "mixed quote": 0.34, "mixed preposition": 0.45, "mixed passive": 0.4,
    "mixed inf": 0.52, "mixed turn": 0.9, "indirect": 0.5, "indirect clause": 0.68,
    "indirect inserted": 0.65, "indirect according": 0.74, "indirect preposition": 0.39,
    "mixed according": 0.67, "mixed report": 0.5, "indirect report": 0.5,
    "indirect inf": 0.4, "indirect turn": 0.64, "indirect passive": 0.56, "indirect quote": 0.23,
}  # fmt: skip
_SPEAKING = {"person", "organization", "place"}
_RIGHT_SILENCE = {"declined": 0.9, "no_response": 0.9, "unreachable": 0.9}


def find_quotations(
    text: str,
    mentions: Sequence[Mention],
    speeches: ByLanguage[Speech],
    *,
    language: str = "en",
    title: str | None = None,
) -> list[Quotation]:
    """Return the attributed statements in `text`, in reading order.

    Args:
        text: Cleaned article text; paragraphs end with a newline. Only its `analysed_part`
            is read.
        mentions: Names found in it; the persons and institutions among them name speakers.
        speeches: The compiled word lists.
        language: ISO 639-1 code; outside English only direct quotations get speakers.
        title: The headline, which may call the article an interview.

    >>> say = {"cue": "say", "present": "says", "past": "said", "participle": "saying"}
    >>> english = {
    ...     "name": "English",
    ...     "script": "Latin",
    ...     "capitals": "names",
    ...     "english_grammar": "true",
    ... }
    >>> tables = {"languages/en/language": [english], "gazetteers/given_names": []}
    >>> tables["languages/en/cues"] = [{**say, "reported": "", "frames": "clause|quote"}]
    >>> text = "“The road,” Ruiz said, “is closed.” Holm said that it would open."
    >>> for q in find_quotations(text, [], ByLanguage(tables, Speech.from_tables)):
    ...     print(q.kind, q.speaker, [text[start:end] for start, end in q.fragments])
    direct Ruiz ['The road,', 'is closed.']
    indirect Holm ['that it would open']
    """
    return find_statements_and_silences(text, mentions, speeches, language=language, title=title)[0]


def find_statements_and_silences(
    text: str,
    mentions: Sequence[Mention],
    speeches: ByLanguage[Speech],
    *,
    language: str = "en",
    title: str | None = None,
) -> tuple[list[Quotation], list[NoComment]]:
    """Return the attributed statements, and the notes that somebody said nothing.

    The arguments are those of `find_quotations`; notes are found in English only.
    """
    text = analysed_part(text)
    mentions = [one for one in mentions if one.end <= len(text)]
    speech = speeches.of(language)
    is_english = speech.profile.has_english_grammar
    tokens = _tokens(text, mentions, speech)
    if not is_english:
        mark_voices(tokens, mentions)
    persons = person_spans(tokens, mentions)
    read = read_statements(tokens, speech, persons, title=title or "", is_english=is_english)
    silences = find_silences(tokens) if is_english else []
    names = _name_starts(tokens, mentions)
    statements = _spoken(tokens, read, silences, (speech, names))
    if not is_english:
        statements = [
            s for s in statements if _is_sure(tokens, s) and not _is_label(tokens, s, speech)
        ]
        mentions = [*mentions, *named_sources(tokens, statements, persons)]
    noted = [Statement([s.cue], s.asked, s.cue, "silence") for s in silences]
    in_order = sorted([*statements, *noted], key=lambda one: one.pieces[0])
    people = find_people(tokens, mentions, speech)
    named = _named(tokens, in_order, mentions, people, speech)
    speakers = {id(one): speaker for one, speaker in zip(in_order, named, strict=True)}
    voices = _voices(tokens, people, mentions)
    statements = voiced(tokens, statements, voices, speech)
    rows = [_quotation(tokens, one, speakers, speech) for one in statements]
    rows = [row for row in rows if any(map(str.isalnum, row.statement))]  # not “…”
    notes = [
        _no_comment(tokens, silence, speakers[id(one)])
        for silence, one in zip(silences, noted, strict=True)
    ]
    return sorted(rows, key=lambda quotation: (quotation.start, quotation.end)), notes


def _tokens(text: str, mentions: Sequence[Mention], speech: Speech) -> Tokens:
    people = ((one.start, one.end) for one in mentions if one.kind == "person")
    nicknames = find_nicknames(text, people)
    taken = {nickname.start for nickname in nicknames}
    marked = [quote for quote in find_marked(text) if quote.start not in taken]
    return tokenize(text, add_dialogue(text, marked, speech), speech, nicknames=nicknames)


def _named(
    tokens: Tokens,
    statements: list[Statement],
    mentions: Sequence[Mention],
    people: People,
    speech: Speech,
) -> list[Speaker]:
    """Return the speakers of statements in reading order; labels are no sources afterwards."""
    if speech.pronouns:
        add_roles(tokens, people)
    expand_initials(tokens, statements, people)
    speakers = resolve_speakers(tokens, statements, people, mentions, speech)
    without_labels(tokens, statements, people)
    return speakers


def _voices(tokens: Tokens, people: People, mentions: Sequence[Mention]) -> frozenset[int]:
    """Return the tokens at which people and organizations are named."""
    named = [
        bisect_left(tokens.starts, one.start)
        for one in mentions
        if one.kind in {"person", "organization"}
    ]
    return frozenset([*people.at, *named])


def _name_starts(tokens: Tokens, mentions: Sequence[Mention]) -> frozenset[int]:
    """Return the offsets of names, also of words that have capitals inside sentences."""
    openers = {first for first, _ in tokens.sentences}
    capitals = [i for i, kind in enumerate(tokens.kinds) if kind & CAPITAL]
    inside = {tokens.words[i] for i in capitals if i not in openers}
    return frozenset(
        [tokens.starts[i] for i in capitals if tokens.words[i] in inside]
        + [one.start for one in mentions if one.kind in _SPEAKING]
    )


def _spoken(
    tokens: Tokens,
    statements: list[Statement],
    silences: Sequence[Silence],
    known: tuple[Speech, frozenset[int]],
) -> list[Statement]:
    """Return the statements in which something was said, thought or planned, with their acts."""
    found = []
    for statement in statements:
        kind = _kind(tokens, statement)
        statement.act = act_of(tokens, statement, kind, *known) or ""
        is_silence = kind != "direct" and any(overlaps(one, statement.cue) for one in silences)
        is_reported = statement.outer is None or statement.outer.act == "speech"
        if statement.act and is_reported and not is_silence:
            found.append(statement)
    return found


def _no_comment(tokens: Tokens, silence: Silence, speaker: Speaker) -> NoComment:
    start = min(silence.asked[0], silence.cue[0])
    span = _span(tokens, (start, max(silence.end, silence.asked[1], silence.cue[1])))
    asked, cue = _span(tokens, silence.asked), _span(tokens, silence.cue)
    assert span is not None and asked is not None and cue is not None  # noqa: S101, PT018

    def words(phrase: tuple[int, int] | None) -> str | None:
        place = _span(tokens, phrase)
        return tokens.text[place[0] : place[1]] if place else None

    return NoComment(
        start=span[0],
        end=span[1],
        text=tokens.text[span[0] : span[1]],
        kind=silence.kind,
        asked=tokens.text[asked[0] : asked[1]],
        asked_start=asked[0],
        asked_end=asked[1],
        asked_name=speaker.name,
        asked_role=speaker.role,
        asked_entity_id=speaker.entity_id,
        asked_by=words(silence.asked_by),
        about=words(silence.about),
        cue=tokens.text[cue[0] : cue[1]],
        cue_start=cue[0],
        confidence=round(_RIGHT_SILENCE[silence.kind] * speaker.certainty, 2),
    )


def _is_label(tokens: Tokens, statement: Statement, speech: Speech) -> bool:
    """Return whether the source is a label before a colon ("Redaktion: Ida Ott")."""
    if statement.source is None:
        return False
    first, last = statement.source
    return " ".join(tokens.words[first:last]) in speech.labels


def _is_sure(tokens: Tokens, statement: Statement) -> bool:
    """Return whether a statement is sure without function words: its speaker is named."""
    kind = _kind(tokens, statement)
    source = statement.source
    is_read = statement.frame in {"inserted", "quote", "colon", "clause", "according", "report"}
    if source and not is_read and not any(tokens.kinds[k] & CAPITAL for k in range(*source)):
        statement.source = None
    return kind == "direct" or statement.source is not None


def _quotation(
    tokens: Tokens, statement: Statement, speakers: Mapping[int, Speaker], speech: Speech
) -> Quotation:
    speaker = speakers[id(statement)]
    kind = _kind(tokens, statement)
    medium = _span(tokens, find_medium(tokens, statement.source, statement.cue, speech))
    fragments = tuple(sorted(_fragment(tokens, piece, kind) for piece in statement.pieces))
    source, cue = _span(tokens, statement.source), _span(tokens, statement.cue)
    role = _span(tokens, statement.role)
    start, end = fragments[0][0], fragments[-1][1]
    return Quotation(
        start=start,
        end=end,
        text=tokens.text[start:end],
        kind=kind,
        fragments=fragments,
        statement=statement_text(tokens.text, fragments),
        act=statement.act,
        reported_by=_reporter(tokens, statement.outer, speakers),
        medium=tokens.text[medium[0] : medium[1]] if medium else None,
        speaker=tokens.text[source[0] : source[1]] if source else None,
        speaker_start=source[0] if source else None,
        speaker_end=source[1] if source else None,
        speaker_name=speaker.name,
        speaker_role=tokens.text[role[0] : role[1]] if role else speaker.role,
        speaker_entity_id=speaker.entity_id or None,
        cue=tokens.text[cue[0] : cue[1]] if cue else None,
        cue_start=cue[0] if cue else None,
        confidence=_confidence(kind, statement, speaker),
        fingerprint=quotation_fingerprint(_wording(tokens, statement, kind)),
    )


def _reporter(
    tokens: Tokens, outer: Statement | None, speakers: Mapping[int, Speaker]
) -> str | None:
    """Return who makes the statement in which this one stands: the name, or the words."""
    if outer is None or id(outer) not in speakers:
        return None
    source = _span(tokens, outer.source)
    return speakers[id(outer)].name or (tokens.text[source[0] : source[1]] if source else None)


def _confidence(kind: str, statement: Statement, speaker: Speaker) -> float:
    right = _RIGHT.get(f"{kind} {statement.frame}", _RIGHT[kind])
    return round(right * (speaker.certainty if statement.source else 1.0), 2)


def _span(tokens: Tokens, phrase: tuple[int, int] | None) -> Fragment | None:
    if phrase is None or phrase[1] <= phrase[0]:
        return None
    return tokens.starts[phrase[0]], tokens.ends[phrase[1] - 1]


def _kind(tokens: Tokens, statement: Statement) -> str:
    if statement.frame == SPOKEN:
        return "direct"
    if not any(kinds_in(tokens, *piece) & QUOTED for piece in statement.pieces):
        return "indirect"
    inside = [i for start, end in statement.pieces for i in range(start, end)]
    has_words = any(tokens.words[i][0].isalnum() for i in inside if not tokens.kinds[i] & QUOTED)
    return "mixed" if has_words else "direct"


def _fragment(tokens: Tokens, piece: tuple[int, int], kind: str) -> Fragment:
    first, last = piece
    quotes = [tokens.quotes[i] for i in range(first, last) if i in tokens.quotes]
    is_marked = all(tokens.kinds[i] & (QUOTED | PUNCTUATION) for i in range(first, last))
    if kind != "direct" or not quotes or not is_marked:
        return tokens.starts[first], tokens.ends[last - 1]
    return quotes[0].inner_start, quotes[-1].inner_end


def _wording(tokens: Tokens, statement: Statement, kind: str) -> str:
    """Return the words that a reuse would repeat: the quoted ones, if there are any."""
    inside = [i for start, end in statement.pieces for i in range(start, end)]
    if kind != "indirect" and statement.frame != SPOKEN:
        inside = [i for i in inside if i in tokens.quotes]
    return " ".join(tokens.text[tokens.starts[i] : tokens.ends[i]] for i in inside)
