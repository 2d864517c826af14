"""Imported once by the process that worker processes are forked from: the word lists.

Each worker would otherwise read them again, which takes most of a second in each small run.
"""

import functools

from flows.runs import workers

workers.load_lexicon = functools.cache(workers.load_lexicon)  # type: ignore[attr-defined]  # imported there
workers.load_lexicon(None)  # type: ignore[attr-defined]
