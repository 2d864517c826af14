"""Rules for expressions counted from another day: "two weeks ago", "last week"."""

from __future__ import annotations

from transforms.dating.anchors import Anchors
from transforms.dating.calendar_rules import Found, anchor_of, related
from transforms.dating.duration_rules import amount
from transforms.dating.period_rules import weekend_value
from transforms.dating.timex_parts import Parts, Timex
from transforms.dating.timex_values import YEARS_OF, period, shift, shift_value, unit_of

_COUNTED_IN = {"F": ("W", 2)} | {unit: ("Y", years) for unit, years in YEARS_OF.items()}
_HOURS = {"TH": 1.0, "TM": 1 / 60, "TS": 1 / 3600}


def relative_unit(parts: Parts, anchors: Anchors) -> Found:
    """Read "last week", "this year", "the previous month", "the past decade" (a duration)."""
    unit, value = parts.value("unit"), parts.value("direction") or "0"
    if parts.has("dash") and unit != "Y":
        return None  # "last-minute", "same-day"; but "full-year profit"
    if (value.endswith("p") or _is_stretch(parts, unit)) and unit not in ("P", "WE"):
        return parts.timex("DURATION", period("1", unit), "published", 0.85)
    if unit == "P":
        return _period_spoken_of(parts, anchors) if value.endswith("n") else None
    is_counted = parts.before() == "a" and not parts.has("dash")
    if is_counted and value == "0n" and unit != "WE":  # "a full year"
        return parts.timex("DURATION", period("1", unit), "none", 0.85, first=parts.first - 1)
    if unit.startswith("T") or unit == "F" or _is_bounded(parts, unit):
        return None
    if unit == "WE" and parts.in_group(parts.word("direction"), "coming"):
        return parts.timex("DATE", anchors.published_value(0, "WE"), "published", 0.85)
    if unit == "WE" and value == "0":
        return parts.timex("DATE", weekend_value(parts, anchors), "published", 0.85)
    if unit == "D" and value == "+1" and parts.has("the"):  # "the next day"
        return parts.timex("DATE", anchors.reference_value(1, "D"), "narrative", 0.75)
    found = related(parts, anchors, unit)
    return parts.timex(
        "DATE", found, anchor_of(parts), 0.93 if value in ("-1", "0", "+1") else 0.75
    )


def _is_bounded(parts: Parts, unit: str) -> bool:
    """Return whether it is the first or last one of something: "the last day of the talks"."""
    is_led = (parts.has("the") or parts.before() == "D") and parts.after() == "f"
    return is_led and parts.value("direction") in ("-1", "+1") and unit in ("D", "W", "M", "Y")


def _is_stretch(parts: Parts, unit: str) -> bool:
    """Return whether it is a duration: "over the last year", but not "last year"."""
    is_led = parts.has("the") and parts.in_group(parts.word_before(), "stretch")
    return is_led and unit in ("W", "M", "Y", "DE") and parts.value("direction") in ("-1", "+1")


def _period_spoken_of(parts: Parts, anchors: Anchors) -> Found:
    if parts.in_group(parts.word("direction"), "comparing"):  # "in the comparable period"
        now = anchors.period or anchors.published_value(0, "Y")
        return _aside(parts, shift_value(now, -1, "Y") if now else None, 0.5)
    if anchors.period is None:
        return None
    return parts.timex("DATE", anchors.period, "narrative", 0.5)


def _aside(parts: Parts, value: str | None, confidence: float) -> Timex:
    """Return an expression that figures are compared with: the text does not go on from it."""
    found = parts.timex("DATE", value, "narrative", confidence)
    found.is_aside = True
    return found


def same_unit(parts: Parts, anchors: Anchors) -> Found:
    """Read "the same month a year ago", "the same period last year", "the same quarter of 2005"."""
    unit = parts.value("unit")
    if parts.value("same") != "0n":
        return None
    now = anchors.period if unit == "P" else anchors.reference_value(0, unit)
    now = now or anchors.published_value(0, "Y")
    first = parts.at("when")
    symbols = parts.symbol("when")
    words = parts.tokens.words
    is_other = symbols[0] == "n" and parts.number_at(first) != 1
    if now is None or is_other:
        return None
    if symbols == "y":
        return _aside(parts, words[first] + now[4:], 0.85)
    by = parts.tokens.vocabulary.values.get(words[first + symbols.index("U")], "Y")
    if unit == by:
        return None
    return _aside(parts, shift_value(now, -1, by), 0.85)


