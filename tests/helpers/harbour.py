"""A small corpus about a harbour: four articles from two sources, one edited."""

from tests.helpers.stories import make_story

RUIZ, SOLL = ("Ana Ruiz", "person"), ("Piet Soll", "person")
AREN, PORT = ("Aren", "place"), ("Port Union", "organization")

OPENING = make_story(
    "Harbour opens\n“We waited long enough,” Mayor Ana Ruiz said in Aren.\n"
    "Ana Ruiz met Piet Soll and the Port Union in Aren. The first ferry leaves on July 1.",
    url="https://a.example/1",
    day="2024-06-03",
    said=[("We waited long enough", "Ana Ruiz", "mayor", "direct")],
    named=[RUIZ, SOLL, PORT, AREN],
    dated=[("July 1", "2024-07-01")],
)
SYNDICATED = make_story(
    "A harbour at last\n“We waited long enough,” Ruiz said.\n"
    "Piet Soll said the cranes would follow on June 20. The Port Union was silent.",
    url="https://b.example/7",
    day="2024-06-04",
    said=[
        ("We waited long enough", "Ana Ruiz", None, "direct"),
        ("the cranes would follow on June 20", "Piet Soll", "director", "indirect"),
    ],
    named=[SOLL, PORT],
    dated=[("June 20", "2024-06-20")],
)
FIRST_DRAFT = make_story(
    "Strike looms\nThey may strike in May, Piet Soll said.",
    url="https://a.example/2",
    day="2024-06-05",
    said=[("They may strike in May", "Piet Soll", "director", "indirect")],
    named=[SOLL],
    dated=[("in May", None)],
)
CORRECTED = make_story(
    "Strike is off\nThere will be no strike, said Soll.",
    url="https://a.example/2",
    day="2024-06-05",
    said=[("There will be no strike", "Soll", None, "indirect")],
    named=[],
)
