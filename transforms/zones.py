"""The abbreviations of time zones that pages and feeds write after a time."""

from __future__ import annotations

from transforms.tables import Tables

ASSUMED_ZONE_CONFIDENCE = 0.8  # of an instant whose zone is a guess: the day may be the next


def zone_offsets(tables: Tables) -> dict[str, int | None]:
    """Return the minutes ahead of UTC by abbreviation, None where it is ambiguous.

    >>> row = {"name": "cest", "offset_minutes": "120"}
    >>> zone_offsets({"feeds/zones": [row]})
    {'cest': 120}
    """
    return {
        row["name"]: int(row["offset_minutes"]) if row["offset_minutes"] else None
        for row in tables["feeds/zones"]
    }
