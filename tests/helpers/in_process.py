"""Eight articles, and their analysis in the test process instead of a pool.

A pool costs seconds per run, and these tests are about the steps after the analysis.
"""

from pathlib import Path

from flows.feeds.readers import load_date_words, read_feed
from tests.helpers.builders import make_article
from transforms.records import (
    Analysis,
    DateMention,
    Entity,
    Keyphrase,
    Mention,
    Quotation,
    Rejection,
    Topic,
    TopicEvidence,
)

# Among them: two revisions of one article, a duplicate, and one that is too short.
ARTICLES = Path(__file__).parents[1] / "data" / "eight_articles.jsonl"


def analyse_in_process(_, documents, *, now):
    """Stand in for `Workers.analyse`."""
    for document in documents:
        yield document, outcome(document)


def outcome(document):
    """Return an analysis with a row for every table, or the rejection of a short text."""
    text = document.content
    if len(text) < 20:
        return Rejection(item=document.url, stage="clean", reason="too_short", detail="5 letters")
    word, start, end = text.split()[1], text.index("“"), text.index("”") + 1
    place = {"kind": "place", "name": word, "entity_id": word}
    return Analysis(
        article=make_article(text, url=document.url, title=document.title),
        quotations=(
            Quotation(
                start=start,
                end=end,
                text=text[start:end],
                kind="direct",
                fragments=(),
                statement=text[start:end].strip("“”"),
            ),
        ),
        mentions=(Mention(start=4, end=4 + len(word), text=word, **place),),
        dates=(DateMention(start=0, end=3, text=text[:3], type="DATE", value="2024-06-03"),),
        entities=(Entity(**place),),
        keyphrases=(Keyphrase(phrase=word, score=1.0, start=4, end=4 + len(word)),),
        topics=(
            Topic(code="17000000", name="weather", level=1, broader_code="17000000", score=1.0,
                  evidence=(TopicEvidence(term="rain", weight=2.0, occurrences=1),)),
        ),
    )  # fmt: skip


def ingest_in_process(patch):
    """Replace the worker processes of an ingest: for tests of what it records, not of texts."""
    words = load_date_words()

    def analyse(_, documents, *, now):
        for document in documents:
            text = document.content.decode()
            article = make_article(text, url=document.url, document_id=document.document_id)
            yield document, Analysis(article=article)

    async def read_one(_, body):
        return read_feed(body, words)

    patch.setattr("flows.runs.workers.Workers.analyse", analyse)
    patch.setattr("flows.feeds.readers.FeedReaders.read_one", read_one)
