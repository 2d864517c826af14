"""The command diff: what an edit changed in an article, word by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer

from flows.cli.options import AsJson, Data

if TYPE_CHECKING:  # the command line starts without DuckDB
    from rich.console import Console
    from rich.text import Text

    from transforms.comparison.word_diff import Piece
    from warehouse.revision_queries import Revision

_WIDTH: Final = 80  # longer lines are hard to read, and break in a mail
_STYLES: Final = {"equal": "", "added": "green", "cut": "red strike"}
_MARKS: Final = {"equal": ("", ""), "added": ("{+", "+}"), "cut": ("[-", "-]")}


@dataclass(frozen=True, slots=True)
class Difference:
    """Two revisions of one article, and what the later one changed.

    Attributes:
        headline: The difference of the headlines.
        text: The difference of the texts, empty if only headlines are compared.
    """

    before: Revision
    after: Revision
    headline: Sequence[Piece]
    text: Sequence[Piece]

    def words(self, kind: str) -> int:
        """Return the number of words in the pieces of one kind."""
        return sum(one.words for one in (*self.headline, *self.text) if one.kind == kind)

    def has_change(self, min_words: int) -> bool:
        """Return whether something was changed, and as many words were added and cut."""
        is_changed = any(one.kind != "equal" for one in (*self.headline, *self.text))
        return is_changed and self.words("added") + self.words("cut") >= min_words


def diff(
    url: Annotated[str, typer.Argument(help="URL, file or article_id")],
    *,
    earlier: Annotated[
        int | None, typer.Option("--from", min=1, help="Earlier revision; default the one before")
    ] = None,
    later: Annotated[
        int | None, typer.Option("--to", min=1, help="Later revision; default the newest")
    ] = None,
    headline: Annotated[
        bool, typer.Option("--headline", help="Compare the headlines only")
    ] = False,
    min_words: Annotated[
        int, typer.Option(min=0, help="Only an edit that added and cut as many words together")
    ] = 0,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Show what an edit changed in an article, word by word.

    On a terminal, added words are green, and cut ones are red and struck. Elsewhere they are
    marked: {+added+} and [-cut-]. Long stretches without a change are cut short with "…".

    Without [b]--from[/b] and [b]--to[/b], the newest edit is shown that is large enough. The
    views [b]edits[/b] and [b]headline_changes[/b] list the edits of all articles.

    Example: [b]onrecord diff https://www.harbour-times.example/ferry --min-words 10[/b]
    """
    from flows.output.tables import write_json
    from flows.printable import number, plain
    from flows.settings import read_settings
    from transforms.article_urls import article_keys
    from warehouse.connect import open_snapshot
    from warehouse.revision_queries import find_revisions

    with open_snapshot(read_settings(data=data).folder) as con:
        revisions = find_revisions(con, article_keys(url))
    if not revisions:
        problem = "give the article_id or the URL of one, as `onrecord search` shows them"
        _stop(f"no article found for {plain(url)}: {problem}")
    if len(revisions) == 1:
        at = f"{revisions[0].fetched_at:%Y-%m-%d %H:%M}"
        _stop(f"{plain(url)} has one revision, fetched on {at} UTC: nothing to compare it with")
    pairs = chosen_pairs(revisions, earlier, later)
    compared = (compare(*pair, is_headline=headline) for pair in pairs)
    found = next((one for one in compared if one.has_change(min_words)), None)
    if found is None:
        what = "headline" if headline else "article"
        least = f" by {number(min_words, 'word')} or more" if min_words > 1 else ""
        _stop(f"no edit changed the {what}{least}: {plain(url)}")
    if as_json:
        write_json(difference_as_json(found))
    else:
        show_difference(found, _console())


def _stop(problem: str) -> NoReturn:
    typer.echo(f"onrecord: {problem}", err=True)
    raise typer.Exit(1)


