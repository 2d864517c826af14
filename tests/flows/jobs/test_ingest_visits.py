"""Planned visits to the pages of recent articles: what they find, and what they cost."""

import shutil
from types import SimpleNamespace

import pytest

from flows.cli.status import read_status, show_status
from flows.jobs.ingest import IngestRequest, ingest_feeds, nothing_due, pages_to_fetch
from flows.settings import Settings
from tests.helpers.builders import NOW, make_run, with_steps
from tests.helpers.captures import captures_of
from tests.helpers.news_server import serving
from tests.helpers.visits import (
    append_visits,
    edit_silently,
    entry_of,
    pass_hours,
    publish_now,
    visit_row,
    without_instant,
)
from tests.helpers.walls import MAINTENANCE, front_page
from tests.helpers.warehouses import query
from warehouse.publish import publish
from warehouse.visit_queries import VisitTally

pytestmark = pytest.mark.usefixtures("unpublished")

NOT_FOUND = (
    b"<!doctype html><html lang='en'><head><title>Page not found</title></head><body>"
    b"<h1>Page not found</h1><p>The page you are looking for does not exist.</p></body></html>"
)
NAMES = (
    "steady", "undated", "plain", "edited", "markup", "walled",
    "lost", "withdrawn", "home", "front", "soft", "blip", "returned",
)  # fmt: skip
GONE = "SELECT url, how FROM disappeared"


def settings_of(folder, news, **given):
    (folder / "feeds.opml").write_bytes(news.opml())
    return Settings(data=folder, workers=1, host_delay=0.0, allow_hosts=news.host, **given)


def ingest(settings, **asked):
    return ingest_feeds(settings, IngestRequest(**asked))


def visits_after(settings, hours):
    """Let hours pass and return the tally of the visits that are due then; None without any."""
    pass_hours(settings, hours)
    report = ingest(settings)
    return report and report.visits


def change_pages(news, paths):
    """Let each page do what its name says, after its article was stored."""
    edit_silently(news, paths["edited"])
    page = news.pages[paths["markup"]]
    news.pages[paths["markup"]] = page.replace(b"<nav>", b"<nav><!-- served by node 7 -->")
    news.pages[paths["walled"]] = MAINTENANCE
    news.pages[paths["soft"]] = NOT_FOUND
    news.statuses |= {paths[name]: 404 for name in ("lost", "blip", "returned")}
    news.statuses[paths["withdrawn"]] = 410
    news.pages |= {"/": front_page(), "/region/": front_page()}
    news.redirects |= {paths["home"]: "/", paths["front"]: "/region/"}


@pytest.fixture(scope="module")
def fortnight(tmp_path_factory):
    """Run `ingest` through two weeks in which each page does what its name says."""
    with serving(feeds=1, articles=len(NAMES)) as news:
        paths = dict(zip(NAMES, news.lists["/feed-0.xml"], strict=True))
        for path in paths.values():
            publish_now(news, path)
        without_instant(news, paths["undated"])
        news.without_etag.add(paths["plain"])
        settings = settings_of(tmp_path_factory.mktemp("fortnight"), news)
        first, names = ingest(settings), {news.url(path): name for name, path in paths.items()}
        found = SimpleNamespace(
            news=news, paths=paths, settings=settings, first=first, tallies={}, gone={}, off={}
        )
        change_pages(news, paths)
        at = 0.0
        for hour in (0.5, 1.1, 3, 6.1, 20, 25.2, 60, 73, 200, 337, 400, 1500):
            if hour == 1.1:
                pass_hours(settings, 0.6)
                off = settings.model_copy(update={"revisit": "off"})
                found.off["setting"] = ingest(off)
                settings.folder.rules.write_text('[[rules]]\nsite = "127.0.0.1"\nrevisit = "off"\n')
                found.off["rule"] = ingest(settings)
                settings.folder.rules.unlink()
                at = hour
            if hour == 25.2:
                del news.statuses[paths["blip"]]
            if hour == 73:
                del news.statuses[paths["returned"]]
            pass_hours(settings, hour - at)
            at, report = hour, ingest(settings)
            found.tallies[hour] = report and (report.visits, report.count)
            found.gone[hour] = {names[url]: how for url, how in query(settings, GONE)}
        yield found


def outcomes(fortnight, name):
    return query(
        fortnight.settings,
        f"SELECT outcome, reason FROM visits WHERE url LIKE '%{fortnight.paths[name]}'"
        " ORDER BY visited_at",
    )


def test_visits_are_made_only_at_the_planned_times(fortnight):
    made = {hour: tally and tally[0].made for hour, tally in fortnight.tallies.items()}
    # At six hours, the seven missing pages wait for their check, and the withdrawn one is gone.
    assert made == {
        0.5: None, 1.1: 13, 3: None, 6.1: 7, 20: None, 25.2: 13, 60: None, 73: 13,
        200: None, 337: 13, 400: None, 1500: None,
    }  # fmt: skip


