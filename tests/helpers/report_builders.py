"""Warehouses for the tests on the report: plain ones, and one full of payloads."""

from datetime import UTC, datetime, timedelta

from tests.helpers.builders import make_analysis, make_article, make_batch
from transforms.records import Entity, Mention, Quotation, Rejection
from warehouse.append import append_batch, append_rows
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.rows import rejection_row
from warehouse.spool import spool

NOW = datetime(2024, 7, 1, 12, 0, tzinfo=UTC)

PAYLOADS = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "<img src=https://evil.example/pixel.gif>",
    "<svg/onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    '"><iframe src=//evil.example></iframe>',
    "' onmouseover='alert(1)",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<base href=//evil.example/>",
    "<form action=//evil.example><input></form>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<math><mtext></mtext><script>alert(1)</script></math>",
    "{{ 7 * 7 }}{% raw %}",
    "]]><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "\x1b]8;;x\x07 \x00\x0b control \u202e reversed",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "'; DROP TABLE articles;-- \\' + alert(1) + \\'",
    "\\u003cscript\\u003e [datum.value] ${1}",
]

LINKS = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "//evil.example",
    "https:", "http://[::1", "", None,
]  # fmt: skip


def folder_with(root, *analyses, rows=()):
    folder = DataFolder(root)
    batch = make_batch(*analyses)
    for table, row in rows:
        batch.add({table: [row]})
    with open_live(folder, wait_s=0) as con:
        append_batch(con, spool(batch, folder.spool))
    publish(folder, wait_s=0)
    return folder


def analysis(number, published_at, *, text=None, host="paper.example", **given):
    text = text or f"“We waited long enough,” the mayor said in story {number}. Then it rained."
    article = make_article(
        text, url=f"https://{host}/{number}", published_at=published_at, **given.pop("article", {})
    )
    quotation = {"start": 0, "end": 25, "text": text[:25], "statement": text[:25], "kind": "direct", "fragments": (),
                 "speaker": "the mayor", "speaker_name": "Odile Marchetti"}  # fmt: skip
    quotation |= given.get("quotation", {})
    quotation["fragments"] = quotation["fragments"] or ((quotation["start"], quotation["end"]),)
    mention = {"start": 0, "end": 3, "text": text[:3], "kind": "place", "name": "Aldersund",
               "entity_id": "place-1"}  # fmt: skip
    entity = {"entity_id": "place-1", "name": "Aldersund", "kind": "place"}
    return make_analysis(
        article,
        quotations=(Quotation(**quotation),),
        mentions=(Mention(**mention | given.get("mention", {})),),
        entities=(Entity(**entity | given.get("entity", {})),),
    )


def _add_story(con, first, second):
    """Make a story of two articles; the second one is a copy of the first."""
    shared = {"transform_version": 1, "batch_id": "b1"}
    append_rows(con, "story_members", [
        {"article_id": key, "story_id": f"s1-{first}", "moves": 0, "similarity": 1.0,
         "is_copy": key == second, "linked_at": NOW} | shared
        for key in (first, second)
    ])  # fmt: skip
    append_rows(con, "story_states", [
        {"story_id": f"s1-{first}", "version": 1, "first_at": NOW, "last_at": NOW,
         "central_article_id": first, "texts": 1, "reviewed_texts": 1, "batch_id": "b1"}
        | {name: [] for name in ("terms", "weights", "people", "people_texts", "places", "places_texts")}
    ])  # fmt: skip
    append_rows(con, "copies", [
        {"article_id": second, "revision": 1, "cluster_id": first, "copied_article_id": first,
         "similarity": 1.0, "containment": 1.0, "words_added": 0, "words_cut": 0, "added": [],
         "cut": []} | shared
    ])  # fmt: skip


def hostile(root):
    """Return a warehouse with a payload in every field that the report shows."""
    analyses = [
        analysis(
            number, NOW - timedelta(days=1), text=payload + " they said, and said it again.",
            article={"title": payload, "publisher": payload},
            quotation={"speaker_name": payload, "speaker_role": payload},
            mention={"name": payload, "entity_id": f"e{number}",
                     "kind": ("person", "organization", "place")[number % 3]},
            entity={"entity_id": f"e{number}", "name": payload,
                    "kind": ("person", "organization", "place")[number % 3]},
        )
        for number, payload in enumerate(PAYLOADS)
    ]  # fmt: skip
    refusals = [
        rejection_row(
            Rejection(item=payload, stage=payload, reason=payload, detail=payload),
            run_id="run-1", document_id=None, now=NOW,
        )
        for payload in PAYLOADS
    ]  # fmt: skip
    folder = folder_with(root, *analyses, rows=[("rejections", row) for row in refusals])
    with open_live(folder, wait_s=0) as con:
        append_rows(con, "checks", [
            {"run_id": "run-1", "check_name": payload, "severity": "error", "subject": payload,
             "detail": payload, "found_at": NOW}
            for payload in PAYLOADS
        ])  # fmt: skip
        append_rows(con, "runs", [
            {"run_id": f"run-{number}", "flow": payload, "state": payload, "recorded_at": NOW,
             "started_at": NOW, "host": "h", "pid": 1}
            for number, payload in enumerate(PAYLOADS)
        ])  # fmt: skip
        ids = con.execute("SELECT article_id FROM articles ORDER BY article_id").fetchall()
        for (first,), (second,) in zip(ids[::2], ids[1::2], strict=True):
            _add_story(con, first, second)
        con.execute("UPDATE articles SET url = $links[1 + CAST(hash(article_id) % $n AS INTEGER)],"
                    " source_id = title",
                    {"links": [link for link in LINKS if link], "n": len(LINKS) - 2})  # fmt: skip
    publish(folder, wait_s=0)
    return folder
