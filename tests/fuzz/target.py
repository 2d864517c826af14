"""A target: a transform or a reader, inputs for it, and what must hold for every input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

# Found by other means than time: a slow input is the business of tests/hostile.
_UNCHECKED = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


@dataclass(frozen=True, slots=True)
class Target:
    """One target of the fuzzing.

    Attributes:
        name: Its name on the command line.
        inputs: Makes inputs.
        check: Raises if something does not hold for an input.
        found: Inputs that have broken it once, by the name of what they broke.
        examples: How many inputs are tried in the test suite.
    """

    name: str
    inputs: SearchStrategy[Any]
    check: Callable[[Any], None]
    found: Mapping[str, Any] = field(default_factory=dict)
    examples: int = 60


def property_of(target: Target, **options: Any) -> Any:
    """Return a function that tries inputs on `target`, with these settings of Hypothesis.

    It raises the error of the simplest input for which something does not hold.
    """

    def holds(example: Any) -> None:
        target.check(example)

    # Hypothesis keeps found inputs, and chooses the first ones, by the name of the function.
    holds.__name__ = holds.__qualname__ = target.name.replace("-", "_")
    chosen = settings(deadline=None, suppress_health_check=_UNCHECKED, **options)
    return chosen(given(target.inputs)(holds))
