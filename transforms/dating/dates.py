"""Temporal expressions in a text, as values that SQL can compare.

The text is converted to a string of token classes (`timex_tokens`). A grammar over the
classes finds expressions (`timex_grammar`), and a rule for each form gives its TIMEX3
type and value. Relative expressions are counted from the publication day or, in
narrative passages, from the last date named. A weekday or a month without a year is in
the past unless its clause is about the future. TIMEX3 follows the TimeML Annotation
Guidelines 1.2.1: prepositions are outside an expression, articles and modifiers inside.
"""

from __future__ import annotations

import re
from datetime import datetime

from transforms.analysed_part import analysed_part
from transforms.dating.anchors import Anchors
from transforms.dating.day_order import Origin, is_month_first
from transforms.dating.time_words import Vocabulary
from transforms.dating.timex_parts import Timex
from transforms.dating.timex_reader import read_expressions
from transforms.dating.timex_tokens import Tokens, tokenize
from transforms.dating.timex_values import days_of
from transforms.languages.by_language import ByLanguage
from transforms.records import DateMention

VERSION = 4

# Years outside the calendar.
_OUTSIDE = re.compile(r"(?:FY)?(?:\d{5}|0000)")


def find_dates(
    text: str,
    vocabularies: ByLanguage[Vocabulary],
    *,
    published_at: datetime | None,
    language: str = "en",
    country: str | None = None,
    site_country: str | None = None,
    published_confidence: float = 1.0,
) -> list[DateMention]:
    """Return the temporal expressions in `text` in reading order.

    They do not overlap, except that a month is also read by itself inside a part of it
    ("the last five days of May 2017"); the duration then has the days of the part.

    Args:
        text: Article text; offsets refer to it. Only its `analysed_part` is read, and of its
            expressions at most `MAX_CANDIDATES`.
        vocabularies: The words of time, by language.
        published_at: When it was published, in the source's time zone; if None, relative
            expressions have no value.
        language: ISO 639-1; in a language without tables only figures are read.
        country: ISO 3166-1 alpha-2 code that the source declares, for the order of day and
            month in figures.
        site_country: The same of its address: weaker evidence, see `day_order`.
        published_confidence: 0..1, below 1 if `published_at` was inferred; values counted
            from it are no more certain.

    Examples:
        >>> from transforms.dating.time_words import compile_vocabulary
        >>> words = ByLanguage({}, compile_vocabulary)
        >>> (mention,) = find_dates("Signed on 2023-11-28.", words, published_at=None)
        >>> mention.text, mention.value, mention.starts_on
        ('2023-11-28', '2023-11-28', datetime.date(2023, 11, 28))
    """
    tokens = tokenize(analysed_part(text), vocabularies.of(language))
    anchors = Anchors(published_at)
    origin = Origin(country, site_country)
    anchors.month_first = is_month_first(tokens, origin, anchors.today)
    return [
        _mention(timex, tokens, published_confidence) for timex in read_expressions(tokens, anchors)
    ]


def _mention(timex: Timex, tokens: Tokens, published_confidence: float) -> DateMention:
    start, last = tokens.starts[timex.first], timex.last - 1
    end = tokens.end(last)
    if tokens.symbols[last] in ";,":
        end = tokens.end(last - 1)
    value = None if timex.value and _OUTSIDE.match(timex.value) else timex.value
    days = days_of(value) if timex.type in ("DATE", "TIME") else timex.days
    first_day, last_day = days or (None, None)
    is_counted = days is not None and timex.anchor != "explicit"
    return DateMention(
        start=start,
        end=end,
        text=tokens.text[start:end],
        type=timex.type,
        value=value,
        starts_on=first_day,
        ends_on=last_day,
        anchor=timex.anchor if value else "none",
        confidence=round(timex.confidence * (published_confidence if is_counted else 1.0), 3),
    )
