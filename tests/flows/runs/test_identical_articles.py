"""What linking reads and writes for one more batch of a text that the warehouse has many times."""

from collections import Counter

import pytest

from flows.runs import linking, story_links
from tests.helpers.builders import make_run
from tests.helpers.identical import append, report, rows_of, teaser
from tests.helpers.warehouses import query
from transforms.grouping import copies

BATCH = 60


@pytest.fixture
def counts(monkeypatch):
    """Count the texts, states and members that are read, and the pairs that are compared."""
    found: Counter[str] = Counter()

    def count(module, name, size):
        counted = getattr(module, name)

        def wrapped(*args, **given):
            result = counted(*args, **given)
            found[name] += size(result)
            return result

        monkeypatch.setattr(module, name, wrapped)

    count(linking, "known_places", lambda known: sum(map(len, known.places.values())))
    for module, name in [(linking, "texts_of"), (story_links, "members_of"),
                         (story_links, "states_of"), (story_links, "terms_of")]:  # fmt: skip
        count(module, name, len)
    count(copies, "compare", lambda _: 1)
    return found


def link_batches(run, make, counts, batches):
    """Append and link batches; return what each one read, compared and added."""
    costs = []
    for first in range(0, batches * BATCH, BATCH):
        before = rows_of(run)
        append(run, [make(number) for number in range(first, first + BATCH)])
        counts.clear()
        linking.link_new(run)
        added = {table: rows - before[table] for table, rows in rows_of(run).items()}
        costs.append(dict(counts) | added)
    return costs


def test_one_more_batch_of_a_report_costs_no_more_than_the_second(tmp_path, counts):
    run = make_run(tmp_path / "data")
    _, second, *later = link_batches(run, report, counts, 5)
    assert later == [second] * 3
    assert second["compare"] == BATCH
    assert second["texts_of"] == 1
    assert second["fingerprints"] == 0
    assert second["copies"] == second["story_members"] == BATCH
    clusters = query(run.settings, "SELECT cluster_id, count(*) FROM clusters GROUP BY ALL")
    assert [articles for _, articles in clusters] == [5 * BATCH]


def test_one_more_batch_of_a_teaser_costs_no_more_than_the_second(tmp_path, counts):
    run = make_run(tmp_path / "data")
    _, second, *later = link_batches(run, teaser, counts, 4)
    assert query(run.settings, "SELECT count(*) FROM clusters") == [(0,)]
    for cost in later:
        assert {name for name in cost if cost[name] > second.get(name, 0)} == set()
        assert cost["fingerprints"] == cost.get("compare", 0) == 0
