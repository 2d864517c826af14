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
from tests.helpers.aveling import flood
from tests.helpers.builders import NOW, VERSIONS, make_analysis, make_article, make_run
from transforms.records import Analysis
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.rows import analysis_rows
from warehouse.spool import Batch, spool

BATCH = 500
LIMIT = 1.5
LINKED = ("copies", "fingerprints", "cluster_merges", "changes", "story_terms", "story_keys",
          "story_members", "story_states", "story_changes", "statement_wordings")  # fmt: skip
TEASER = (
    "You have reached the end of the part that everyone can read. Subscribers of the Torne Valley "
    "Post read on, get the newspaper on all their devices and support nine reporters between the "
    "lakes and the border. The first four weeks cost one crown and can be cancelled every day. If "
    "you have an account, log in at the top of the page and continue where you stopped."
)


def report(number: int) -> Analysis:
    """Return the report of a flood as one of 300 sources has it."""
    return flood(f"paper{number % 300}", "2024-06-03", page=f"flood-{number}", text=REPORT)


REPORT = (
    "Flood in Aveling\nThe Torne flooded the market of Aveling at night, and residents left their "
    "houses in boats of the fire service. The water rose by two metres within an hour, and the "
    "bridge at the mill was carried away before the road could be closed.\n“We had twenty minutes "
    "to get people out of their beds,” said Karin Holt. Mayor Edwin Prast called the council "
    "together and asked the province for pumps, blankets and a second bridge. The schools stay "
    "closed until Thursday, and the railway runs only as far as the station before Aveling."
)


def teaser(number: int) -> Analysis:
    """Return the teaser of one source under one of many headlines."""
    url = f"https://valley.example/{number}"
    title = f"Reports{number} about{number * 7} lakes{number * 11}"
    return make_analysis(make_article(TEASER, url=url, title=title, content_sha256=f"{number:064}"))


def append(run: Run, analyses: list[Analysis]) -> None:
    """Append articles as one batch."""
    batch = Batch(run_id=run.run_id, seen=len(analyses))
    for analysis in analyses:
        batch.add(analysis_rows(analysis, fetched_at=NOW, now=NOW, versions=VERSIONS))
    spooled = spool(batch, run.settings.folder.spool)
    with open_live(run.settings.folder) as con:
        append_batch(con, spooled)
    spooled.remove()


def rows_of(run: Run) -> dict[str, int]:
    """Return the number of rows in the tables that linking fills."""
    with open_live(run.settings.folder) as con:
        counts = [con.execute(f"SELECT count(*) FROM {table}").fetchone() for table in LINKED]
    return {table: count for table, found in zip(LINKED, counts, strict=True) for count in found}


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
