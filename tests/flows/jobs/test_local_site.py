"""A week of twelve local outlets, from their feeds to stories, statements, copies and edits.

`python -m tests.helpers.local_site DIR` makes the same data folder, to look at by hand.
"""

import json
from collections import defaultdict
from itertools import combinations
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.archive.reader import read_capture
from tests.helpers.local_news import FIRES, OUTLETS, read_fire
from tests.helpers.local_site import live_through, local_site
from warehouse.connect import open_snapshot
from warehouse.folder import DataFolder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("local"))
    with local_site() as site:
        live_through(site, folder.root)
        yield SimpleNamespace(site=site, folder=folder)


def ask(week, sql, *values):
    with open_snapshot(week.folder) as con:
        return con.execute(sql, values).fetchall()


def run(week, *arguments):
    result = CliRunner().invoke(app, [*arguments, "--data", str(week.folder.root)])
    assert result.exit_code == 0, result.output
    return result.stdout


def groups(pairs):
    """Return the members of each group, as a set of sets."""
    found = defaultdict(set)
    for member, group in pairs:
        found[group].add(member)
    return {frozenset(members) for members in found.values()}


def stories_of_fires(week):
    """Return the key of the story of each fire."""
    rows = dict(ask(week, "SELECT url, story_id FROM story_articles"))
    return {one.event: rows[week.site.url(one.path)] for one in week.site.told}


def test_site_is_as_large_as_promised(week):
    [counts] = ask(week, "SELECT count(*), count(DISTINCT source_id) FROM latest_articles")
    assert counts == (200, 12)
    assert len(FIRES) == 3
    for name in FIRES:
        told = [one for one in week.site.told if one.event == name]
        assert len({one.outlet for one in told}) >= 11
        assert len({one.copied for one in told}) == 7  # in six ways, and not copied


def test_each_event_is_one_story_and_no_story_has_two(week):
    expected = groups((week.site.url(one.path), one.event) for one in week.site.told)
    assert groups(ask(week, "SELECT url, story_id FROM story_articles")) == expected


def test_each_copy_is_in_the_cluster_of_its_text_and_nothing_else(week):
    texts = groups((week.site.url(one.path), one.text) for one in week.site.told)
    assert groups(ask(week, "SELECT url, cluster_id FROM clusters")) == {
        urls for urls in texts if len(urls) > 1
    }


def test_agency_is_the_origin_of_its_copies(week):
    rows = ask(
        week,
        "SELECT url, earliest_source_id, kept FROM syndication JOIN latest_articles USING (article_id)"
        " WHERE likely_origin = 'Reuters'",
    )
    copies = [one for one in week.site.told if one.event == "kellmouth" and one.copied]
    assert {url for url, _, _ in rows} == {week.site.url(one.path) for one in copies}
    assert {origin for _, origin, _ in rows} == {"capital-observer.example"}
    cut = {week.site.url(one.path) for one in copies if one.copied.startswith("cut")}
    assert {url for url, _, kept in rows if kept < 0.9} == cut


def test_every_edit_is_found_and_no_trivial_change(week):
    found = [url for (url,) in ask(week, "SELECT url FROM edits")]
    assert sorted(found) == sorted(week.site.edited.values())
    assert len(found) == 10
    assert len(week.site.trivial) == 6


@pytest.mark.parametrize(
    ("edit", "column", "expected"),
    [
        ("number of a copy", "numbers_changed", [{"before": "34 million", "after": "41 million"}]),
        ("passengers", "numbers_changed", [{"before": "90 passengers", "after": "112 passengers"}]),
        ("statement removed", "statements_removed",
         ["We told the owners three times that the sprinklers were dry"]),
        ("sentence added", "added",
         ["Prosecutors opened an inquiry against two managers on Saturday."]),
        ("name corrected", "names_added", ["Rosalind Zimmerle"]),
        ("name corrected", "names_removed", ["Rosalind Gadsby"]),
        ("headline", "previous_title", "Two workers die in fire at Kellmouth paint works"),
        ("headline and number", "names_removed", []),
    ],
)  # fmt: skip
def test_edit_says_what_changed(week, edit, column, expected):
    url = week.site.edited[edit]
    assert ask(week, f"SELECT {column} FROM edits WHERE url = ?", url) == [(expected,)]


def test_altered_statement_is_shown_before_and_after(week):
    url = week.site.edited["statement altered"]
    [(pairs,)] = ask(week, "SELECT statements_altered FROM edits WHERE url = ?", url)
    [pair] = pairs
    whole = read_fire("kellmouth").whole
    assert pair["before"].rstrip(".") == whole
    assert pair["after"].rstrip(".") == whole.replace("three times that", "many times that")
    shown = " ".join(run(week, "diff", url).split())
    assert "“We told the owners [-three-] {+many+} times that the sprinklers were dry" in shown


