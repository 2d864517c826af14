"""A page behind a wall, and time that passes until it is fetched again."""

from warehouse.connect import open_live

MAINTENANCE = (
    b"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Site under maintenance</title>"
    b"</head><body><h1>Site under maintenance</h1>"
    b"<p>The site is down for scheduled maintenance and will be back shortly.</p></body></html>"
)


def let_time_pass(settings, minutes=1440):
    """Move all fetches into the past, so that pages that wait become due."""
    with open_live(settings.folder) as con:
        con.execute(
            "UPDATE fetches SET fetched_at = fetched_at - to_minutes($minutes),"
            " next_fetch_at = next_fetch_at - to_minutes($minutes)",
            {"minutes": minutes},
        )


def front_page(stories=12):
    """Return the front of a section: headlines that lead to articles, each with a sentence."""
    teasers = "".join(
        f"<h2><a href='/region/{n}'>The council of the region votes on bridge number {n}</a></h2>"
        "<p>The council spoke about the bridge for hours, and it will speak about it again.</p>"
        for n in range(stories)
    )
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Region</title></head>"
        f"<body class='archive category'><h1>Region</h1>{teasers}</body></html>"
    ).encode()
