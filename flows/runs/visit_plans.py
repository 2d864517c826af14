"""When the pages of recent articles are visited, by the settings and the rules of the user.

This module loads no HTTP library, because `onrecord status` shows the plans, too.
"""

from __future__ import annotations

from flows.settings import Settings
from transforms.cleaning.rules import Rules
from transforms.visit_plans import read_plan
from warehouse.visit_queries import VisitPlans


def visit_plans(settings: Settings, rules: Rules) -> VisitPlans:
    """Return when pages are visited: the setting `revisit`, and the rules of single sites."""
    return VisitPlans(usual=read_plan(settings.revisit), sites=rules.revisits)
