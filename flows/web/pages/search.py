"""The search: articles or statements that match a question, with facets and downloads."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from flows.web.day_bars import HEIGHT, WIDTH, day_bars
from flows.web.page import Page, PageNotFoundError
from flows.web.search_downloads import KINDS, MOST_ROWS, download
from flows.web.search_form import FACETS, SearchForm
from flows.web.search_sql import search_sql
from warehouse.errors import SearchSyntaxError
from warehouse.search_explore import Explored, Shown, explore
from warehouse.search_matches import MOST_TEXTS
from warehouse.search_reader import SearchReader

_PER_PAGE: Final = 10  # a passage is read for each one
_MOST_PAGES: Final = 500  # nobody reads so far; downloads have more


def show_search(page: Page) -> Response:
    """Return the form; with a question, its matches and what they have in common."""
    form = SearchForm.of(page.request.query_params)
    if form.is_empty:
        return _show(page, form, {})
    names = chosen_names(page, form)
    if problem := form.problem():
        return _show(page, form, names, problem=problem)
    shown = Shown(
        first=_PER_PAGE * (min(form.page, _MOST_PAGES) - 1),
        most=_PER_PAGE,
        is_newest_first=form.sort == "newest",
        as_statements=form.shown == "statements",
    )
    with searches(page).searching() as (con, months):
        page.at_cancel.append(con.interrupt)
        found = explore(con, months, form.tree(), shown)
    page.asked["search"] = search_sql(
        found.tree,
        found.forms,
        as_statements=shown.as_statements,
        is_newest_first=shown.is_newest_first,
    )
    return _show(page, form, names, found=found)


def download_search(page: Page) -> Response:
    """Return all matches of a question as a file, or its newest ones as RSS."""
    kind = page.request.path_params["kind"]
    if kind not in KINDS:
        raise PageNotFoundError(f"There is no download as {kind}: use {', '.join(KINDS)}.")
    form = SearchForm.of(page.request.query_params)
    if form.is_empty:
        raise SearchSyntaxError("there is nothing to search for: give at least one word or filter")
    return download(searches(page), form, kind, base=str(page.request.base_url).rstrip("/"))


def searches(page: Page) -> SearchReader:
    """Return the reader of the site's searches."""
    reader: SearchReader = page.request.app.state.searches
    return reader


def chosen_names(page: Page, form: SearchForm) -> dict[str, str]:
    """Return the names for people of the chosen facets, by their names in the address."""
    row = {}
    if form.source or form.entity or form.topic:
        row = (
            page.row(
                "chosen_names",
                source=form.source or None,
                entity=form.entity or None,
                topic=form.topic or None,
            )
            or {}
        )
    return {key: row.get(key) or value for key, value in form.chosen.items()}


def _show(
    page: Page,
    form: SearchForm,
    names: dict[str, str],
    *,
    found: Explored | None = None,
    problem: SearchSyntaxError | None = None,
) -> Response:
    count = 0
    if found:
        count = found.found_statements if form.shown else found.matches.count
    return page.show(
        "search.html.j2",
        status=400 if problem else 200,
        form=form,
        facets=FACETS,
        names=names,
        found=found,
        problem=problem,
        count=count,
        has_more=count > _PER_PAGE * form.page and form.page < _MOST_PAGES,
        bars=day_bars(found.facets.days) if found else [],
        size=(WIDTH, HEIGHT),
        words=form.as_words(names),
        most_rows=MOST_ROWS,
        most_texts=MOST_TEXTS,
        downloads=KINDS,
    )


ROUTES: Final = (
    ("GET", "/search", show_search),
    ("GET", "/search.{kind}", download_search),
)
