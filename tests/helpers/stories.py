"""Builders of analyses; statements, names and days are given as words."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from tests.helpers.builders import make_analysis, make_article, make_batch
from transforms.dating.timex_values import days_of
from transforms.records import DateMention, Entity, Mention, NoComment, Quotation
from warehouse.append import append_batch
from warehouse.spool import spool


def make_story(text, *, url, day, hour=0, said=(), silent=(), named=(), dated=(), **given):
    """Return an analysis of `text`.

    Args:
        text: The headline, a line end, and the text.
        day: Day of publication; None for none.
        said: Statements as (statement, speaker, role, kind), then fields of `Quotation`;
            the statement is a list if it is interrupted.
        silent: Notes of no comment as (note, kind, who was asked, cue), then fields of
            `NoComment`.
        named: Mentions as (name, kind).
        dated: Date mentions as (words, TIMEX3 value).
    """
    published_at = None
    if day is not None:
        midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
        published_at = midnight + timedelta(hours=hour)
    article = make_article(
        text,
        url=url,
        published_at=published_at,
        **{"title": text.splitlines()[0], **given},
    )
    mentions = [_mention(text, at, name, kind) for name, kind in named for at in _all(text, name)]
    return make_analysis(
        article,
        quotations=tuple(_quotation(text, item) for item in said),
        no_comments=tuple(_no_comment(text, item) for item in silent),
        mentions=tuple(mentions),
        entities=tuple(_entity(name, kind) for name, kind in named),
        dates=tuple(_date(text, *item) for item in dated),
    )


def append_stories(con, folder, *stories, versions=None):
    """Append stories as one batch, as a flow does."""
    return append_batch(con, spool(make_batch(*stories, versions=versions), folder))


def entity_id(name):
    return f"n1-{name.lower().replace(' ', '-')}"


def _all(text, name):
    at = text.find(name)
    while at >= 0:
        yield at
        at = text.find(name, at + 1)


def _span(text, words):
    return SimpleNamespace(start=text.index(words), end=text.index(words) + len(words))


def _quotation(text, item):
    statement, speaker, role, kind, *more = item
    pieces = [statement] if isinstance(statement, str) else statement
    spans = [_span(text, piece) for piece in pieces]
    start, end = spans[0].start, spans[-1].end
    shown = " … ".join(piece.rstrip(",") for piece in pieces)
    fields = {
        "start": start, "end": end, "text": text[start:end], "kind": kind, "statement": shown,
        "fragments": tuple((span.start, span.end) for span in spans),
        "speaker": speaker and speaker.split()[-1],
        "speaker_name": speaker if speaker and " " in speaker else None, "speaker_role": role,
        "cue": "said", "confidence": 0.9, "fingerprint": f"f1-{shown.lower().strip('.,')}",
    }  # fmt: skip
    return Quotation(**fields | (more[0] if more else {}))


def _no_comment(text, item):
    note, kind, asked, cue, *more = item
    span, who = _span(text, note), _span(text, asked)
    fields = {
        "start": span.start, "end": span.end, "text": note, "kind": kind, "asked": asked,
        "asked_start": who.start, "asked_end": who.end, "cue": cue,
        "cue_start": text.index(cue, span.start), "confidence": 0.9,
    }  # fmt: skip
    return NoComment(**fields | (more[0] if more else {}))


def _mention(text, at, name, kind):
    return Mention(start=at, end=at + len(name), text=name, kind=kind, name=name,
                   entity_id=entity_id(name))  # fmt: skip


def _entity(name, kind):
    is_place = kind == "place"
    return Entity(entity_id=entity_id(name), name=name, kind=kind,
                  country="XV" if is_place else None, latitude=54.5 if is_place else None,
                  longitude=18.25 if is_place else None)  # fmt: skip


def _date(text, words, value):
    span, days = _span(text, words), days_of(value) or (None, None)
    return DateMention(start=span.start, end=span.end, text=words, type="DATE", value=value,
                       starts_on=days[0], ends_on=days[1], anchor="published")  # fmt: skip
