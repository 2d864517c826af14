"""Rules for times of day: "10:30 a.m. EST Monday", "Tuesday night"."""

from __future__ import annotations

import re
from collections.abc import Callable

from transforms.dating.anchors import Anchors
from transforms.dating.calendar_rules import Found, related
from transforms.dating.timex_parts import Parts

_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d\d))?(?:[:.](\d\d))?[ \xa0]?(?:([ap])\.?[ ]?m\.?)?")
ReadDay = Callable[[int, int], str | None]


def clock_day(parts: Parts, read_day: ReadDay) -> Found:
    """Read "10 a.m. on Saturday", "Saturday at noon": one expression."""
    day = read_day(*parts.match.span("day"))
    clock = clock_value(parts)
    if day is None or clock is None or len(day) != len("2023-11-28"):
        return None
    return parts.timex("TIME", f"{day}T{clock}", "published", 0.9)


def clock(parts: Parts, anchors: Anchors) -> Found:
    """Read "10:30 a.m.", "16:08 UTC", "5 o'clock", "noon"."""
    value = clock_value(parts)
    if value is None or (_is_bare(parts) and not parts.in_group(parts.word_before(), "clock")):
        return None
    day = (
        anchors.reference
        if anchors.unit() == "D" and anchors.reference
        else anchors.published_value(0, "D")
    )
    return parts.timex("TIME", f"{(day or 'XXXX-XX-XX')[:10]}T{value}", "narrative", 0.8)


def _is_bare(parts: Parts) -> bool:
    symbols = parts.symbol("clock")
    return symbols == "8" and not parts.word("clock").rstrip(".").endswith("m")


def clock_value(parts: Parts) -> str | None:
    """Return the time of the clock part, with its time zone if known."""
    first = parts.at("clock")
    symbols = parts.symbol("clock")
    tokens = parts.tokens
    values = tokens.vocabulary.values
    zone = values.get(tokens.words[first + len(symbols) - 1], "") if symbols[-1] == "z" else ""
    if symbols[0] == "C":
        return values[tokens.words[first]] + zone
    if symbols[0] in "yN":
        word = tokens.words[first].zfill(4)
        return (
            _time(int(word[:2]), word[2:], None, zone)
            if len(word) == 4 and word.isdigit()
            else None
        )
    m = _CLOCK.fullmatch(tokens.words[first])
    if m is None:
        return _time(parts.number("clock"), "00", None, zone)
    hour = int(m[1])
    if m[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if m[4] == "p" else 0)
    if "T" in symbols and hour < 12:
        part = values.get(tokens.words[first + symbols.index("T")])
        hour += 12 if part in ("AF", "EV") or (part == "NI" and hour > 5) else 0
    return _time(hour, m[2] or "00", m[3], zone)


def _time(hour: int, minute: str, second: str | None, zone: str) -> str | None:
    if hour > 24 or int(minute) > 59 or int(second or 0) > 59:
        return None
    return f"{hour:02}:{minute}" + (f":{second}" if second else "") + zone


def day_part(parts: Parts, read_day: ReadDay) -> Found:
    """Read "Tuesday night", "tomorrow morning", "the morning of May 3"."""
    day = read_day(*parts.match.span("day"))
    if day is None or len(day) < len("2023-11-28"):
        return None
    return parts.timex("TIME", f"{day[:10]}{_suffix(parts)}", "published", 0.92)


def _suffix(parts: Parts) -> str:
    return f"T{parts.value('part')}"


def relative_part(parts: Parts, anchors: Anchors) -> Found:
    """Read "this morning", "last night", "that evening"."""
    is_next = parts.has("the") and parts.value("direction") == "+1"
    day = anchors.reference_value(1, "D") if is_next else related(parts, anchors, "D")
    anchor = "narrative" if parts.value("direction").endswith("n") else "published"
    return parts.timex("TIME", f"{day}{_suffix(parts)}" if day else None, anchor, 0.92)


def the_part(parts: Parts, anchors: Anchors) -> Found:
    """Read "in the morning" of the day in question; "overnight"."""
    if parts.has("alone"):
        if not parts.in_group(parts.word("alone"), "alone"):
            return None
        day = anchors.published_value(0, "D")
        return parts.timex("TIME", f"{day}TNI" if day else None, "published", 0.7)
    is_noun = parts.after() in ";,|i&~" or parts.in_group(parts.word_after(), "defining")
    if parts.before() != "i" or not is_noun:
        return None  # "the morning shows"
    day = anchors.reference_value(0, "D")
    return parts.timex("TIME", f"{day}{_suffix(parts)}" if day else None, "narrative", 0.6)
