"""Planned visits to the pages of recent articles: what they find, and what they cost."""

import shutil

import pytest

from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.settings import Settings
from tests.helpers.builders import with_steps
from tests.helpers.news_server import serving
from tests.helpers.visits import edit_silently, pass_hours, publish_now
from tests.helpers.walls import MAINTENANCE, front_page
from tests.helpers.warehouses import query
from warehouse.visit_queries import VisitTally

OUTCOMES = "SELECT outcome, reason FROM visits ORDER BY visited_at"
GONE = "SELECT url, how FROM disappeared"


@pytest.fixture
def news():
    with serving(feeds=1, articles=1) as server:
        yield server


@pytest.fixture
def path(news):
    [path] = news.lists["/feed-0.xml"]
    publish_now(news, path)
    return path


@pytest.fixture
def settings(tmp_path, news):
    (tmp_path / "feeds.opml").write_bytes(news.opml())
    return Settings(data=tmp_path, workers=1, host_delay=0.0, allow_hosts=news.host)


def ingest(settings, **asked):
    return ingest_feeds(settings, IngestRequest(**asked))


def visit(settings, hours):
    """Let hours pass and return the tally of the visits that are due then; None without any."""
    pass_hours(settings, hours)
    report = ingest(settings)
    return report and report.visits


def test_silent_edit_is_found_at_the_first_visit(settings, news, path):
    ingest(settings)
    edit_silently(news, path)
    assert visit(settings, 0.5) is None  # the first visit is an hour after publication
    pass_hours(settings, 0.6)
    report = ingest(settings)
    assert report.visits == VisitTally(made=1, changed=1)
    assert (report.count.seen, report.count.appended) == (1, 1)
    assert query(
        settings,
        "SELECT revision, earlier_title = later_title, is_text_changed, is_announced,"
        " earlier_seen_at < found_at, hours_after_publication FROM silent_edits",
    ) == [(2, True, True, False, True, 1.1)]
    assert query(settings, "SELECT revision_cause FROM articles ORDER BY revision") == [
        ("first",),
        ("edited",),
    ]


def test_page_that_has_not_changed_costs_no_transfer_and_no_analysis(settings, news, path):
    ingest(settings)
    pass_hours(settings, 2)
    report = ingest(settings)
    assert report.visits == VisitTally(made=1, unchanged=1)
    assert (report.count.seen, news.not_modified[path]) == (0, 1)
    assert query(settings, "SELECT count(*) FROM documents") == [(1,)]


def test_other_markup_around_the_same_article_is_no_edit(settings, news, path):
    ingest(settings)
    news.pages[path] = news.pages[path].replace(b"<nav>", b"<nav><!-- served by node 7 -->")
    pass_hours(settings, 2)
    report = ingest(settings)
    assert report.visits == VisitTally(made=1, unchanged=1)
    assert (report.count.seen, report.count.known) == (1, 1)
    assert query(settings, "SELECT count(*) FROM articles") == [(1,)]
    assert visit(settings, 6) == VisitTally(made=1, unchanged=1)
    assert news.not_modified[path] == 1  # the newest validators are sent


def test_identical_page_without_validators_is_archived_as_a_revisit(settings, news, path):
    news.without_etag.add(path)
    ingest(settings)
    pass_hours(settings, 2)
    report = ingest(settings)
    assert report.visits == VisitTally(made=1, unchanged=1)
    assert (report.count.seen, report.count.known, news.not_modified[path]) == (1, 1, 0)
    archived = b"".join(file.read_bytes() for file in settings.folder.archive.iterdir())
    assert query(settings, "SELECT count(*) FROM documents") == [(1,)]
    assert len(archived) > 0


def test_fourteen_days_cost_one_request_per_planned_visit(settings, news, path):
    ingest(settings)
    asked = []
    for hours in [1] * 26 + [12] * 30:
        visit(settings, hours)
        asked.append(news.asked[path])
    assert asked[0] == 2
    assert asked[5] == 3
    assert asked[23] == 4
    assert asked[-1] == 6  # the first fetch, and five visits
    assert query(settings, "SELECT count(*) FROM visits") == [(6,)]


def test_missed_visits_are_not_made_up(settings, news, path):
    ingest(settings)
    assert visit(settings, 100) == VisitTally(made=1, unchanged=1)  # for 1h, 6h, 1d and 3d
    assert visit(settings, 100) is None
    assert visit(settings, 200) == VisitTally(made=1, unchanged=1)
    assert visit(settings, 2000) is None


