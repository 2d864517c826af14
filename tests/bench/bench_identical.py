"""Time of the linking steps when thousands of articles have the same text.

`python -m tests.bench.bench_identical [--articles 10000] [--teasers 1000]`: appends one report
under many URLs of 300 sources, then one teaser under many URLs and headlines of one source, in
batches of 500, and links each batch. The last batches may cost at most 1.5 times the first ones
after the second, and each batch may add at most as many rows.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from flows.runs.linking import STEPS, link_new
from flows.runs.run import Run
from tests.helpers.builders import make_run
from tests.helpers.identical import LINKED, append, report, rows_of, teaser

BATCH = 500
LIMIT = 1.5


def link_costs(run: Run, make, count: int) -> Iterator[tuple[dict[str, float], dict[str, int]]]:
    """Append batches; yield the CPU seconds of each step and the rows that linking adds."""
    before = rows_of(run)
    for first in range(0, count, BATCH):
        append(run, [make(number) for number in range(first, min(first + BATCH, count))])
        seconds = {}
        for step in STEPS:
            began = time.process_time()
            link_new(run, [step])
            seconds[step.name] = time.process_time() - began
        after = rows_of(run)
        yield seconds, {table: after[table] - before[table] for table in LINKED}
        before = after


def measure(name: str, make, count: int) -> None:
    """Print the costs of the batches."""
    with tempfile.TemporaryDirectory() as folder:
        run = make_run(Path(folder) / "data")
        costs = []
        for seconds, rows in link_costs(run, make, count):
            costs.append(sum(seconds.values()))
            shown = " ".join(f"{step} {spent * 1000:.0f}" for step, spent in seconds.items())
            added = " ".join(f"{table} {number}" for table, number in rows.items() if number)
            print(f"{name:8} {len(costs) * BATCH:>7,}  {shown} ms  {added}", flush=True)
    if len(costs) > 6:
        first, last = statistics.median(costs[1:4]), statistics.median(costs[-3:])
        print(f"{name:8} last compared with first {last / first:.2f}, at most {LIMIT}")


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--teasers", type=int, default=1_000)
    given = parser.parse_args()
    measure("report", report, given.articles)
    measure("teaser", teaser, given.teasers)


if __name__ == "__main__":
    main()
