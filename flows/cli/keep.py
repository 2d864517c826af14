"""The commands that keep a warehouse healthy: status, check, publish, compact, and so on."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.backup import restore_from
from flows.cli.options import AsJson, Data

if TYPE_CHECKING:  # the command line starts without pydantic
    from flows.settings import Settings


def status(
    *,
    data: Data = None,
    fail_if_older: Annotated[
        str | None,
        typer.Option(
            help="Only exit with 1 if the last completed ingest is older than this: 2h, 1d"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what needs you, the last runs and the rejections.

    Example: [b]onrecord status --json[/b]

    Example: [b]onrecord status --fail-if-older 2h[/b]
    """
    from flows.settings import read_settings

    settings = read_settings(data=data)
    if fail_if_older is not None:
        _require_ingest(settings, fail_if_older)
        return

    from flows.cli.status import read_status, show_status
    from flows.output.tables import write_json

    found = read_status(settings)
    if as_json:
        write_json(found)
    else:
        typer.echo(show_status(found))


def _require_ingest(settings: Settings, stated: str) -> None:
    """Print why the last completed ingest is too old and exit with 1, if it is."""
    from flows.cli.freshness import age_problem

    if problem := age_problem(settings, stated):
        typer.echo(problem)
        raise typer.Exit(1)


def check(*, data: Data = None, as_json: AsJson = False) -> None:
    """Run the data checks; exit with 1 if one finds an error.

    Example: [b]onrecord check[/b]
    """
    from flows.cli.run_command import run_command
    from flows.errors import ChecksFailedError
    from flows.jobs.check import check_warehouse
    from flows.output.tables import as_table, write_json
    from flows.settings import read_settings

    settings = read_settings(data=data)
    try:
        report = run_command(
            "check", lambda context: check_warehouse(settings, context), settings, parameters={}
        )
        if report is None:
            return
        findings, summary, code = report.findings, report.summary, 0
    except ChecksFailedError as exc:
        findings, summary, code = exc.findings, exc.summary, 1
    if as_json:
        write_json({"summary": summary, "findings": [asdict(found) for found in findings]})
    else:
        if findings:
            rows = [list(asdict(found).values()) for found in findings]
            sys.stdout.write(as_table(list(asdict(findings[0])), rows))
        typer.echo(summary)
    raise typer.Exit(code)


