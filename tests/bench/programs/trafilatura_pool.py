"""Bare trafilatura in a pool of processes: `trafilatura_pool FILE PROCESSES`.

FILE holds pages as JSON Lines. The processes return only lengths, and print how many pages have
a text.
"""

import multiprocessing
import sys
from pathlib import Path

import orjson
import trafilatura


def text_length(line):
    row = orjson.loads(line)
    page = trafilatura.bare_extraction(row["html"], url=row["url"], with_metadata=True)
    return len(page.text or "") if page else 0


def main():
    file, processes = sys.argv[1:]
    with multiprocessing.Pool(int(processes)) as pool, Path(file).open("rb") as lines:
        lengths = list(pool.imap(text_length, lines, chunksize=4))
        pool.close()
        pool.join()  # processes that are ended at once would not be waited for
    print(sum(map(bool, lengths)))


if __name__ == "__main__":
    main()