def test_article_without_an_instant_counts_from_its_first_fetch(settings, news, path):
    stamp = news.pages[path].partition(b"<meta property='article:published_time'")[2]
    meta = b"<meta property='article:published_time'" + stamp.partition(b">")[0] + b">"
    news.pages["/feed-0.xml"] = b"".join(
        [
            news.pages["/feed-0.xml"].partition(b"<pubDate>")[0],
            news.pages["/feed-0.xml"].partition(b"</pubDate>")[2],
        ]
    )
    news.pages[path] = news.pages[path].replace(meta, b"")
    ingest(settings)
    assert query(settings, "SELECT published_at FROM articles") == [(None,)]
    assert visit(settings, 0.9) is None
    assert visit(settings, 0.2) == VisitTally(made=1, unchanged=1)


def test_old_article_is_not_visited(settings, news, path):
    news.pages[path] = news.article(path)  # published in 2024
    news.refresh()
    ingest(settings)
    assert visit(settings, 2) is None


@pytest.mark.parametrize("place", ["setting", "rule"])
def test_off_makes_no_visits(settings, news, path, place):
    if place == "setting":
        settings = settings.model_copy(update={"revisit": "off"})
    else:
        settings.folder.rules.write_text('[[rules]]\nsite = "127.0.0.1"\nrevisit = "off"\n')
    ingest(settings)
    edit_silently(news, path)
    for hours in (2, 24, 400):
        assert visit(settings, hours) is None
    assert news.asked[path] == 1


def test_site_has_its_own_plan(settings, news, path):
    settings.folder.rules.write_text(
        '[[rules]]\nsite = "127.0.0.1"\nrevisit = "30m, 2h"\n'
        '[[rules]]\nsite = "elsewhere.example"\nrevisit = "off"\n'
    )
    ingest(settings)
    made = [bool(visit(settings, 0.6)) for _ in range(8)]
    assert made == [True, False, False, True, False, False, False, False]


def test_missing_page_is_gone_when_it_is_missing_a_day_later(settings, news, path):
    ingest(settings)
    page = news.pages.pop(path)
    assert visit(settings, 2) == VisitTally(made=1, missing=1)
    assert query(settings, GONE) == []
    assert visit(settings, 20) is None  # the check replaces the visit after six hours
    assert visit(settings, 5) == VisitTally(made=1, gone=1)
    assert query(settings, GONE) == [(news.url(path), "not_found")]
    assert query(
        settings,
        "SELECT title IS NOT NULL, last_seen_at < gone_since_at, gone_since_at < visited_at FROM disappeared",
    ) == [(True, True, True)]
    assert query(settings, "SELECT count(*) FROM articles") == [(1,)]
    news.pages[path] = page
    assert visit(settings, 72) == VisitTally(made=1, unchanged=1)
    assert query(settings, GONE) == []


def test_page_that_returns_within_a_day_was_never_gone(settings, news, path):
    ingest(settings)
    page = news.pages.pop(path)
    visit(settings, 2)
    news.pages[path] = page
    assert visit(settings, 25) == VisitTally(made=1, unchanged=1)
    assert query(settings, GONE) == []
    assert query(settings, OUTCOMES) == [
        ("fetched", None),
        ("missing", "not_found"),
        ("unchanged", None),
    ]


def test_page_that_the_server_calls_gone_is_gone_at_once(settings, news, path):
    ingest(settings)
    news.statuses[path] = 410
    assert visit(settings, 2) == VisitTally(made=1, gone=1)
    assert query(settings, GONE) == [(news.url(path), "gone")]


def test_last_visit_that_misses_the_page_is_checked_too(settings, news, path):
    ingest(settings)
    for hours in (2, 10, 20, 50):
        visit(settings, hours)
    del news.pages[path]
    assert visit(settings, 300) == VisitTally(made=1, missing=1)
    assert visit(settings, 25) == VisitTally(made=1, gone=1)
    assert visit(settings, 1000) is None


def home(news):
    news.pages["/"] = front_page()
    return "/", "home_page"


def front(news):
    news.pages["/region/"] = front_page()
    return "/region/", "section_front"


@pytest.mark.parametrize("target", [home, front])
def test_address_that_leads_to_a_front_is_gone(settings, news, path, target):
    ingest(settings)
    place, how = target(news)
    news.redirects[path] = place
    assert visit(settings, 2).missing == 1
    assert visit(settings, 25).gone == 1
    assert query(settings, GONE) == [(news.url(path), how)]
    assert query(settings, "SELECT count(*) FROM articles") == [(1,)]


