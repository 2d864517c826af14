"""Names that are read by what is beside them: teams, nicknames, namesakes, titles, spellings."""

import pytest

from tests.helpers.marked_names import GAZETTEER, found
from transforms.naming.mentions import find_mentions


def people(text, title=None):
    """Return the canonical names of the people of a text by each form of their name."""
    names: dict[str, set[str]] = {}
    for mention in find_mentions(text, GAZETTEER, title=title)[0]:
        if mention.kind == "person":
            names.setdefault(mention.text, set()).add(mention.name)
    return names


@pytest.mark.parametrize(
    "marked",
    [
        pytest.param("[O:Oakwell] lost 1-4 to [O:Fairhaven] on Sunday.", id="unknown-towns"),
        pytest.param("The mill closed, but [O:Leeds] won 3-0.", id="known-town"),
        pytest.param("[O:Stavely] drew 0-0 with [O:Ashmere].", id="draw"),
        pytest.param("[O:Bristol] thrashed [O:Exeter] 5-0.", id="both-sides"),
        pytest.param("[O:Leeds] beat [O:Norwich] for the first time.", id="town-beats-town"),
        pytest.param("She made 40 appearances for [O:Ashmere].", id="career"),
        pytest.param("She played for [O:Leeds] and [O:Everton].", id="two-careers"),
        pytest.param("The [O:Ashmere] goalkeeper broke a hand.", id="player-of"),
        pytest.param("[O:Birmingham] have signed a winger.", id="plural-verb"),
        pytest.param("[O:Trellick Town] beat [O:Marsh Rovers] 3-1.", id="town-in-the-name"),
        pytest.param("[L:Norway] beat [L:Hungary] 2-1.", id="nations-stay-places"),
        pytest.param("[P:Ana Dorval] won and Dorval beat them 6-4 6-2.".replace("Dorval b", "[P:Dorval] b"), id="tennis"),
        pytest.param("[L:Leeds] lost its last mill in 2003.", id="town-without-a-match"),
        pytest.param("The [O:Arminia Bielefeld] bus was late.", id="club-of-a-town"),
    ],
)  # fmt: skip
def test_towns_that_play_are_teams(marked):
    assert found(marked) == marked


@pytest.mark.parametrize(
    "marked",
    [
        pytest.param(
            "At [L:Leicester]: [O:Leicestershire] 353 ([P:P. Hale] 108); [O:Surrey] 128-4.\n"
            "At [L:Hove]: [O:Sussex] 363 ([P:W. Stone] 111; [P:I. Austin] 4-37)\nWickets fell.",
            id="county-cricket",
        ),
        pytest.param(
            "Results of hockey games (home team in CAPS):\n[O:Hartford] 3 [O:BUFFALO] 2\n"
            "[O:CALGARY] 3 [O:Chicago] 1\n[O:San Jose] at [O:PHOENIX] (overtime)",
            id="home-teams-in-capitals",
        ),
        pytest.param(
            "FOOTBALL-[O:COLTS] WIN\n[L:DENVER] 1997-12-06\nThe [O:Indianapolis Colts] won the"
            " game and the season. [O:Indianapolis] recovered in the first half.",
            id="club-and-its-town",
        ),
        pytest.param(
            "SOCCER-[O:LEEDS] GO TOP\n[L:LONDON] 1997-12-06\n[O:Leeds] won the league match 2-1 in"
            " [L:Hull] and the fans of [O:Leeds] sang of goals.",
            id="agency-headline",
        ),
    ],
)
def test_reports_and_tables_of_sport(marked):
    text = marked.replace("At [L:Hove]", "At Hove")
    assert found(text) == text


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ('We thank [P:Emil "Moose" Varga]. [P:Varga] never ran.', "Emil Varga"),
        ("It was [P:Olga “the Hammer” Brandt]; [P:Brandt] is 60.", "Olga Brandt"),
        ("Police seek [P:Victor 'Blue' Marsden], 43. [P:Marsden] fled.", "Victor Marsden"),
        ("Then [P:Elena ‘Lena’ Korhonen] came. [P:Korhonen] sat.", "Elena Korhonen"),
        ('[P:Robert "Bob" Ostrander] told them. "[P:Ostrander] lied."', "Robert Ostrander"),
        ("He saw [P:Karl (Charlie) Weber]. [P:Weber] sang.", "Karl Weber"),
        ("Sgt. [P:Ray “Doc” Hollis] came. [P:Doc] was late.", "Ray Hollis"),
        ("They met [P:Ted Kern, Jr.], and [P:Kern Jr.] spoke. [P:Kern] left.", "Ted Kern Jr."),
        ("They met [P:Otto Lindell III]. [P:Lindell] left.", "Otto Lindell III"),
    ],
)
def test_nicknames_and_suffixes_are_part_of_one_name(marked, name):
    assert found(marked) == marked
    plain = marked.replace("[P:", "").replace("]", "")
    assert {one for names in people(plain).values() for one in names} == {name}