def test_headlines_that_changed_are_listed_with_their_outlets(week):
    rows = ask(week, "SELECT url, outlet, title FROM headline_changes")
    edited = {what: url for what, url in week.site.edited.items() if "headline" in what}
    assert {url for url, _, _ in rows} == set(edited.values())
    assert {outlet for _, outlet, _ in rows} <= set(OUTLETS.values())
    assert "Dunmarrow plant: 3 men arrested" in {title for _, _, title in rows}


@pytest.mark.parametrize("name", FIRES)
def test_statement_is_followed_through_every_outlet_that_quotes_it(week, name):
    fire = read_fire(name)
    rows = ask(
        week,
        "SELECT url, statement_id, appearances, first_statement FROM quote_spread"
        " WHERE speaker = ? ORDER BY appearance",
        fire.speaker,
    )
    quoting = {
        week.site.url(one.path) for one in week.site.told if one.event == name and one.said
    } - {week.site.edited["statement removed"]}
    assert sorted(url for url, *_ in rows) == sorted(quoting)
    assert len({key for _, key, _, _ in rows}) == 1
    assert {count for _, _, count, _ in rows} == {len(quoting)}
    assert {first.rstrip(".") for *_, first in rows} == {fire.whole}


@pytest.mark.parametrize("name", FIRES)
def test_each_wording_says_what_was_cut_and_added(week, name):
    fire = read_fire(name)
    said = {week.site.url(one.path): one.said for one in week.site.told}
    rows = ask(
        week,
        "SELECT url, statement, cut_words, added_words FROM quote_spread WHERE speaker = ?",
        fire.speaker,
    )
    seen = set()
    for url, statement, cut, added in rows:
        if url == week.site.edited["statement altered"]:
            assert added == ["many"]
            continue
        how = said[url]
        seen.add(how)
        if how in ("whole", "interrupted"):
            assert (cut, added) == ([], [])
        elif how == "cut":
            assert (set(cut), added) == (set(fire.cut_words()), [])
        else:
            assert cut, statement
            assert added, statement
    assert seen >= {"whole", "cut", "interrupted", "changed"}
    assert ("fragments" in seen) == any(
        one.event == name and one.said == "fragments" for one in week.site.told
    )


def test_each_appearance_leads_to_the_archived_page(week):
    rows = ask(week, "SELECT url, warc_file, warc_offset, statement FROM quote_spread")
    assert len(rows) > 35
    for url, file, offset, statement in rows:
        capture = read_capture(week.folder.archive, file, offset)
        assert capture.url == url
        # The marks of a page may be others; the beginning of a statement is in each of them.
        words = statement.replace("“", "").partition(" … ")[0].rstrip(".")
        page = " ".join(capture.body.decode().replace("“", "").split())
        assert words[:40] in page, url


def test_outlets_overlap_in_the_events_that_both_cover(week):
    covered = {(one.outlet, one.event) for one in week.site.told}
    outlets = defaultdict(set)
    for outlet, event in covered:
        outlets[event].add(outlet)
    shared = {event for event, some in outlets.items() if len(some) > 1}
    mine = {outlet: {event for event in shared if outlet in outlets[event]} for outlet in OUTLETS}
    expected = {
        (f"{one}.example", f"{other}.example", len(mine[one] & mine[other]),
         round(len(mine[one] & mine[other]) / len(mine[one] | mine[other]), 4))
        for one, other in combinations(sorted(mine), 2)
        if mine[one] & mine[other]
    }  # fmt: skip
    sql = "SELECT source_id, other_source_id, shared_stories, round(jaccard, 4) FROM outlet_overlap"
    assert set(ask(week, sql)) == expected


def test_command_shows_the_fires_first_with_their_statements(week):
    shown = run(week, "stories", "--limit", "3")
    lines = shown.splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert any(line.startswith("    ") for line in lines)  # what does not fit on a line hangs
    keys = stories_of_fires(week)
    assert {line.strip() for line in lines if line.startswith("  s1-")} == {
        keys[name] for name in FIRES
    }
    assert shown.count("24 articles, 12 outlets, 7 copies") >= 1
    joined = " ".join(shown.split())
    for name in ("kellmouth", "dunmarrow"):
        assert f"{read_fire(name).speaker}: {read_fire(name).whole} (" in joined


@pytest.mark.parametrize("name", FIRES)
def test_command_shows_a_story_with_its_copies_and_statements(week, name):
    key = stories_of_fires(week)[name]
    story = json.loads(run(week, "stories", key, "--json"))
    copies = [one["url"] for one in story["articles_by_time"] if one["is_copy"]]
    assert sorted(copies) == sorted(
        week.site.url(one.path) for one in week.site.told if one.event == name and one.copied
    )
    fire = read_fire(name)
    said = {one["speaker"]: one["statement"] for one in reversed(story["statements"])}
    assert said[fire.speaker].rstrip(".") == fire.whole
    table = run(week, "stories", key)
    assert table.count("  copy\n") == 7
    assert fire.speaker in table
