"""Says which figures of a result became slower than those of an earlier one.

    python -m tests.bench.compare [BEFORE AFTER]

Without files, the latest result is compared with the newest one in `tests/bench/results`. Only
ratios are compared, and only of figures that were measured on the same pages or articles. A figure
has changed if its ranges in both results do not meet; each reaches at least 5 % to both sides of
its median. Exits with 1 if a figure became slower.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.figures import verdict

RESULTS = Path(__file__).parent / "results"
LATEST = Path(".cache/bench/latest.json")
Result = Mapping[str, Any]


def read(path: Path) -> dict[str, Any]:
    """Read a result."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def newest(after: Path) -> Path:
    """Return the newest kept result that is not the one in `after`."""
    measured = {str(read(path)["measured_at"]): path for path in RESULTS.glob("*.json")}
    if after.exists():
        measured.pop(str(read(after)["measured_at"]), None)
    if not measured:
        sys.exit(f"no earlier result in {RESULTS}: `make bench BENCH=--save` keeps one")
    return measured[max(measured)]


def compared(before: Result, after: Result) -> list[tuple[str, str]]:
    """Return each figure with what became of it: slower, faster, unchanged, or why neither."""
    old, new = ({row["name"]: row for row in one["figures"]} for one in (before, after))
    return [(name, _became(old.get(name), new.get(name))) for name in {**old, **new}]


def _became(before: Result | None, after: Result | None) -> str:
    if before is None or after is None:
        return "new" if before is None else "not measured"
    if before["error"] or after["error"]:
        return "failed" if after["error"] else "failed before"
    if before["setting"] != after["setting"]:
        return f"not comparable: {before['setting']}, now {after['setting']}"
    change = f"{before['ratio']:.2f} to {after['ratio']:.2f}"
    return f"{verdict(before, after)}: {change}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Say which figures became slower.")
    parser.add_argument("files", type=Path, nargs="*", help="an earlier and a later result")
    files = parser.parse_args().files or [newest(LATEST), LATEST]
    if len(files) != 2 or not all(path.exists() for path in files):
        parser.error(
            f"got {', '.join(map(str, files))}, expected two results; `make bench` makes one"
        )
    before, after = map(read, files)
    for name, result in zip(("before", "after"), (before, after), strict=True):
        print(f"{name}: {result['version']}, {result['commit'][:8]}, {result['cores']} cores")
    found = compared(before, after)
    width = max(len(name) for name, _ in found)
    for name, became in found:
        print(f"{name.ljust(width)}  {became}")
    slower = sum(became.startswith("slower") for _, became in found)
    print(f"{slower} of {len(found)} figures became slower")
    sys.exit(1 if slower else 0)


if __name__ == "__main__":
    main()
