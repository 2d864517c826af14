"""Statements in a text, with the people who made them.

Rules over tokens, in four steps: quotation marks are paired (`marks`); sentences are
searched for verbs of speech and attitude with their frames (`statements`, `insertions`,
`stances`); quotations that stand alone are joined to the current speaker
(`continuations`); sources are resolved within the article (`people`, `speakers`). Function
words and frames are English; quotations in the marks of other languages are found too.

`confidence` is the share of statements of the same frame with correct words and speaker
in labelled news (items matched at 0.8 word overlap), times the share of correct
resolutions of that kind of speaker.
"""

from __future__ import annotations

from collections.abc import Sequence

from transforms.identity import quotation_fingerprint
from transforms.quoting.clauses import Statement
from transforms.quoting.continuations import read_statements
from transforms.quoting.dialogue import add_dialogue
from transforms.quoting.foreign_people import add_roles, named_sources, person_spans
from transforms.quoting.marks import find_marked
from transforms.quoting.people import find_people
from transforms.quoting.speakers import Speaker, resolve_speakers
from transforms.quoting.speech import Speech
from transforms.quoting.tokens import CAPITAL, PUNCTUATION, QUOTED, Tokens, tokenize
from transforms.quoting.transcripts import SPOKEN, expand_initials, without_labels
from transforms.quoting.wording import statement_text
from transforms.records import Fragment, Mention, Quotation

VERSION = 3

# Share of statements of a kind and frame with correct words and speaker, in labelled news
# (items of at least 0.8 word overlap); a rare frame has the value of its kind.
_RIGHT = {
    "direct": 0.8, "direct inserted": 0.93, "direct quote": 0.85, "direct alone": 0.5,
    "direct colon": 0.55, "direct free": 0.1, "direct clause": 0.6, "mixed": 0.55, "mixed bare": 0.63, "mixed clause": 0.82,
    "mixed inserted": 0.68, "mixed according": 0.7, "mixed quote": 0.3, "mixed free": 0.1,
    "mixed preposition": 0.44, "mixed passive": 0.35, "indirect": 0.45, "indirect clause": 0.64,
    "indirect inserted": 0.62, "indirect according": 0.74, "indirect preposition": 0.38,
    "indirect inf": 0.4, "indirect turn": 0.35, "indirect passive": 0.53,
}  # fmt: skip


def find_quotations(
    text: str,
    mentions: Sequence[Mention],
    speech: Speech,
    *,
    language: str = "en",
    title: str | None = None,
) -> list[Quotation]:
    """Return the attributed statements in `text`, in reading order.

    Args:
        text: Cleaned article text; paragraphs end with a newline.
        mentions: Names found in it; the persons and institutions among them name speakers.
        speech: The compiled word lists.
        language: ISO 639-1 code; outside English only direct quotations get speakers.
        title: The headline, which may call the article an interview.

    >>> say = {"cue": "say", "forms": "says|said|saying", "frames": "clause|quote"}
    >>> empty = ["foreign_cues", "foreign_words", "stances", "words", "abbreviations"]
    >>> empty += ["labels", "leaders", "organizations"]
    >>> tables = {"speech/cues": [say], **{f"speech/{name}": [] for name in empty}}
    >>> tables |= {f"gazetteers/{name}": [] for name in ("given_names", "titles", "roles")}
    >>> text = "“The road,” Ruiz said, “is closed.” Holm said that it would open."
    >>> for q in find_quotations(text, [], Speech.from_tables(tables)):
    ...     print(q.kind, q.speaker, [text[start:end] for start, end in q.fragments])
    direct Ruiz ['The road,', 'is closed.']
    indirect Holm ['that it would open']
    """
    foreign = speech.in_language(language)
    is_english, speech = foreign is speech, foreign
    tokens = tokenize(text, add_dialogue(text, find_marked(text), speech), speech)
    names = person_spans(tokens, mentions)
    statements = read_statements(tokens, speech, names, title=title or "", is_english=is_english)
    if not is_english:
        statements = [s for s in statements if _is_sure(tokens, s)]
        mentions = [*mentions, *named_sources(tokens, statements, names)]
    people = find_people(tokens, mentions, speech)
    if not is_english:
        add_roles(tokens, people)
    expand_initials(tokens, statements, people)
    speakers = resolve_speakers(tokens, statements, people, mentions, speech)
    without_labels(tokens, statements, people)
    rows = [_quotation(tokens, *pair) for pair in zip(statements, speakers, strict=True)]
    return sorted(rows, key=lambda quotation: (quotation.start, quotation.end))


def _is_sure(tokens: Tokens, statement: Statement) -> bool:
    """Return whether a statement is sure without function words: its speaker is named."""
    is_direct = _kind(tokens, statement) == "direct"
    source = statement.source
    is_read = statement.frame in {"inserted", "quote", "colon", "clause"}
    if source and not is_read and not any(tokens.kinds[k] & CAPITAL for k in range(*source)):
        statement.source = None
    return is_direct


def _quotation(tokens: Tokens, statement: Statement, speaker: Speaker) -> Quotation:
    kind = _kind(tokens, statement)
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
    inside = [i for start, end in statement.pieces for i in range(start, end)]
    if not any(tokens.kinds[i] & QUOTED for i in inside):
        return "indirect"
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
