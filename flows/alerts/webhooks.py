"""Webhooks: events as JSON, signed as Standard Webhooks 1.0.0 says.

The receiver computes the signature from the key that it shares with us, so it knows that the event
is ours and not older than it says. No redirect is followed: the event is for this address alone.
"""

from __future__ import annotations

from typing import Any

from flows.signatures import signature


def post_event(
    url: str, *, key: str, event_id: str, payload: str, sent_s: int, time_limit_s: float
) -> str | None:
    """Send an event; return why that failed, None if the receiver took it.

    Args:
        url: The address of the receiver.
        key: The key as it is written in the settings.
        event_id: The key of the event, the same at each attempt.
        payload: The event.
        sent_s: When it is sent, seconds since 1970.
        time_limit_s: Seconds to wait for the receiver.
    """
    import urllib.error  # noqa: PLC0415  # only needed in the process that sends
    import urllib.request  # noqa: PLC0415

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            """Follow nothing: the answer counts as a failure."""

    headers = {
        "content-type": "application/json",
        "user-agent": "onrecord",
        "webhook-id": event_id,
        "webhook-timestamp": str(sent_s),
        "webhook-signature": signature(key, event_id, sent_s, payload),
    }
    request = urllib.request.Request(url, payload.encode(), headers, method="POST")  # noqa: S310  # the settings allow only http and https
    try:
        urllib.request.build_opener(NoRedirect).open(request, timeout=time_limit_s).close()
    except urllib.error.HTTPError as exc:
        exc.close()
        return f"the receiver answered with status {exc.code}"
    except OSError as exc:
        return f"the receiver cannot be reached: {getattr(exc, 'reason', None) or exc}"
    return None
