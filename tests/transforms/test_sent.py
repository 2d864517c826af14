"""Records arrive in another process as they were sent."""

import pickle
from copy import deepcopy
from dataclasses import FrozenInstanceError

import pytest

from tests.helpers.builders import make_article
from transforms.records import Analysis, Mention, Topic, TopicEvidence

MENTION = Mention(start=4, end=11, text="Aveling", kind="place", name="Aveling", entity_id="e1")
EVIDENCE = TopicEvidence(term="ferry", weight=2, occurrences=3, start=0, end=5)


def analysis():
    return Analysis(
        article=make_article(),
        mentions=(MENTION,),
        topics=(
            Topic(code="t", name="Shipping", level=1, broader_code="t", score=0.5, evidence=(EVIDENCE,)),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_record_with_records_arrives_as_it_was_sent(protocol):
    sent = analysis()
    arrived = pickle.loads(pickle.dumps(sent, protocol))
    assert (arrived, hash(arrived.mentions)) == (sent, hash(sent.mentions))
    assert type(arrived.topics[0].evidence[0]) is TopicEvidence
    assert deepcopy(sent) == sent


def test_record_that_arrived_is_still_frozen():
    arrived = pickle.loads(pickle.dumps(MENTION))
    with pytest.raises(FrozenInstanceError):
        arrived.start = 5
    assert not hasattr(arrived, "__dict__")