def year_ago(parts: Parts, anchors: Anchors) -> Found:
    """Read "the year-ago quarter", "the year-earlier period"."""
    if parts.value("by") != "Y":
        return None
    unit = parts.value("unit")
    now = anchors.period if unit == "P" else anchors.reference_value(0, unit)
    now = now or anchors.published_value(0, "Y")
    return _aside(parts, shift_value(now, -1, "Y") if now else None, 0.8)


def year_before(parts: Parts, anchors: Anchors) -> Found:
    """Read "year-earlier profit", "a year-ago loss": the article is not part of it."""
    if parts.value("by") != "Y":
        return None
    now = anchors.period or anchors.published_value(0, "Y")
    found = _aside(parts, shift_value(now, -1, "Y") if now else None, 0.7)
    found.first = parts.at("by")
    return found


def unit_of_year(parts: Parts, anchors: Anchors) -> Found:
    """Read "the 1988 quarter", "the 1988 period": the one in question, in that year."""
    year, unit = parts.word("year"), parts.value("unit")
    if parts.in_group(parts.word("unit"), "year_unit"):  # "в 2015 году"
        return parts.timex("DATE", year, "explicit", 0.97)
    if unit not in ("Q", "P"):
        return None
    now = anchors.part if unit == "P" else anchors.reference_value(0, unit)
    return _aside(parts, year + (now[4:] if now and len(now) > 4 else ""), 0.8)


def before_last(parts: Parts, anchors: Anchors) -> Found:
    """Read "the week before last", "the winter before last", "the week after next"."""
    side, last = int(parts.value("side")), parts.value("last")
    if last not in ("-1", "+1") or side != int(last):
        return None
    unit, symbol = parts.value("unit"), parts.symbol("unit")
    if symbol == "T":
        day = anchors.published_value(2 * side, "D")
        return parts.timex("TIME", f"{day}T{unit}" if day else None, "published", 0.85)
    if symbol in "Ss":
        near = anchors.season(unit, side)
        return parts.timex("DATE", shift_value(near, side, "Y"), "published", 0.7)
    if unit in ("P", "F") or unit.startswith("T"):
        return None
    return parts.timex("DATE", anchors.published_value(2 * side, unit), "published", 0.9)


def two_units(parts: Parts, anchors: Anchors) -> Found:
    """Read "this year and next", "this week or last": two expressions."""
    if parts.value("other").endswith(("n", "p")):
        return None
    unit, other = parts.value("unit"), parts.at("other")
    if unit in ("P", "F") or unit.startswith("T"):
        return None
    values = related(parts, anchors, unit), related(parts, anchors, unit, "other")
    return [
        parts.timex("DATE", values[0], anchor_of(parts), 0.9, last=other - 1),
        parts.timex("DATE", values[1], "published", 0.85, first=other),
    ]


def prior_year(parts: Parts, anchors: Anchors) -> Found:
    """Read "the prior-year period", "the previous-year quarter"."""
    return year_ago(parts, anchors) if parts.value("direction").startswith("-1") else None


def ago(parts: Parts, anchors: Anchors) -> Found:
    """Read "two weeks ago", "a year ago", "three hours ago", "a week from now"."""
    count = amount(parts, "count")
    unit, sign = parts.value("unit"), -1 if parts.value("ago") == "-1" else 1
    if count is None:
        return None
    if count == "X":
        return parts.timex("DATE", "PAST_REF" if sign < 0 else "FUTURE_REF", "published", 0.7)
    if parts.has("half") and count.replace(".", "").isdigit():
        count = str(float(count) + 0.5)
    if unit in _HOURS:
        return _hours_ago(parts, anchors, sign * float(count) * _HOURS[unit])
    then = anchors.a_year_before(parts.first) if (unit, count, sign) == ("Y", "1", -1) else None
    if then and unit_of(then) != "M":  # "net rose in the quarter from 40 cents a year ago"
        return _aside(parts, then, 0.7)
    return parts.timex("DATE", _moved(anchors, sign * float(count), unit), "published", 0.9)


def units_after(parts: Parts, _: Anchors) -> Found:
    """Read "les trois années passées", "los dos años pasados" as a length of time."""
    if not parts.is_behind():
        return None
    return parts.timex(
        "DURATION", period(str(parts.number("count")), parts.value("unit")), "published", 0.8
    )


def _moved(anchors: Anchors, count: float, unit: str) -> str | None:
    """Return the value `count` units from publication; halves use the next finer unit."""
    if abs(count) > 99999:
        return None
    unit, factor = _COUNTED_IN.get(unit, (unit, 1))
    count *= factor
    if count % 1 and unit == "Y":
        unit, count = "M", count * 12
    return anchors.published_value(int(count), unit)


