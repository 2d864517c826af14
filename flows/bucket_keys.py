"""The keys of a bucket, in the usual `AWS_*` variables."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from flows.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketKeys:
    """How to reach a bucket.

    Attributes:
        key_id: Access key.
        secret: Its secret, which is never shown.
        session_token: Token of temporary keys, otherwise empty.
        region: Region of the bucket.
        endpoint: URL of the store, empty for Amazon's.
    """

    key_id: str
    secret: str = field(repr=False)
    session_token: str = field(default="", repr=False)
    region: str = "us-east-1"
    endpoint: str = ""

    @property
    def use_tls(self) -> bool:
        """Whether the endpoint uses HTTPS."""
        return not self.endpoint.startswith("http://")


def read_bucket_keys() -> BucketKeys:
    """Return the keys in the environment.

    Raises:
        SettingsError: `AWS_ACCESS_KEY_ID` or `AWS_SECRET_ACCESS_KEY` is not set.
    """
    return BucketKeys(
        key_id=_needed("AWS_ACCESS_KEY_ID"),
        secret=_needed("AWS_SECRET_ACCESS_KEY"),
        session_token=_variable("AWS_SESSION_TOKEN"),
        region=_variable("AWS_REGION") or _variable("AWS_DEFAULT_REGION") or "us-east-1",
        endpoint=_variable("AWS_ENDPOINT_URL_S3") or _variable("AWS_ENDPOINT_URL"),
    )


def _variable(name: str) -> str:
    return os.environ.get(name, "")


def _needed(name: str) -> str:
    value = _variable(name)
    if not value:
        raise SettingsError(name, "", "the key of the bucket")
    return value
