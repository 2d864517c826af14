"""Count the robots.txt conformance cases that our decision meets.

    python -m tests.quality.robots_eval DIR

DIR holds `robots*.jsonl.gz`: one case per line with `robots`, `agent`, `url` and the expected
result (`allowed`, `crawl_delay` or `request_rate`). Cases marked `google_only` go beyond the
standard and are counted separately. So are cases that contradict another case, because no
reader can meet both. The data is not part of the project.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.fetching.robots_rules import RobotsRules

_RATE = re.compile(r"requests=(\d+), seconds=(\d+), start_time=(\w+)")


def read_cases(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the cases of every file in `folder`."""
    for path in sorted(folder.glob("robots*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def is_met(case: dict[str, Any]) -> bool:
    """Return whether our decision is the one that the case expects."""
    rules = RobotsRules.parse(case["robots"].encode("utf-8", "surrogatepass"))
    if "allowed" in case:
        return bool(rules.allows(case["url"], case["agent"]) == case["allowed"])
    if "crawl_delay" in case:
        return rules.delay_s(case["agent"]) == (case["crawl_delay"] or 0.0)
    rate = _RATE.search(case["request_rate"] or "")
    # A rate for only some hours of the day is ignored.
    holds = rate is not None and rate[3] == "None"
    expected = int(rate[2]) / int(rate[1]) if rate is not None and holds else 0.0
    return rules.delay_s(case["agent"]) == expected


def find_contradictions(cases: list[dict[str, Any]]) -> set[str]:
    """Return the ids of cases that contradict another case."""
    expected = defaultdict(set)
    for case in cases:
        expected[_question(case)].add(case.get("allowed"))
    return {case["id"] for case in cases if len(expected[_question(case)] - {None}) > 1}


def _question(case: dict[str, Any]) -> tuple[str, str, str]:
    return case["robots"], case["agent"], case["url"] or ""


def main() -> int:
    """Print counts and failed cases; return 1 if a case of the standard fails."""
    parser = argparse.ArgumentParser(description="Count the robots.txt cases that are met.")
    parser.add_argument("folder", type=Path)
    cases = list(read_cases(parser.parse_args().folder))
    contradictions = find_contradictions(cases)
    met: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    failed = []
    for case in cases:
        kind = "google_only" if case.get("google_only") else "standard"
        kind = "contradictory" if case["id"] in contradictions else kind
        group = f"{case['source']} ({kind})"
        seen[group] += 1
        if is_met(case):
            met[group] += 1
        else:
            failed.append((group, case["id"]))
    for group in sorted(seen):
        sys.stdout.write(f"{group:40} {met[group]:5} of {seen[group]:5}\n")
    for group, ident in failed:
        sys.stdout.write(f"  not met: {ident} in {group}\n")
    return int(any("standard" in group for group, _ in failed) or not seen)


if __name__ == "__main__":
    sys.exit(main())
