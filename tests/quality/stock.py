"""Run plain trafilatura on labelled pages, to compare its answers with onrecord's.

`python -m tests.quality.stock GOLD OUTPUT`: GOLD is a file of pages in the input format of
`onrecord extract`. OUTPUT gets one line of JSON per page, in the output format.
"""

import contextlib
import json
import sys
from pathlib import Path

import trafilatura

from flows.inputs.contract import open_lines


def answer(row):
    """Return the result of `trafilatura.bare_extraction` for one page."""
    page = trafilatura.bare_extraction(row["html"], url=row.get("url"), with_metadata=True)
    if page is None or isinstance(page, dict):
        return {"id": row["id"], "text": None, "title": None, "authors": [], "published_at": None}
    return {
        "id": row["id"],
        "text": page.text,
        "title": page.title,
        "authors": page.author.split("; ") if page.author else [],
        "published_at": page.date,
        "language": page.language,
    }


def answer_all(gold, output):
    """Write the answers for the pages of `gold` to `output`; return their number."""
    count = 0
    with open_lines(str(gold)) as lines, Path(output).open("w", encoding="utf-8") as answers:
        for line in lines:
            with contextlib.suppress(KeyError):  # rows with plain text have no page to extract
                answers.write(json.dumps(answer(json.loads(line)), ensure_ascii=False) + "\n")
                count += 1
    return count


if __name__ == "__main__":
    print(answer_all(*sys.argv[1:3]), "pages answered")  # this file is a command
