"""Kill runs at random moments and check that nothing is lost, doubled or half written.

Run it with `make kill`, or `python -m tests.faults.kills --seed 1 --count 200 ingest`. A run is
killed with its worker processes, checked, and started again until it ends by itself; then its rows
are compared with those of an undisturbed run. The exit code is 1 if anything differs.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.kill_checks import digests, problems_after_kill, problems_at_end
from tests.faults.kill_jobs import JOBS, Ingest, Job
from tests.helpers.news_server import NewsServer, serving

_FIRST_S = 0.2  # a process needs this time to start
_FEEDS, _ARTICLES = 40, 2000
_FEWER = 400  # articles of the jobs that fetch nothing
_USUAL = {"ingest": 200}
_OTHERS = 30


@dataclass(slots=True)
class Tally:
    """What came out for one job.

    Attributes:
        kills: Runs that were killed.
        rounds: Data folders that were finished and compared.
        problems: What was wrong, and how often.
        requests: Requests for pages of articles.
        needed: Requests that an undisturbed run makes.
    """

    kills: int = 0
    rounds: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    needed: int = 0


def kill_job(job: Job, *, count: int, chance: random.Random) -> Tally:
    """Kill runs of a job `count` times, over as many data folders as that takes."""
    tally = Tally()
    whole = job.root / f"{job.name}-undisturbed"
    job.prepare(whole)
    job.finish(whole)
    expected = digests(whole)
    needed = sum(job.news.asked[path] for path in job.pages)
    while tally.kills < count:
        data = job.root / f"{job.name}-{tally.rounds}"
        job.prepare(data)
        before = sum(job.news.asked[path] for path in job.pages)
        while tally.kills < count and killed(job, data, chance.uniform(_FIRST_S, job.most_s)):
            tally.kills += 1
            tally.problems.update(problems_after_kill(data))
        tally.problems.update(finish(job, data))
        tally.problems.update(problems_at_end(data, expected))
        tally.rounds += 1
        tally.requests += sum(job.news.asked[path] for path in job.pages) - before
        tally.needed += needed
        if not tally.problems:
            shutil.rmtree(data)
    return tally


def finish(job: Job, data: Path) -> Iterable[str]:
    """Run the job to its end; return what went wrong."""
    try:
        job.finish(data)
    except RuntimeError as exc:
        return [str(exc)]
    return []


def killed(job: Job, data: Path, after_s: float) -> bool:
    """Start the job, kill it after some seconds, and return whether it was still running.

    Raises:
        RuntimeError: It had failed by then.
    """
    process = job.start(data)
    try:
        _, problems = process.communicate(timeout=after_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    if process.returncode:
        raise RuntimeError(f"{job.name} ended with {process.returncode}: {problems.decode()}")
    return False


def print_tally(name: str, tally: Tally, seconds: float) -> None:
    """Print the line of a job, and its problems."""
    print(
        f"{name:<10} {tally.kills:>5} kills {tally.rounds:>4} rounds "
        f"{tally.problems.total():>4} problems {seconds:>6.0f} s",
        flush=True,
    )
    if tally.needed:
        again = tally.requests - tally.needed
        print(f"{'':<10} {tally.needed:,} pages were needed, {again:,} were requested again")
    for problem, times in tally.problems.most_common(10):
        print(f"{'':<10} {times} times: {problem}")


def run_job(kind: type[Job], news: NewsServer, root: Path, *, count: int, seed: int) -> Tally:
    """Kill runs of a job, print its line and return what came out."""
    started = time.monotonic()
    folder = root / kind.name
    folder.mkdir()
    tally = kill_job(kind(folder, news), count=count, chance=random.Random(f"{seed} {kind.name}"))
    print_tally(kind.name, tally, time.monotonic() - started)
    return tally


def main() -> int:
    """Kill the jobs that were named, and return the exit code."""
    names = [kind.name for kind in JOBS]
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("jobs", nargs="*", choices=[[], *names], help="only these jobs")
    parser.add_argument("--seed", type=int, default=1, help="chooses the moments")
    parser.add_argument("--count", type=int, help="kills of each job; default 200 and 30")
    parser.add_argument("--folder", type=Path, help="where to keep what failed")
    asked = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="onrecord-kills-", dir=asked.folder))
    is_sound = True
    for kind in JOBS:
        if asked.jobs and kind.name not in asked.jobs:
            continue
        count = asked.count or _USUAL.get(kind.name, _OTHERS)
        each = (_ARTICLES if kind is Ingest else _FEWER) // _FEEDS
        with serving(feeds=_FEEDS, articles=each) as news:
            is_sound &= not run_job(kind, news, root, count=count, seed=asked.seed).problems
    if is_sound:
        shutil.rmtree(root)
    else:
        print(f"the data folders with problems are in {root}")
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