def verify(
    folder: Annotated[Path, typer.Argument(help="Folder of a data set")],
    *,
    digest: Annotated[
        str | None, typer.Option(help="Content digest that was cited, to compare with")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check that a data set of [b]export --dataset[/b] is complete.

    It exits with 1 if the data set differs from its manifest. It finds missing, changed and extra
    files, wrong row counts and wrong content digests. No warehouse is needed. Hidden files such
    as .git are not looked at.

    Example: [b]onrecord verify floods[/b]
    """
    from flows.errors import SettingsError
    from flows.output.tables import write_json
    from flows.printable import number, plain
    from warehouse.verify import digest_in
    from warehouse.verify import verify as run

    cited = digest_in(digest) if digest is not None else None
    if digest is not None and cited is None:
        raise SettingsError("--digest", digest, "64 hexadecimal digits, as CITATION.cff has them")
    done = run(folder, cited=cited)
    if as_json:
        write_json(asdict(done))
    else:
        for found in done.problems:
            typer.echo(f"{plain(found.item)}: {plain(found.problem)}")
        for name, count in done.rows.items():
            typer.echo(f"{count:>12,} rows  {plain(name)}")
        if done.digest:
            typer.echo(f"content digest: sha256:{done.digest}")
        problems = number(len(done.problems), "problem") if done.problems else "intact"
        typer.echo(f"{plain(done.title) or folder}: {problems}")
    raise typer.Exit(1 if done.problems else 0)


def publish(*, data: Data = None) -> None:
    """Publish a snapshot of the warehouse as it is now.

    Runs publish by themselves. The last three snapshots are kept.

    Example: [b]onrecord publish[/b]
    """
    from flows.settings import read_settings
    from warehouse.publish import publish as run

    settings = read_settings(data=data)
    typer.echo(str(run(settings.folder, wait_s=settings.lock_wait_s)))


def compact(
    *,
    data: Data = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be removed")
    ] = False,
) -> None:
    """Rewrite the warehouse file to save space and speed up queries.

    This needs disk space for a second file. If [b]ONRECORD_KEEP_POLLS_DAYS[/b] is set, older
    polls are dropped. If [b]ONRECORD_KEEP_ARCHIVE_DAYS[/b] is set, older captures are removed
    from the archive, except those that newer captures refer to.

    Example: [b]onrecord compact --dry-run[/b]
    """
    from datetime import UTC, timedelta

    from flows.logs import start_logs
    from flows.runs.interruption import stoppable
    from flows.settings import read_settings
    from warehouse.compact import compact as run
    from warehouse.compact import count_old_polls
    from warehouse.health import size

    settings = read_settings(data=data)
    start_logs(settings.log_format, settings.log_level)
    now, days = datetime.now(UTC), settings.keep_polls_days
    since = now - timedelta(days=days) if days else None
    with stoppable():
        _thin_archive(settings, now, is_dry=dry_run)
        if dry_run:
            polls = count_old_polls(settings.folder, since) if since else 0
            typer.echo(f"{polls:,} polls would be dropped" if since else "all polls are kept")
            return
        done = run(settings.folder, polls_since=since, wait_s=settings.lock_wait_s)
    typer.echo(f"{size(done.before)} before, {size(done.after)} now, {done.rows:,} rows")


def _thin_archive(settings: Settings, now: datetime, *, is_dry: bool) -> None:
    days = settings.keep_archive_days
    if days is None:
        if is_dry:
            typer.echo("the whole archive is kept")
        return
    from flows.jobs.retention import removable, remove_old
    from flows.printable import number
    from warehouse.health import size

    act = removable if is_dry else remove_old
    found = act(settings, keep_days=days, now=now)
    would = "would be removed" if is_dry else "removed"
    kept = f"; {number(found.kept, 'capture')} kept because they are needed" if found.kept else ""
    typer.echo(
        f"archive: {number(found.captures, 'capture')} ({number(found.documents, 'document')}) in "
        f"{number(found.files, 'file')} older than {number(days, 'day')} {would}, "
        f"{size(found.bytes)}{kept}"
    )


def restore(
    *,
    data: Data = None,
    snapshot: Annotated[
        int | None, typer.Option(min=1, help="Go back to the snapshot with this number")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", help="Folder or s3://bucket/prefix with backups")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="With --from: the backup; default the newest")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="With --from: replace the files in the data folder")
    ] = False,
) -> None:
    """Restore a damaged warehouse, or a whole data folder from a backup.

    Without [b]--from[/b], the newest intact snapshot replaces a damaged warehouse. What is newer
    is read from the damaged file, as far as it can be read, and from the archive. For each table
    it says where its rows come from, and how many are lost. An intact warehouse is not replaced.

    With [b]--from[/b], the data folder must be empty, unless [b]--force[/b] is given. Every digest
    is verified. If it is interrupted, run it again.

    Replaced files go to the quarantine folder.

    Example: [b]onrecord restore[/b]

    Example: [b]onrecord restore --from /mnt/disk/news --data ~/news[/b]
    """
    from flows.settings import read_settings

    settings = read_settings(data=data)
    if source is not None:
        restore_from(settings, source, at=at, is_forced=force)
    else:
        _restore_warehouse(settings, snapshot)


def _restore_warehouse(settings: Settings, snapshot: int | None) -> None:
    from datetime import UTC, datetime

    from flows.jobs.restore import load_later_captures, table_lines
    from flows.jobs.retention import lost_documents, lost_line
    from flows.logs import start_logs
    from flows.printable import number, plain
    from flows.runs.report import summary
    from warehouse.publish import is_behind, publish
    from warehouse.restore import restore as run

    start_logs(settings.log_format, settings.log_level)
    folder, wait_s = settings.folder, settings.lock_wait_s
    done = run(folder, now=datetime.now(UTC), number=snapshot, wait_s=wait_s)
    if done.damage is None:
        typer.echo("the warehouse is intact; nothing was replaced")
    else:
        typer.echo(f"replaced: {plain(done.damage)}")
        typer.echo(
            f"restored: {done.source or 'no intact file was found, so the warehouse is empty now'}"
        )
    for path in done.set_aside:
        typer.echo(f"set aside: {path}")
    if done.recovery.appended:
        typer.echo(f"appended {number(done.recovery.appended, 'batch', 'batches')} from the spool")
    for path, reason in done.recovery.refused:
        typer.echo(f"could not append {path}: {plain(reason)}")
    if snapshot is None:  # an intact file may lack what an interrupted restore set aside
        newest = f"{done.newest_at:%Y-%m-%d %H:%M} UTC" if done.newest_at else "the beginning"
        typer.echo(f"loading polls and documents since {newest} from the archive:")
        typer.echo(summary(load_later_captures(settings, since=done.newest_at)))
        if lost := lost_documents(folder, since=done.newest_at):
            typer.echo(f"no longer in the archive: {lost_line(lost)}")
    if done.damage is not None:
        for line in table_lines(settings, done):
            typer.echo(line)
    if is_behind(folder, wait_s=wait_s):
        typer.echo(f"published: {publish(folder, wait_s=wait_s)}")


def rebuild(
    target: Annotated[Path, typer.Argument(help="New data folder; it must be empty")],
    *,
    data: Data = None,
) -> None:
    """Rebuild a warehouse from the archive in a new data folder.

    The old data folder is not changed. Every response is archived, so articles, polls and
    entries are rebuilt. Requests without a response, backfills and checks are not, and
    neither are documents whose captures were removed under [b]ONRECORD_KEEP_ARCHIVE_DAYS[/b].

    Example: [b]onrecord rebuild data-new[/b]
    """
    from flows.jobs.rebuild import rebuild as run
    from flows.jobs.retention import lost_documents, lost_line
    from flows.logs import start_logs
    from flows.runs.interruption import stoppable
    from flows.runs.report import summary
    from flows.settings import read_settings

    settings = read_settings(data=data)
    start_logs(settings.log_format, settings.log_level)
    with stoppable():
        typer.echo(summary(run(settings, target)))
    if lost := lost_documents(settings.folder):
        typer.echo(f"not rebuilt: {lost_line(lost)}")
