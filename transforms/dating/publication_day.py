"""Infers the publication day of an undated text from the days that it names.

News is published on the last day that it reports in the past tense. A day without a year
is taken from the latest year that fits; with a weekday, one year in six fits. The
result is a guess, and its confidence reflects that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from transforms.analysed_part import analysed_part
from transforms.dating.anchors import Anchors
from transforms.dating.day_order import Origin, is_month_first
from transforms.dating.tense import FUTURE, PAST, UNKNOWN, tense_at
from transforms.dating.time_words import Vocabulary
from transforms.dating.timex_parts import Timex
from transforms.dating.timex_reader import read_expressions
from transforms.dating.timex_tokens import Tokens, tokenize
from transforms.dating.timex_values import days_of
from transforms.languages.by_language import ByLanguage

# Share of such guesses that are right, by their evidence.
_DATELINE, _WITH_WEEKDAY, _FULL, _WITHOUT_YEAR, _ONLY_FUTURE = 0.9, 0.7, 0.5, 0.35, 0.2
# Added if the day is a dateline; subtracted if no verb puts it in the past.
_LED, _NO_VERB = 0.2, 0.2
# A date falls on the same weekday again within eleven years; older news states the year.
_YEARS_BACK = 12
# A later day counts if it is about as certain as the most certain one.
_MARGIN = 0.15
# A dateline is in the first line or two.
_DATELINE_TOKENS = 40
_NO_YEAR = re.compile(r"XXXX-(\d\d)-(\d\d)")


@dataclass(frozen=True, slots=True)
class _Evidence:
    """A day that the text names.

    Attributes:
        day: The day; its year is inferred if the text gives none.
        confidence: 0..1, as the day of publication.
        is_ahead: Whether its clause is about the future.
    """

    day: date
    confidence: float
    is_ahead: bool


def infer_published_on(
    text: str, vocabularies: ByLanguage[Vocabulary], *, now: datetime, language: str = "en"
) -> tuple[date, float] | None:
    """Return the latest plausible day before `now`, with a confidence, or None.

    Args:
        text: Article text; only its `analysed_part` is read.
        vocabularies: The words of time, by language.
        now: No article is published after it.
        language: ISO 639-1.
    """
    tokens = tokenize(analysed_part(text), vocabularies.of(language))
    month_first = is_month_first(tokens, Origin())
    found = read_expressions(tokens, Anchors(None, month_first=month_first))
    named = [day for timex in found if (day := _evidence(timex, tokens, now.date()))]
    named = [evidence for evidence in named if evidence.day <= now.date()]
    ahead = [evidence.day for evidence in named if evidence.is_ahead]
    told = [evidence for evidence in named if not evidence.is_ahead]
    if ahead and told:
        before = [evidence for evidence in told if evidence.day <= max(ahead)]
        told = before or told
    if not told:
        return (min(ahead), _ONLY_FUTURE) if ahead else None
    sure = max(evidence.confidence for evidence in told)
    told = [evidence for evidence in told if evidence.confidence > sure - _MARGIN]
    best = max(told, key=lambda evidence: (evidence.day, evidence.confidence))
    past = [
        days[0].year
        for timex in found
        if (days := days_of(timex.value)) and tense_at(tokens, timex.first, timex.last) == PAST
    ]
    return best.day, _confidence(best, told, max(past, default=0))


def _confidence(best: _Evidence, told: list[_Evidence], latest: int) -> float:
    """Return the confidence, lowered if the text mentions later years."""
    if best.day.year + 1 < latest:
        return min(best.confidence, _ONLY_FUTURE)
    near = sum(abs((best.day - evidence.day).days) <= 7 for evidence in told)
    return round(min(best.confidence + 0.05 * (near - 1), 0.95), 2)


def _evidence(timex: Timex, tokens: Tokens, today: date) -> _Evidence | None:
    """Return the day that an expression names, or None."""
    value = (timex.value or "")[:10]
    symbols = tokens.symbols[timex.first : timex.last]
    tense = tense_at(tokens, timex.first, timex.last)
    if m := _NO_YEAR.fullmatch(value):
        weekday = next((i for i, s in enumerate(symbols, timex.first) if s in "Ww"), None)
        number = int(tokens.vocabulary.values[tokens.words[weekday]]) if weekday is not None else 0
        day = _latest(int(m[1]), int(m[2]), number, today)
        confidence = _WITH_WEEKDAY if weekday is not None else _WITHOUT_YEAR
    elif len(value) == 10 and (days := days_of(value)):
        day, confidence = days[0], _FULL
        if any(s in "Ww" for s in symbols):
            confidence = _WITH_WEEKDAY
    else:
        return None
    if day is None:
        return None
    if _is_dateline(timex, tokens):
        has_year = not _NO_YEAR.fullmatch(value)
        return _Evidence(day, _DATELINE if has_year else confidence + _LED, is_ahead=False)
    if tense == UNKNOWN:
        confidence -= _NO_VERB
    return _Evidence(day, confidence, is_ahead=tense == FUTURE)


def _latest(month: int, day: int, weekday: int, today: date) -> date | None:
    """Return the latest such day not after `today`, on ISO `weekday` unless that is 0."""
    for year in range(today.year, max(today.year - _YEARS_BACK, 0), -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today and weekday in (0, found.isoweekday()):
            return found
    return None


def _is_dateline(timex: Timex, tokens: Tokens) -> bool:
    """Return whether a day is a dateline ("BRUSSELS, Nov 28 (Reuters) -") or its own line."""
    first, last = timex.first, timex.last
    if first > _DATELINE_TOKENS:
        return False
    before = tokens.symbols[first - 1] if first else "|"
    after = tokens.symbols[last : last + 1] or "|"
    if before == "|" and after == "|":
        return True
    place = tokens.text[tokens.starts[first - 2] : tokens.end(first - 2)] if first > 1 else ""
    return before == "," and place.isupper() and len(place) > 1 and after in "(-:"
