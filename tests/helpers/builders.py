"""Builders of valid records; a test overrides only the fields that it is about."""

from datetime import UTC, datetime
from pathlib import Path

from flows.runs.run import JobContext, Run
from flows.settings import Settings
from transforms.identity import article_id, document_id, sha256_text
from transforms.records import Analysis, Article, Document
from warehouse.rows import analysis_rows, document_row
from warehouse.spool import Batch

NOW = datetime(2024, 7, 1, 12, 0, tzinfo=UTC)
TEXT = "The harbour opened on Monday.\n“We waited long enough,” the mayor said."
VERSIONS = {"clean": 1, "quotations": 1, "mentions": 1, "dates": 1, "keyphrases": 1, "topics": 1}


def make_document(content="<p>The harbour opened.</p>", **given):
    data = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    url = given.get("url")
    defaults = {
        "document_id": document_id(url, data),
        "content": content,
        "media_type": "html",
        "fetched_at": NOW,
    }
    return Document(**defaults | given)


def make_article(text=TEXT, **given):
    url = given.get("url")
    title = given.get("title", "Harbour opens")
    defaults = {
        "article_id": article_id(url, text),
        "document_id": document_id(url, text.encode()),
        "title": title,
        "text": text,
        "content_sha256": sha256_text(f"{title}\n{text}"),
        "text_sha256": sha256_text(text),
        "extractor": "plain",
        "extractor_version": "1",
        "canonical_url": url,
        "published_at": datetime(2024, 6, 3, tzinfo=UTC),
        "published_from": "input",
        "published_precision": "day",
        "language": "en",
    }
    return Article(**defaults | given)


def make_analysis(article=None, **given):
    return Analysis(article=article or make_article(), **given)


def make_run(folder: Path, **settings):
    return Run(
        run_id="run-1",
        flow="load",
        now=NOW,
        settings=Settings(data=folder, workers=1, **settings),
        parameters={},
    )


def with_steps(**functions):
    """Return a job context in which the named steps call these functions instead."""

    def replaced(name, function):
        return functions.get(name, function)

    return JobContext(as_step=replaced)


def make_batch(*analyses, run_id="run-1", versions=None):
    batch = Batch(run_id=run_id)
    for analysis in analyses:
        article = analysis.article
        document = make_document(article.text, url=article.url, media_type="text",
                                 document_id=article.document_id)  # fmt: skip
        batch.seen += 1
        batch.add({"documents": [document_row(document, path="a.txt")]})
        batch.add(analysis_rows(analysis, fetched_at=NOW, now=NOW, versions=versions or VERSIONS))
    return batch
