"""The page of one statement: who said it first, who repeated it and who changed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from flows.web.outlet_times import Form, Mark, draw_outlet_times
from flows.web.page import Page, PageNotFoundError, Row
from flows.web.statement_history import (
    History,
    chosen_speaker,
    full_name,
    statement_history,
)
from flows.web.statement_places import find_statement, with_articles
from flows.web.templating import query_string
from flows.web.word_changes import word_changes

_WORDINGS: Final = 30  # that are shown
_FORMS: Final = {
    "first": Form("diamond", "first"),
    "same": Form("circle", "same words"),
    "changed": Form("triangle", "other words"),
}


def show_statement(page: Page) -> Response:
    """Return a statement through all outlets; another wording of it leads to the statement."""
    key = page.request.path_params["statement_id"]
    found = find_statement(page, key)
    if not found.places:
        return _elsewhere(page, key, found.elsewhere)
    mine, others = chosen_speaker(found.places, page.value("speaker"))
    rows = with_articles(page, mine)
    history = statement_history(rows)
    return page.show(
        "statement.html.j2",
        key=key,
        speaker=full_name(history),
        history=history,
        wordings=history.wordings[:_WORDINGS],
        others=others,
        is_cut=found.is_cut,
        drawings=_draw(history),
        edits=_edits(page, rows, found.wordings),
    )


def _edits(page: Page, rows: Sequence[Mapping[str, Any]], prints: list[str]) -> list[Row]:
    """Return the edits of a statement; articles of one revision have none."""
    if all(row["newest_revision"] == 1 for row in rows):
        return []
    speakers = sorted({row["speaker"] for row in rows if row["speaker"]})
    return [
        row | {"pairs": [word_changes(one["before"], one["after"]) for one in row["altered"]]}
        for row in page.rows("edits_of_statement", wordings=prints, speakers=speakers)
    ]


def _elsewhere(page: Page, key: str, statements: dict[str, str]) -> Response:
    """Return the way to the statement that a wording belongs to."""
    if not statements:
        raise PageNotFoundError(
            f"There is no statement {key}. It may have been removed from its article, or a newer"
            " version of the rules reads it differently."
        )
    speaker = page.value("speaker")
    known = statements.get(speaker) or min(statements.values())
    return RedirectResponse(
        f"/statements/{quote(known, safe='')}{query_string(speaker=speaker)}", 302
    )


def _draw(history: History) -> dict[str, object]:
    marks = [
        Mark(
            outlet=one.row["source_id"],
            at=one.row["appeared_at"],
            form=one.form,
            text=one.row["statement"],
        )
        for one in history.appearances
    ]
    if len(marks) < 2:
        return {}
    return dict(draw_outlet_times(marks, _FORMS, label="The statement by outlet and time"))


ROUTES: Final = (("GET", "/statements/{statement_id}", show_statement),)
