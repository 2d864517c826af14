"""What a message says: one line per cause, what to do, and what is over."""

from datetime import UTC, datetime

from flows.alerts.advice import advice
from flows.alerts.decisions import Ended
from flows.alerts.lines import lines
from flows.alerts.messages import compose
from flows.settings import ALERT_KINDS, Settings
from warehouse.conditions import Condition

NOW = datetime(2024, 7, 1, 12, tzinfo=UTC)


def problem(kind="feed_failing", subject="https://large.example/1", code="unknown_host"):
    return Condition(
        kind=kind, item=subject, subject=subject, source_id="large.example", since_at=NOW, code=code,
        detail=f"{code} (no address)", advice="correct the address",
    )  # fmt: skip


def test_forty_feeds_of_a_dead_host_are_one_line(tmp_path):
    found = [problem(subject=f"https://large.example/{n}") for n in range(40)]
    message = compose(Settings(data=tmp_path), found, [])
    assert message.title.startswith(
        "onrecord: 40 feeds of large.example have been failing since 2024-07-01 12:00"
    )
    first, second, *_ = message.body.splitlines()
    assert first.endswith("unknown_host (no address), for example https://large.example/0")
    assert second == "  Next: correct the address"


def test_beginnings_and_ends_are_counted_in_the_title(tmp_path):
    ended = [Ended("run_failed", "ingest", NOW), Ended("disk", "/data", NOW)]
    message = compose(Settings(data=tmp_path), [problem()], ended)
    assert message.title == "onrecord: 1 thing needs you, 2 problems ended"
    assert (
        "Ended:\n- ingest completes again (problem since 2024-07-01 12:00 UTC)\n- the disk"
        in message.body
    )
    assert message.body.splitlines()[-1].startswith("`onrecord status` shows everything")


def test_many_ends_are_counted_by_kind(tmp_path):
    ended = [Ended("feed_failing", f"feed-{n}", NOW) for n in range(300)]
    message = compose(Settings(data=tmp_path), [], ended)
    assert message.title == "onrecord: 300 problems ended"
    assert "Ended:\n- 300 problems of the kind feed_failing\n" in message.body


def test_every_kind_has_a_line_advice_and_an_end(tmp_path):
    for kind in (*ALERT_KINDS, "channel"):
        found = problem(kind, subject="x", code="")
        assert advice(found)
        assert "x" in lines([found])[0].text
        assert "x" in compose(Settings(data=tmp_path), [], [Ended(kind, "x", NOW)]).title
