"""The table of cases names tests that exist, and the README counts its cases."""

import ast
import functools
import re
from collections import Counter

import pytest

from tests.faults.cases import TESTS, read_cases

CASES = read_cases()
README = TESTS.parent / "README.md"


@functools.cache
def functions_of(file):
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    return {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_cases_are_numbered_and_differ():
    assert [case.number for case in CASES] == list(range(1, len(CASES) + 1))
    assert len({case.text for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.number))
def test_case_has_tests_that_exist_or_says_what_is_open(case):
    for test in case.tests:
        file, _, name = test.partition("::")
        assert name in functions_of(file), f"{test} does not exist"
    assert len(set(case.tests)) == len(case.tests)
    assert case.tests or case.open


def test_readme_counts_the_cases():
    count = Counter(case.coverage for case in CASES)
    said = f"{len(CASES)} cases: {count['tested']} tested, {count['in part']} in part"
    assert said in " ".join(re.split(r"\s+", README.read_text("utf-8")))
