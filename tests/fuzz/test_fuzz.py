"""FAULTS: any input. The same few inputs each time; `make fuzz` tries others for longer."""

import pytest

from tests.fuzz.target import property_of
from tests.fuzz.targets import TARGETS

FOUND = [
    pytest.param(target, example, id=f"{target.name}-{name}")
    for target in TARGETS.values()
    for name, example in target.found.items()
]


@pytest.mark.parametrize("name", TARGETS)
def test_any_input_is_read_or_refused(name):
    target = TARGETS[name]
    property_of(target, max_examples=target.examples, derandomize=True, database=None)()


@pytest.mark.parametrize(("target", "example"), FOUND)
def test_input_that_has_broken_it_is_read_or_refused(target, example):
    target.check(example)
