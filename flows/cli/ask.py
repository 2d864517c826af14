"""The commands that ask: sql, search, show, report and extract."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import AsJson, Data, DecimalComma, Excel, RulesFile
from flows.output.formats import Format, excel_decimal, format_for

if TYPE_CHECKING:  # the command line starts without DuckDB
    from warehouse.article_queries import ShownArticle

_MAX_SQL_BYTES = 10_000_000

if TYPE_CHECKING:
    from warehouse.article_queries import ShownArticle


def sql(
    query: Annotated[
        str | None,
        typer.Argument(help="SQL; without it, a prompt or the piped standard input"),
    ] = None,
    *,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="Read the SQL from a file")
    ] = None,
    example: Annotated[
        str | None,
        typer.Option("--example", help="Run an example query; [b]list[/b] shows their names"),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print views, tables and the meaning of their columns")
    ] = False,
    fmt: Annotated[
        Format | None,
        typer.Option("--format", help="Format of the rows; default table, or by the file's ending"),
    ] = None,
    as_json: AsJson = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write the rows to a file: .xlsx, .csv, .tsv, .jsonl, .json, .parquet, .md, .txt; "
            ".csv.gz, .tsv.gz and .jsonl.gz are compressed",
        ),
    ] = None,
    excel: Excel = False,
    decimal_comma: DecimalComma = False,
    rows: Annotated[
        int | None,
        typer.Option(min=0, help="Maximum number of rows, 0 for all; default 100 on a terminal"),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(min=0.001, help="Maximum seconds for a query; default [b]query_timeout_s[/b]"),
    ] = None,
    data: Data = None,
) -> None:
    """Query the published snapshot with SQL, read-only.

    For Excel, write to a file that ends in [b].xlsx[/b]: it opens correctly everywhere. CSV does
    not, because Excel reads it by the language of the computer. [b]--excel[/b] writes CSV for an
    Excel with decimal points (English), [b]--excel --decimal-comma[/b] for one with decimal
    commas (German, French, Spanish, ...). Both begin with a byte-order mark, show instants as
    UTC, and put an apostrophe before text that would be a formula. Other CSV is exact.

    Example: [b]onrecord sql "SELECT speaker, statement FROM said LIMIT 5" -o said.xlsx[/b]
    """
    from flows.cli.answers import Asking, answer, example_names, example_sql, show_schema
    from flows.errors import SettingsError
    from flows.settings import read_settings
    from warehouse.limited_reader import QueryLimits

    if example == "list":
        typer.echo("\n".join(example_names()))
        return
    if as_json and fmt not in (None, Format.JSON):
        raise SettingsError("--format", str(fmt), "json, because of --json")
    settings = read_settings(data=data, query_timeout_s=timeout)
    memory_mb = settings.query_memory_mb
    asking = Asking(
        folder=settings.folder,
        fmt=format_for(output, Format.JSON if as_json else fmt, is_for_excel=excel),
        output=output,
        excel_decimal=excel_decimal(is_for_excel=excel, has_comma=decimal_comma),
        most=rows,
        limits=QueryLimits(
            timeout_s=settings.query_timeout_s,
            memory_bytes=None if memory_mb is None else memory_mb * 1_000_000,
        ),
    )
    if schema:
        show_schema(asking)
    elif example is not None:
        answer(asking, example_sql(example))
    elif file is not None:
        answer(asking, _read(file))
    elif query is None and sys.stdin.isatty():
        from flows.cli.prompt import run_prompt

        run_prompt(asking)
    else:
        answer(asking, query or sys.stdin.read())


def _read(file: Path) -> str:
    from flows.errors import InputError
    from warehouse.files import read_regular

    try:
        return read_regular(file, most_bytes=_MAX_SQL_BYTES).decode()
    except (OSError, UnicodeDecodeError) as exc:
        problem = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8"
        raise InputError(str(file), "unreadable", f"cannot be read: {problem}") from exc


def search(
    words: Annotated[
        list[str] | None, typer.Argument(help="What to search for; put it in single quotes")
    ] = None,
    *,
    speaker: Annotated[
        str | None, typer.Option(help="Only articles that quote a speaker with this name")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of publication")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of publication")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Only sources whose name contains this")
    ] = None,
    language: Annotated[str | None, typer.Option(help="Only this language (en, de, ...)")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Maximum number of articles")] = 10,
    newest: Annotated[
        bool, typer.Option("--newest", help="Newest first; without it, best match first")
    ] = False,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Search the text of all articles, best match first.

    quantum strategy      both words; compared by their stems
    "quantum strategy"    these words in this order, exactly so
    ferry OR ship         at least one of them; AND: both
    summit -nato          without "nato"; also: summit NOT nato
    ferry (late OR lost)  parentheses group
    quant*                words that begin so
    title:budget          words in the headline
    speaker:"Jane Doe"    statements of this speaker; the passage shown is one
    entity:NATO           articles that name them, also by another name
    topic:weather         articles on this topic
    page:live             kind of page: article, live, listing, ...
    source:taz.de  language:de  since:2026-01-31  until:2026-02

    Operators are in capitals. Put the question in single quotes, so that the shell leaves it
    alone. What does not occur is not replaced, but near words and names are suggested.

    Example: [b]onrecord search quantum strategy --speaker Stoltenberg --since 2023-11-01[/b]

    Example: [b]onrecord search '"quantum strategy" -nato (source:taz.de OR language:fr)'[/b]
    """
    from flows.cli.hits import answer_as_json, show_answer
    from flows.cli.options import refuse_unknown_options
    from flows.output.tables import write_json
    from flows.settings import read_settings
    from warehouse.search import Question
    from warehouse.search import search as find

    refuse_unknown_options(words or [])
    settings = read_settings(data=data)
    question = Question(
        text=" ".join(words or []),
        speaker=speaker,
        since=since.date() if since else None,
        until=until.date() if until else None,
        source=source,
        language=language,
        limit=limit,
        is_newest_first=newest,
    )
    answer = find(settings.folder, question)
    if as_json:
        write_json(answer_as_json(answer))
    else:
        show_answer(answer)


