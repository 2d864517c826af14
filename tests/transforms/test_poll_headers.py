from __future__ import annotations

from datetime import UTC, datetime

import pytest

from transforms.feeds.poll_headers import freshness_s, retry_after_s

NOW = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)
DAY = 86_400.0


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"retry-after": "120"}, 120, id="seconds"),
        pytest.param({"retry-after": " 120 "}, 120, id="blanks"),
        pytest.param({"retry-after": "316800"}, DAY, id="88-hours"),
        pytest.param({"retry-after": "9" * 400}, DAY, id="absurd"),
        pytest.param({"retry-after": "Mon, 06 May 2024 12:10:00 GMT"}, 600, id="date"),
        pytest.param(
            {
                "retry-after": "Tue, 07 May 2030 01:10:00 GMT",
                "date": "Tue, 07 May 2030 01:00:00 GMT",
            },
            600, id="date-by-a-skewed-clock",
        ),
        pytest.param({"retry-after": "Sun, 05 May 2024 12:00:00 GMT"}, None, id="past"),
        pytest.param({"retry-after": "Mon, 06 May 2099 12:00:00 GMT"}, DAY, id="far-date"),
        pytest.param({"retry-after": "-5"}, None, id="negative"),
        pytest.param({"retry-after": "soon"}, None, id="words"),
        pytest.param({"retry-after": "1e9"}, None, id="exponent"),
        pytest.param({"retry-after": "²"}, None, id="superscript"),
        pytest.param({"retry-after": "٣"}, None, id="other-digits"),
        pytest.param(
            {
                "retry-after": "Mon, 06 May 2024 13:10:00 GMT",
                "date": "Mon, 06 May 2024 13:00:00 GMT",
            },
            600, id="date-by-a-clock-ahead",
        ),
        pytest.param(
            {"retry-after": "Mon, 06 May 2024 12:10:00 GMT", "date": "yesterday"},
            600, id="date-without-a-clock",
        ),
        pytest.param({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, DAY, id="last-date"),
        pytest.param({"retry-after": "Mon, 99 May 2024 12:10:00 GMT"}, None, id="no-date"),
        pytest.param({"retry-after": "Mon, 06 May 99999 12:10:00 GMT"}, None, id="no-year"),
        pytest.param({"retry-after": ""}, None, id="empty"),
        pytest.param({"retry-after": "0"}, 0, id="zero"),
        pytest.param({}, None, id="none"),
    ],
)  # fmt: skip
def test_retry_after_is_read(headers: dict[str, str], expected: float | None) -> None:
    assert retry_after_s(headers, now=NOW) == expected


@pytest.mark.parametrize("header", ["x" * 10_000, "max-age=", "max-age=-1", "max-age=abc"])
def test_meaningless_cache_control_is_ignored(header: str) -> None:
    assert freshness_s({"cache-control": header}, now=NOW) is None
