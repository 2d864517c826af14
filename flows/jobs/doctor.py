"""The findings of `onrecord doctor` about versions, rules, archive and warehouse."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

from flows.archive.remnants import archive_files, is_remnant
from flows.errors import ArchiveError, RulesError, SecretsError, SeedError, SettingsError
from flows.fetching.credentials import read_credentials
from flows.jobs.retention import day_of, is_past, remnants
from flows.languages import check_languages, support_lines, supported_languages
from flows.permissions import find_readable
from flows.printable import number, plain
from flows.rules import name_of, read_rules
from flows.settings import Settings
from flows.taggers.choices import load_tagger, read_choices
from warehouse.connect import open_snapshot
from warehouse.errors import WarehouseError
from warehouse.feed_health import polled_ahead
from warehouse.health import Finding, Level, look, size
from warehouse.rule_queries import read_refused_pages, read_site_pages

PACKAGES = ("onrecord", "duckdb", "prefect", "trafilatura", "feedparser")

_MARKS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.ERROR: "ERROR  "}


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield every finding; checks that read whole files come last."""
    yield _versions()
    yield from _languages(settings)
    yield from _secrets(settings)
    yield from _permissions(settings)
    yield from _rules(settings)
    yield from _clock(settings, datetime.now(UTC))
    yield from _archive(settings, datetime.now(UTC))
    yield from look(settings.folder)


def as_line(finding: Finding) -> str:
    """Return a finding as a line for the terminal."""
    return f"{_MARKS[finding.level]} {finding.subject}: {plain(finding.detail)}"


def _versions() -> Finding:
    found = [f"python {platform.python_version()}"]
    for name in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):  # running from a checkout
            found.append(f"{name} {version(name)}")
    return Finding("versions", Level.OK, ", ".join(found))


def _languages(settings: Settings) -> Iterator[Finding]:
    """Yield what is read in which languages, and the models that find names."""
    try:
        check_languages()
        for line in support_lines(supported_languages()):
            yield Finding("languages", Level.OK, line)
    except SeedError as exc:
        yield Finding("languages", Level.ERROR, str(exc))
    for choice in read_choices(settings.taggers):
        try:
            model = load_tagger(choice).model
            yield Finding("taggers", Level.OK, f"{choice.language}: {model}")
        except SettingsError as exc:
            yield Finding("taggers", Level.ERROR, str(exc))


def _secrets(settings: Settings) -> Iterator[Finding]:
    """Yield the number of hosts with a login or key, and those whose certificates are not checked."""
    path = settings.folder.secrets
    try:
        found = read_credentials(path).sections
    except SecretsError as exc:
        yield Finding("secrets", Level.ERROR, str(exc))
        return
    if found:
        yield Finding("secrets", Level.OK, f"{number(len(found), 'section')} in {path}")
    if settings.unverified_hosts:
        detail = (
            f"the certificates of {settings.unverified_hosts} are not checked: remove them from "
            "ONRECORD_UNVERIFIED_HOSTS when they are valid again"
        )
        yield Finding("certificates", Level.WARNING, detail)


def _permissions(settings: Settings) -> Iterator[Finding]:
    """Yield what other users of the machine can read."""
    is_shared, folder = settings.shared == "group", settings.folder
    found = list(find_readable(folder, is_shared=is_shared))
    for line in found:
        yield Finding("permissions", Level.WARNING, line)
    if not found and folder.root.exists():
        who = "its owner and its group" if is_shared else "its owner"
        yield Finding("permissions", Level.OK, f"only {who} can read {folder.root}")


def _rules(settings: Settings) -> Iterator[Finding]:
    """Yield the number of the user's rules, and those that are about no page so far."""
    folder = settings.folder
    try:
        rules = read_rules(folder.rules)
    except RulesError as exc:
        yield Finding("rules", Level.ERROR, str(exc))
        return
    if not rules.rules:
        return
    detail = f"{number(len(rules.rules), 'rule')} for {number(len(rules.sites), 'site')}"
    yield Finding("rules", Level.OK, f"{detail} in {folder.rules}")
    if not folder.newest.exists():
        return
    try:
        with open_snapshot(folder) as con:
            pages = [page.address for page in read_site_pages(con, rules.sites)]
            pages += [page.address for page in read_refused_pages(con, rules.sites)]
    except WarehouseError:  # `look` says what is wrong with it
        return
    used = {rule.number for address in set(pages) for rule in rules.matching(address)}
    if unused := [rule for rule in rules.rules if rule.number not in used]:
        names = ", ".join(map(name_of, unused))
        advice = "correct its site or path, or delete it, unless its pages are still to come"
        yield Finding("rules", Level.WARNING, f"about no page in the warehouse: {names}: {advice}")


def _clock(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield the feeds that were polled ahead of the clock, which was wrong then or is wrong now."""
    if not settings.folder.newest.exists():
        return
    try:
        with open_snapshot(settings.folder) as con:
            feeds, until = polled_ahead(con, now)
    except WarehouseError:  # `look` says what is wrong with it
        return
    if until is None:
        yield Finding("clock", Level.OK, f"{now:%Y-%m-%d %H:%M} UTC, later than the last poll")
        return
    detail = (
        f"{number(feeds, 'feed')} polled ahead of the clock, up to {until:%Y-%m-%d %H:%M} UTC, and it is "
        f"{now:%Y-%m-%d %H:%M} UTC: if the clock is right now, run `onrecord ingest`, which polls "
        "them again; otherwise correct the clock first"
    )
    yield Finding("clock", Level.WARNING, detail)


def _archive(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield the size and age of the archive, and what its limit would remove."""
    folder, days = settings.folder, settings.keep_archive_days
    paths = archive_files(folder.archive) if folder.archive.is_dir() else []
    whole = {path: path.stat().st_size for path in paths if not is_remnant(path)}
    dated = sorted(filter(None, map(day_of, whole)))
    since = f" since {dated[0]:%Y-%m-%d}" if dated else ""
    detail = f"{number(len(whole), 'file')}, {size(sum(whole.values()))}{since}"
    if days is None:
        detail += ", kept for ever: ONRECORD_KEEP_ARCHIVE_DAYS is not set"
    else:
        old = [path for path in whole if is_past(path, now - timedelta(days=days))]
        detail += f", kept for {number(days, 'day')}"
        if old:
            detail += (
                f": {number(len(old), 'file')} ({size(sum(whole[path] for path in old))}) older "
                "than that; `onrecord compact --dry-run` shows what would be removed"
            )
    yield Finding("archive", Level.OK, detail)
    try:
        gone = remnants(folder)
    except ArchiveError as exc:
        yield Finding("archive", Level.WARNING, f"cannot read what was removed: {exc}")
        return
    if gone:
        captures = number(sum(remnant.captures for remnant in gone), "capture")
        detail = f"removed because of their age: {captures} from {number(len(gone), 'file')}"
        yield Finding("archive", Level.OK, detail)
