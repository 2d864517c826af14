"""The hits of a search, for the terminal and as JSON."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from flows.printable import plain
from warehouse.search import Answer
from warehouse.search_hits import Hit
from warehouse.search_nearest import Suggestion


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """Return the hits as plain values under the names of the columns."""
    return {
        "has_all_words": answer.has_all_words,
        "did_you_mean": [
            {"written": one.written, "nearest": list(one.nearest)} for one in answer.suggestions
        ],
        "hits": [_hit(hit) for hit in answer.hits],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    row = {name: getattr(hit, name) for name in Hit.__slots__ if name != "snippet"}
    return row | {"snippet": hit.snippet.text, "marks": [list(mark) for mark in hit.snippet.marks]}


def show_answer(answer: Answer) -> None:
    """Print the hits on standard output, with the words that were found in bold."""
    console = Console(highlight=False)
    if not answer.hits:
        console.print("nothing found")
    elif not answer.has_all_words:
        console.print("no article has all of these words; these articles have some of them")
    for suggestion in answer.suggestions:
        console.print(Text(_did_you_mean(suggestion)), soft_wrap=True)
    for hit in answer.hits:
        console.print(headline(hit))
        console.print(passage(hit))
        if hit.url:
            console.print(Text(f"  {plain(hit.url)}", style="dim"), soft_wrap=True)


def _did_you_mean(suggestion: Suggestion) -> str:
    *others, last = map(plain, suggestion.nearest)
    nearest = f"{', '.join(others)} or {last}" if others else last
    return f"{plain(suggestion.written)} does not occur; did you mean {nearest}?"


def headline(hit: Hit) -> Text:
    """Return a line with day, source and title of a hit."""
    day = f"{hit.published_at:%Y-%m-%d}" if hit.published_at else "undated"
    line = Text(f"{day}  {plain(hit.source_id)}  ", style="cyan")
    return line.append(plain(hit.title or "(without a title)"), style="bold")


def passage(hit: Hit) -> Text:
    """Return the snippet with its marks, after the name of its speaker."""
    text = Text("  ")
    if hit.speaker:
        text.append(f"{plain(hit.speaker)}: ", style="italic")
    begin = len(text)
    text.append(plain(hit.snippet.text))
    for start, end in hit.snippet.marks:
        text.stylize("bold yellow", begin + start, begin + end)
    return text