def test_fourteen_days_cost_five_requests_for_a_page(fortnight):
    steady = fortnight.paths["steady"]
    assert (fortnight.news.asked[steady], fortnight.news.not_modified[steady]) == (6, 5)
    assert outcomes(fortnight, "steady") == [("fetched", None)] + [("unchanged", None)] * 5


def test_page_that_has_not_changed_is_not_analysed(fortnight):
    _, count = fortnight.tallies[337]
    # Only a page without validators and pages that were refused are sent again.
    assert (count.seen, count.appended, count.known) == (4, 0, 1)


def test_silent_edit_is_found_at_the_first_visit(fortnight):
    assert query(
        fortnight.settings,
        "SELECT revision, earlier_title = later_title, is_text_changed, is_announced,"
        " earlier_seen_at < found_at, hours_after_publication, url FROM silent_edits",
    ) == [(2, True, True, False, True, 1.1, fortnight.news.url(fortnight.paths["edited"]))]
    assert outcomes(fortnight, "edited")[1:3] == [("changed", None), ("unchanged", None)]


def test_other_markup_around_the_same_article_is_no_edit(fortnight):
    markup = fortnight.paths["markup"]
    assert outcomes(fortnight, "markup")[1] == ("unchanged", None)
    assert fortnight.news.not_modified[markup] == 4  # the newest validators are sent
    revised = "SELECT count(*) FROM articles WHERE revision > 1"
    assert query(fortnight.settings, revised) == [(1,)]


def test_identical_page_without_validators_is_archived_as_a_revisit(fortnight):
    plain, news = fortnight.paths["plain"], fortnight.news
    assert (news.asked[plain], news.not_modified[plain]) == (6, 0)
    found = [
        record.type
        for file in fortnight.settings.folder.archive.iterdir()
        for record, capture in captures_of(file, with_unused=True)
        if capture.url == news.url(plain)
    ]
    assert sorted(found) == ["response"] + ["revisit"] * 5


def test_article_without_an_instant_counts_from_its_first_fetch(fortnight):
    undated = f"url LIKE '%{fortnight.paths['undated']}'"
    assert query(fortnight.settings, f"SELECT published_at FROM articles WHERE {undated}") == [
        (None,)
    ]
    starts = "SELECT DISTINCT outcome = 'fetched', starts_at = visited_at FROM visits"
    assert query(fortnight.settings, f"{starts} WHERE {undated} ORDER BY 1") == [
        (False, False),
        (True, True),
    ]


@pytest.mark.parametrize("place", ["setting", "rule"])
def test_off_makes_no_visits(fortnight, place):
    assert fortnight.off[place] is None


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("lost", "not_found"),
        ("home", "home_page"),
        ("front", "section_front"),
        ("soft", "soft_404"),
    ],
)
def test_missing_page_is_gone_when_it_is_missing_a_day_later(fortnight, name, how):
    assert outcomes(fortnight, name)[1:3] == [("missing", how)] * 2
    assert [name in fortnight.gone[hour] for hour in (1.1, 6.1, 20)] == [False] * 3
    assert [fortnight.gone[hour].get(name) for hour in (25.2, 73, 1500)] == [how] * 3


def test_page_that_the_server_calls_gone_is_gone_at_once(fortnight):
    assert fortnight.gone[1.1] == {"withdrawn": "gone"}


def test_page_that_returns_within_a_day_was_never_gone(fortnight):
    assert outcomes(fortnight, "blip")[1:3] == [("missing", "not_found"), ("unchanged", None)]
    assert not any("blip" in gone for gone in fortnight.gone.values())


def test_return_ends_a_disappearance(fortnight):
    assert [("returned" in fortnight.gone[hour]) for hour in (25.2, 60, 73)] == [True, True, False]


def test_wall_is_no_disappearance(fortnight):
    assert set(outcomes(fortnight, "walled")[1:]) == {("refused", "maintenance")}
    assert not any("walled" in gone for gone in fortnight.gone.values())
    assert query(fortnight.settings, "FROM walls") == []  # no article is missing


def test_article_of_a_gone_page_stays(fortnight):
    rows = query(
        fortnight.settings,
        "SELECT count(title), bool_and(last_seen_at < gone_since_at),"
        " bool_and(gone_since_at < visited_at) FROM disappeared",
    )
    assert rows == [(5, True, True)]
    assert query(fortnight.settings, "SELECT count(*) FROM latest_articles") == [(len(NAMES),)]


def test_each_document_of_a_visit_is_counted_once(fortnight):
    tally, count = fortnight.tallies[1.1]
    assert tally == VisitTally(made=13, unchanged=4, changed=1, gone=1, missing=6, failed=1)
    assert (count.seen, count.appended, count.known, count.rejected) == (6, 1, 2, 3)


