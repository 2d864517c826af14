"""One example for each rule that reads statements, by the function of the rule."""

import functools

import pytest

from flows.seeds import load_lexicon
from transforms.quoting.quotations import find_quotations


@functools.cache
def speech():
    return load_lexicon().speeches


RULES = {
    "insertions.find_turn": ("Ana Ruiz: Port opens in May", ["Ana Ruiz", "Port opens in May"]),
    "insertions.find_credit": (
        "Farmers want rain – Ana Ruiz: “It has been dry.”", ["Ana Ruiz", "It has been dry."],
    ),
    "statements._is_set_off": (
        "In Lund, Mayor Ana Ruiz (Lab.), said, “It rained.”", ["Mayor Ana Ruiz", "It rained."],
    ),
    "insertions.find_according": ("According to Holm, it rained.", ["Holm", "it rained"]),
    "insertions._subject_first": ("The plan, she says, is dead.", ["she", "The plan, she says, is dead"]),
    "insertions._verb_first": ("“No,” said Ana Ruiz, the mayor.", ["Ana Ruiz", "No,"]),
    "insertions._after_quotation": (
        "“No,” Harbour Board planning chief Nils Aho said.",
        ["Harbour Board planning chief Nils Aho", "No,"],
    ),
    "insertions._is_clause": ("In her letter, she thanked us.", ["she", "us"]),
    "statements._colon_quote": ("Her answer was blunt: “No.”", ["Her answer", "No."]),
    "statements._relative_content": (
        "It was a plan which the bank said was dead.", ["the bank", "was dead"],
    ),
    "statements._inner_cue": ("He seemed to doubt that it rained.", ["He", "that it rained"]),
    "statements._is_reduced": ("Asked whether it rained, he left.", [None, "whether it rained"]),
    "statements._passive": ("The plan was rejected by voters.", ["voters", "The plan"]),
    "verbs._agrees": ("The state press call centre burned.", None),
    "statements._later_subject": (
        "After denying the charge, Ruiz left.", ["Ruiz", "the charge"],
    ),
    "statements._within_insertion": (
        "Nils Aho, who advocates a ban, left early.", ["who", "a ban"],
    ),
    "stances._adjective": ("The union is hopeful that it ends.", ["The union", "that it ends"]),
    "stances._owner": ("The judge read out Holm's claim that it rained.", ["Holm's", "that it rained"]),
    "stances._maker": ("He made the claim that it rained.", ["He", "that it rained"]),
    "stances._before_predicate": (
        "Her claim that it was safe did not last.", ["Her", "that it was safe"],
    ),
    "statements._agent": ("Asked by Holm whether it rained, she left.", ["Holm", "whether it rained"]),
    "statements._carries": (
        "He is making a case to voters saying that it rained.", ["He", "that it rained"],
    ),
    "statements._main_subject": (
        "Holm met the owners and friends of the crew lost at sea and said it rained.",
        ["Holm", "it rained"],
    ),
    "insertions._after_apposition": (
        "“It rained,” said Ana Ruiz, the mayor, “and it hailed.”",
        ["Ana Ruiz", "It rained,” said Ana Ruiz, the mayor, “and it hailed."],
    ),
    "subjects._before_participle": (
        "Ruiz, carrying “a bag of sand,” said it rained.", ["Ruiz", "it rained"],
    ),
    "subjects._relative_head": (
        "Those who wrote to her say it rained.", ["Those who wrote to her", "it rained"],
    ),
    "subjects._noun_subject": ("Holm, who in 2010 said it rained, left.", ["who", "it rained"]),
    "subjects._is_title": (
        "The advert, titled “Rain?”, says it rained.", ["The advert", "it rained"],
    ),
    "noun_phrases._ends_compound": ("A job posting said it rained.", ["A job posting", "it rained"]),
    "boundaries._is_elliptic": (
        "He said it rained, but not in May.", ["He", "it rained, but not in May"],
    ),
    "clauses._skip_adverbials": ("He said on Monday that it rained.", ["He", "that it rained"]),
    "clauses._skip_hearer": ("He told the crew that it rained.", ["He", "that it rained"]),
    "clauses._later_quote": ("He said as he left, “It rains.”", ["He", "It rains."]),
    "clauses._has_verb": ("She maintained a steady pace.", None),
    "boundaries._breaks": ("He said it rained; nobody left.", ["He", "it rained"]),
    "boundaries._is_main": ("When he denied the debt, nobody left.", ["he", "the debt"]),
    "boundaries._ends_quoted": (
        "He said: “It rained,” but nobody left.", ["He", "It rained,"],
    ),
    "subjects._before_insertion": (
        "Ana Ruiz, the mayor, said it rained.", ["Ana Ruiz", "it rained"],
    ),
    "subjects._over_relative": (
        "Voters who met the mayor say it rained.", ["Voters who met the mayor", "it rained"],
    ),
    "continuations._attach": ("“No,” he said. “Never.”", ["he", "No,” he said. “Never."]),
    "continuations._signature": ("“It rains.”\n— Ana Ruiz, mayor", ["Ana Ruiz", "It rains."]),
    "tokens._after_dateline": ("LUND, June 3 — It rained, Holm said.", ["Holm", "It rained"]),
    "marks._is_inch": ("“He is 6’2”,” she said.", ["she", "He is 6’2”,"]),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_rule_reads_its_example(rule):
    text, expected = RULES[rule]
    found = [[q.speaker, q.text] for q in find_quotations(text, [], speech())]
    assert found == ([expected] if expected else [])


def test_turn_of_a_transcript_ends_at_the_next_turn():
    text = "HOST: Why?\nRUIZ: It rained.\nIt was cold.\nHOST: And now?\nRUIZ: Now it is dry."
    found = find_quotations(text, [], speech())
    assert [q.speaker for q in found] == ["HOST", "RUIZ", "HOST", "RUIZ"]
    assert found[1].text == "It rained.\nIt was cold."


def test_clauses_with_a_shared_subject_are_two_statements():
    found = find_quotations("Holm said it rained and added that it was cold.", [], speech())
    assert [(q.speaker, q.text) for q in found] == [
        ("Holm", "it rained"), ("Holm", "that it was cold"),
    ]  # fmt: skip
