"""The rows of `changes`: what each edited revision changed in the revision before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from transforms.comparison.changes import VERSION, Edit, Statement, Version, find_changes
from warehouse.changes import EditedRevision, RevisionText
from warehouse.rows import Row


def change_rows(revisions: Iterable[EditedRevision]) -> list[Row]:
    """Return a row for each revision whose words differ from those of the revision before."""
    rows = []
    for edited in revisions:
        edit = find_changes(_version(edited.before), _version(edited.after))
        if edit.is_headline_changed or edit.is_text_changed:
            key = {"article_id": edited.article_id, "revision": edited.revision}
            rows.append(key | _row(edit) | {"transform_version": VERSION})
    return rows


def _version(revision: RevisionText) -> Version:
    return Version(
        title=revision.title,
        text=revision.text,
        statements=tuple(Statement(*said) for said in revision.statements),
        names=revision.names,
    )


def _row(edit: Edit) -> Row:
    row = asdict(edit)
    return row | {
        "share": round(edit.share, 4),
        "headline_diff": row.pop("headline") or None,
        "diff": edit.diff or None,
        "statements_altered": _pairs(edit.statements_altered),
        "numbers_changed": _pairs(edit.numbers_changed),
    }


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"before": before, "after": after} for before, after in pairs]
