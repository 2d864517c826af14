"""Rows of feeds, polls, fetches and runs for the tests of alerts."""

from datetime import timedelta

import orjson

from warehouse.append import append_rows

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def append_many(con, table, rows):
    """Append rows with the same columns in one statement, because thousands of them are slow."""
    types = con.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ?", [table]
    ).fetchall()
    shape = {name: kind for name, kind in types if name in rows[0]}
    con.execute(
        f"INSERT INTO {table} BY NAME SELECT unnest(from_json(CAST($rows AS JSON), $shape), max_depth := 2)",
        {"rows": orjson.dumps(rows).decode(), "shape": orjson.dumps([shape]).decode()},
    )


def list_feed(con, name, *, host="wire.example", state="listed", at):
    row = {
        "feed_id": name, "source_id": host, "url": f"https://{host}/{name}", "state": state,
        "recorded_at": at, "batch_id": "b",
    }  # fmt: skip
    append_rows(con, "feeds", [row])


def poll_row(name, at, outcome="unchanged", *, host="wire.example", failure=None):
    """Return a poll; `new` brings one entry, `failed` has a failure."""
    failure = failure or ("server_error" if outcome == "failed" else None)
    return {
        "feed_id": name, "polled_at": at, "url": f"https://{host}/{name}", "outcome": outcome,
        "failure": failure, "flags": [], "entries": 20, "new_entries": int(outcome == "new"),
        "changed_entries": 0, "known_entries": 19, "dropped_entries": 0, "is_gap_risk": False,
        "conditional_polls": 0, "redirect_sightings": 0, "failures": 0.0, "batch_id": "b",
    }  # fmt: skip


def poll(con, *given, **named):
    append_rows(con, "polls", [poll_row(*given, **named)])


def fetch_row(number, at, *, source="wire.example", failure=None, document=None, batch="b"):
    url = f"https://{source}/{number}"
    return {
        "canonical_url": url, "url": url, "source_id": source, "entry_id": f"e{number}",
        "fingerprint": "f", "fetched_at": at, "failure": failure, "attempts": 1,
        "document_id": document, "batch_id": batch,
    }  # fmt: skip


def fetch(con, *given, **named):
    append_rows(con, "fetches", [fetch_row(*given, **named)])


def reject(con, document, at, reason="too_short"):
    row = {
        "rejection_id": f"r-{document}", "run_id": "run-1", "document_id": document,
        "item": document, "stage": "clean", "reason": reason, "detail": "got 3 words",
        "rejected_at": at, "batch_id": "b",
    }  # fmt: skip
    append_rows(con, "rejections", [row])


def run_row(name, at, state="completed", *, flow="ingest", detail=None):
    return {
        "run_id": name, "flow": flow, "state": state, "recorded_at": at, "started_at": at,
        "detail": detail, "host": "h", "pid": 1,
    }  # fmt: skip


def run(con, *given, **named):
    append_rows(con, "runs", [run_row(*given, **named)])


def finding(con, run_id, at, *, check="revision_twice", severity="error"):
    row = {
        "run_id": run_id, "check_name": check, "severity": severity, "subject": "a1",
        "detail": "has revision 1 twice", "found_at": at,
    }  # fmt: skip
    append_rows(con, "checks", [row])


def forget(con):
    """Remove all rows, so that tests can share a warehouse."""
    for table in ("feeds", "polls", "fetches", "rejections", "runs", "checks", "alerts", "storage"):
        con.execute(f"DELETE FROM {table}")
