"""The jobs that the kill test ends at random moments: their inputs and their commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path

from tests.helpers.news_server import NewsServer
from tests.helpers.processes import ROOT
from tests.helpers.web_archives import packed_response

_BATCH = 40  # documents, so that a run of a few seconds appends several batches


class Job:
    """A command that is killed and repeated until it ends by itself.

    Attributes:
        name: The name of the command.
        most_s: Seconds within which a run is killed.
    """

    name: str
    most_s = 6.0

    def __init__(self, root: Path, news: NewsServer) -> None:
        self.root, self.news = root, news

    @property
    @abstractmethod
    def command(self) -> Sequence[str]:
        """The arguments of the command that is killed."""

    def prepare(self, data: Path) -> None:
        """Make what a data folder needs before the command runs."""
        data.mkdir(parents=True)

    def start(
        self, data: Path, *command: str, under: Sequence[str] = ()
    ) -> subprocess.Popen[bytes]:
        """Start the command, or another one, in a process group of its own.

        Args:
            data: The data folder.
            command: The arguments of another command.
            under: A program, with arguments, that runs the command.
        """
        own = {
            "ONRECORD_ALLOW_HOSTS": self.news.host,
            "ONRECORD_HOST_DELAY": "0",
            "ONRECORD_BATCH_DOCUMENTS": str(_BATCH),
            "ONRECORD_PREFECT": "never",
            "ONRECORD_REVISIT": "off",
        }
        return subprocess.Popen(
            [
                *under,
                sys.executable,
                "-m",
                "flows",
                *(command or self.command),
                "--data",
                str(data),
            ],
            cwd=ROOT,
            env=os.environ | own,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def finish(self, data: Path, *command: str) -> None:
        """Run the command, or another one, to its end.

        Raises:
            RuntimeError: It failed.
        """
        process = self.start(data, *command)
        _, problems = process.communicate(timeout=1800)
        if process.returncode:
            raise RuntimeError(f"{self.name} ended with {process.returncode}: {problems.decode()}")

    @property
    def pages(self) -> list[str]:
        """The paths of all articles of the publisher."""
        return [path for paths in self.news.lists.values() for path in paths]


class Ingest(Job):
    """Polls all feeds and fetches their pages."""

    name = "ingest"
    command = ("ingest",)

    def prepare(self, data: Path) -> None:
        """Write the feed list."""
        super().prepare(data)
        (data / "feeds.opml").write_bytes(self.news.opml())


class Load(Job):
    """Loads a folder of saved pages."""

    name = "load"

    @property
    def command(self) -> Sequence[str]:
        """The command, with the folder of pages."""
        return ["load", str(self.saved_pages())]

    def saved_pages(self) -> Path:
        """Return the folder of pages; write them if they are not there yet."""
        folder = self.root / "pages"
        if not folder.exists():
            folder.mkdir()
            for path in self.pages:
                name = path.strip("/").replace("/", "-")
                (folder / f"{name}.html").write_bytes(self.news.pages[path])
        return folder


class Backfill(Job):
    """Fills a year from web archives."""

    name = "backfill"

    @property
    def command(self) -> Sequence[str]:
        """The command, with the web archives."""
        days = ["--since", "2024-01-01", "--until", "2024-12-31"]
        return ["backfill", "--from", "warc", *days, *map(str, self.archives())]

    def archives(self) -> list[Path]:
        """Return five web archives; write them if they are not there yet."""
        files = [self.root / f"crawl-{number}.warc.gz" for number in range(5)]
        if not files[0].exists():
            for number, file in enumerate(files):
                file.write_bytes(
                    b"".join(
                        packed_response(self.news.url(path), self.news.pages[path])
                        for path in self.pages[number::5]
                    )
                )
        return files


class Loaded(Load):
    """A job whose data folder has articles already."""

    def prepare(self, data: Path) -> None:
        """Copy a data folder in which all saved pages are loaded."""
        ready = self.root / "ready"
        if not ready.exists():
            ready.mkdir()
            self.finish(ready, "load", str(self.saved_pages()))
        shutil.copytree(ready, data, symlinks=True)


class Reprocess(Loaded):
    """Cleans and analyses all articles again."""

    name = "reprocess"
    command = ("reprocess", "--all")


class Compact(Loaded):
    """Rewrites the live file."""

    name = "compact"
    command = ("compact",)
    most_s = 2.0


class Publish(Loaded):
    """Publishes a snapshot."""

    name = "publish"
    command = ("publish",)
    most_s = 1.5


JOBS: tuple[type[Job], ...] = (Ingest, Load, Backfill, Reprocess, Compact, Publish)
