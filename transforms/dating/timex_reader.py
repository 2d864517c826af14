"""Reads the expressions of a text: applies the first rule that gives a value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from transforms.dating import (
    calendar_rules,
    clock_rules,
    day_lists,
    duration_rules,
    period_rules,
    quarter_rules,
    relative_rules,
)
from transforms.dating.anchors import Anchors
from transforms.dating.calendar_rules import Found
from transforms.dating.timex_grammar import GRAMMAR, RULES, RUN
from transforms.dating.timex_parts import Parts, Timex
from transforms.dating.timex_tokens import Tokens

# Later candidates in a text are left out. In labelled news, there is at most one for each 17
# words; a text of 40,000 words (see `analysed_part`) would have 2,400.
MAX_CANDIDATES = 5_000
# Modifiers before an expression that belong to it: "the end of", "mid-", "more than".
_MODIFIER_TOKENS = 4
_MODIFIERS = {
    "DATE": re.compile(r"(?:D?E?BfD?|[Ee]-?)$"),
    "TIME": re.compile(r"(?:D?(?:E?B|E)fD?|[EeZ]-?)$"),
    "DURATION": re.compile(r"[ZO]$"),
    "SET": re.compile(r"(?!)"),
}
_YEAR_MODIFIERS = re.compile(r"(?:D?E?Bf|E-?)$")
_ADJECTIVE = re.compile("[Da][^-]+-[UGB]")
# Each rule with those after it, which are tried if it gives no value.
_FROM = {name: tuple(RULES)[place:] for place, name in enumerate(RULES)}
_YEAR = re.compile(r"\d{4}")
_VAGUE = frozenset({"PAST_REF", "PRESENT_REF", "FUTURE_REF"})

# Rules for expressions that contain a day, which is read separately.
DAY_BUILDERS: dict[str, Callable[[Parts, clock_rules.ReadDay], Found]] = {
    "clock_day": clock_rules.clock_day,
    "day_clock": clock_rules.clock_day,
    "clock_until": clock_rules.clock_day,
    "part_of_day": clock_rules.day_part,
    "day_part": clock_rules.day_part,
}
BUILDERS: dict[str, Callable[[Parts, Anchors], Found]] = {
    "clock": clock_rules.clock,
    "relative_part": clock_rules.relative_part,
    "the_part": clock_rules.the_part,
    "early_part": clock_rules.early_part,
    "days_of_month": day_lists.days_of_month,
    "month_days": day_lists.month_days,
    "months": day_lists.months,
    "range_of_days": day_lists.range_of_year,
    "range_of_year": day_lists.range_of_year,
    "month_day": calendar_rules.month_day,
    "day_month": calendar_rules.month_day,
    "month_of_year": calendar_rules.month_of_year,
    "weekday_of_week": calendar_rules.weekday_of_week,
    "weekday_of_week_after": calendar_rules.weekday_of_week_after,
    "weekday_day": day_lists.weekday_day,
    "relative_weekday": calendar_rules.relative_weekday,
    "relative_month": calendar_rules.relative_month,
    "weekday_after": calendar_rules.weekday_after,
    "unit_after": calendar_rules.unit_after,
    "month_after": calendar_rules.month_after,
    "season_after": period_rules.season_after,
    "part_after": clock_rules.part_after,
    "units_after": relative_rules.units_after,
    "decade_units": calendar_rules.decade_units,
    "units_decade": calendar_rules.units_decade,
    "point_unit": quarter_rules.quarter,
    "unit_ordinal": quarter_rules.quarter,
    "ago_before": relative_rules.ago,
    "unit_ago": relative_rules.unit_ago,
    "unit_ago_before": relative_rules.unit_ago,
    "vaguely_before": relative_rules.vaguely_ago,
    "year_word": period_rules.year_word,
    "unit_year": period_rules.unit_year,
    "holiday": calendar_rules.holiday,
    "decade": calendar_rules.decade,
    "today": calendar_rules.today,
    "weekday": calendar_rules.weekday,
    "figures": calendar_rules.figures,
    "day_of_month": calendar_rules.day_of_month,
    "iso": calendar_rules.iso,
    "month": calendar_rules.month,
    "quarter_of_months": quarter_rules.quarter_of_months,
    "two_quarters": quarter_rules.two_quarters,
    "quarter_code": quarter_rules.quarter_code,
    "nth_weekday": period_rules.nth_weekday,
    "counted_unit": period_rules.counted_unit,
    "quarter": quarter_rules.quarter,
    "fiscal_year": period_rules.fiscal_year,
    "season": period_rules.season,
    "unit_end": period_rules.unit_end,
    "unit_middle": period_rules.unit_middle,
    "year_named": period_rules.year_named,
    "the_unit": period_rules.the_unit,
    "weekend": period_rules.weekend,
    "year": period_rules.year,
    "same_unit": relative_rules.same_unit,
    "two_units": relative_rules.two_units,
    "before_last": relative_rules.before_last,
    "prior_year": relative_rules.prior_year,
    "year_before": relative_rules.year_before,
    "unit_of_year": relative_rules.unit_of_year,
    "year_ago": relative_rules.year_ago,
    "ago": relative_rules.ago,
    "vaguely_ago": relative_rules.vaguely_ago,
    "shifted": relative_rules.shifted,
    "recent_units": relative_rules.recent_units,
    "relative_unit": relative_rules.relative_unit,
    "side_unit": relative_rules.side_unit,
    "unit_in": relative_rules.unit_in,
    "reference": relative_rules.reference,
    "the_past": relative_rules.the_past,
    "that_time": relative_rules.that_time,
    "first_units": duration_rules.first_units,
    "units_of_year": duration_rules.units_of_year,
    "year_units": duration_rules.year_units,
    "every": duration_rules.every,
    "per": duration_rules.per,
    "last_units": duration_rules.last_units,
    "duration": duration_rules.duration,
    "count_range": duration_rules.count_range,
    "unit_or_two": duration_rules.unit_or_two,
    "two_counts": duration_rules.two_counts,
    "units": duration_rules.units,
    "set": duration_rules.recurring,
    "weekday_parts": duration_rules.weekday_parts,
    "weekdays": duration_rules.weekdays,
    "long": duration_rules.long,
}


def read_expressions(tokens: Tokens, anchors: Anchors) -> list[Timex]:
    """Return the expressions in reading order, without overlaps; updates `anchors`.

    At most `MAX_CANDIDATES` places are tried.
    """
    found: list[Timex] = []
    if "m" in tokens.symbols:
        anchors.persons = calendar_rules.persons_called_months(tokens)
    stated = zip(tokens.words, tokens.symbols, strict=True)
    anchors.years = [int(word) for word, symbol in stated if symbol == "y"]
    left = MAX_CANDIDATES
    for run in RUN.finditer(tokens.symbols):
        left = _read_run(tokens, anchors, run.span(), found, left)
    return found


def _read_run(
    tokens: Tokens, anchors: Anchors, run: tuple[int, int], found: list[Timex], left: int
) -> int:
    """Add the expressions of a run to `found`; return how many of `left` candidates remain."""
    at, end = run
    while at < end and left:
        m = GRAMMAR.search(tokens.symbols, at, end)
        if m is None:
            break
        left -= 1
        built = _build(tokens, anchors, m.lastgroup or "", m.start(), end)
        for plain in built:
            timex = _extended(plain, tokens, found[-1].last if found else 0)
            found.append(timex)
            if timex.type in ("DATE", "TIME") and timex.value and not timex.is_aside:
                anchors.note(timex.value, timex.last)
                if _YEAR.fullmatch(timex.value) and _leads(timex, tokens):
                    anchors.led = timex.value, timex.last
        at = built[-1].last if built else m.start() + 1
    return left


def _leads(timex: Timex, tokens: Tokens) -> bool:
    """Return whether an expression begins its sentence, after a preposition or without one."""
    before = tokens.symbols[max(timex.first - 2, 0) : timex.first]
    return before[-1:] in ("", "|", ";") or before in ("i", "|i", ";i")


def _build(tokens: Tokens, anchors: Anchors, name: str, first: int, end: int) -> list[Timex]:
    """Return the result of the rule, or of a later rule that matches at the same place."""
    for rule in _FROM[name]:
        m = RULES[rule].match(tokens.symbols, first, end)
        if m is None:
            continue
        parts = Parts(tokens, m)
        if rule in DAY_BUILDERS:
            result = DAY_BUILDERS[rule](parts, _day_reader(tokens, anchors))
        else:
            result = BUILDERS[rule](parts, anchors)
        if result:
            return result if isinstance(result, list) else [result]
    return []


def _day_reader(tokens: Tokens, anchors: Anchors) -> clock_rules.ReadDay:
    """Return a reader of the day inside a longer expression ("10 a.m. on Saturday")."""

    def read_day(first: int, last: int) -> str | None:
        m = GRAMMAR.match(tokens.symbols, first, last)
        built = _build(tokens, anchors, m.lastgroup or "", first, last) if m else []
        return built[0].value if built else None

    return read_day


def _extended(timex: Timex, tokens: Tokens, floor: int) -> Timex:
    """Return the expression with the modifiers before it: "early 2009", "about a year"."""
    if timex.value in _VAGUE:
        return timex
    if _ADJECTIVE.fullmatch(tokens.symbols[timex.first : timex.last]):
        return replace(timex, first=timex.first + 1)  # the "three-day" meeting
    pattern = _MODIFIERS[timex.type]
    if tokens.symbols[timex.first] == "y" and timex.last - timex.first == 1:
        pattern = _YEAR_MODIFIERS  # not "the rest of the 2016 field"
    m = pattern.search(tokens.symbols[max(floor, timex.first - _MODIFIER_TOKENS) : timex.first])
    if m is None or (m[0] == "O" and tokens.symbols[timex.first] != "a"):
        return timex
    return replace(timex, first=timex.first - len(m[0]))
