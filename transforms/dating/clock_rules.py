"""Rules for times of day: "10:30 a.m. EST Monday", "Tuesday night"."""

from __future__ import annotations

import re
from collections.abc import Callable

from transforms.dating.anchors import Anchors
from transforms.dating.calendar_rules import Found, related
from transforms.dating.timex_parts import Parts

_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d\d))?(?:[:.](\d\d))?[ \xa0]?(?:([ap])\.?[ ]?m\.?)?")
_HOURS = re.compile(r"(\d{1,2})[hu](\d\d)?()")  # 15h30
_PARTS = frozenset({"", "MO", "MI", "AF", "EV", "NI"})
ReadDay = Callable[[int, int], str | None]


def clock_day(parts: Parts, read_day: ReadDay) -> Found:
    """Read "10 a.m. on Saturday", "Saturday at noon", and "10 a.m." in "10 a.m. to noon Monday"."""
    day = read_day(*parts.match.span("day"))
    clock = clock_value(parts)
    if day is None or clock is None or len(day) < len("2023-11-28"):
        return None
    part = day[len("2023-11-28T") :]
    is_number = parts.symbol("clock") in ("d", "n")
    if part not in _PARTS or (is_number and not (part and _is_led(parts))):
        return None
    return parts.timex("TIME", f"{day[:10]}T{_in_part(clock, part)}", "published", 0.9)


def _is_led(parts: Parts) -> bool:
    """Return whether a word for times comes before ("at 10 tonight", not "killed 10 tonight")."""
    return parts.in_group(parts.word_before(), "clock")


def _in_part(clock: str, part: str) -> str:
    """Return the time in that part of the day: 5 o'clock in the afternoon is 17:00."""
    hour = int(clock[:2])
    is_late = part in ("AF", "EV") or (part == "NI" and hour > 5)
    return f"{hour + 12:02}{clock[2:]}" if is_late and hour < 12 else clock


def clock(parts: Parts, anchors: Anchors) -> Found:
    """Read "10:30 a.m.", "16:08 UTC", "5 o'clock", "noon"."""
    value = clock_value(parts)
    if parts.symbol("clock") in ("d", "n"):
        return None
    if value is None or (_is_bare(parts) and not parts.in_group(parts.word_before(), "clock")):
        return None
    day = anchors.reference if anchors.unit() == "D" and parts.before() != "|" else None
    day = day or anchors.published_value(0, "D")  # also at the start of a line of a live report
    return parts.timex("TIME", f"{(day or 'XXXX-XX-XX')[:10]}T{value}", "narrative", 0.8)


def _is_bare(parts: Parts) -> bool:
    symbols = parts.symbol("clock")
    word = parts.word("clock").rstrip(".")
    return symbols == "8" and not word.endswith("m") and not _HOURS.fullmatch(word)


def clock_value(parts: Parts) -> str | None:
    """Return the time of the clock part, with its time zone if known."""
    first = parts.at("clock")
    symbols = parts.symbol("clock")
    tokens = parts.tokens
    values = tokens.vocabulary.values
    zone = values.get(tokens.words[first + len(symbols) - 1], "") if symbols[-1] == "z" else ""
    if symbols[0] == "C":
        return values[tokens.words[first]] + zone
    if symbols[0] in "yN" and "." not in tokens.words[first]:
        word = tokens.words[first].zfill(4)
        return (
            _time(int(word[:2]), word[2:], None, zone)
            if len(word) == 4 and word.isdigit()
            else None
        )
    if symbols[0] == "0":  # "ore 15", "godz. 15"
        first += len(symbols.rstrip("z")) - 1
    m = _CLOCK.fullmatch(tokens.words[first]) or _HOURS.fullmatch(tokens.words[first])
    if m is None:
        return _time(parts.number("clock"), "00", None, zone)
    hour = int(m[1])
    if len(m.groups()) > 3 and m[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if m[4] == "p" else 0)
    value = _time(hour, m[2] or "00", m[3] or None, zone)
    if value and "T" in symbols:
        return _in_part(value, values.get(tokens.words[first + symbols.index("T")], ""))
    return value


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


def part_after(parts: Parts, anchors: Anchors) -> Found:
    """Read "la nuit dernière", "la noche pasada"."""
    if not parts.is_behind():
        return None
    day = related(parts, anchors, "D")
    return parts.timex("TIME", f"{day}{_suffix(parts)}" if day else None, "published", 0.9)


def early_part(parts: Parts, anchors: Anchors) -> Found:
    """Read "in early afternoon trading", "by mid-morning"; not "late night shows"."""
    if parts.before() != "i" or parts.value("part") == "NI":
        return None
    day = anchors.published_value(0, "D")
    return parts.timex("TIME", f"{day}{_suffix(parts)}" if day else None, "published", 0.6)


def the_part(parts: Parts, anchors: Anchors) -> Found:
    """Read "in the morning" of the day in question; "overnight"."""
    if parts.has("alone"):
        is_led = (
            parts.before() in "i~"
            and parts.after() not in "Ww"
            and parts.in_group(parts.word("alone"), "instant")
        )
        if not is_led and not parts.in_group(parts.word("alone"), "alone"):
            return None
        day = anchors.published_value(0, "D")
        suffix = f"T{parts.value('alone')}"
        return parts.timex("TIME", f"{day}{suffix}" if day else None, "published", 0.7)
    if parts.has("hours") and parts.value("hours") != "TH":
        return None
    is_noun = parts.after() in ";,|i&~" or parts.in_group(parts.word_after(), "defining")
    is_led = parts.before() in "i~" or parts.before(2) + parts.before() in ("Bf", "Ef")
    if not is_led or not is_noun:
        return None  # "the morning shows"
    day = anchors.reference_value(0, "D")
    return parts.timex("TIME", f"{day}{_suffix(parts)}" if day else None, "narrative", 0.6)
