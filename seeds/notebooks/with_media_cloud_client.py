"""How much attention a matter gets: a notebook that asks one's own data with Media Cloud's client.

It needs the package `mediacloud` and a running `onrecord web`. Open it with
`marimo edit with_media_cloud_client.py`, or print its tables with `python with_media_cloud_client.py`.
Another server, question or time: add `-- --server URL --query WORDS --start DAY --end DAY`.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="With Media Cloud's client")


@app.cell
def _():
    import datetime as dt
    import os

    import altair as alt
    import marimo as mo
    import mediacloud.api

    return alt, dt, mediacloud, mo, os


@app.cell
def _(mo):
    mo.md("""
    # How much attention a matter gets

    The pages of onrecord answer Media Cloud's Python client. So a notebook that was written for
    Media Cloud runs on the articles of a data folder, after one change: the address of the
    server. On this machine no token is checked, but the client wants some text in its place.

    All counts are exact, except those of words, which come from a sample of 1,000 stories.
    """)
    return


@app.cell
def _(dt, mediacloud, mo, os):
    _given = mo.cli_args()
    _server = _given.get("server") or os.environ.get("MEDIACLOUD_URL") or "http://127.0.0.1:8765"
    mediacloud.api.BaseApi.BASE_API_URL = f"{str(_server).rstrip('/')}/mediacloud/api/"
    mediacloud.api.BaseApi.RATE_LIMIT_PER_MINUTE = 600  # newer clients wait after each request
    _token = os.environ.get("MEDIACLOUD_TOKEN", "none")
    search = mediacloud.api.SearchApi(_token)
    directory = mediacloud.api.DirectoryApi(_token)

    query = str(_given.get("query") or "minister OR president")
    days = (
        dt.date.fromisoformat(str(_given.get("start") or "2023-11-01")),
        dt.date.fromisoformat(str(_given.get("end") or "2024-06-30")),
    )
    return days, directory, query, search


@app.cell
def _(days, mo, query, search):
    count = search.story_count(query, *days)
    _share = count["relevant"] / count["total"] if count["total"] else 0
    mo.md(
        f"From {days[0]} to {days[1]}, **{count['relevant']:,} of {count['total']:,} stories** "
        f"match `{query}`: {_share:.1%}."
    )
    return (count,)


@app.cell
def _(alt, days, query, search):
    attention = [
        {
            "day": _point["date"].isoformat(),
            "stories": _point["count"],
            "all stories": _point["total_count"],
            "share": _point["ratio"],
        }
        for _point in search.story_count_over_time(query, *days)
    ]
    chart = (
        alt.Chart(alt.InlineData(values=attention), title=f"Stories that match: {query}")
        .mark_bar()
        .encode(
            x=alt.X("day:T", title=None),
            y=alt.Y("stories:Q", axis=alt.Axis(format="d", tickMinStep=1)),
            tooltip=["day:T", "stories:Q", "all stories:Q", alt.Tooltip("share:Q", format=".1%")],
        )
        .properties(width=620, height=220)
    )
    chart
    return attention, chart


@app.cell
def _(days, mo, query, search):
    top_words = [
        {
            "word": _word["term"],
            "times": _word["term_count"],
            "stories": _word["doc_count"],
            "share of stories": f"{_word['doc_ratio']:.0%}",
        }
        for _word in search.words(query, *days, limit=25)
    ]
    mo.vstack(
        [
            mo.md(
                "## The words of these stories\n\nWords of grammar are left out. A word with many "
                "times in few stories belongs to those stories, not to the matter."
            ),
            mo.ui.table(top_words, label="Words", selection=None, pagination=False),
        ]
    )
    return (top_words,)


@app.cell
def _(days, directory, mo, query, search):
    # The directory is a list in pages, too: a page says where the next one begins.
    _listed = []
    while True:
        _page = directory.source_list(limit=100, offset=len(_listed))
        _listed += _page["results"]
        if _page["next"] is None:
            break
    _known = {_source["name"]: _source for _source in _listed}
    outlets = []
    for _row in search.sources(query, *days):
        _source = _known[_row["source"]]
        _all = search.story_count("*", *days, source_ids=[_source["id"]])["total"]
        outlets.append(
            {
                "outlet": _source["label"],
                "number": _source["id"],
                "stories": _row["count"],
                "all stories": _all,
                "share": f"{_row['count'] / _all:.0%}",
            }
        )
    mo.vstack(
        [
            mo.md("## Who reports on it"),
            mo.ui.table(outlets, label="Outlets", selection=None, pagination=False),
        ]
    )
    return (outlets,)


@app.cell
def _(days, mo, query, search):
    _found, _token = search.story_list(query, *days, page_size=100)
    while _token is not None:
        _page, _token = search.story_list(query, *days, page_size=100, pagination_token=_token)
        _found += _page
    stories = [
        {
            "day": _story["publish_date"].isoformat(),
            "outlet": _story["media_name"],
            "language": _story["language"],
            "headline": _story["title"],
            "url": _story["url"],
        }
        for _story in _found
    ]
    mo.vstack(
        [
            mo.md("## All stories, the newest first"),
            mo.ui.table(stories, label="Stories", selection=None, page_size=20),
        ]
    )
    return (stories,)


@app.cell
def _(mo, outlets, stories, top_words):
    if mo.app_meta().mode == "script":
        for _rows in (top_words, outlets, stories):
            print(*_rows[0] if _rows else ["no stories"], sep=" | ")
            for _row in _rows:
                print(*_row.values(), sep=" | ")
            print()
    return


if __name__ == "__main__":
    app.run()
