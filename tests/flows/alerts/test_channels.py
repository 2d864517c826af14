"""Messages arrive, failures are told without secrets, and nothing waits for a channel."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows.alerts.channels import Parcel, channel_name, deliver, send
from flows.alerts.queue import deliver_waiting, enqueue, waiting
from flows.settings import Settings
from tests.helpers.inbox import open_inbox

NOW = datetime(2024, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def inbox():
    with open_inbox() as inbox:
        yield inbox


def test_each_channel_is_tried_and_failures_name_it_without_secrets(inbox):
    unknown = "nochannel://t0psecret/x"
    settings = Settings(
        alert_urls=(inbox.channel, unknown, "json://t0psecret@127.0.0.1:1/t0psecret")
    )
    failed = send(settings, "Feeds fail", "one\ntwo")
    assert inbox.messages == [("Feeds fail", "one\ntwo")]
    assert [line.partition(": ")[0] for line in failed] == list(
        map(channel_name, settings.alert_urls[1:])
    )
    assert "Connection error" in failed[1]
    assert "t0psecret" not in "".join(failed)


def test_hanging_channel_is_given_up_while_the_others_get_the_message(inbox):
    with open_inbox() as hanging:
        hanging.is_hanging = True
        patient = f"{hanging.channel}?rto=60"  # Apprise itself waits for a minute
        parcels = [Parcel("a", patient, "t", "b"), Parcel("b", inbox.channel, "t", "b")]
        problems = deliver(parcels, ping=inbox.url("/uuid"), time_limit_s=5.0)
    assert problems == ["no answer within 5 seconds", None]
    assert (inbox.titles, inbox.gets) == (["t"], ["/uuid"])


def test_failed_message_waits_longer_each_time_and_arrives_once(inbox, tmp_path):
    settings = Settings(data=tmp_path, alert_urls=(inbox.channel,))
    enqueue(settings, "Feeds fail", "text", now=NOW)
    inbox.status = 500
    assert not deliver_waiting(settings, now=NOW)
    (one,) = waiting(settings.folder)
    assert (one.attempts, one.next_at) == (1, NOW + timedelta(minutes=10))
    assert "error=500" in one.problem
    assert "t0psecret" not in one.path.read_text()
    inbox.status = 200
    deliver_waiting(settings, now=NOW + timedelta(minutes=9))
    assert not inbox.messages
    deliver_waiting(settings, now=NOW + timedelta(minutes=10))
    deliver_waiting(settings, now=NOW + timedelta(minutes=50))
    assert inbox.titles == ["Feeds fail"]
    assert not waiting(settings.folder)


def test_message_is_dropped_after_three_days_or_without_its_channel(inbox, tmp_path):
    settings = Settings(data=tmp_path, alert_urls=(inbox.channel, "json://127.0.0.1:1"))
    enqueue(settings, "Feeds fail", "text", now=NOW)
    fewer = settings.model_copy(update={"alert_urls": (inbox.channel,)})
    inbox.status = 500
    gone = deliver_waiting(fewer, now=NOW)
    assert [one.channel for one in gone] == [channel_name("json://127.0.0.1:1")]
    (old,) = deliver_waiting(fewer, now=NOW + timedelta(days=3, hours=1))
    assert (old.title, old.attempts) == ("Feeds fail", 1)
    assert not waiting(settings.folder)


def test_damaged_file_in_the_queue_stops_nothing(inbox, tmp_path):
    settings = Settings(data=tmp_path, alert_urls=(inbox.channel,))
    enqueue(settings, "Feeds fail", "text", now=NOW)
    (settings.folder.alerts / "0-cut.json").write_text('{"channel": "js')
    deliver_waiting(settings, now=NOW)
    assert inbox.titles == ["Feeds fail"]


def test_two_channels_of_one_kind_have_different_names():
    one = Parcel("", "json://a/1", "", "")
    assert channel_name(one.url) != channel_name(replace(one, url="json://a/2").url)
