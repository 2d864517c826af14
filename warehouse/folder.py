"""The data folder, which contains everything that a run writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Paths in the data folder; nothing is created before it is needed."""

    root: Path

    @property
    def live(self) -> Path:
        """The file that the writer changes."""
        return self.root / "live" / "onrecord.duckdb"

    @property
    def verified(self) -> Path:
        """The digests of the blocks of the live file that the last publisher verified."""
        return self.root / "live" / "verified.blocks"

    @property
    def lock(self) -> Path:
        """The lock file of the writer, held while the live file is open."""
        return self.root / "live" / "writer.lock"

    @property
    def slot(self) -> Path:
        """The lock file of the writing run, held for the whole run."""
        return self.root / "live" / "run.lock"

    @property
    def backup_lock(self) -> Path:
        """The lock file of a backup or of a restore from one, held to its end."""
        return self.root / "live" / "backup.lock"

    @property
    def published(self) -> Path:
        """The folder of snapshots for readers."""
        return self.root / "published"

    @property
    def newest(self) -> Path:
        """The newest snapshot, under a stable name."""
        return self.published / "onrecord.duckdb"

    @property
    def spool(self) -> Path:
        """The folder of batches that wait to be appended."""
        return self.root / "spool"

    @property
    def archive(self) -> Path:
        """The folder of WARC files."""
        return self.root / "archive"

    @property
    def quarantine(self) -> Path:
        """The folder of pages that killed a worker, refused batches and replaced files."""
        return self.root / "quarantine"

    @property
    def alerts(self) -> Path:
        """The folder of messages that wait to be sent, and of the mark of the last ingest."""
        return self.root / "alerts"

    @property
    def downloads(self) -> Path:
        """The folder of web archives that are being downloaded."""
        return self.root / "downloads"

    @property
    def commands(self) -> Path:
        """The folder of what the commands printed that the pages have started."""
        return self.root / "commands"

    @property
    def metrics(self) -> Path:
        """The folder of the figures for the metrics, if they are wanted."""
        return self.root / "metrics"

    @property
    def feed_list(self) -> Path:
        """The list of feeds to poll."""
        return self.root / "feeds.opml"

    @property
    def feed_list_lock(self) -> Path:
        """The lock file of the feed list, held while it is changed."""
        return self.root / ".feeds.opml.lock"

    @property
    def rules(self) -> Path:
        """The user's rules for single publishers."""
        return self.root / "rules.toml"

    @property
    def secrets(self) -> Path:
        """The user's logins and keys for single hosts."""
        return self.root / "secrets.toml"

    @property
    def masked_values(self) -> Path:
        """The values that are masked in addresses."""
        return self.root / "masked_values.jsonl"

    @property
    def tokens(self) -> Path:
        """The tokens of programs, as hashes."""
        return self.root / "tokens.json"

    @property
    def tokens_lock(self) -> Path:
        """The lock file of the tokens, held while they are changed."""
        return self.root / ".tokens.json.lock"

    @property
    def settings_file(self) -> Path:
        """The settings of the user, some of which are secrets."""
        return self.root / "onrecord.toml"
