"""CPU time of the first `onrecord.extract` in a new interpreter.

`python -m tests.bench.bench_first` runs each program in turn, seven times, and prints the
median of user and system time and its ratio to importing trafilatura alone. The aim is at most
.7 s more than that; the aims for the ratios leave a tenth of slack over what was measured. A first
round, which is not counted, writes the bytecode of all modules, the compiled word lists and the
unpacked language model.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys

from flows.seeds import seeds_dir

ROUNDS = 7
AIMS = {"first text": 2.2, "first page": 3.1}
_PAGE = seeds_dir() / "articles" / "03-ferry-strike.html"
_TEXT = seeds_dir() / "articles" / "16-harbour-master-interview.txt"
_EXTRACT = "import onrecord; from pathlib import Path; onrecord.extract(Path({path!r}).read_text())"
PROGRAMS = {
    "import trafilatura": "import trafilatura",
    "first text": _EXTRACT.format(path=str(_TEXT)),
    "first page": _EXTRACT.format(path=str(_PAGE)),
}


def cpu_seconds(program: str) -> float:
    """Return user and system seconds of a new interpreter that runs a program."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], check=True, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    for program in PROGRAMS.values():
        cpu_seconds(program)
    rounds = [{name: cpu_seconds(code) for name, code in PROGRAMS.items()} for _ in range(ROUNDS)]
    base = statistics.median(one["import trafilatura"] for one in rounds)
    print(f"{'program':20} {'CPU s':>6} {'ratio':>6} {'aim':>5}")
    for name in PROGRAMS:
        cost = statistics.median(one[name] for one in rounds)
        print(f"{name:20} {cost:6.2f} {cost / base:6.2f} {AIMS.get(name, 1.0):5.1f}")


if __name__ == "__main__":
    main()
