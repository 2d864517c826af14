"""The settings, read once at the start of a command or flow.

A flag takes precedence over an `ONRECORD_*` variable, a variable over `onrecord.toml` in
the data folder, and the file over the default. An invalid value is an error; it is never
replaced by the default.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from flows.errors import SettingsError
from flows.fetching.fetch_records import FetchOptions
from transforms.cleaning.refusals import PAGE_TYPES
from warehouse.folder import DataFolder

PREFIX = "ONRECORD_"
FILE = "onrecord.toml"


class Settings(BaseSettings):
    """The settings of one run, checked and frozen."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data: Path = Field(Path("data"), description="folder for everything that a run writes")
    workers: int | None = Field(
        None, ge=1, description="worker processes that clean and analyse; default one per core"
    )
    batch_documents: int = Field(500, ge=1, description="documents in one transaction")
    document_deadline_s: float = Field(20.0, gt=0, description="maximum seconds for one document")
    worker_memory_mb: int = Field(
        1500, ge=200, description="maximum memory of one worker process in megabytes"
    )
    lock_wait_s: float = Field(30.0, ge=0, description="seconds to wait for another writer")
    keep_polls_days: int | None = Field(
        None, ge=1, description="days of polls that `compact` keeps; default all"
    )
    keep_archive_days: int | None = Field(
        None, ge=1, description="days of the raw archive that `compact` keeps; default all"
    )

    page_types: str = Field(
        "article,live", description="comma-separated types of pages that are stored as articles"
    )
    entities_backend: Literal["rules", "spacy"] = Field(
        "rules", description="how names are found: `rules`, or `spacy` with a model"
    )
    spacy_model: str = Field(
        "en_core_web_sm", min_length=1, description="name or folder of the spaCy model"
    )

    contact: str = Field(
        "", description="web page or mail address that publishers see in the User-Agent"
    )
    host_delay: float = Field(
        5.0, ge=0, description="minimum seconds between two requests to a host"
    )
    concurrency: int = Field(32, ge=1, description="maximum concurrent requests")
    allow_hosts: str = Field(
        "", description="comma-separated hosts that may resolve to private addresses"
    )
    pages_per_run: int = Field(5000, ge=1, description="maximum pages that one run fetches")

    schedule_ingest: str = Field("10m", description="when to poll: interval, cron line or off")
    schedule_publish: str = Field("1h", description="when to publish: interval, cron line or off")
    schedule_check: str = Field(
        "0 5 * * *", description="when to check the data: interval, cron line or off"
    )
    backup_to: str = Field("", description="absolute folder or s3://bucket/prefix for backups")
    backup_keep: int | None = Field(
        None, ge=1, description="backups to keep; older ones are removed; default all"
    )
    schedule_backup: str = Field(
        "off", description="when to back up to `backup_to`: interval, cron line or off"
    )
    schedule_timezone: str = Field("UTC", description="time zone of the cron lines")
    serve_host: str = Field("127.0.0.1", description="address that Prefect's server listens on")
    serve_port: int = Field(4200, ge=1, le=65535, description="port of Prefect's server")

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The hosts that may resolve to private addresses."""
        return frozenset(filter(None, (host.strip() for host in self.allow_hosts.split(","))))

    @property
    def kept_types(self) -> frozenset[str]:
        """The types of pages that are stored as articles."""
        return frozenset(filter(None, (name.strip() for name in self.page_types.split(","))))

    @field_validator("page_types")
    @classmethod
    def _are_page_types(cls, value: str) -> str:
        unknown = [name for name in map(str.strip, value.split(",")) if name not in PAGE_TYPES]
        if unknown:
            raise ValueError(f"some of {', '.join(PAGE_TYPES)}")
        return value

    @field_validator("backup_to")
    @classmethod
    def _is_absolute(cls, value: str) -> str:
        # A scheduled run has another working directory.
        if value and not value.startswith(("/", "s3://")):
            raise ValueError("an absolute folder or s3://bucket/prefix")
        return value

    @field_validator("schedule_backup")
    @classmethod
    def _has_target(cls, value: str, known: ValidationInfo) -> str:
        if value.strip().lower() not in {"", "off"} and not known.data.get("backup_to"):
            raise ValueError("off, or a value for backup_to too")
        return value

    @property
    def name_model(self) -> str | None:
        """The spaCy model that finds names; None if the rules do."""
        return self.spacy_model if self.entities_backend == "spacy" else None

    @property
    def folder(self) -> DataFolder:
        """The data folder."""
        return DataFolder(self.data)

    @property
    def fetch_options(self) -> FetchOptions:
        """How pages and feeds are fetched."""
        return FetchOptions(
            contact=self.contact,
            allow_hosts=self.allowed_hosts,
            host_delay_s=self.host_delay,
            concurrency=self.concurrency,
            robots_dir=self.folder.root / "robots",
        )

    @classmethod
    def settings_customise_sources(  # noqa: D102  # an override: pydantic documents it
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # given by name
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # given by name
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        data = init_settings().get("data") or env_settings().get("data") or "data"
        file = TomlConfigSettingsSource(settings_cls, toml_file=Path(data) / FILE)
        return init_settings, env_settings, file


def read_settings(**flags: Any) -> Settings:
    """Return the settings; flags that are None count as not given.

    Raises:
        SettingsError: A value is invalid, or a variable or key is unknown.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    unknown = _unknown_variables()
    if unknown:
        raise SettingsError(unknown[0], os.environ[unknown[0]], f"one of {', '.join(variables())}")
    try:
        return Settings(**given)
    except ValidationError as exc:
        first = exc.errors()[0]
        name = ".".join(map(str, first["loc"])) or "onrecord.toml"
        expected = first["msg"].removeprefix("Value error, ")
        raise SettingsError(name, first.get("input"), expected) from exc
    except ValueError as exc:  # the file is not TOML
        raise SettingsError(FILE, str(exc), "a TOML file") from exc


def variables() -> list[str]:
    """Return the names of all variables."""
    return sorted(f"{PREFIX}{name.upper()}" for name in Settings.model_fields)


def origins(settings: Settings, **flags: Any) -> dict[str, str]:
    """Return the origin of each setting: flag, variable, file or default."""
    env = EnvSettingsSource(Settings)()
    file = TomlConfigSettingsSource(Settings, toml_file=settings.data / FILE)()
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


def _unknown_variables() -> list[str]:
    known = set(variables())
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
