"""Reprocess runs over a warehouse of sample articles, without Prefect."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from flows.errors import RangeError, RunActiveError
from flows.jobs import reprocess
from flows.jobs.load import load_files
from flows.jobs.reprocess import ReprocessRequest, refused_pages, reprocess_articles
from flows.jobs.retention import remove_old
from flows.runs.batches import append_analysed
from flows.runs.lock import running
from flows.runs.run import begin_run
from flows.settings import Settings
from tests.helpers.builders import with_steps
from tests.helpers.pages import make_page
from tests.helpers.warehouses import query
from transforms.pipeline import VERSIONS
from warehouse.connect import open_live

pytestmark = pytest.mark.usefixtures("unpublished")

ARTICLES = Path(__file__).resolve().parents[3] / "seeds" / "articles"
VIEWS = ("latest_articles", "latest_quotations", "latest_mentions", "latest_date_mentions", "said")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("loaded")
    # Two of the eight files are one article and its update.
    load_files(sorted(ARTICLES.glob("*.*"))[:8], Settings(data=folder, workers=1))
    return folder


@pytest.fixture
def settings(tmp_path, loaded):
    shutil.copytree(loaded, tmp_path / "data")
    return Settings(data=tmp_path / "data", workers=1)


def again(settings, asked):
    report = reprocess_articles(settings, asked)
    assert report is not None
    return report


def shown(settings, views=VIEWS):
    """Return the rows that readers see, without the versions."""
    return {
        view: sorted(map(repr, query(settings, f"SELECT * EXCLUDE ({left_out(view)}) FROM {view}")))
        for view in views
    }


def left_out(view):
    return {"said": "revision", "latest_articles": "revision, revision_cause"}.get(
        view, "revision, transform_version"
    )


def raised(monkeypatch, *names):
    """Pretend that the named transforms have a newer version."""
    newer = VERSIONS | {name: VERSIONS[name] + 1 for name in names}
    monkeypatch.setattr(reprocess, "VERSIONS", newer)


def test_nothing_is_stale_after_a_load(settings):
    assert reprocess_articles(settings, ReprocessRequest()) is None
    assert query(settings, "SELECT count(*) FROM run_summary WHERE flow = 'reprocess'") == [(0,)]


def test_newer_quotations_are_computed_alone_from_stored_rows(settings, monkeypatch):
    before = shown(settings)
    counted = "SELECT count(*) FROM mentions UNION ALL SELECT count(*) FROM date_mentions"
    rows = query(settings, counted)
    raised(monkeypatch, "quotations")
    report = again(settings, ReprocessRequest())
    assert (report.count.seen, report.count.appended) == (7, 7)
    assert shown(settings) == before
    assert query(settings, counted) == rows
    assert query(settings, "SELECT DISTINCT transform_version FROM latest_quotations") == [
        (VERSIONS["quotations"] + 1,)
    ]
    old = "SELECT count(*) FROM quotations SEMI JOIN latest_articles USING (article_id, revision) WHERE transform_version = $1"
    with open_live(settings.folder) as con:
        kept = con.execute(old, [VERSIONS["quotations"]]).fetchone()
        new = con.execute(old, [VERSIONS["quotations"] + 1]).fetchone()
    assert kept == new
    assert reprocess_articles(settings, ReprocessRequest()) is None


def test_newer_mentions_recompute_quotations_too(settings, monkeypatch):
    before = shown(settings)
    raised(monkeypatch, "mentions")
    report = again(settings, ReprocessRequest(transforms=("mentions",)))
    assert report.count.appended == 7
    assert shown(settings) == before
    ran = "SELECT transform, count(*) FROM analyses GROUP BY transform ORDER BY transform"
    assert query(settings, ran) == [
        ("dates", 8),
        ("keyphrases", 15),
        ("mentions", 15),
        ("quotations", 15),
        ("topics", 8),
    ]


def test_articles_of_an_older_onrecord_get_keyphrases_and_topics(settings):
    found = (
        "SELECT article_id, phrase, score, entity_id FROM latest_keyphrases ORDER BY ALL",
        "SELECT article_id, topic_code, score, evidence FROM latest_topics ORDER BY ALL",
    )
    before = [query(settings, sql) for sql in found]
    assert all(before)
    with open_live(settings.folder) as con:
        con.execute("DELETE FROM keyphrases")
        con.execute("DELETE FROM article_topics")
        con.execute("DELETE FROM analyses WHERE transform IN ('keyphrases', 'topics')")
    report = again(settings, ReprocessRequest())
    assert (report.count.seen, report.count.appended) == (7, 7)
    assert [query(settings, sql) for sql in found] == before


def test_cleaning_again_from_the_archive_keeps_unchanged_articles(settings, monkeypatch):
    before = shown(settings)
    raised(monkeypatch, "clean")
    report = again(settings, ReprocessRequest(transforms=("clean",)))
    assert (report.count.seen, report.count.appended, report.count.rejected) == (7, 7, 0)
    assert query(settings, "SELECT count(*) FROM articles") == [(8,)]
    assert shown(settings) == before
    assert reprocess_articles(settings, ReprocessRequest()) is None


def test_text_that_cleans_differently_now_becomes_a_revision(settings, monkeypatch):
    # Change the stored text, as if an older version had cleaned it.
    with open_live(settings.folder) as con:
        con.execute("UPDATE articles SET title = 'An older title', content_sha256 = 'older'")
    before = query(settings, "SELECT count(*) FROM said")
    raised(monkeypatch, "clean")
    report = again(settings, ReprocessRequest(transforms=("clean",)))
    assert report.rows.articles == 7
    assert query(
        settings, "SELECT revision_cause, count(*) FROM articles GROUP BY ALL ORDER BY 2, 1"
    ) == [("edited", 1), ("first", 7), ("reprocessed", 7)]
    assert query(
        settings, "SELECT count(*) FROM latest_articles WHERE title = 'An older title'"
    ) == [(0,)]
    assert query(settings, "SELECT count(*) FROM said") == before


def test_document_missing_from_the_archive_is_a_rejection(settings, monkeypatch):
    for file in settings.folder.archive.iterdir():
        file.unlink()
    raised(monkeypatch, "clean")
    report = again(settings, ReprocessRequest(transforms=("clean",)))
    assert (report.count.seen, report.count.appended, report.count.rejected) == (7, 0, 7)
    assert {r.reason for r in report.rejections} == {"not_archived"}


def test_reprocessing_can_be_limited_to_days_and_a_source(settings, monkeypatch):
    days = query(settings, "SELECT published_at::DATE, count(*) FROM latest_articles GROUP BY 1")
    day, count = days[0]
    raised(monkeypatch, "quotations")
    report = again(settings, ReprocessRequest(since=day, until=day))
    assert report.count.appended == count
    [(source, articles)] = query(
        settings, "SELECT source_id, count(*) FROM latest_articles GROUP BY 1 ORDER BY 1 LIMIT 1"
    )
    report = again(settings, ReprocessRequest(source=source, is_all=True))
    assert report.count.appended == articles


def test_interrupted_run_over_all_rows_resumes(settings, monkeypatch):
    class StoppedError(Exception):
        pass

    def stop(run, analysed):
        if append_analysed(run, analysed).appended:
            raise StoppedError

    monkeypatch.setattr(reprocess, "ARTICLES_PER_BATCH", 3)
    asked = ReprocessRequest(transforms=("dates",), is_all=True)
    with pytest.raises(StoppedError):
        reprocess_articles(settings, asked, with_steps(append=stop))
    assert again(settings, asked).count.appended == 4
    assert again(settings, asked).count.appended == 7  # a completed run starts over


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        pytest.param({"transforms": ("colours",)}, "expected one of", id="unknown-transform"),
        pytest.param({"source": "nowhere.example"}, "nowhere.example", id="unknown-source"),
    ],
)
def test_impossible_request_is_refused(settings, asked, message):
    with pytest.raises(RangeError, match=message):
        reprocess_articles(settings, ReprocessRequest(**asked))


def test_second_writing_run_ends_as_skipped_and_names_the_first(settings):
    with (
        running("backfill", settings, parameters={}) as first,
        pytest.raises(RunActiveError, match=f"skipped: run {first.run_id}"),
    ):
        reprocess_articles(settings, ReprocessRequest(is_all=True))
    states = query(settings, "SELECT flow, state, detail FROM run_summary WHERE flow = 'reprocess'")
    assert states == [("reprocess", "skipped", f"run {first.run_id} (backfill) is active")]


def test_run_that_died_is_closed_by_the_next(settings):
    begin_run("backfill", settings, parameters={}, now=datetime.now(UTC))
    with running("reprocess", settings, parameters={}):
        states = query(settings, "SELECT flow, state FROM run_summary ORDER BY flow")
    assert states == [
        ("backfill", "interrupted"), ("load", "completed"), ("reprocess", "running")
    ]  # fmt: skip


def test_document_without_its_capture_is_computed_from_its_text(settings, monkeypatch):
    done = remove_old(settings, keep_days=1, now=datetime.now(UTC) + timedelta(days=3))
    assert done.documents == 8
    raised(monkeypatch, "clean", "dates")
    report = again(settings, ReprocessRequest(transforms=("clean", "dates")))
    assert (report.count.seen, report.count.appended, report.count.rejected) == (7, 7, 0)
    assert query(settings, "SELECT count(*) FROM latest_articles") == [(7,)]
    report = again(settings, ReprocessRequest(transforms=("clean",)))
    assert {r.reason for r in report.rejections} == {"removed"}
    assert "under ONRECORD_KEEP_ARCHIVE_DAYS=1: its text was kept" in report.rejections[0].detail


PAGES = {
    "https://harbour-times.example/news/landing": "Ferry landing opens",
    "https://www.harbour-times.example/sport/regatta": "Regatta ends in fog",
    "https://hill-gazette.example/sport/final": "Final is put off",
}


@pytest.fixture
def three_pages(tmp_path):
    """Load a page each from two parts of one site and from another site."""
    lines = tmp_path / "pages.jsonl"
    lines.write_bytes(b"".join(page_line(url, title) for url, title in PAGES.items()))
    settings = Settings(data=tmp_path / "pages", workers=1)
    load_files([lines], settings)
    return settings


def page_line(url, title):
    box = "<p class='x-17'>Win a week on the islands with our readers, who rated it best.</p>"
    html = make_page(title=title, within=box)
    return orjson.dumps({"url": url, "html": html}, option=orjson.OPT_APPEND_NEWLINE)


def with_rules(settings, text):
    settings.folder.rules.write_text(text)
    return reprocess_articles(settings, ReprocessRequest())


def islands(settings):
    """Return the URLs of the articles whose newest text has the box in it."""
    sql = "SELECT url FROM latest_articles WHERE text LIKE '%islands%' ORDER BY url"
    return [url for (url,) in query(settings, sql)]


SPORT = '[[rules]]\nsite = "harbour-times.example"\npath = "/sport/*"\nremove = [".x-17"]\n'


def test_rule_reads_exactly_its_own_articles_again(three_pages):
    news, sport, other = PAGES
    assert islands(three_pages) == sorted(PAGES)
    report = with_rules(three_pages, SPORT)
    assert (report.count.seen, report.count.appended) == (1, 1)
    assert islands(three_pages) == sorted([news, other])
    assert with_rules(three_pages, SPORT) is None
    assert query(
        three_pages,
        "SELECT url, revision, contains(extractor_version, '+rules.') FROM articles"
        f" WHERE url = '{sport}' ORDER BY revision",
    ) == [(sport, 1, False), (sport, 2, True)]


def test_changed_and_removed_rules_read_their_articles_again(three_pages):
    with_rules(three_pages, SPORT)
    wider = SPORT.replace('path = "/sport/*"\n', "")
    assert with_rules(three_pages, wider).count.seen == 1  # the other says the same as before
    assert len(islands(three_pages)) == 1
    assert with_rules(three_pages, "").count.seen == 2
    assert islands(three_pages) == sorted(PAGES)
    assert with_rules(three_pages, "") is None


def test_rule_that_changes_no_text_is_tried_once(three_pages):
    rule = '[[rules]]\nsite = "hill-gazette.example"\nremove = [".nothing-here"]\n'
    assert with_rules(three_pages, rule).count.seen == 1
    assert with_rules(three_pages, rule) is None


def test_rules_wait_while_articles_are_not_cleaned_again(three_pages):
    three_pages.folder.rules.write_text(SPORT)
    assert reprocess_articles(three_pages, ReprocessRequest(transforms=("dates",))) is None


SHORT = "https://harbour-times.example/short"


@pytest.fixture
def refused_page(tmp_path):
    """Load an article and a page that is refused: its text is in a form."""
    html = (
        "<html><body><textarea>The night boat is put off, the port said.</textarea></body></html>"
    )
    line = orjson.dumps({"url": SHORT, "html": html}, option=orjson.OPT_APPEND_NEWLINE)
    lines = tmp_path / "pages.jsonl"
    lines.write_bytes(line + page_line(*next(iter(PAGES.items()))))
    settings = Settings(data=tmp_path / "pages", workers=1)
    assert load_files([lines], settings).count.rejected == 1
    return settings


def body_of_short(selector):
    return f'[[rules]]\nsite = "harbour-times.example"\npath = "/short"\nbody = "{selector}"\n'


def test_refused_page_is_tried_once_with_each_rule(refused_page):
    useless = body_of_short("p.none")
    report = with_rules(refused_page, useless)
    assert (report.count.seen, report.count.rejected) == (1, 1)
    assert with_rules(refused_page, useless) is None

    report = with_rules(refused_page, body_of_short("textarea"))
    assert (report.count.seen, report.count.appended, report.count.rejected) == (1, 1, 0)
    assert query(refused_page, f"SELECT text, revision FROM articles WHERE url = '{SHORT}'") == [
        ("The night boat is put off, the port said.", 1)
    ]
    assert query(refused_page, "SELECT count(*) FROM documents") == [(2,)]
    assert with_rules(refused_page, body_of_short("textarea")) is None


def test_refused_page_that_is_not_in_the_archive_is_a_rejection(refused_page):
    for file in refused_page.folder.archive.iterdir():
        file.unlink()
    report = with_rules(refused_page, body_of_short("textarea"))
    assert [rejection.reason for rejection in report.rejections] == ["not_archived"]
    assert report.count.seen == report.count.rejected == 1


def test_refused_pages_are_limited_to_the_days_and_source_that_are_asked_for(refused_page):
    refused_page.folder.rules.write_text(body_of_short("textarea"))
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    assert len(refused_pages(refused_page, ReprocessRequest())) == 1
    assert refused_pages(refused_page, ReprocessRequest(since=tomorrow)) == []
    assert refused_pages(refused_page, ReprocessRequest(source="hill-gazette.example")) == []
    assert refused_pages(refused_page, ReprocessRequest(transforms=("dates",))) == []
