"""What all worker processes share: loaded once, in the process that they are forked from.

The word lists and the language model take most of a second to load. Processes that are forked
afterwards share this memory and start at once.
"""

from __future__ import annotations

import contextlib
import gc

import flows.feeds.readers
import flows.runs.workers  # noqa: F401
import transforms.cleaning.webpages  # loads trafilatura
import transforms.pipeline  # noqa: F401
from flows.seeds import load_language_model, load_lexicon

with contextlib.suppress(Exception):  # a worker meets the same error and reports it
    load_lexicon()
    load_language_model()
gc.freeze()  # a million permanent objects: collections skip them, so their pages stay shared
