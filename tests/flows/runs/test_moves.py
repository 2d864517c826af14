"""Articles under another address: moved pages, and mobile pages without a canonical link."""

import pytest

from flows.archive.captures import Stored
from flows.runs.items import Item
from flows.runs.moves import Moves, Redirected, settled
from tests.helpers.builders import make_analysis, make_article, make_document, make_run
from tests.helpers.stories import append_stories, make_story
from transforms.article_urls import article_url
from transforms.identity import article_id
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.moves import known_moves
from warehouse.spool import Batch, spool

OLD, NEW = "https://harbour.example/2024/ferry-aground", "https://harbour.example/ferries/aground-7"
TEXT = (
    "The ferry to Oster Bay ran aground on Monday, the harbour office said.\n"
    "Two tugs were sent from Port Linnet to pull it off the sandbank before the next tide."
)
PLACE = Stored(warc_file="a.warc", warc_offset=0, record_id="urn:uuid:7", is_revisit=False)
OTHER = "Cod and herring were cheaper in Tarrow than at any time in six winters, traders said."


@pytest.fixture
def run(tmp_path):
    """A run over a warehouse that has the article at its old address."""
    run = make_run(tmp_path)
    with open_live(run.settings.folder) as con:
        append_stories(con, run.settings.folder.spool, make_story(TEXT, url=OLD, day="2024-06-03"))
    return run


def arrives(run, text=TEXT, *, asked=OLD, final=NEW, moves=None):
    """Return the key that an article gets, and the rows of its move."""
    if moves is None:
        with open_live(run.settings.folder) as con:
            moves = Moves(known_moves(con))
    url = article_url(final or asked)
    article = make_article(text, url=asked, canonical_url=url, article_id=article_id(url, ""))
    analysis = moves.with_known_key(make_analysis(article))
    document = make_document(text, url=asked, final_url=final)
    item = Item(asked, document)
    if earlier := moves.earlier_key(item, document, analysis):
        moves.waiting.append(Redirected(document, item, PLACE, analysis, earlier))
    waited, rows = settled(run, moves)
    found = waited[0].analysis if waited else analysis
    return found.article.article_id, rows


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT, id="same-text"),
        pytest.param(f"{TEXT}\nDivers will look at its hull on Tuesday.", id="edited"),
    ],
)
def test_article_at_its_new_address_keeps_its_key(run, text):
    key, (row,) = arrives(run, text)
    assert key == row["known_article_id"] == article_id(OLD, "")
    assert (row["canonical_url"], row["requested_url"]) == (NEW, OLD)


def test_move_is_remembered(run):
    _, rows = arrives(run)
    batch = Batch(run_id="run-1")
    batch.add({"moves": rows})
    with open_live(run.settings.folder) as con:
        for _ in range(2):
            append_batch(con, spool(batch, run.settings.folder.spool))
        assert con.execute("SELECT count(*) FROM moves").fetchone() == (1,)
    key, again = arrives(run, OTHER, asked=NEW, final=None)
    assert (key, again) == (article_id(OLD, ""), [])


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        pytest.param(OTHER, OLD, id="another-article"),
        pytest.param(TEXT, "https://short.example/x7", id="address-without-an-article"),
    ],
)
def test_redirect_alone_is_no_move(run, text, asked):
    assert arrives(run, text, asked=asked) == (article_id(NEW, ""), [])


def test_address_that_has_an_article_keeps_it(run):
    with open_live(run.settings.folder) as con:
        append_stories(con, run.settings.folder.spool, make_story(TEXT, url=NEW, day="2024-06-03"))
    assert arrives(run) == (article_id(NEW, ""), [])


def test_article_of_the_same_batch_is_known(run):
    moves = Moves({}, texts={article_id("https://harbour.example/a", ""): OTHER})
    key, _ = arrives(run, OTHER, asked="https://harbour.example/a", moves=moves)
    assert key == article_id("https://harbour.example/a", "")


@pytest.mark.parametrize(
    "asked",
    [
        "https://m.harbour.example/2024/ferry-aground",
        "https://amp.harbour.example/2024/ferry-aground",
    ],
)
def test_mobile_page_of_a_site_without_www_is_the_article(run, asked):
    key, (row,) = arrives(run, asked=asked, final=None)
    assert key == article_id(OLD, "")
    assert row["canonical_url"] == "https://www.harbour.example/2024/ferry-aground"
