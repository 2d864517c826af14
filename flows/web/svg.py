"""Draws SVG from templates beside this module, with all text escaped."""

from __future__ import annotations

import functools
import importlib.resources
from collections.abc import Mapping
from typing import Any, Final

import jinja2

from flows.web.text_width import FONT_SIZE

WIDTHS: Final = {"wide": 860, "narrow": 330}  # of the drawings for a desk and for a phone


def draw(file: str, form: str, chart: Mapping[str, Any]) -> str:
    """Return the drawing that a form, a macro of the template `file`.svg.j2, makes of a chart."""
    return str(getattr(_forms(file), form)(chart))


@functools.cache
def _forms(file: str) -> Any:
    """Return the macros of a template, one for each form of drawing."""
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["px"] = lambda at: f"{at:.1f}".removesuffix(".0")
    name = f"{file}.svg.j2"
    source = importlib.resources.files("flows.web").joinpath(name).read_text("utf-8")
    return environment.from_string(source).make_module({"font_size": FONT_SIZE})
