"""Reports of a flood in Aveling, copies of one of them, and another event."""

from tests.helpers.stories import make_story

HOLT, PRAST, TORNE = ("Karin Holt", "person"), ("Edwin Prast", "person"), ("Torne", "place")
AVELING = ("Aveling", "place")
SAID = "We had twenty minutes to get people out of their beds"


def flood(host, day, *, hour=0, page="flood", text=None, **given):
    lines = text or (
        f"Flood in Aveling, {host} reports\nThe Torne flooded the market of Aveling at night, and "
        "residents left their houses in boats of the fire service.\n"
        f"“{SAID},” said Karin Holt. Mayor Edwin Prast called the council together."
    )
    return make_story(
        lines,
        url=f"https://{host}.example/{page}",
        day=day,
        hour=hour,
        named=[HOLT, PRAST, TORNE, AVELING],
        **{"said": [(SAID, "Karin Holt", "fire chief", "direct")]} | given,
    )


TRIAL = make_story(
    "Treasurer on trial\nA court in Lindhaven heard the treasurer of the sports fund, Nils Agerholt. "
    "Bills for a yacht and a kitchen were read out before witnesses came.",
    url="https://a.example/trial",
    day="2024-06-03",
    named=[("Lindhaven", "place"), ("Nils Agerholt", "person")],
)
CLEANING = make_story(
    "Aveling cleans up after the flood\nResidents of Aveling left the boats of the fire service and "
    "cleaned their houses and the market, which the Torne had flooded at night. Karin Holt warned them.",
    url="https://c.example/cleaning",
    day="2024-06-04",
    named=[HOLT, TORNE, AVELING],
)
