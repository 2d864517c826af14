"""A page behind a wall, and time that passes until it is fetched again."""

from flows.runs.workers import Workers
from transforms.records import Rejection
from warehouse.connect import open_live

MAINTENANCE = (
    b"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Site under maintenance</title>"
    b"</head><body><h1>Site under maintenance</h1>"
    b"<p>The site is down for scheduled maintenance and will be back shortly.</p></body></html>"
)


def refuse_walls(monkeypatch, **reasons):
    """Refuse `MAINTENANCE` and pages with a marker, with the reason that the marker stands for."""
    markers = {"Site under maintenance": "maintenance"} | reasons
    analyse = Workers.analyse

    def refusing(self, documents, *, now):
        for document, found in analyse(self, documents, now=now):
            reason = next((markers[m] for m in markers if m.encode() in document.content), None)
            refusal = Rejection(
                item=document.url or "", stage="clean", reason=reason or "", detail="a wall"
            )
            yield document, refusal if reason else found

    monkeypatch.setattr(Workers, "analyse", refusing)


def let_time_pass(settings, minutes=1440):
    """Move all fetches into the past, so that pages that wait become due."""
    with open_live(settings.folder) as con:
        con.execute(
            "UPDATE fetches SET fetched_at = fetched_at - to_minutes($minutes),"
            " next_fetch_at = next_fetch_at - to_minutes($minutes)",
            {"minutes": minutes},
        )
