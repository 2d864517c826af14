"""Tries random inputs on the targets: `python -m tests.fuzz [--seconds 60] [TARGET ...]`.

With atheris installed, inputs are chosen by the lines that they reach; without it, Hypothesis
chooses them. Inputs that break a target are kept in `.cache/fuzz` and tried first next time.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import time
import traceback
from pathlib import Path

from hypothesis.database import DirectoryBasedExampleDatabase

from tests.fuzz.target import Target, property_of
from tests.fuzz.targets import TARGETS

FOLDER = Path(".cache/fuzz")
_BATCH = 200  # inputs between two looks at the clock


def main() -> int:
    """Fuzz the targets; return 1 if one of them is broken."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("targets", nargs="*", metavar="TARGET", help=f"one of {', '.join(TARGETS)}")
    asked.add_argument("--seconds", type=float, default=60, help="time for each target")
    given = asked.parse_args()
    if unknown := set(given.targets) - set(TARGETS):
        asked.error(f"no such target: {', '.join(sorted(unknown))}")
    broken = [
        name for name in given.targets or TARGETS if not fuzz(TARGETS[name], seconds=given.seconds)
    ]
    print(f"broken: {', '.join(broken)}" if broken else "nothing is broken")
    return bool(broken)


def fuzz(target: Target, *, seconds: float) -> bool:
    """Try inputs for so many seconds; print what is found and return whether all is well."""
    guide = importlib.util.find_spec("atheris")
    started = time.monotonic()
    if guide is not None:
        _guided(target.name, seconds)
    batches = 0
    while True:  # at least one batch, also to simplify what atheris has found
        try:
            batch(target)
        except Exception:  # noqa: BLE001  # whatever breaks is what is looked for
            traceback.print_exc()
            print(f"{target.name}: BROKEN, see above", flush=True)
            return False
        batches += 1
        if time.monotonic() - started >= seconds:
            break
    by = "atheris and Hypothesis" if guide is not None else "Hypothesis"
    print(f"{target.name}: nothing found in {time.monotonic() - started:.0f} s by {by}", flush=True)
    return True


def batch(target: Target) -> None:
    """Try inputs that broke the target before, then random ones; raise what they raise."""
    database = DirectoryBasedExampleDatabase(FOLDER)
    property_of(target, max_examples=_BATCH, database=database, print_blob=False)()


def _guided(name: str, seconds: float) -> None:
    """Run atheris in a process of its own, because it ends the one that it runs in."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.fuzz.guided", name, f"{seconds:.0f}"]
    subprocess.run(command, check=False)


if __name__ == "__main__":
    sys.exit(main())
