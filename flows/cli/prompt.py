"""The prompt of `onrecord sql`, with history and completion.

Ctrl-C ends the query, not the prompt. Each query opens the newest snapshot, so newly
published rows show up immediately.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import PygmentsLexer
from pygments.lexers.sql import SqlLexer

from flows.cli.answers import Asking, answer, example_names, example_sql, show_schema
from flows.printable import plain_lines
from transforms.errors import OnrecordError
from warehouse.connect import open_snapshot
from warehouse.limited_reader import LimitedReader
from warehouse.relations import read_dictionary

HELP = """End a query with ; and Enter. Tab completes names; the arrow keys browse the history.
  .schema        views and tables, with the meaning of their columns
  .examples      names of the example queries
  .example NAME  run an example query
  .quit          or Ctrl-D
"""
_KEYWORDS = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP",
    "BY",
    "ORDER",
    "LIMIT",
    "JOIN",
    "USING",
    "ON",
    "AND",
    "OR",
    "NOT",
    "NULL",
    "IS",
    "IN",
    "LIKE",
    "ILIKE",
    "BETWEEN",
    "HAVING",
    "DISTINCT",
    "COUNT",
    "SUM",
    "MIN",
    "MAX",
    "AVG",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "WITH",
    "AS",
    "DESC",
    "ASC",
    "DATE",
    "INTERVAL",
    "DESCRIBE",
    "SUMMARIZE",
    "QUALIFY",
    "UNION",
    "ALL",
]


def run_prompt(asking: Asking) -> None:
    """Read and run queries until the input ends."""
    with open_snapshot(asking.folder) as con:
        relations = read_dictionary(con)
    names = {relation.name for relation in relations}
    names |= {column.name for relation in relations for column in relation.columns}
    session: PromptSession[str] = PromptSession(
        history=FileHistory(str(asking.folder.root / "sql_history")),
        completer=completer(names),
        complete_while_typing=False,
        lexer=PygmentsLexer(SqlLexer),
        multiline=True,
        key_bindings=_keys(),
        prompt_continuation="     ...> ",
    )
    sys.stdout.write(f"{asking.folder.newest.resolve().name}, read-only; .help for help\n")
    with LimitedReader(asking.folder, asking.limits) as reader:
        while True:
            try:
                text = session.prompt("onrecord> ").strip()
            except KeyboardInterrupt:
                continue
            except EOFError:
                return
            try:
                if not take(asking, text, reader):
                    return
            except KeyboardInterrupt:  # before the query began or while its rows are printed
                sys.stderr.write("interrupted\n")


def completer(names: Iterable[str]) -> WordCompleter:
    """Return a completer for the names in the schema and SQL keywords."""
    commands = [".schema", ".examples", ".example", ".help", ".quit"]
    words = [*sorted(names), *_KEYWORDS, *commands, *example_names()]
    return WordCompleter(words, ignore_case=True)


def take(asking: Asking, text: str, reader: LimitedReader | None = None) -> bool:
    """Run one input; return whether the prompt continues."""
    try:
        command, _, argument = text.rstrip(";").strip().partition(" ")
        match command:
            case "" | ".help":
                sys.stdout.write(HELP if command else "")
            case ".quit" | ".exit":
                return False
            case ".schema":
                show_schema(asking)
            case ".examples":
                sys.stdout.write("\n".join(example_names()) + "\n")
            case ".example":
                sql = example_sql(argument.strip())
                sys.stdout.write(sql)
                _answer(asking, sql, reader)
            case _:
                _answer(asking, text, reader)
    except OnrecordError as exc:
        sys.stderr.write(f"{plain_lines(str(exc))}\n")
    return True


def _answer(asking: Asking, sql: str, reader: LimitedReader | None) -> None:
    started = time.monotonic()
    answer(asking, sql, reader)
    sys.stdout.write(f"{time.monotonic() - started:.2f} s\n")


def is_complete(text: str) -> bool:
    """Whether Enter runs `text`: it ends with a semicolon, is a command, or is empty."""
    stripped = text.strip()
    return not stripped or stripped.startswith(".") or stripped.endswith(";")


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_complete(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    return keys