def show(
    url: Annotated[str, typer.Argument(help="URL, file or article_id")],
    *,
    data: Data = None,
    raw: Annotated[bool, typer.Option("--raw", help="Print the archived bytes unchanged")] = False,
    marks: Annotated[
        bool, typer.Option("--marks", help="Mark headings, lists and quotes as in Markdown")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show an article with its statements, or its archived bytes.

    Its facts include keyphrases, topics with the terms that they were found by, its story and
    the number of other articles with the same text.

    Example: [b]onrecord show https://www.harbour-times.example/ferry --raw > ferry.html[/b]
    """
    from flows.output.tables import write_json
    from flows.printable import plain
    from flows.settings import read_settings
    from transforms.article_urls import article_keys
    from warehouse.article_queries import find_article
    from warehouse.connect import open_snapshot

    settings = read_settings(data=data)
    with open_snapshot(settings.folder) as con:
        shown = (find_article(con, key) for key in article_keys(url))
        found = next(filter(None, shown), None)
    if found is None:
        problem = "give the article_id or the URL of one, as `onrecord search` shows them"
        typer.echo(f"onrecord: no article found for {plain(url)}: {problem}", err=True)
        raise typer.Exit(1)
    if raw:
        from flows.archive.originals import read_original

        place = found.warc_file, found.warc_offset
        sys.stdout.buffer.write(read_original(settings.folder.archive, url, *place).body)
        return
    if as_json:
        write_json(found.as_json())
    else:
        _print_article(found, is_marked=marks)


def _print_article(found: ShownArticle, *, is_marked: bool) -> None:
    from flows.output.tables import as_table
    from flows.printable import plain

    typer.echo("\n".join(f"{name}: {plain(value)}" for name, value in found.facts()))
    typer.echo()
    typer.echo("\n".join(plain(line) for line in found.paragraphs(is_marked=is_marked)))
    if found.statements:
        typer.echo(as_table(("speaker", "role", "statement"), found.statements), nl=False)


def report(
    output: Annotated[Path, typer.Argument(help="HTML file to write")] = Path("report.html"),
    *,
    days: Annotated[
        int, typer.Option(min=1, max=3660, help="Number of days up to the newest article")
    ] = 30,
    data: Data = None,
) -> None:
    """Write a report as one HTML page.

    It shows articles, stories, copied texts, what is rising, gaps, speakers and names.

    The page needs no server and no network, so it can be mailed or printed.

    Example: [b]onrecord report monday.html --days 7[/b]
    """
    from datetime import UTC, datetime

    from flows.alerts.lines import needs_you
    from flows.cli.attention import UNKNOWN, read_attention
    from flows.settings import read_settings
    from flows.web.report import render_report
    from warehouse.errors import WarehouseUnwritableError
    from warehouse.report_data import read_report

    settings = read_settings(data=data)
    now = datetime.now(UTC)
    found = read_attention(settings)
    needed = [(line.text, line.advice) for line in found or ()]
    page = render_report(
        read_report(settings.folder, days=days, now=now),
        made_at=now,
        needed=needed,
        heading=UNKNOWN if found is None else needs_you(found),
    )
    try:
        output.write_text(page, "utf-8")
    except OSError as exc:
        raise WarehouseUnwritableError(output, exc.strerror or str(exc)) from exc
    typer.echo(str(output))


def extract(
    file: Annotated[str, typer.Argument(help="JSON Lines, also .gz; - for standard input")] = "-",
    *,
    output: Annotated[
        Path | None, typer.Option(help="Write to this file instead of standard output")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Worker processes; default one per core")
    ] = None,
    rules: RulesFile = None,
    data: Data = None,
) -> None:
    """Clean and analyse documents as JSON Lines, without a warehouse.

    Each input line is an object with [b]text[/b] or [b]html[/b] and gives one output line.
    Pages are read as a run would read them: with the [b]rules.toml[/b] of the data folder, if
    it has one. [b]--rules /dev/null[/b] uses none.

    Example: [b]onrecord extract articles.jsonl > analyses.jsonl[/b]
    """
    from flows.jobs.extract import extract as run
    from flows.rules import chosen_rules
    from flows.runs.workers import WorkerOptions
    from flows.settings import read_settings

    settings = read_settings(data=data, workers=workers)
    options = WorkerOptions(
        processes=settings.workers,
        taggers=settings.taggers,
        rules=chosen_rules(rules, settings.folder),
        kept_types=settings.kept_types,
    )
    now = datetime.now(UTC)
    if output is None:
        run(file, sys.stdout.buffer, options=options, now=now)
    else:
        with output.open("wb") as stream:
            run(file, stream, options=options, now=now)
