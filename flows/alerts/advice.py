"""What to do next about each kind of problem, one line."""

from __future__ import annotations

from typing import Final

from warehouse.conditions import Condition

_FEED: Final = {
    "gone": "`onrecord add` the publisher's home page to find its new address, then `onrecord remove` it",
    "not_found": "`onrecord add` the publisher's home page to find its new address, then `onrecord remove` it",
    "forbidden": "open it in a browser; if it needs a login, put that into secrets.toml, otherwise set `contact`",
    "robots_disallowed": "its robots.txt forbids this: ask the publisher, or `onrecord remove` the feed",
    "unknown_host": "correct its address, or `onrecord remove` the feed",
    "bad_certificate": "tell the publisher; until they renew it, `unverified_hosts` can except the host",
    "secret_missing": "restore masked_values.jsonl from a backup, or `onrecord add` the feed again",
    "too_many_requests": "raise `host_delay`",
    "silent": "open it in a browser: it may have ended, or moved to another feed",
}
_FEED_OTHER: Final = "open it in a browser; `onrecord add` finds the feed behind a page"
_PAGES: Final = {
    "forbidden": "open a page in a browser; if it works there, set `contact` and ask the publisher",
    "robots_disallowed": "its robots.txt forbids this: ask the publisher, or `onrecord remove` its feeds",
    "too_many_requests": "raise `host_delay`",
    "secret_missing": "restore masked_values.jsonl from a backup",
    "not_found": "the feed links to pages that do not exist: look for another feed of the publisher",
    "consent_wall": "a rule in rules.toml can name the part of the page that is the article",
    "login_wall": "its pages need a login: use its full-text feed, or `onrecord remove` the feed",
    "subscription_wall": "its pages need a subscription: use a full-text feed, or `onrecord remove` it",
    "captcha": "raise `host_delay`, set `contact`, and ask the publisher",
}
_PAGES_FAULT: Final = (
    "`onrecord test URL` with one of its pages shows why; correct it in rules.toml, then "
    "`onrecord reprocess`"
)
_OTHER: Final = {
    "run_failed": "correct the cause, then run it again; `onrecord doctor` looks for other problems",
    "run_missing": "check that `onrecord serve`, or the cron job that starts it, is running",
    "disk": "free some space, set `keep_archive_days` and run `onrecord compact`, or use a larger disk",
    "growth": "`onrecord feeds` shows how much each feed brings; `onrecord doctor` shows sizes",
    "check": "`onrecord check` lists every finding",
    "channel": "correct it in `alert_urls` or `webhook_url`; `onrecord alert --test` tries each channel",
}


_NO_ARTICLE: Final = (
    "nothing is missing; if this is an article, a rule in rules.toml or the setting "
    "`page_types` can keep it"
)
_MACHINE: Final = "retry it; the page is kept in the quarantine for a bug report"
_READ: Final = "correct the file, then load it again"


def advice_on_refusal(reason: str, kind: str, stage: str) -> str:
    """Return what to do about refused items, one line.

    Args:
        reason: The fixed code of the refusal.
        kind: `wall`, `no_article` or `fault`, as in the view `refusal_reasons`.
        stage: Where it was refused: `read`, `fetch`, `clean`, `analyse` or `append`.
    """
    if kind == "no_article":
        return _NO_ARTICLE
    if reason.startswith("extract_"):
        return _MACHINE
    if reason in _PAGES:
        return _PAGES[reason]
    return _READ if stage == "read" else _PAGES_FAULT


def advice(condition: Condition) -> str:
    """Return what to do next about a condition."""
    if condition.kind in {"feed_silent", "feed_failing"}:
        return _FEED.get(condition.code, _FEED_OTHER)
    if condition.kind == "publisher_failing":
        return _PAGES.get(condition.code, _PAGES_FAULT)
    return _OTHER[condition.kind]
