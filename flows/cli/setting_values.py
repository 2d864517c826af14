"""The values of the settings for people, and where each comes from."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pydantic_settings import EnvSettingsSource, InitSettingsSource, TomlConfigSettingsSource

from flows.secrets import MASK
from flows.setting_errors import FILE, PREFIX
from flows.settings import Settings


def shown(settings: Settings, name: str) -> str:
    """Return the value of a setting for people, without secrets.

    >>> shown(Settings(alert_urls=("tgram://1234:abcd/99",)), "alert_urls")
    'tgram://***'
    """
    value = getattr(settings, name)
    if name == "alert_urls":
        return " ".join(f"{url.partition('://')[0]}://{MASK}" for url in value)
    if name in ("ping_url", "webhook_url") and value:
        parts = urlsplit(value)
        return f"{parts.scheme}://{parts.hostname}/{MASK}"
    return MASK if name.endswith(("_hash", "_key")) and value else str(value)


def origins(settings: Settings, **flags: Any) -> dict[str, str]:
    """Return the origin of each setting: flag, variable, file or default."""
    env = EnvSettingsSource(Settings)()
    file = TomlConfigSettingsSource(Settings, toml_file=settings.folder.settings_file)()
    init = InitSettingsSource(Settings, {k: v for k, v in flags.items() if v is not None})()
    found = {}
    for name in Settings.model_fields:
        if name in init:
            found[name] = "flag"
        elif name in env:
            found[name] = f"{PREFIX}{name.upper()}"
        elif name in file:
            found[name] = FILE
        else:
            found[name] = "default"
    return found
