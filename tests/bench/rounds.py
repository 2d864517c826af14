"""Measures, and the rounds in which their sides take turns."""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.page_set import PageSet

# One run of one side; it returns quantities by name.
Side = Callable[[], Mapping[str, float]]
Prepared = Mapping[str, Side]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What all measures share.

    Attributes:
        pages: The pages.
        articles: Articles in the largest warehouse.
        loaded_pages: How many pages `load` loads.
        cores: How many processes a pool has.
        folder: A folder for what is made meanwhile.
        warehouses: The folder of the large warehouses.
        is_compact: Warehouses are compacted before they are measured.
    """

    pages: PageSet
    articles: int
    loaded_pages: int
    cores: int
    folder: Path
    warehouses: Path
    is_compact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Sides that take turns, and the figures that their quantities give.

    Attributes:
        name: Its name for `--only`.
        figures: The figures.
        prepare: Makes what the sides need, yields the sides by name, and removes it.
        most_rounds: A long measure has at most so many rounds.
    """

    name: str
    figures: tuple[Figure, ...]
    prepare: Callable[[], AbstractContextManager[Prepared]]
    most_rounds: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The samples of each side, one per round, and the errors of the sides that failed."""

    samples: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def run_rounds(measure: Measure, rounds: int) -> Outcome:
    """Measure each side once in each round; a side that fails is left out of the others.

    The order is turned around after each round: what a side leaves in the caches and how the
    machine heats up is then as often to the good of one side as of the other.
    """
    outcome = Outcome()
    with _failures(outcome.errors, _sides_of(measure)), measure.prepare() as sides:
        names = list(sides)
        outcome.samples.update({name: [] for name in names})
        for number in range(min(rounds, measure.most_rounds or rounds)):
            tell(f"{measure.name}, round {number + 1}")
            for name in names[:: -1 if number % 2 else 1]:
                if name not in outcome.errors:
                    with _failures(outcome.errors, [name]):
                        gc.collect()
                        outcome.samples[name].append(dict(sides[name]()))
    return outcome


def _sides_of(measure: Measure) -> list[str]:
    taken = (one for figure in measure.figures for one in (figure.ours, figure.yardstick))
    return sorted({one.side for one in taken})


@contextmanager
def _failures(errors: dict[str, str], sides: list[str]) -> Iterator[None]:
    try:
        yield
    except Exception as exc:  # noqa: BLE001  # one measure must not stop the others
        traceback.print_exc()
        lines = str(exc).strip().splitlines() or [""]
        errors.update(dict.fromkeys(sides, f"{type(exc).__name__}: {lines[-1]}"[:200]))


def tell(line: str) -> None:
    """Say on standard error what is measured now."""
    print(line, file=sys.stderr, flush=True)
