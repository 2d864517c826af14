"""Figures of a benchmark: medians and ranges of ratios, and whether they reach their aims.

A figure divides a quantity of our side by the same one of its yardstick, round by round, because a
busy machine slows both. Its value is the median of these ratios. An aim is for the ratio, or for
our own quantity where the aim is a time or a size. There the best round counts: others that use
the machine only make it more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

# What each side of a measure used, one mapping of quantities per round.
Samples = Mapping[str, Sequence[Mapping[str, float]]]
Verdict = Literal["slower", "faster", "unchanged"]

# A few rounds understate the noise, so a range counts at least as this share of its median on
# each side.
LEAST_NOISE = 0.05


@dataclass(frozen=True, slots=True)
class Taken:
    """Where a quantity is found in the samples."""

    side: str
    quantity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What is compared with what.

    Attributes:
        name: The name in the table and in the results, unique among all figures.
        ours: Our quantity.
        yardstick: What it is divided by.
        against: The name of the yardstick in the table.
        unit: The unit of both quantities.
        aim: What is to be reached at most; None for figures that are only watched.
        aim_of: Whether the aim is for the ratio or for our own quantity.
        waited: Wall seconds of our side, if the aim is for them and the ratio is of CPU seconds.
        is_least: More is better, so the aim is a lower limit.
        setting: What it was measured on, such as the pages. Results of other settings are not
            compared.
        is_detail: Shown in the second table.
    """

    name: str
    ours: Taken
    yardstick: Taken
    against: str
    unit: str
    aim: float | None = None
    aim_of: Literal["ratio", "ours"] = "ratio"
    waited: Taken | None = None
    is_least: bool = False
    setting: str = ""
    is_detail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A measured figure.

    Attributes:
        ours: Our quantity: the median, or the best one if the aim is for it.
        yardstick: Median of the yardstick's quantity.
        ratio: Median of the ratios of all rounds.
        low: Smallest of them.
        high: Largest of them.
        is_reached: Whether the aim is reached; None without an aim.
        error: Why it could not be measured; everything else is None then.
    """

    ours: float | None = None
    yardstick: float | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    is_reached: bool | None = None
    error: str | None = None


def value_of(figure: Figure, samples: Samples, errors: Mapping[str, str]) -> Value:
    """Return the value of a figure; the error of a side if one of its sides failed.

    >>> figure = Figure(
    ...     name="load",
    ...     ours=Taken("a", "s"),
    ...     yardstick=Taken("b", "s"),
    ...     against="b",
    ...     unit="s",
    ...     aim=1.0,
    ... )
    >>> samples = {
    ...     "a": [{"s": 2.0}, {"s": 9.0}, {"s": 3.0}],
    ...     "b": [{"s": 4.0}, {"s": 9.0}, {"s": 3.0}],
    ... }
    >>> value = value_of(figure, samples, {})
    >>> value.ours, value.ratio, value.low, value.high, value.is_reached
    (3.0, 1.0, 0.5, 1.0, True)
    """
    for taken in (figure.ours, figure.yardstick):
        if taken.side in errors:
            return Value(error=errors[taken.side])
    ours, yardstick = (_taken(taken, samples) for taken in (figure.ours, figure.yardstick))
    ratios = [one / other for one, other in zip(ours, yardstick, strict=True)]
    own = median(ours) if figure.aim_of == "ratio" else min(_taken(figure.waited, samples) or ours)
    judged = median(ratios) if figure.aim_of == "ratio" else own
    return Value(
        ours=own,
        yardstick=median(yardstick),
        ratio=median(ratios),
        low=min(ratios),
        high=max(ratios),
        is_reached=None if figure.aim is None else _reaches(judged, figure.aim, figure),
    )


def _taken(taken: Taken | None, samples: Samples) -> list[float]:
    return [one[taken.quantity] for one in samples[taken.side]] if taken else []


def _reaches(judged: float, aim: float, figure: Figure) -> bool:
    return judged >= aim if figure.is_least else judged <= aim


def row_of(figure: Figure, value: Value) -> dict[str, Any]:
    """Return a figure as it is stored in a result."""
    return {
        "name": figure.name,
        "against": figure.against,
        "unit": figure.unit,
        "aim": figure.aim,
        "aim_of": figure.aim_of,
        "is_least": figure.is_least,
        "setting": figure.setting,
        "is_detail": figure.is_detail,
        "ours": value.ours,
        "yardstick": value.yardstick,
        "ratio": value.ratio,
        "low": value.low,
        "high": value.high,
        "is_reached": value.is_reached,
        "error": value.error,
    }


def verdict(before: Mapping[str, Any], after: Mapping[str, Any]) -> Verdict:
    """Tell whether a figure changed by more than the noise of both results.

    >>> before = {"ratio": 1.0, "low": 0.98, "high": 1.03, "is_least": False}
    >>> verdict(before, {"ratio": 1.3, "low": 1.2, "high": 1.4})
    'slower'
    >>> verdict(before, {"ratio": 1.07, "low": 1.06, "high": 1.08})
    'unchanged'
    """
    (low, high), (new_low, new_high) = _range(before), _range(after)
    if low <= new_high and new_low <= high:
        return "unchanged"
    is_more = new_low > high
    return "faster" if is_more == bool(before["is_least"]) else "slower"


def _range(row: Mapping[str, Any]) -> tuple[float, float]:
    noise = LEAST_NOISE * row["ratio"]
    return min(row["low"], row["ratio"] - noise), max(row["high"], row["ratio"] + noise)
