"""The settings, read once at the start of a command or flow.

A flag takes precedence over an `ONRECORD_*` variable, a variable over `onrecord.toml` in
the data folder, and the file over the default. An invalid value is an error; it is never
replaced by the default.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from flows.errors import SettingsError
from flows.fetching.credentials import read_credentials
from flows.fetching.fetch_records import FetchOptions
from flows.fetching.masked_values import MaskedValues
from flows.fetching.request_secrets import RequestSecrets
from flows.permissions import share_with_group
from flows.secrets import MASK
from flows.setting_errors import FILE, PREFIX, unknown_variables, wrong_value
from flows.signatures import key_bytes
from flows.taggers.choices import read_choices
from transforms.cleaning.refusals import PAGE_TYPES
from transforms.visit_plans import USUAL_PLAN, read_plan
from warehouse.folder import DataFolder

ALERT_KINDS: Final = (
    "feed_silent", "feed_failing", "publisher_failing", "run_failed", "run_missing", "disk",
    "growth", "check",
)  # fmt: skip
_BETWEEN_URLS: Final = re.compile(r"[\s,]+(?=[A-Za-z][\w+.-]*://)")


class Settings(BaseSettings):
    """The settings of one run, checked and frozen."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data: Path = Field(Path("data"), description="folder for everything that a run writes")
    shared: Literal["none", "group"] = Field(
        "none", description="who else may read the data folder: none, or the group of its files"
    )
    workers: int | None = Field(
        None, ge=1, description="worker processes that clean and analyse; default one per core"
    )
    batch_documents: int = Field(500, ge=1, description="documents in one transaction")
    document_deadline_s: float = Field(20.0, gt=0, description="maximum seconds for one document")
    # 50 is enough for all of 81 real pages of up to 1.7 MB; with 20, every tenth fails.
    worker_memory_mb: int = Field(
        1500,
        ge=100,
        description="megabytes that a document may take beside what a worker process has loaded",
    )
    lock_wait_s: float = Field(30.0, ge=0, description="seconds to wait for another writer")
    query_timeout_s: float = Field(60.0, gt=0, description="maximum seconds of a reader's query")
    query_memory_mb: int | None = Field(
        None,
        ge=200,
        description="maximum memory of a reader's query in megabytes; default half of the machine's",
    )
    keep_polls_days: int | None = Field(
        None, ge=1, description="days of polls that `compact` keeps; default all"
    )
    keep_archive_days: int | None = Field(
        None, ge=1, description="days of the raw archive that `compact` keeps; default all"
    )

    page_types: str = Field(
        "article,live", description="comma-separated types of pages that are stored as articles"
    )
    taggers: str = Field(
        "", description="models that find names in place of the rules: `de=spacy:MODEL, ru=slovnet`"
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
    unverified_hosts: str = Field(
        "", description="comma-separated hosts whose TLS certificate is not checked"
    )
    pages_per_run: int = Field(5000, ge=1, description="maximum pages that one run fetches")
    revisit: str = Field(
        USUAL_PLAN,
        description="when a page is fetched again, counted from publication: times or off",
    )

    fail_share: float = Field(
        0.5, ge=0, le=1, description="share of the documents that must load, or the run fails"
    )
    fail_pages: int = Field(
        5, ge=0, description="pages of one publisher that fail a run if none loads; 0 for never"
    )

    prefect: Literal["auto", "always", "never"] = Field(
        "auto",
        description="run commands as Prefect flows: if a server answers (auto), always or never",
    )
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

    alert_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        (), repr=False, description="where alerts go: a list of Apprise URLs"
    )
    alert_kinds: str = Field(
        ",".join(ALERT_KINDS), description="comma-separated kinds of problems that are told"
    )
    alert_silence: float = Field(
        2.0, ge=1, description="a feed is silent after this many times its usual longest pause"
    )
    alert_failing_hours: float = Field(
        12.0, gt=0, description="hours that a feed must fail before it is told"
    )
    alert_disk_days: float = Field(
        14.0, ge=0, description="tell when the disk will be full in fewer days than this"
    )
    ping_url: str = Field(
        "",
        repr=False,
        description="address that is requested after each ingest, `/fail` added if it failed",
    )

    webhook_key: str = Field(
        "", repr=False, description="key that signs what goes to `webhook_url`: whsec_ and base64"
    )
    webhook_url: str = Field(
        "", repr=False, description="address that gets each alert as signed JSON"
    )

    serve_host: str = Field("127.0.0.1", description="address that Prefect's server listens on")
    serve_port: int = Field(4200, ge=1, le=65535, description="port of Prefect's server")
    web_host: str = Field("127.0.0.1", description="address that the pages are served on")
    web_port: int = Field(
        8765,
        ge=0,
        le=65535,
        description="port of the pages; with 0, `serve` has no pages, and `web` takes any free port",
    )
    web_hosts: str = Field(
        "",
        description="comma-separated names under which the pages are asked for, beside localhost",
    )
    web_password_hash: str | None = Field(
        None, description="hash of the pages' password, from `onrecord web --hash-password`"
    )
    web_reader_password_hash: str | None = Field(
        None, description="hash of a password with which readers see pages and run own queries only"
    )
    web_scopes: str = Field(
        "read,sql,manage",
        description="what all may do who have not signed in with `web_password_hash`: read, sql, manage",
    )
    web_behind_proxy: bool = Field(
        default=False, description="whether a proxy in front decides who may see the pages"
    )

    web_requests_per_token: int = Field(
        600, ge=0, description="requests a minute that programs may send with one token; 0 for any"
    )
    web_requests_per_address: int = Field(
        600,
        ge=0,
        description="requests a minute that programs may send from one address without a token; 0 for any",
    )
    web_access_log: bool = Field(
        default=False, description="whether the pages log a line for each request"
    )

    log_format: Literal["auto", "text", "json"] = Field(
        "auto", description="form of the log: text, json, or auto (text on a terminal, else json)"
    )
    log_level: Literal["debug", "info", "warning", "error"] | None = Field(
        None, description="lowest level that is logged; default info for `serve`, else warning"
    )
    metrics_host: str = Field(
        "127.0.0.1", min_length=1, description="address on which `serve` offers its metrics"
    )
    metrics_port: int = Field(
        9464, ge=0, le=65535, description="port of the metrics of `serve`; 0 for none"
    )
    metrics_file: Path | None = Field(
        None, description="file that each run writes its metrics to, for node_exporter"
    )

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The hosts that may resolve to private addresses."""
        return _listed(self.allow_hosts)

    @property
    def kept_types(self) -> frozenset[str]:
        """The types of pages that are stored as articles."""
        return _listed(self.page_types)

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

    @field_validator("alert_urls", mode="before")
    @classmethod
    def _split_urls(cls, value: object) -> object:
        return (
            tuple(filter(None, _BETWEEN_URLS.split(value.strip())))
            if isinstance(value, str)
            else value
        )

    @field_validator("alert_urls")
    @classmethod
    def _are_urls(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all("://" in url for url in value):
            raise ValueError("a list of Apprise URLs, such as mailto://... or json://...")
        return value

    @field_validator("ping_url", "webhook_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("an address that starts with https:// or http://")
        return value

    @field_validator("webhook_key")
    @classmethod
    def _is_key(cls, value: str) -> str:
        if value:
            key_bytes(value)
        return value

    @field_validator("webhook_url")
    @classmethod
    def _has_key(cls, value: str, known: ValidationInfo) -> str:
        if value and not known.data.get("webhook_key"):
            raise ValueError("a value for webhook_key too")
        return value

    @field_validator("alert_kinds")
    @classmethod
    def _are_kinds(cls, value: str) -> str:
        if {*filter(None, map(str.strip, value.split(",")))} - {*ALERT_KINDS}:
            raise ValueError(f"some of {', '.join(ALERT_KINDS)}")
        return value

    @property
    def told_kinds(self) -> frozenset[str]:
        """The kinds of problems that are told."""
        return _listed(self.alert_kinds)

    @field_validator("revisit")
    @classmethod
    def _is_plan(cls, value: str) -> str:
        read_plan(value)
        return value

    @field_validator("backup_to")
    @classmethod
    def _is_absolute(cls, value: str) -> str:
        # A scheduled run has another working directory.
        if value and not value.startswith(("/", "s3://")):
            raise ValueError("an absolute folder or s3://bucket/prefix")
        return value

    @field_validator("taggers")
    @classmethod
    def _is_readable(cls, value: str) -> str:
        read_choices(value)
        return value

    @field_validator("schedule_backup")
    @classmethod
    def _has_target(cls, value: str, known: ValidationInfo) -> str:
        if value.strip().lower() not in {"", "off"} and not known.data.get("backup_to"):
            raise ValueError("off, or a value for backup_to too")
        return value

    @property
    def folder(self) -> DataFolder:
        """The data folder."""
        return DataFolder(self.data)

    @property
    def fetch_options(self) -> FetchOptions:
        """How pages and feeds are fetched; raises SecretsError if the secrets cannot be used."""
        return FetchOptions(
            contact=self.contact,
            allow_hosts=self.allowed_hosts,
            host_delay_s=self.host_delay,
            concurrency=self.concurrency,
            robots_dir=self.folder.root / "robots",
            unverified_hosts=_listed(self.unverified_hosts),
            secrets=RequestSecrets(
                MaskedValues(self.folder.masked_values), read_credentials(self.folder.secrets)
            ),
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
        file = TomlConfigSettingsSource(
            settings_cls, toml_file=DataFolder(Path(data)).settings_file
        )
        return init_settings, env_settings, file


def read_settings(**flags: Any) -> Settings:
    """Return the settings; flags that are None count as not given.

    Raises:
        SettingsError: Values are invalid, or variables or keys are unknown; it names all.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    wrong = unknown_variables(Settings.model_fields)
    try:
        found = Settings(**given)
    except ValidationError as exc:
        wrong += [wrong_value(problem, given, Settings.model_fields) for problem in exc.errors()]
        has_secret = any(error.got == MASK for error in wrong)
        # The cause shows the values.
        raise SettingsError.of_all(wrong) from (None if has_secret else exc)
    except ValueError as exc:  # the file is not TOML
        raise SettingsError(FILE, str(exc), "a TOML file") from exc
    if wrong:
        raise SettingsError.of_all(wrong)
    if found.shared == "group":
        share_with_group()
    return found


def _listed(names: str) -> frozenset[str]:
    return frozenset(filter(None, map(str.strip, names.split(","))))


def variables() -> list[str]:
    """Return the names of all variables."""
    return sorted(f"{PREFIX}{name.upper()}" for name in Settings.model_fields)
