"""What is in more articles than before: rows of the view `trending`, or of another day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from warehouse.connect import open_snapshot
from warehouse.folder import DataFolder

KINDS: Final = ("phrase", "entity", "speaker")

# The names order what has the same score, so that two answers are alike.
_TRENDING: Final = """
SELECT
    kind,
    name,
    days,
    articles,
    mean_before,
    sources,
    score,
    articles_before,
    expected,
    starts_on,
    ends_on
FROM {relation}
WHERE days = $days AND ($kind IS NULL OR kind = $kind)
ORDER BY score DESC, articles DESC, kind, name
LIMIT $limit
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendQuestion:
    """What to ask for.

    Attributes:
        kind: `phrase`, `entity` or `speaker`; None for all.
        days: Length of the newest span, 1 or 7 days.
        on: Its last day; None for the newest day of publication.
        limit: Maximum number of rows.
    """

    kind: str | None = None
    days: int = 1
    on: date | None = None
    limit: int = 20


def read_trending(folder: DataFolder, question: TrendQuestion) -> list[dict[str, Any]]:
    """Return the rows of the newest snapshot, surest first.

    Raises:
        WarehouseMissingError: Nothing was published yet.
    """
    asked: dict[str, object] = {
        "days": question.days,
        "kind": question.kind,
        "limit": question.limit,
    }
    relation = "trending"
    if question.on is not None:
        relation = "trending_on(CAST($reference_on AS DATE))"
        asked["reference_on"] = question.on.isoformat()
    with open_snapshot(folder) as con:
        result = con.execute(_TRENDING.format(relation=relation), asked)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