def test_failed_visits_are_tried_again_and_say_nothing_about_the_page(tmp_path):
    with serving(feeds=1, articles=1) as news:
        [path] = news.lists["/feed-0.xml"]
        publish_now(news, path)
        settings = settings_of(tmp_path, news)
        ingest(settings)
        news.statuses[path] = 503
        assert visits_after(settings, 1.1) == VisitTally(made=1, failed=1)
        assert visits_after(settings, 0.1) is None
        news.pages["/robots.txt"] = b"User-agent: *\nDisallow: /\n"
        shutil.rmtree(settings.folder.root / "robots")
        assert visits_after(settings, 0.2) == VisitTally(made=1, failed=1)
        assert news.asked[path] == 2  # robots.txt is obeyed, and not asked again before its time
        assert visits_after(settings, 1) is None
        assert query(settings, "SELECT reason FROM visits ORDER BY visited_at") == [
            (None,),
            ("server_error",),
            ("robots_disallowed",),
        ]
        assert query(settings, "FROM disappeared") == query(settings, "FROM rejections") == []


def test_interrupted_run_doubles_nothing(tmp_path):
    with serving(feeds=1, articles=1) as news:
        [path] = news.lists["/feed-0.xml"]
        publish_now(news, path)
        settings = settings_of(tmp_path, news)
        ingest(settings)
        edit_silently(news, path)
        pass_hours(settings, 2)

        def killed(*_):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            ingest_feeds(settings, IngestRequest(), with_steps(append=killed))
        ingest(settings)
        assert news.asked[path] == 2
        assert query(settings, "SELECT outcome FROM visits ORDER BY visited_at") == [
            ("fetched",),
            ("changed",),
        ]
        assert query(settings, "SELECT count(*) FROM articles") == [(2,)]
        assert ingest(settings) is None


@pytest.mark.parametrize(
    ("most", "new", "due", "taken"),
    [
        pytest.param(10, 20, 20, (8, 2), id="both-wait"),
        pytest.param(10, 20, 1, (9, 1), id="few-visits"),
        pytest.param(10, 3, 20, (3, 7), id="few-new-pages"),
        pytest.param(2, 20, 20, (1, 1), id="small-runs"),
        pytest.param(10, 3, 4, (3, 4), id="room-for-all"),
    ],
)
def test_neither_new_pages_nor_visits_starve(tmp_path, most, new, due, taken):
    run = make_run(tmp_path, pages_per_run=most)
    visits = [visit_row(f"seen-{number}", 2) for number in range(due)]
    entries = [entry_of(visit_row(f"new-{number}", 1)) for number in range(new)]
    append_visits(run.settings.folder, *visits, entries=entries)
    pages, visited = pages_to_fetch(run, NOW)
    assert (len(pages), len(visited)) == taken
    assert all("/new-" in page.url for page in pages)


def announce(news, feed):
    """Let one feed show its page as it is now; the others stay as they are."""
    kept = {name: news.pages[name] for name in news.lists if name != feed}
    news.refresh()
    news.pages |= kept


def test_feed_may_announce_an_edit_first_later_or_not_at_all(tmp_path):
    with serving(feeds=3, articles=1) as news:
        feeds = ["/feed-0.xml", "/feed-1.xml", "/feed-2.xml"]
        first, later, never = (news.lists[feed][0] for feed in feeds)
        for path in (first, later, never):
            publish_now(news, path)
        settings = settings_of(tmp_path, news)
        ingest(settings)
        edit_silently(news, first)
        announce(news, feeds[0])
        ingest(settings, is_forced=True)
        edit_silently(news, later)
        edit_silently(news, never)
        assert visits_after(settings, 1.1) == VisitTally(made=3, unchanged=1, changed=2)
        pass_hours(settings, 1)
        announce(news, feeds[1])
        edit_silently(news, never, "The mayor has resigned.")
        announce(news, feeds[2])  # this announces the second edit of the page, not the first
        ingest(settings, is_forced=True)
        assert query(
            settings, "SELECT url, revision, is_announced FROM silent_edits ORDER BY 1"
        ) == [
            (news.url(later), 2, True),
            (news.url(never), 2, False),
        ]
        settings.folder.rules.write_text("[[rules]]")  # status works without the broken rules
        publish(settings.folder)
        status = read_status(settings)
        assert status["visits"] == [
            {"made_per_day": 3.0, "planned_next_day": 6, "changed": 2, "gone": 0}
        ]
        assert "planned_next_day" in show_status(status)
        settings.folder.rules.unlink()
        assert nothing_due(settings, query(settings, "SELECT now()")[0][0]).startswith(
            "nothing is due; next at "
        )
