"""A time zone that a feed leaves open stays a doubt, in the archive too."""

from datetime import UTC, datetime

import pytest

from flows.runs.captured_items import capture_of_item, item_of_capture
from flows.runs.items import Item
from flows.runs.page_documents import feed_document
from warehouse.feed_queries import WantedPage

NOW = datetime(2024, 5, 7, tzinfo=UTC)


def wanted(*, is_zone_assumed):
    return WantedPage(
        canonical_url="https://herald.example/quay",
        url="https://herald.example/quay",
        source_id="herald.example",
        entry_id="e1",
        fingerprint="f1",
        title="Quay closed",
        authors=(),
        published_at=datetime(2024, 5, 6, tzinfo=UTC),
        published_precision="day",
        is_zone_assumed=is_zone_assumed,
        language="en",
        content="<p>The quay is closed.</p>",
        attempts=0,
    )


@pytest.mark.parametrize(("is_zone_assumed", "confidence"), [(True, 0.8), (False, 1.0)])
def test_assumed_zone_of_an_entry_lowers_the_confidence(is_zone_assumed, confidence):
    document = feed_document(wanted(is_zone_assumed=is_zone_assumed), NOW)
    assert document.published_confidence == confidence
    again = item_of_capture(capture_of_item(Item("quay", document))).content
    assert again.published_confidence == confidence
