"""Recomputes quotations, with and without a warehouse.

`reprocessing keep DATA FILE` writes the articles of a warehouse and their names to a file,
`reprocessing alone FILE PROCESSES` recomputes the quotations of this file in a pool, and
`reprocessing warehouse DATA PROCESSES` runs the job, without publishing. Each prints how many
quotations it found.
"""

from __future__ import annotations

import gc
import multiprocessing
import pickle
import sys
from datetime import UTC, datetime
from pathlib import Path

from transforms.lexicon import Lexicon
from transforms.pipeline import VERSIONS, annotate_with
from transforms.records import Article, Mention

Task = tuple[Article, tuple[Mention, ...]]

_CHUNK = 50
_tasks: list[Task] = []
_lexicon: list[Lexicon] = []


def keep(data: str, file: str) -> int:
    """Write the articles and names that the job would read."""
    from flows.jobs.reprocess import ReprocessRequest, stale_articles
    from flows.settings import Settings
    from warehouse.connect import open_live
    from warehouse.stale import in_parts, read_stored

    _make_stale()
    settings, tasks = Settings(data=Path(data)), list[Task]()
    asked = ReprocessRequest(transforms=("quotations",))
    for part in in_parts(stale_articles(settings, asked, datetime.now(UTC)), 1000):
        with open_live(settings.folder) as con:
            stored = read_stored(con, part, has_places=False)
        tasks += [(one.article, one.names) for one in stored]
    Path(file).write_bytes(pickle.dumps(tasks))
    return len(tasks)


def alone(file: str, processes: str) -> int:
    """Recompute quotations in a pool whose processes share all input and return numbers."""
    from flows.seeds import load_lexicon

    _lexicon.append(load_lexicon())
    _tasks.extend(pickle.loads(Path(file).read_bytes()))
    gc.freeze()
    starts = range(0, len(_tasks), _CHUNK)
    with multiprocessing.get_context("fork").Pool(int(processes)) as pool:
        found = sum(pool.imap_unordered(_quote, starts))
        pool.close()
        pool.join()  # processes that are ended at once would not be waited for
    return found


def _quote(start: int) -> int:
    found = 0
    for article, names in _tasks[start : start + _CHUNK]:
        found += len(annotate_with(article, _lexicon[0], {"quotations"}, names=names).quotations)
    return found


def warehouse(data: str, processes: str) -> int:
    """Run the job."""
    from flows.jobs.reprocess import ReprocessRequest, reprocess_articles
    from flows.settings import Settings
    from tests.helpers.builders import with_steps

    _make_stale()
    settings = Settings(data=Path(data), workers=int(processes))
    asked = ReprocessRequest(transforms=("quotations",))
    report = reprocess_articles(settings, asked, with_steps(publish=lambda _: None))
    return report.rows.quotations if report else 0


def _make_stale() -> None:
    """Let this process have a newer transform than the warehouse."""
    from flows.jobs import reprocess as job

    vars(job)["VERSIONS"] = VERSIONS | {"quotations": VERSIONS["quotations"] + 1}


if __name__ == "__main__":
    name, *given = sys.argv[1:]
    print({"keep": keep, "alone": alone, "warehouse": warehouse}[name](*given))
