"""Add, list and revoke tokens: keys with which programs ask the pages' server.

A program sends its token as [b]Authorization: Bearer TOKEN[/b]. On this machine, without a
password, none is needed.

Example: [b]onrecord token add notebook --scope read,sql[/b]
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import AsJson, Data

if TYPE_CHECKING:  # the command line starts without the pages
    from flows.web.scopes import Scope
    from flows.web.tokens import Token

TokenName = Annotated[str, typer.Argument(metavar="NAME", help="Name of the token")]


def add(
    name: TokenName,
    *,
    scope: Annotated[
        str,
        typer.Option(
            help="What its bearer may do: read (pages, feeds and articles), with it sql (own queries), manage (changes) or both"
        ),
    ] = "read",
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day of its use, UTC; default no end"),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="Requests a minute; default ONRECORD_WEB_REQUESTS_PER_TOKEN"),
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Add a token and print it, once: only its hash is kept.

    Example: [b]onrecord token add notebook --scope read,sql --until 2027-12-31[/b]
    """
    from flows.output.tables import write_json
    from flows.settings import read_settings
    from flows.web.tokens import add_token

    settings, now = read_settings(data=data), datetime.now(UTC)
    last_day = until.date() if until else None
    if last_day and last_day < now.date():
        raise typer.BadParameter("this day is over", param_hint="--until")
    secret = add_token(settings.folder, name, _scopes(scope), until=last_day, limit=limit, now=now)
    if as_json:
        write_json({"name": name, "token": secret})
        return
    typer.echo("keep this token: it is not shown again", err=True)
    typer.echo(secret)


def list_tokens(*, data: Data = None, as_json: AsJson = False) -> None:
    """List the tokens: what each allows, and when it was used last.

    Example: [b]onrecord token list[/b]
    """
    from flows.output.tables import as_table, write_json
    from flows.settings import read_settings
    from flows.web.tokens import read_tokens

    found = [_shown(token) for token in read_tokens(read_settings(data=data).folder)]
    if as_json:
        write_json(found)
    elif found:
        typer.echo(as_table(list(found[0]), [list(row.values()) for row in found]), nl=False)
    else:
        typer.echo("no tokens yet: add one with `onrecord token add`")


def revoke(name: TokenName, *, data: Data = None, as_json: AsJson = False) -> None:
    """Revoke a token: it opens nothing from now on. The server need not be started again.

    Example: [b]onrecord token revoke notebook[/b]
    """
    from flows.output.tables import write_json
    from flows.settings import read_settings
    from flows.web.tokens import revoke_token

    token = revoke_token(read_settings(data=data).folder, name)
    if as_json:
        write_json(_shown(token))
    else:
        typer.echo(f"token {token.name} revoked")


def _scopes(written: str) -> frozenset[Scope]:
    from flows.web.scopes import scopes_from

    try:
        return scopes_from(written)
    except ValueError as exc:
        raise typer.BadParameter(f"expected {exc}", param_hint="--scope") from exc


def _shown(token: Token) -> dict[str, object]:
    from flows.web.scopes import as_text

    return {
        "name": token.name,
        "scopes": as_text(token.scopes),
        "created_on": token.created_on,
        "used_on": token.used_on,
        "until": token.until,
        "limit": token.limit,
    }
