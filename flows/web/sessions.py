"""Sessions: who has signed in, and which forms come from our own pages."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from typing import Final

from flows.web.scopes import Scope

_LASTS_S: Final = 7 * 24 * 3600.0
_MOST: Final = 1_000  # sessions that are signed in; the oldest ends first


class Sessions:
    """The sessions of one server; they end with it."""

    def __init__(self) -> None:
        """Start without sessions, with a key of its own."""
        self._key = secrets.token_bytes(32)
        self._signed_in: OrderedDict[str, tuple[float, frozenset[Scope]]] = OrderedDict()
        self._lock = threading.Lock()

    def new(self) -> str:
        """Return the name of a new session."""
        return secrets.token_urlsafe(24)

    def token(self, session: str) -> str:
        """Return what the forms of a session contain; other sites cannot know it."""
        return hmac.new(self._key, session.encode(), hashlib.sha256).hexdigest()

    def is_token(self, session: str, token: str) -> bool:
        """Whether a form came from a page of this session."""
        return hmac.compare_digest(self.token(session), token)

    def sign_in(self, scopes: frozenset[Scope]) -> str:
        """Return a new session that is signed in and may do what its password allows."""
        session = self.new()
        with self._lock:
            self._signed_in[session] = time.monotonic() + _LASTS_S, scopes
            while len(self._signed_in) > _MOST:
                self._signed_in.popitem(last=False)
        return session

    def sign_out(self, session: str) -> None:
        """End a session."""
        with self._lock:
            self._signed_in.pop(session, None)

    def scopes(self, session: str) -> frozenset[Scope] | None:
        """Return what the password of a session allows; None if it is not signed in any more."""
        with self._lock:
            ends_at, scopes = self._signed_in.get(session, (0.0, None))
        return scopes if ends_at > time.monotonic() else None
