"""The command that serves an assistant."""

from __future__ import annotations

from flows.cli.options import Data


def mcp(*, data: Data = None) -> None:
    r"""Answer an assistant by the Model Context Protocol, on standard input and output.

    Assistants start it themselves: name the command in their settings. Its tools search, follow statements,
    count and run read-only SQL on the newest snapshot. [b]onrecord web[/b] serves the same under /mcp.
    It needs [b]pip install 'onrecord\[mcp]'[/b].

    Example: [b]onrecord mcp --data news[/b]
    """
    from flows.assistant.installed import check_installed
    from flows.settings import read_settings

    check_installed()
    from flows.assistant.library import Library
    from flows.assistant.server import serve_stdio

    serve_stdio(Library.of(read_settings(data=data)))