def chosen_pairs(
    revisions: Sequence[Revision], earlier: int | None, later: int | None
) -> list[tuple[Revision, Revision]]:
    """Return the pairs of revisions that may be shown, the first choice first.

    Args:
        revisions: All revisions of an article, at least two, oldest first.
        earlier: The earlier revision that was asked for, if any.
        later: The later revision that was asked for, if any.

    Raises:
        SettingsError: There is no such revision, or none before it.
    """
    from flows.errors import SettingsError

    known = {one.revision: one for one in revisions}
    for name, asked in (("--from", earlier), ("--to", later)):
        if asked is not None and asked not in known:
            raise SettingsError(name, asked, f"a revision of the article: {_listed(known)}")
    if earlier is None and later is None:
        pairs = [*pairwise(revisions)][::-1]
        return [pair for pair in pairs if pair[1].cause == "edited"] or pairs
    last = known[later] if later else revisions[-1]
    if earlier is None and last is revisions[0]:
        raise SettingsError("--to", later, "a revision after the first")
    first = known[earlier] if earlier else revisions[revisions.index(last) - 1]
    if first is last:
        raise SettingsError("--from", earlier, f"another revision than {last.revision}")
    return [(first, last)]


def _listed(known: dict[int, Revision]) -> str:
    return ", ".join(map(str, known)) if len(known) <= 9 else f"{min(known)} to {max(known)}"


def compare(before: Revision, after: Revision, *, is_headline: bool) -> Difference:
    """Return the difference of two revisions, or that of their headlines alone."""
    from transforms.comparison.word_diff import diff_words

    return Difference(
        before,
        after,
        diff_words(before.title or "", after.title or ""),
        () if is_headline else diff_words(before.text, after.text),
    )


def difference_as_json(found: Difference) -> dict[str, Any]:
    """Return a difference as plain values.

    Offsets are half-open ranges of code points, `before` in the earlier and `after` in the later
    headline or text.
    """
    before, after = found.before, found.after
    return {
        "article_id": after.article_id,
        "source_id": after.source_id,
        "url": after.url,
        "from": _revision(before),
        "to": _revision(after),
        "words_added": found.words("added"),
        "words_cut": found.words("cut"),
        "headline": _pieces(before.title or "", after.title or "", found.headline),
        "text": _pieces(before.text, after.text, found.text),
    }


def _revision(revision: Revision) -> dict[str, Any]:
    return {
        "revision": revision.revision,
        "cause": revision.cause,
        "fetched_at": revision.fetched_at,
        "title": revision.title,
    }


def _pieces(before: str, after: str, pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    return [
        {
            "kind": one.kind,
            "text": before[slice(*one.before)] if one.kind == "cut" else after[slice(*one.after)],
            "before": one.before,
            "after": one.after,
        }
        for one in pieces
    ]


def _console() -> Console:
    from rich.console import Console

    from flows.output.tables import terminal_width

    return Console(highlight=False, width=min(terminal_width() or _WIDTH, _WIDTH))


def show_difference(found: Difference, console: Console) -> None:
    """Print a difference, in colours if the console has them, otherwise with marks."""
    from rich.text import Text

    from flows.printable import number, plain

    before, after = found.before, found.after
    console.print(Text(f"{plain(after.source_id)}  {plain(after.url or after.article_id)}"))
    console.print(
        f"revision {before.revision} of {before.fetched_at:%Y-%m-%d %H:%M},"
        f" {after.revision} of {after.fetched_at:%Y-%m-%d %H:%M} UTC\n"
        f"{number(found.words('added'), 'word')} added, {found.words('cut'):,} cut",
        style="dim",
    )
    has_colours = console.is_terminal and not console.no_color
    titles = before.title or "", after.title or ""
    console.print()
    if any(one.kind != "equal" for one in found.headline):
        console.print(_text_of(*titles, found.headline, has_colours=has_colours), style="bold")
    else:
        console.print(Text(plain(titles[1] or "(without a title)"), style="bold"))
    if any(one.kind != "equal" for one in found.text):
        console.print()
        console.print(_text_of(before.text, after.text, found.text, has_colours=has_colours))


def _text_of(before: str, after: str, pieces: Sequence[Piece], *, has_colours: bool) -> Text:
    from rich.text import Text

    return Text.assemble(*_styled(before, after, pieces, has_colours=has_colours))


def _styled(
    before: str, after: str, pieces: Sequence[Piece], *, has_colours: bool
) -> Iterator[tuple[str, str]]:
    """Yield the stretches of a difference with their styles."""
    from flows.printable import plain_lines
    from transforms.comparison.readable import CONTEXT, shown_runs

    for run in shown_runs(before, after, pieces, context=CONTEXT):
        start, end = ("", "") if has_colours else _MARKS[run.kind]
        yield run.gap, ""
        yield f"{start}{plain_lines(run.text)}{end}", _STYLES[run.kind] if has_colours else ""
