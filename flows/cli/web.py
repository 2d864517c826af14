"""The command that serves the pages."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from flows.cli.options import Data


def web(
    *,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; default ONRECORD_WEB_HOST")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; default ONRECORD_WEB_PORT")
    ] = None,
    behind_proxy: Annotated[
        bool,
        typer.Option(
            "--behind-proxy",
            help="A proxy in front decides who may see the pages; default ONRECORD_WEB_BEHIND_PROXY",
        ),
    ] = False,
    hash_password: Annotated[
        bool,
        typer.Option(
            "--hash-password", help="Ask for a password and print its hash for the settings"
        ),
    ] = False,
    until_eof: Annotated[
        bool, typer.Option("--until-eof", hidden=True, help="End with the standard input")
    ] = False,
    data: Data = None,
) -> None:
    """Show articles, stories, feeds and SQL in a browser, until Ctrl-C.

    The pages read the newest snapshot. They are for this machine only, unless you set a password
    ([b]ONRECORD_WEB_PASSWORD_HASH[/b]) or say that a proxy stands in front. Readers who sign in with
    the password of [b]ONRECORD_WEB_READER_PASSWORD_HASH[/b] can change nothing. [b]ONRECORD_WEB_SCOPES[/b]
    says what the others may do, by default read,sql,manage: see pages, run own queries, change feeds
    and watches and start runs.

    Example: [b]onrecord web[/b]
    """
    from flows.settings import read_settings

    if hash_password:
        typer.echo(_asked_hash())
        return
    from flows.assistant.endpoint import assistant_routes
    from flows.logs import start_logs
    from flows.web.server import serve_site

    settings = read_settings(data=data)
    if settings.web_access_log:
        start_logs(settings.log_format, settings.log_level or "info")
    serve_site(
        settings,
        host=host or settings.web_host,
        port=settings.web_port if port is None else port,
        is_behind_proxy=behind_proxy or settings.web_behind_proxy,
        lifeline=sys.stdin.buffer if until_eof else None,
        on_start=lambda url: sys.stderr.write(f"pages: {url}\n"),
        additions=[assistant_routes],
    )


def _asked_hash() -> str:
    from flows.errors import SettingsError
    from flows.secrets import MASK
    from flows.web.passwords import LEAST_CHARS, hash_password

    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    try:
        return hash_password(password)
    except ValueError as exc:
        raise SettingsError("Password", MASK, f"at least {LEAST_CHARS} characters") from exc
