"""Who said what, about whom and when, in the news, as records and as rows in DuckDB.

`extract` and `extract_many` read articles without a warehouse. `load` puts files into the
warehouse of a data folder; `connect` and `search` ask it:

    import onrecord

    record = onrecord.extract("The ferry sails on Monday, Ida Holm said.", published="2024-05-03")
    print(record["quotations"][0]["speaker_name"])

    onrecord.load("articles")
    with onrecord.connect() as con:
        print(con.sql("SELECT speaker, statement FROM said LIMIT 5"))
    for hit in onrecord.search("ferry", speaker="Holm"):
        print(hit.title, hit.snippet.text)

Every error that onrecord raises for bad input or a bad environment is an `OnrecordError`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from flows import __version__
from flows.api import connect, extract, extract_many, load, search
from flows.errors import ArgumentError, RefusedError
from flows.inputs.python_documents import ArticleInput
from flows.jobs.article_record import (
    ArticleRecord,
    DateRecord,
    ErrorRecord,
    EvidenceRecord,
    KeyphraseRecord,
    MentionRecord,
    NoCommentRecord,
    RefusedRecord,
    StatementRecord,
    TopicRecord,
)
from transforms.errors import OnrecordError

if TYPE_CHECKING:
    from flows.runs.report import RunReport
    from warehouse.search import Answer
    from warehouse.search_hits import Hit
else:
    # The types of results, which load DuckDB and more, are imported when they are used.
    _RESULTS = {
        "Answer": "warehouse.search",
        "Hit": "warehouse.search_hits",
        "RunReport": "flows.runs.report",
    }

    def __getattr__(name):
        if name in _RESULTS:
            return getattr(import_module(_RESULTS[name]), name)
        raise AttributeError(f"module 'onrecord' has no attribute {name!r}")

    def __dir__():
        return sorted({*globals(), *_RESULTS})


__all__ = [
    "Answer",
    "ArgumentError",
    "ArticleInput",
    "ArticleRecord",
    "DateRecord",
    "ErrorRecord",
    "EvidenceRecord",
    "Hit",
    "KeyphraseRecord",
    "MentionRecord",
    "NoCommentRecord",
    "OnrecordError",
    "RefusedError",
    "RefusedRecord",
    "RunReport",
    "StatementRecord",
    "TopicRecord",
    "__version__",
    "connect",
    "extract",
    "extract_many",
    "load",
    "search",
]