def test_page_that_says_that_it_does_not_exist_is_gone(settings, news, path):
    ingest(settings)
    news.pages[path] = (
        b"<!doctype html><html lang='en'><head><title>Page not found</title></head>"
        b"<body><h1>Page not found</h1><p>The page you are looking for does not exist.</p></body></html>"
    )
    pass_hours(settings, 2)
    report = ingest(settings)
    assert report.visits == VisitTally(made=1, missing=1)
    assert (report.count.seen, report.count.rejected) == (1, 1)
    assert visit(settings, 25) == VisitTally(made=1, gone=1)
    assert query(settings, GONE) == [(news.url(path), "soft_404")]


def test_server_error_is_no_disappearance_and_is_tried_again(settings, news, path):
    ingest(settings)
    news.statuses[path] = 503
    for hours in (1.1, 0.3, 1.1):
        assert visit(settings, hours) == VisitTally(made=1, failed=1)
    assert query(settings, GONE) == []
    assert query(settings, "SELECT count(*) FROM rejections") == [(0,)]
    del news.statuses[path]
    assert visit(settings, 5) == VisitTally(made=1, unchanged=1)


def test_wall_is_no_disappearance(settings, news, path):
    ingest(settings)
    page, news.pages[path] = news.pages[path], MAINTENANCE
    assert visit(settings, 2) == VisitTally(made=1, failed=1)
    assert visit(settings, 2) is None  # not before the next planned visit
    assert visit(settings, 4) == VisitTally(made=1, failed=1)
    assert query(settings, GONE) == []
    assert query(settings, "SELECT count(*) FROM walls") == [(0,)]  # no article is missing
    news.pages[path] = page
    assert visit(settings, 24) == VisitTally(made=1, unchanged=1)


def test_server_error_does_not_end_a_disappearance(settings, news, path):
    ingest(settings)
    del news.pages[path]
    visit(settings, 2)
    visit(settings, 25)
    news.statuses[path] = 503
    assert visit(settings, 72) == VisitTally(made=1, failed=1)
    assert query(settings, GONE) == [(news.url(path), "not_found")]


def test_robots_txt_is_obeyed(settings, news, path):
    ingest(settings)
    news.pages["/robots.txt"] = b"User-agent: *\nDisallow: /\n"
    shutil.rmtree(settings.folder.root / "robots")
    assert visit(settings, 2) == VisitTally(made=1, failed=1)
    assert news.asked[path] == 1
    assert query(settings, OUTCOMES)[-1] == ("failed", "robots_disallowed")


def test_edit_that_the_feed_announces_later_is_marked(settings, news, path):
    ingest(settings)
    edit_silently(news, path)
    visit(settings, 2)
    pass_hours(settings, 1)
    news.refresh()  # the entry changes with the page
    ingest(settings, is_forced=True)
    assert query(settings, "SELECT revision, is_announced FROM silent_edits") == [(2, True)]
    assert query(settings, "SELECT count(*) FROM articles") == [(2,)]


def test_edit_that_the_feed_announces_first_is_not_silent(settings, news, path):
    ingest(settings)
    edit_silently(news, path)
    news.refresh()
    ingest(settings, is_forced=True)
    assert query(settings, "SELECT count(*) FROM articles") == [(2,)]
    assert visit(settings, 2) == VisitTally(made=1, unchanged=1)
    assert query(settings, "FROM silent_edits") == []


def test_later_announced_edit_does_not_announce_the_silent_one(settings, news, path):
    ingest(settings)
    edit_silently(news, path)
    visit(settings, 2)
    pass_hours(settings, 1)
    edit_silently(news, path, "The mayor has resigned.")
    news.refresh()
    ingest(settings, is_forced=True)
    assert query(settings, "SELECT max(revision) FROM articles") == [(3,)]
    assert query(settings, "SELECT revision, is_announced FROM silent_edits") == [(2, False)]


def test_interrupted_run_doubles_nothing(settings, news, path):
    ingest(settings)
    edit_silently(news, path)
    pass_hours(settings, 2)

    def killed(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest_feeds(settings, IngestRequest(), with_steps(append=killed))
    ingest(settings)
    assert news.asked[path] == 2
    assert query(settings, OUTCOMES) == [("fetched", None), ("changed", None)]
    assert query(settings, "SELECT count(*) FROM articles") == [(2,)]
    assert ingest(settings) is None
