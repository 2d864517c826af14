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

# An interrupted statement with a name and a date between its pieces, an attitude, a plan, and two
# who said nothing.
LATE = make_story(
    "The ferry is late\n“The boat is late,” Ana Ruiz told the Port Union on July 3. “It always was in Aren.”\n"
    "Piet Soll opposes the new pier. He plans to leave on July 9.\n"
    "The Port Union declined to tell the Gazette who pays. The captain could not be reached.",
    url="https://b.example/9",
    day="2024-06-06",
    said=[
        (["The boat is late,", "It always was in Aren."], "Ana Ruiz", "mayor", "direct", {"medium": "a letter"}),
        ("the new pier", "Piet Soll", None, "indirect", {"act": "attitude", "cue": "opposes"}),
        ("to leave on July 9", "Piet Soll", None, "indirect", {"act": "plan", "cue": "plans"}),
    ],
    silent=[
        ("The Port Union declined to tell the Gazette who pays", "declined", "The Port Union", "declined to tell",
         {"asked_name": "Port Union", "asked_entity_id": "n1-port-union", "asked_role": "operator",
          "asked_by": "the Gazette", "about": "who pays"}),
        ("The captain could not be reached", "unreachable", "The captain", "could not be reached"),
    ],
    named=[RUIZ, SOLL, PORT, AREN],
    dated=[("July 3", "2024-07-03"), ("July 9", "2024-07-09")],
)  # fmt: skip
SHOWN = "The boat is late … It always was in Aren."
