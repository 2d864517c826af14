"""Warehouses in which articles are appended and linked as a run does it."""

from flows.runs.linking import link_new
from tests.helpers.builders import make_run
from tests.helpers.stories import append_stories
from warehouse.connect import open_live
from warehouse.folder import DataFolder


def load_linked(root, *batches):
    """Append batches of analyses, link each of them, and return the data folder."""
    run = make_run(root)
    for batch in batches:
        with open_live(DataFolder(root)) as con:
            append_stories(con, root / "spool", *batch)
        link_new(run)
    return DataFolder(root)


def rows_of(folder, sql, **parameters):
    """Return the rows of a query on the live file."""
    with open_live(folder) as con:
        return con.execute(sql, parameters).fetchall()


def grouped(folder):
    """Return the story of each article, by the end of its URL."""
    rows = rows_of(folder, "SELECT url, story_id FROM story_articles")
    return {url.rpartition("/")[2]: story for url, story in rows}
