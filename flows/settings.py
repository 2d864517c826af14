"""The settings, read once at the start of a command or flow.

A flag takes precedence over an `ONRECORD_*` variable, a variable over `onrecord.toml` in
the data folder, and the file over the default. An invalid value is an error; it is never
replaced by the default.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError, field_validator
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

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

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

    @field_validator("data")
    @classmethod
    def _is_folder(cls, value: Path) -> Path:
        if value.exists() and not value.is_dir():
            raise ValueError("a folder, not a file")
        return value

    @field_validator("page_types")
    @classmethod
    def _are_page_types(cls, value: str) -> str:
        unknown = [name for name in map(str.strip, value.split(",")) if name not in PAGE_TYPES]
        if unknown:
            raise ValueError(f"some of {', '.join(PAGE_TYPES)}")
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
        SettingsError: Values are invalid, or variables or keys are unknown; it names all.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    wrong = [
        SettingsError(name, os.environ[name], _known_name(name)) for name in _unknown_variables()
    ]
    try:
        found = Settings(**given)
    except ValidationError as exc:
        wrong += [_as_error(problem, given) for problem in exc.errors()]
        raise SettingsError.of_all(wrong) from exc
    except ValueError as exc:  # the file is not TOML
        raise SettingsError(FILE, str(exc), "a TOML file") from exc
    if wrong:
        raise SettingsError.of_all(wrong)
    return found


def _as_error(problem: ErrorDetails, flags: Mapping[str, Any]) -> SettingsError:
    """Return the error for one problem, with where the value comes from."""
    name = ".".join(map(str, problem["loc"])) or FILE
    got, message = problem.get("input"), problem["msg"]
    if problem["type"] == "extra_forbidden":
        return SettingsError(FILE, name, _known_name(name))
    variable = f"{PREFIX}{name.upper()}"
    origin = "" if name in flags else f" ({variable if variable in os.environ else FILE})"
    if problem["type"] == "value_error":  # raised by us
        expected = message.removeprefix("Value error, ")
    else:  # "Input should be a valid integer, unable to parse string as an integer"
        expected = message.removeprefix("Input should be ").partition(", ")[0]
    shown = str(got) if isinstance(got, Path) else got
    return SettingsError(f"{name}{origin}", shown, expected)


def _known_name(written: str) -> str:
    """Return what is expected instead of an unknown name: the nearest one, if there is one."""
    prefix = PREFIX if written.startswith(PREFIX) else ""
    own = written.removeprefix(prefix).lower()
    near = difflib.get_close_matches(own, list(Settings.model_fields), n=1)
    name = f"{prefix}{near[0].upper() if prefix else near[0]}" if near else ""
    hint = f"did you mean {name}?" if name else "`onrecord settings` lists them"
    return f"the name of a setting: {hint}"


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
