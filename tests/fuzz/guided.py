"""One target fuzzed by atheris: `python -m tests.fuzz.guided TARGET SECONDS`.

Hypothesis turns the bytes that atheris makes into inputs. An input that breaks the target is
kept where Hypothesis looks for it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis.database import DirectoryBasedExampleDatabase

FOLDER = Path(".cache/fuzz")


def main(name: str, seconds: str) -> None:
    """Fuzz one target; the process ends with it."""
    import atheris  # not required, so the tests do not load it

    with atheris.instrument_imports(include=["flows", "transforms", "warehouse"]):
        from tests.fuzz.target import property_of
        from tests.fuzz.targets import TARGETS

    database = DirectoryBasedExampleDatabase(FOLDER)
    tried = property_of(TARGETS[name], database=database)
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={FOLDER}/", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options], tried.hypothesis.fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