@pytest.mark.parametrize(
    "text",
    ['Her name is "Tank" to friends.', 'Ada told Berlin "No" Monday.', 'It is a "Big Lie" here.'],
)
def test_quoted_words_beside_other_words_are_no_nicknames(text):
    assert not any(" " in name for name in people(text))


@pytest.mark.parametrize(
    "marked",
    [
        pytest.param(
            "[P:Orlando Vega] moved to [L:Orlando]. [P:Vega] likes [L:Orlando].", id="first-name"
        ),
        pytest.param(
            "Mayor [P:Ruth Houston] spoke in [L:Houston]. [P:Houston] said so.", id="last-name"
        ),
        pytest.param(
            "Senator [P:Ann Jackson] was in [L:Jackson], [L:Mississippi]. [P:Jackson] left.",
            id="town-and-state",
        ),
        pytest.param(
            "[P:Tom Philips] sued [O:Philips]. A lawyer for [O:Philips] came. [P:Philips] said no.",
            id="company",
        ),
        pytest.param(
            "[P:Anna Siemens] bought shares in [O:Siemens]. [O:Siemens] shares fell.", id="shares"
        ),
        pytest.param(
            "[P:Paul Disney] works for [O:Disney]. [P:Disney], 40, likes it.", id="employer-and-age"
        ),
        pytest.param("[P:Chad Moore] visited [L:Chad]. [P:Moore] wept.", id="country"),
        pytest.param("[O:Morgan Stanley] hired [P:James Morgan].", id="company-of-two-names"),
        pytest.param(
            "[P:Denver Collins] moved to [L:Denver]. [P:Collins] said so.", id="town-as-given-name"
        ),
    ],
)
def test_people_and_their_namesakes(marked):
    assert found(marked) == marked


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Jörg Haffner left. Haeffner stayed. Joerg Haffner came.", "Jörg Haffner"),
        ("Hans Grünwald left; Mr. Gruenwald and Mr. Grunwald stayed.", "Hans Grünwald"),
        ("Taras Syrskyi spoke. Mr. Syrsky and Mr. Syrskiy agreed.", "Taras Syrskyi"),
        ("Oleh Kravchenko left; Mr. Kravtchenko stayed.", "Oleh Kravchenko"),
        ("Sergei Malkin met Sergey Malkin.", "Sergei Malkin"),
        ("Lukasz Wiśniewski left. Mr. Wisniewski spoke.", "Lukasz Wiśniewski"),
        ("Mohammed Alawi left. Mohamed Alawi spoke.", "Mohammed Alawi"),
        ("J. K. Marden left. J.K. Marden spoke.", "J. K. Marden"),
        ("Ko Shubei left, and Ko Shubei said so.", "Ko Shubei"),
        ("Tang Shubei left. Tang said so.", "Tang Shubei"),
    ],
)
def test_spellings_of_one_name_are_one_person(text, name):
    named = people(text.replace("Haeffner stayed. ", ""))
    assert {one for names in named.values() for one in names} == {name}


def test_spellings_have_one_key_across_articles():
    keys = {
        find_mentions(f"In Oslo, {name} won.", GAZETTEER)[1][1].entity_id
        for name in ("Jürgen Mühlfeld", "Juergen Muehlfeld")
    }
    assert len(keys) == 1


@pytest.mark.parametrize(
    "marked",
    [
        'It was a "Really Bad Idea", she wrote.',
        "“This is the Dumbest Plan Ever, and a Truly Sad Affair,” he wrote.",
        'A sign read "CLOSE THE MINE NOW".',
        'She said: "Nobody Ever Asks The Cook."',
        "It was a Total Disgrace.",
        'Her film, "They Will Run", opened.',
        'His song "She Said Maybe" is loud.',
        "The novel “Anna Berg” is long.",
        'A book called "The Long Way Home" won.',
        'The musical "Hamilton" closed.',
    ],
)
def test_stress_and_titles_are_no_names(marked):
    assert found(marked) == marked


def test_known_names_in_capitalised_statements_are_kept():
    text = '[P:Ida Holm] wrote: "They Want To Sell [O:NATO] To [P:Holm]."'
    assert found(text) == text


@pytest.mark.parametrize(
    "marked",
    [
        "[O:Harbour Times]: Why now?",
        "The [O:Larkham Gazette] asked. The [O:Gazette] had a photo.",
        "The [O:Irish Times] and the [O:Lindau Observer] agree.",
        "[O:Banco Norte] and [O:Grupo Alvarado] fell; [O:Banque Soral] rose.",
        "[P:Ida Brown], an analyst at [O:Marden Lowe], sold.",
        "[P:Hans-Joerg Krupp] worked quietly for years at the [L:U.S.] [O:State Department].",
        "[O:House] Speaker [P:Nora Vance] met Defense Secretary [P:Mark Lane].",
        "The [P:Trump] administration bought [O:Precor].",
        "Brent crude rose.",
    ],
)
def test_organizations_by_their_words(marked):
    assert found(marked) == marked
