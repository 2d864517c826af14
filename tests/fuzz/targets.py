"""All targets, by name."""

from tests.fuzz import feeds, inputs, pages, questions, texts

TARGETS = {
    target.name: target
    for module in (texts, pages, feeds, inputs, questions)
    for target in module.TARGETS
}