def _hours_ago(parts: Parts, anchors: Anchors, hours: float) -> Found:
    if anchors.published is None or abs(hours) > 99999:
        return parts.timex("TIME", None, "published", 0.5)
    minutes = anchors.published.hour * 60 + anchors.published.minute + hours * 60
    day = shift(anchors.published.date(), int(minutes // 1440), "D")
    if day is None:
        return None
    clock = int(minutes % 1440)
    return parts.timex(
        "TIME", f"{day.isoformat()}T{clock // 60:02}:{clock % 60:02}", "published", 0.6
    )


def vaguely_ago(parts: Parts, _: Anchors) -> Found:
    """Read "years ago"."""
    is_past = parts.value("ago") == "-1"
    return parts.timex("DATE", "PAST_REF" if is_past else "FUTURE_REF", "published", 0.8)


def shifted(parts: Parts, anchors: Anchors) -> Found:
    """Read "two days later", "a year earlier", "the week before": from the last date named."""
    side = "shift"
    unit = parts.value("unit")
    count = amount(parts, "count")
    if count is None:
        return None
    if parts.symbol(side) == "b" and parts.after() not in ";,|":
        return None  # "two days before the vote" is a duration
    sign = int(parts.value(side))
    if unit in _HOURS and count != "X" and float(count) < 99999:
        value = anchors.minutes_moved(sign * float(count) * _HOURS[unit] * 60)
        return parts.timex("TIME", value, "narrative", 0.7)
    if count == "X" or unit in _HOURS or float(count) > 99999 or float(count) % 1:
        value = "PAST_REF" if sign < 0 else "FUTURE_REF"
        return parts.timex("DATE", value, "narrative", 0.5)
    if unit == "Y" and sign < 0 and count == "1" and (then := anchors.a_year_before(parts.first)):
        return _aside(parts, then, 0.7)
    unit, factor = _COUNTED_IN.get(unit, (unit, 1))
    value = anchors.moved(sign * int(float(count)) * factor, unit)
    return parts.timex("DATE", value, "narrative", 0.75)


def side_unit(parts: Parts, anchors: Anchors) -> Found:
    """Read "the day before", "the night before"; not "the day before the vote"."""
    if parts.after() not in ";,|":
        return None
    sign, unit = int(parts.value("side")), parts.value("unit")
    if parts.symbol("unit") == "T":
        day = anchors.moved(sign, "D")
        return parts.timex("TIME", f"{day}T{unit}" if day else None, "narrative", 0.7)
    if unit not in ("D", "W", "M", "Y", "WE"):
        return None
    return parts.timex("DATE", anchors.reference_value(sign, unit), "narrative", 0.75)


def unit_in(parts: Parts, anchors: Anchors) -> Found:
    """Read "earlier in the week", "late in the day"."""
    unit = parts.value("unit")
    if unit not in ("D", "W", "M", "Q", "Y"):
        return None
    return parts.timex("DATE", anchors.published_value(0, unit), "published", 0.85)


def reference(parts: Parts, _: Anchors) -> Found:
    """Read "now", "recently", "the future"."""
    value = parts.value("reference") if parts.symbol("reference") == "R" else "PRESENT_REF"
    word, after = parts.word("reference"), parts.after()
    if parts.is_in_name():
        return None
    if after == "-" or (after == "b" and value == "FUTURE_REF"):
        return None  # "the now-closed plant", "soon after the vote"
    is_noun = after not in "f_" or parts.in_group(parts.word_after(), "defining")
    if word.endswith("future") and not is_noun:
        return None  # "the future of the plant", "future plants"
    return parts.timex("DATE", value, "published", 0.85)


def recent_units(parts: Parts, _: Anchors) -> Found:
    """Read "recent years", "the coming months", "past decades"."""
    value = parts.value("direction")
    if parts.symbol("direction") == "R":
        return parts.timex("DATE", value, "published", 0.8)
    if value.startswith("0") or not value:
        return None
    ref = "PAST_REF" if value.startswith("-") else "FUTURE_REF"
    return parts.timex("DATE", ref, "published", 0.7)


def the_past(parts: Parts, _: Anchors) -> Found:
    """Read "in the past" if nothing follows that it belongs to."""
    is_noun = parts.after() in ";,|i&~bD" or parts.in_group(parts.word_after(), "defining")
    if not parts.value("past").endswith("p") or not is_noun:
        return None
    return parts.timex("DATE", "PAST_REF", "published", 0.8)


def that_time(parts: Parts, anchors: Anchors) -> Found:
    """Read "by that time": the last date named."""
    is_that = parts.in_group(parts.word("direction"), "that")
    is_time = parts.in_group(parts.word("time"), "time")
    if anchors.reference is None or parts.before() != "i" or not (is_that and is_time):
        return None
    return parts.timex("DATE", anchors.reference, "narrative", 0.6)
