"""Temporal expressions in a text, as values that SQL can compare."""

from __future__ import annotations

import re
from datetime import date, datetime

from transforms.records import DateMention
from transforms.timewords import TimeWords

VERSION = 1


def find_dates(
    text: str, timewords: TimeWords, *, published_at: datetime | None, language: str = "en"
) -> list[DateMention]:
    """Return the temporal expressions in `text`, in reading order."""
    names = "|".join(timewords.months)
    found = []
    for m in re.finditer(rf"\b({names}) (\d{{1,2}}), (\d{{4}})\b", text, re.IGNORECASE):
        try:
            day = date(int(m[3]), timewords.months[m[1].lower()], int(m[2]))
        except ValueError:
            continue
        found.append(
            DateMention(
                start=m.start(),
                end=m.end(),
                text=m[0],
                type="DATE",
                value=day.isoformat(),
                starts_on=day,
                ends_on=day,
                anchor="explicit",
            )
        )
    return found


def infer_published_on(
    text: str, timewords: TimeWords, *, now: datetime, language: str = "en"
) -> tuple[date, float] | None:
    """Return the day that an undated text was published, with a confidence, or None."""
    days = [d.starts_on for d in find_dates(text, timewords, published_at=None) if d.starts_on]
    days = [day for day in days if day <= now.date()]
    return (max(days), 0.5) if days else None
