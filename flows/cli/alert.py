"""The command `alert`: what needs a person, and whether messages arrive."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import AsJson, Data

if TYPE_CHECKING:  # the command line starts without pydantic
    from flows.settings import Settings


def alert(
    *,
    data: Data = None,
    test: Annotated[
        bool,
        typer.Option(
            "--test", help="Send a test message to every channel; exit with 1 if one fails"
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List what needs you now, or try the channels that alerts go to.

    Alerts go to the Apprise URLs in [b]alert_urls[/b]: e-mail, chats, telephones. They also go, as
    signed JSON, to the address in [b]webhook_url[/b].
    Each problem is told once when it starts and once when it ends.

    Example: [b]ONRECORD_ALERT_URLS=json://127.0.0.1:8080/alerts onrecord alert --test[/b]
    """
    from flows.cli.attention import read_attention, show_attention
    from flows.output.tables import write_json
    from flows.settings import read_settings

    settings = read_settings(data=data)
    if test:
        _try_channels(settings, as_json=as_json)
        return
    found = read_attention(settings)
    if as_json:
        write_json(None if found is None else [asdict(line) for line in found])
    else:
        typer.echo(show_attention(found))


def _try_channels(settings: Settings, *, as_json: bool) -> None:
    from flows.alerts.channels import channels, send
    from flows.alerts.messages import compose_test
    from flows.errors import SettingsError
    from flows.output.tables import write_json
    from flows.printable import plain

    if not channels(settings):
        expected = 'a list of Apprise URLs in onrecord.toml: alert_urls = ["mailto://..."]'
        raise SettingsError("alert_urls", "nothing", expected)
    message = compose_test(settings)
    told = send(settings, message.title, message.body, kind="alert.test")
    failed = dict(line.split(": ", 1) for line in told)
    outcomes = {name: failed.get(name) for name in channels(settings)}
    if as_json:
        write_json([{"channel": name, "problem": why} for name, why in outcomes.items()])
    else:
        for name, why in outcomes.items():
            typer.echo(f"{name}: {plain(why) if why else 'sent'}")
    raise typer.Exit(1 if failed else 0)
