"""The target of `onrecord export --to`: a folder, or a bucket with its AWS_* variables."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from flows.bucket_keys import read_bucket_keys
from flows.errors import SettingsError
from warehouse.export_targets import BucketTarget, FolderTarget, Target


def target_for(to: str) -> Target:
    """Return the folder or bucket named by `to`.

    Raises:
        SettingsError: It is another kind of URL, or the keys of the bucket are not set.
        ExportError: The DuckDB extension for buckets is not installed.
    """
    if "://" not in to:
        return FolderTarget(Path(to))
    if not to.startswith("s3://") or not urlsplit(to).netloc:
        raise SettingsError("--to", to, "a folder or s3://bucket/prefix")
    keys = read_bucket_keys()
    return BucketTarget(
        to,
        key_id=keys.key_id,
        secret=keys.secret,
        session_token=keys.session_token,
        region=keys.region,
        endpoint=urlsplit(keys.endpoint).netloc,
        use_tls=keys.use_tls,
    )
