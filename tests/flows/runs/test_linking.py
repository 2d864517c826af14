"""New articles are linked with earlier ones across runs: copies, clusters and syndication."""

import json

import pytest

from flows.jobs.load import load_files
from flows.runs import batches, linking
from flows.runs.report import markdown_report, report_lines
from flows.settings import Settings
from tests.helpers.warehouses import query
from tests.quality.copy_gold import FILLERS, copies

pytestmark = pytest.mark.usefixtures("unpublished")

BRIDGE, LIBRARY = (
    next(text for text in copies([name]) if text.kind == "first") for name in ("bridge", "library")
)


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path / "data", workers=1)


def load(settings, **texts):
    """Load texts, each as the article of an outlet, one after the other in one run."""
    path = settings.folder.root.parent / f"{'-'.join(texts)}.jsonl"
    lines = [
        {
            "url": f"https://{outlet}.example/story/{number}", "text": text,
            "title": f"Report of the {outlet}", "published": f"2024-05-06T{8 + number:02}:00:00Z",
        }
        for number, (outlet, text) in enumerate(texts.items())
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, lines)))
    return load_files([path], settings)


def clusters(settings):
    """Return the outlets of each cluster."""
    rows = query(settings, "SELECT cluster_id, list(source_id ORDER BY source_id) FROM clusters"
                           " GROUP BY cluster_id")  # fmt: skip
    return sorted([source.removesuffix(".example") for source in sources] for _, sources in rows)


def test_copy_of_a_later_run_joins_the_first_article(settings):
    load(settings, herald=BRIDGE.text, post=LIBRARY.text)
    assert clusters(settings) == []
    load(settings, times=f"{BRIDGE.text}\n{FILLERS[0]}")
    assert clusters(settings) == [["herald", "times"]]
    [(copied, added, cut, passages)] = query(
        settings,
        "SELECT articles.source_id, words_added, words_cut, added FROM clusters"
        " JOIN latest_articles AS articles ON articles.article_id = copied_article_id",
    )
    assert (copied, added, cut, passages) == ("herald.example", 16, 0, [FILLERS[0]])


def test_syndication_tells_who_was_first_and_how_much_was_kept(settings):
    short = "\n".join(BRIDGE.text.split("\n")[:-1])
    load(settings, herald=BRIDGE.text, times=short)
    [row] = query(
        settings,
        "SELECT earliest_source_id, source_id, hours_later, round(kept, 2), likely_origin"
        " FROM syndication",
    )
    assert row == ("herald.example", "times.example", 1.0, 0.9, "herald.example")


def test_likely_origin_is_the_credited_agency(settings):
    credited = f"MARNFIELD, May 6 (Reuters) - {BRIDGE.text}"
    load(settings, herald=credited, times=BRIDGE.text)
    assert query(settings, "SELECT DISTINCT likely_origin FROM clusters") == [("Reuters",)]


def test_originals_count_each_text_once(settings):
    load(settings, herald=BRIDGE.text, times=BRIDGE.text, post=LIBRARY.text)
    rows = query(settings, "SELECT source_id, articles FROM originals ORDER BY source_id")
    assert rows == [("herald.example", 2), ("post.example", 1)]


def test_clusters_of_different_runs_become_one(settings):
    first = "\n".join(BRIDGE.text.split("\n")[:3])
    second = "\n".join(LIBRARY.text.split("\n")[1:])
    load(settings, herald=first, herald2=first)
    load(settings, post=second, post2=second)
    assert clusters(settings) == [["herald", "herald2"], ["post", "post2"]]
    load(settings, times=f"{first}\n{second}")
    assert clusters(settings) == [["herald", "herald2", "post", "post2", "times"]]
    [(cluster,)] = query(settings, "SELECT DISTINCT cluster_id FROM clusters")
    assert query(settings, f"SELECT source_id FROM articles WHERE article_id = '{cluster}'") == [
        ("herald.example",)
    ]


def test_next_run_links_what_an_interrupted_one_left(settings, monkeypatch):
    def stop(_run):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(batches, "link_new", stop)
        with pytest.raises(KeyboardInterrupt):
            load(settings, herald=BRIDGE.text, times=BRIDGE.text)
    assert query(settings, "SELECT count(*) FROM linked_batches") == [(0,)]
    load(settings, post=LIBRARY.text)
    assert clusters(settings) == [["herald", "times"]]


def test_many_batches_are_linked_in_steps(settings, monkeypatch):
    monkeypatch.setattr(linking, "_AT_ONCE", 2)
    settings = settings.model_copy(update={"batch_documents": 2})
    load(settings, a=BRIDGE.text, b=LIBRARY.text, c=BRIDGE.text, d=LIBRARY.text, e=BRIDGE.text)
    assert clusters(settings) == [["a", "c", "e"], ["b", "d"]]
    assert query(settings, "SELECT count(*) FROM linked_batches WHERE step = 'copies'") == [(3,)]


def test_step_that_finds_nothing_shares_the_batch_of_the_next_one(settings):
    load(settings, herald=BRIDGE.text)
    found = query(
        settings, "SELECT list(step ORDER BY step) FROM linked_batches GROUP BY batch_id ORDER BY 1"
    )
    assert found == [(["copies"],), (["edits", "stories"],), (["wordings"],)]


def test_known_articles_are_not_linked_again(settings):
    load(settings, herald=BRIDGE.text, times=BRIDGE.text)
    before = query(settings, "SELECT (SELECT count(*) FROM copies), (SELECT count(*) FROM batches)")
    load(settings, herald=BRIDGE.text, times=BRIDGE.text)
    after = query(
        settings,
        "SELECT (SELECT count(*) FROM copies), count(*) FROM linked_batches WHERE step = 'copies'",
    )
    assert (before[0][0], after) == (1, [(1, 1)])


def test_edited_article_stays_in_its_cluster(settings):
    load(settings, herald=BRIDGE.text, times=BRIDGE.text)
    load(settings, herald=f"{BRIDGE.text}\n{FILLERS[2]}")
    assert clusters(settings) == [["herald", "times"]]
    assert query(settings, "SELECT DISTINCT articles FROM clusters") == [(2,)]


def test_report_of_a_run_counts_its_copies_and_edits(settings):
    first = load(settings, herald=BRIDGE.text, times=BRIDGE.text, post=BRIDGE.text)
    assert (first.rows.copies, first.rows.changes) == (2, 0)
    assert "linked: 2 copies" in report_lines(first)
    second = load(settings, herald=f"{BRIDGE.text}\n{FILLERS[2]}")
    assert second.as_json()["rows"]["changes"] == 1
    assert "| edits | 1 |" in markdown_report(second).splitlines()
    third = load(settings, wire=LIBRARY.text)
    assert not [line for line in report_lines(third) if line.startswith("linked")]
