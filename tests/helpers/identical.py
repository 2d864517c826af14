"""Thousands of articles with one text: a report of many sources, and a teaser of one source."""

from tests.helpers.aveling import flood
from tests.helpers.builders import NOW, VERSIONS, make_analysis, make_article
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.rows import analysis_rows
from warehouse.spool import Batch, spool

LINKED = ("copies", "fingerprints", "cluster_merges", "changes", "story_terms", "story_keys",
          "story_members", "story_states", "story_changes", "statement_wordings")  # fmt: skip
REPORT = (
    "Flood in Aveling\nThe Torne flooded the market of Aveling at night, and residents left their "
    "houses in boats of the fire service. The water rose by two metres within an hour, and the "
    "bridge at the mill was carried away before the road could be closed.\n“We had twenty minutes "
    "to get people out of their beds,” said Karin Holt. Mayor Edwin Prast called the council "
    "together and asked the province for pumps, blankets and a second bridge. The schools stay "
    "closed until Thursday, and the railway runs only as far as the station before Aveling."
)
TEASER = (
    "You have reached the end of the part that everyone can read. Subscribers of the Torne Valley "
    "Post read on, get the newspaper on all their devices and support nine reporters between the "
    "lakes and the border. The first four weeks cost one crown and can be cancelled every day. If "
    "you have an account, log in at the top of the page and continue where you stopped."
)


def report(number):
    """Return the report of a flood as one of 300 sources has it."""
    return flood(f"paper{number % 300}", "2024-06-03", page=f"flood-{number}", text=REPORT)


def teaser(number):
    """Return the teaser of one source under one of many headlines."""
    url = f"https://valley.example/{number}"
    title = f"Reports{number} about{number * 7} lakes{number * 11}"
    return make_analysis(make_article(TEASER, url=url, title=title, content_sha256=f"{number:064}"))


def append(run, analyses):
    """Append articles as one batch."""
    batch = Batch(run_id=run.run_id, seen=len(analyses))
    for analysis in analyses:
        batch.add(analysis_rows(analysis, fetched_at=NOW, now=NOW, versions=VERSIONS))
    spooled = spool(batch, run.settings.folder.spool)
    with open_live(run.settings.folder) as con:
        append_batch(con, spooled)
    spooled.remove()


def rows_of(run):
    """Return the number of rows in the tables that linking fills."""
    with open_live(run.settings.folder) as con:
        counts = [con.execute(f"SELECT count(*) FROM {table}").fetchone() for table in LINKED]
    return {table: count for table, found in zip(LINKED, counts, strict=True) for count in found}
