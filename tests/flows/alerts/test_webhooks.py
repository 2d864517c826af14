"""Webhooks: signed events that arrive once under one key, and show no secret."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.alerts import after_run as ends
from flows.alerts.after_run import after_run
from flows.alerts.channels import Parcel, channels, deliver, send
from flows.alerts.facts import of_matches, of_problems
from flows.alerts.queue import deliver_waiting, enqueue, waiting
from flows.alerts.watching import add_watch
from flows.cli.setting_values import shown
from flows.errors import SettingsError
from flows.secrets import mask_text
from flows.settings import Settings, read_settings
from flows.signatures import key_bytes, signature
from tests.helpers.alert_rows import run
from tests.helpers.inbox import open_inbox
from tests.helpers.questions import BUDGET, PLAN
from tests.helpers.stories import append_stories
from tests.helpers.webhooks import KEY, open_receiver, verify
from warehouse.conditions import Condition
from warehouse.connect import open_live
from warehouse.publish import publish
from warehouse.watches import make_watch

NOW = datetime(2024, 7, 1, 12, tzinfo=UTC)
OTHER = "whsec_" + base64.b64encode(bytes(32)).decode()


@pytest.fixture
def receiver():
    with open_receiver() as receiver:
        yield receiver


@pytest.fixture
def settings(tmp_path, receiver, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return Settings(
        data=tmp_path / "data",
        webhook_key=KEY,
        webhook_url=receiver.url,
        alert_kinds="run_failed",
        lock_wait_s=0.0,
    )


def test_signature_is_that_of_the_reference():
    payload = '{"test": 2432232314}'
    made = signature(KEY, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, payload)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_event_is_signed_json_that_the_receiver_can_verify(settings, receiver):
    assert send(settings, "Feeds fail", "one “two”", kind="alert.test") == []
    ((headers, body),) = receiver.requests
    assert headers["content-type"] == "application/json"
    event = verify(headers, body)
    assert event["id"] == headers["webhook-id"]
    assert event["type"] == "alert.test"
    assert event["data"] == {"title": "Feeds fail", "text": "one “two”"}
    assert datetime.fromisoformat(event["timestamp"]).tzinfo is not None
    for wrong in (body + b" ", body.replace(b"one", b"two")):
        with pytest.raises(ValueError, match="signature"):
            verify(headers, wrong)
    for changed in ({"webhook-id": "evt_other"}, {"webhook-timestamp": "1"}):
        with pytest.raises(ValueError, match="signature"):
            verify(headers | changed, body)
    with pytest.raises(ValueError, match="signature"):
        verify(headers, body, OTHER)


def test_event_is_tried_again_with_its_key_and_arrives_once(settings, receiver):
    enqueue(settings, "Feeds fail", "text", now=NOW)
    receiver.status = 500
    assert not deliver_waiting(settings, now=NOW)
    (one,) = waiting(settings.folder)
    assert one.problem == "the receiver answered with status 500"
    assert one.next_at == NOW + timedelta(minutes=10)
    receiver.status = 200
    for minutes in (5, 10, 50):
        deliver_waiting(settings, now=NOW + timedelta(minutes=minutes))
    assert len(receiver.requests) == 2
    assert len(set(receiver.ids)) == 1
    assert receiver.requests[0][1] == receiver.requests[1][1]
    assert len(receiver.events) == 2  # each with a signature of its own time
    assert not waiting(settings.folder)


def test_new_key_signs_what_waits(settings, receiver):
    enqueue(settings, "Feeds fail", "text", now=NOW)
    assert KEY not in "".join(path.read_text() for path in settings.folder.alerts.iterdir())
    changed = settings.model_copy(update={"webhook_key": OTHER})
    deliver_waiting(changed, now=NOW)
    ((headers, body),) = receiver.requests
    assert verify(headers, body, OTHER)["data"]["title"] == "Feeds fail"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_a_failure_and_not_followed(settings, receiver, status):
    with open_receiver() as other:
        receiver.status, receiver.location = status, other.url
        (told,) = send(settings, "t", "b")
        assert told.endswith(f"the receiver answered with status {status}")
        assert other.requests == []


def test_hanging_receiver_is_given_up_while_the_others_get_the_message(settings, receiver):
    receiver.is_hanging = True
    with open_inbox() as inbox:
        event = Parcel("w", receiver.url, "t", "b", key=KEY, event_id="evt_1", payload="{}")
        problems = deliver([event, Parcel("a", inbox.channel, "t", "b")], time_limit_s=5.0)
        assert problems == ["no answer within 5 seconds", None]
        assert inbox.titles == ["t"]


def test_receiver_that_is_not_there_is_told_without_secrets(settings):
    gone = settings.model_copy(update={"webhook_url": "http://127.0.0.1:1/t0psecret?t0psecret=1"})
    (told,) = send(gone, "t", "b")
    assert "cannot be reached" in told
    (name,) = channels(gone)
    assert told.startswith(f"{name}: ")
    assert "t0psecret" not in told + name
    assert KEY not in told


def test_problem_has_the_facts_of_its_line(settings, receiver):
    with open_live(settings.folder) as con:
        run(con, "r1", NOW, "failed", detail="no space")
    after_run(settings, now=NOW)
    (event,) = receiver.events
    assert event["type"] == "alert.problems"
    (problem,) = event["data"]["started"]
    assert event["data"]["title"].startswith("onrecord: ingest has been failing since 2024-07-01")
    assert (problem["kind"], problem["subject"], problem["page"]) == (
        "run_failed",
        "ingest",
        "/runs",
    )
    assert problem["detail"] in event["data"]["text"]
    assert problem["advice"] in event["data"]["text"]
    assert event["data"]["ended"] == []
    with open_live(settings.folder) as con:
        run(con, "r2", NOW + timedelta(hours=2), "completed")
    for hours in (2, 4):
        after_run(settings, now=NOW + timedelta(hours=hours))
    over = receiver.events[-1]
    assert over["data"]["started"] == []
    assert [one["subject"] for one in over["data"]["ended"]] == ["ingest"]
    assert len(set(receiver.ids)) == len(receiver.ids) == 2


def test_run_that_is_killed_after_it_queued_an_event_uses_its_key_again(
    settings, receiver, monkeypatch
):
    with open_live(settings.folder) as con:
        run(con, "r1", NOW, "failed", detail="no space")
    queue = ends._queue

    def killed(*given):
        queue(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ends, "_queue", killed)
        with pytest.raises(KeyboardInterrupt):
            after_run(settings, now=NOW)
    after_run(settings, now=NOW + timedelta(minutes=1))
    after_run(settings, now=NOW + timedelta(minutes=2))
    assert receiver.events
    assert len(set(receiver.ids)) == 1


def test_problem_that_comes_again_is_another_event():
    found = Condition(
        kind="disk", item="data", subject="/data", source_id=None, since_at=NOW, code="", detail="d"
    )
    one, same, later = (
        of_problems([found], [], recorded_at=at) for at in (NOW, NOW, NOW + timedelta(days=9))
    )
    assert one.event_id == same.event_id != later.event_id


def test_feed_leads_to_its_page_and_its_address():
    found = Condition(
        kind="feed_failing", item="f1-a/b", subject="https://a.example/feed", source_id="a.example",
        since_at=NOW, code="gone", detail="gone",
    )  # fmt: skip
    (problem,) = of_problems([found], [], recorded_at=None).content["started"]
    assert (problem["url"], problem["page"]) == ("https://a.example/feed", "/feeds/f1-a%2Fb")


def test_watch_tells_of_its_matches_with_their_addresses(settings, receiver):
    with open_live(settings.folder) as con:
        append_stories(con, settings.folder.spool, PLAN)
    publish(settings.folder)
    add_watch(settings, make_watch("quantum", words="quantum"), now=NOW)
    with open_live(settings.folder) as con:
        append_stories(con, settings.folder.spool, BUDGET)
    after_run(settings, now=NOW + timedelta(minutes=1))
    after_run(settings, now=NOW + timedelta(minutes=2))
    (event,) = receiver.events
    assert event["type"] == "watch.matched"
    assert (event["data"]["watch"], event["data"]["new_matches"]) == ("quantum", 1)
    (match,) = event["data"]["matches"]
    assert match["url"] == "https://b.example/budget"
    assert match["title"] == BUDGET.article.title
    assert match["page"] == f"/articles/{BUDGET.article.article_id}"
    assert match["published_at"].startswith("2026-02-03")


def test_event_of_a_watch_is_named_after_the_looks_that_no_other_has():
    watch = make_watch("quantum", words="quantum")
    ids = [of_matches(watch, [], looks).event_id for looks in (["a", "b"], ["b", "a"], ["c"])]
    assert ids[0] == ids[1] != ids[2]


def test_webhook_and_channels_are_told_together(settings, receiver):
    with open_inbox() as inbox:
        both = settings.model_copy(update={"alert_urls": (inbox.channel,)})
        enqueue(both, "Feeds fail", "text", now=NOW)
        deliver_waiting(both, now=NOW)
        assert inbox.titles == ["Feeds fail"]
        assert [event["data"]["title"] for event in receiver.events] == ["Feeds fail"]


@pytest.mark.parametrize(
    "key",
    ["whsec_", "short", KEY.removeprefix("whsec_"), "whsec_MfKQ", "whsec_***", f"{KEY}\n"],
)
def test_key_that_is_none_is_an_error_that_does_not_show_it(tmp_path, monkeypatch, key):
    monkeypatch.setenv("ONRECORD_WEBHOOK_KEY", key)
    monkeypatch.setenv("ONRECORD_WEBHOOK_URL", "https://hooks.example/t0psecret")
    with pytest.raises(SettingsError, match="24 to 64 random bytes") as found:
        read_settings(data=tmp_path)
    assert "t0psecret" not in str(found.value)
    assert "MfKQ9r8" not in str(found.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ONRECORD_WEBHOOK_URL", "https://hooks.example/t0psecret", "webhook_key too"),
        ("ONRECORD_WEBHOOK_URL", "ftp://hooks.example/t0psecret", "https://"),
        ("ONRECORD_WEBHOOK_UR", "https://hooks.example/t0psecret", "webhook_url"),
    ],
)
def test_wrong_address_is_an_error_that_does_not_show_it(tmp_path, monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as found:
        read_settings(data=tmp_path)
    assert said.lower() in str(found.value).lower()
    assert "t0psecret" not in str(found.value)


def test_settings_and_logs_show_neither_key_nor_address(settings):
    assert shown(settings, "webhook_key") == "***"
    assert shown(settings, "webhook_url") == "http://127.0.0.1/***"
    assert shown(Settings(), "webhook_key") == ""
    assert KEY not in repr(settings)
    assert "t0psecret" not in repr(settings)
    assert mask_text(f"the key is {KEY}") == "the key is whsec_***"


def test_key_has_the_bytes_that_it_stands_for():
    assert key_bytes(OTHER) == bytes(32)


def test_event_that_waits_already_is_not_queued_again(settings):
    watch = make_watch("quantum", words="quantum")
    for minutes, look in ((0, "a"), (1, "a"), (2, "b")):
        facts = of_matches(watch, [], [look])
        enqueue(settings, "t", "b", now=NOW + timedelta(minutes=minutes), facts=facts)
    assert len({one.event_id for one in waiting(settings.folder)}) == 2
    assert len(waiting(settings.folder)) == 2


def test_command_tries_the_webhook(settings, receiver, monkeypatch):
    monkeypatch.setenv("ONRECORD_WEBHOOK_KEY", KEY)
    monkeypatch.setenv("ONRECORD_WEBHOOK_URL", receiver.url)
    result = CliRunner().invoke(app, ["alert", "--test", "--data", str(settings.data)])
    (name,) = channels(settings)
    assert (result.exit_code, result.stdout) == (0, f"{name}: sent\n")
    assert [event["type"] for event in receiver.events] == ["alert.test"]
