"""The target of `onrecord export --to`: a folder, or a bucket with its AWS_* variables."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

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
    endpoint = _variable("AWS_ENDPOINT_URL_S3") or _variable("AWS_ENDPOINT_URL")
    return BucketTarget(
        to,
        key_id=_needed("AWS_ACCESS_KEY_ID"),
        secret=_needed("AWS_SECRET_ACCESS_KEY"),
        session_token=_variable("AWS_SESSION_TOKEN"),
        region=_variable("AWS_REGION") or _variable("AWS_DEFAULT_REGION") or "us-east-1",
        endpoint=urlsplit(endpoint).netloc,
        use_tls=not endpoint.startswith("http://"),
    )


def _variable(name: str) -> str:
    return os.environ.get(name, "")


def _needed(name: str) -> str:
    value = _variable(name)
    if not value:
        raise SettingsError(name, "", "the key of the bucket")
    return value
