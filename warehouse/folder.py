"""Where everything lies that a run writes: the data folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The data folder and what is in it; nothing is made before it is needed."""

    root: Path

    @property
    def live(self) -> Path:
        """The writer's file."""
        return self.root / "live" / "onrecord.duckdb"

    @property
    def lock(self) -> Path:
        """The file whose lock makes a process the writer."""
        return self.root / "live" / "writer.lock"

    @property
    def slot(self) -> Path:
        """The file whose lock makes a run the one that writes: held for the whole run."""
        return self.root / "live" / "run.lock"

    @property
    def published(self) -> Path:
        """Snapshots for readers."""
        return self.root / "published"

    @property
    def newest(self) -> Path:
        """The newest snapshot, under a name that stays."""
        return self.published / "onrecord.duckdb"

    @property
    def spool(self) -> Path:
        """Batches that wait for the warehouse."""
        return self.root / "spool"

    @property
    def archive(self) -> Path:
        """WARC files."""
        return self.root / "archive"

    @property
    def quarantine(self) -> Path:
        """Pages that killed a worker."""
        return self.root / "quarantine"

    @property
    def feed_list(self) -> Path:
        """The feeds that are polled."""
        return self.root / "feeds.opml"
