"""The lines that trafilatura takes: its main step alone gives what all its steps give."""

import pytest
import trafilatura

from flows.seeds import seeds_dir
from tests.helpers.pages import PARAGRAPHS, make_page
from transforms.cleaning.blocks import key_of
from transforms.cleaning.extractor import _main_text, extract_lines
from transforms.cleaning.page import parse_page
from transforms.cleaning.regions import cut_markup

SAMPLES = sorted((seeds_dir() / "articles").glob("*.html"))
REPORT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
NAMED = {
    "comments": f'<div id="comments">{REPORT}</div>',
    "comment-list": '<ol class="commentlist"><li>Close the whole port at last.</li></ol>',
    "comment-section": f'<section class="Comments">{REPORT.lower()}</section>',
    "article-comments": f'<div class="col article-comments">{REPORT.lower()}</div>',
    "comol": f'<div id="comol-1">{REPORT.lower()}</div>',
    "disqus": f'<div id="disqus_thread">{REPORT.lower()}</div>',
    "disqus-comments": f'<details id="dsq-comments">{REPORT.lower()}</details>',
    "next-articles": f'<aside class="mvp-post-add-wrap">{REPORT.lower()}</aside>',
    "scrolled": f'<div class="infinite-scroll">{REPORT.lower()}</div>',
    "scroll": f'<div id="infinitescroll">{REPORT.lower()}</div>',
    "share-buttons": f'<div class="elementor-share-buttons--x">{REPORT.lower()}</div>',
}


def tree_of(html):
    tree = parse_page(html).tree
    cut_markup(tree)
    return tree


def lines_of_all_steps(tree):
    found = trafilatura.bare_extraction(
        tree,
        url="https://harbour-times.example/quay",
        fast=True,
        include_comments=False,
        deduplicate=False,
    )
    lines = found.text.split("\n") if found else []
    return [line.removeprefix("- ").strip() for line in lines if key_of(line)]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_page_has_the_lines_of_all_steps(path):
    tree = tree_of(path.read_bytes())
    assert extract_lines(tree) == lines_of_all_steps(tree) != []


@pytest.mark.parametrize("part", NAMED.values(), ids=NAMED)
def test_what_is_cut_first_is_cut_alone_too(part):
    tree = tree_of(make_page(after=part))
    assert _main_text(tree) is not None
    assert extract_lines(tree) == lines_of_all_steps(tree)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(make_page(PARAGRAPHS[:1]), id="short"),
        pytest.param(make_page(body="<p>Closed.</p>"), id="one-word"),
        pytest.param(make_page(body="<div></div>"), id="empty"),
        pytest.param(
            make_page(after=f"<table><tr><td>{' '.join(PARAGRAPHS * 9)}</td></tr></table>"),
            id="small-part-of-the-page",
        ),
    ],
)
def test_other_steps_are_taken_where_trafilatura_takes_them(html):
    tree = tree_of(html)
    assert _main_text(tree) is None
    assert extract_lines(tree) == lines_of_all_steps(tree)


def test_page_is_not_changed():
    tree = tree_of(make_page(after=NAMED["comments"]))
    before = list(tree.itertext())
    extract_lines(tree)
    extract_lines(tree, is_fast=False)
    assert list(tree.itertext()) == before
