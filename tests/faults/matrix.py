"""Run the tests of every case of the table and print what came out.

Run it with `make faults`. The exit code is 1 if a test failed.
"""

from __future__ import annotations

import sys
import textwrap
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import pytest

from tests.faults.cases import TESTS, Case, read_cases

WIDTH = 80
_TEXT = 52  # columns of the text of a case


class Outcomes:
    """A pytest plugin that keeps the worst outcome of each test, over its parameters."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}
        self.runs: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note an outcome."""
        name = report.nodeid.partition("[")[0].removeprefix("tests/")
        if report.when == "call" or report.outcome != "passed":
            self.runs[name] += report.when == "call" or report.skipped
            self.of[name] = worst([self.of.get(name, "skipped"), report.outcome])


def worst(outcomes: Sequence[str]) -> str:
    """Return the outcome that counts for a test or a case with several.

    >>> worst(["passed", "skipped"])
    'passed'
    >>> worst(["passed", "failed"])
    'failed'
    """
    return next((one for one in ("failed", "passed") if one in outcomes), "skipped")


def outcome_of(case: Case, outcomes: Mapping[str, str]) -> str:
    """Return what is printed beside a case."""
    if not case.tests:
        return case.coverage
    found = [outcomes.get(test, "missing") for test in case.tests]
    if "missing" in found:
        return "missing"
    return worst(found) if not case.open or worst(found) != "passed" else case.coverage


def lines_of(case: Case, outcome: str, runs: int) -> list[str]:
    """Return the lines of a case, at most 80 characters wide."""
    first, *more = textwrap.wrap(case.text, _TEXT)
    lines = [f"{case.number:3}  {first:<{_TEXT}}{runs or '':>5}  {outcome}"]
    lines += [f"     {line}" for line in more]
    if case.open:
        lines += textwrap.wrap(
            f"open: {case.open}", WIDTH - 9, initial_indent=" " * 7, subsequent_indent=" " * 13
        )
    return lines


def main() -> int:
    """Run the tests, print the matrix and return the exit code."""
    cases = read_cases()
    tests = sorted({test for case in cases for test in case.tests})
    found = Outcomes()
    arguments = ["-q", "--no-header", "-p", "no:cacheprovider", *sys.argv[1:]]
    pytest.main([*arguments, *(str(TESTS / test) for test in tests)], plugins=[found])
    summary: defaultdict[str, int] = defaultdict(int)
    print(f"\n{'no.':>3}  {'case':<{_TEXT}}{'tests':>5}  outcome")
    for case in cases:
        outcome = outcome_of(case, found.of)
        summary[outcome] += 1
        print(*lines_of(case, outcome, sum(found.runs[test] for test in case.tests)), sep="\n")
    print(
        f"\n{len(cases)} cases: {', '.join(f'{count} {name}' for name, count in summary.items())}"
    )
    return 1 if {"failed", "missing"} & summary.keys() else 0


if __name__ == "__main__":
    sys.exit(main())
