"""The grammar of temporal expressions, as patterns over token classes.

A rule is a name and a pattern. The first rule that matches at a position counts, so
longer rules come before the shorter ones that they contain. The classes are those of
`transforms.dating.time_words.CLASSES` and `transforms.dating.timex_tokens`. Every
repetition is bounded, so matching is linear in the text.
"""

from __future__ import annotations

import re

_MONTH = "(?:[Mm]|J;?)"
_WEEKDAY = "(?:W|w;?)"
_MDY = rf"(?:{_WEEKDAY},?D?)?{_MONTH}[d9](?:[,f]?y)?"
_DMY = rf"(?:{_WEEKDAY},?f?)?D?[d9];?f?{_MONTH}(?:[,f]?y4?)?"
_DAY = rf"(?:{_MDY}|{_DMY}|D?[lu]?{_WEEKDAY}|X|I|/|h)"
_CLOCK = "(?:0;?(?:8|[dn])|8|C|[dnN]0|[yN](?=z)|[dn](?=D?lT|X))(?:iDT)?z?"
_COUNT = "(?:a?[dnN](?:-?[dnH]){0,2}|a?q[HV]?|a?H{1,2}|y|a?Ga?|a)(?:-?&-?a-?G)?"
_WHOLE = rf"(?:D?[luU]{{0,2}}Y?U?y|D?[lu]U|{_MONTH}(?:[,f]?y)?|D?[lu]?[Ss](?:f?y)?|DU|D?[lu]?[Mm])"

_RULES: dict[str, str] = {
    "clock_day": rf"(?P<clock>{_CLOCK})[,(]?i?(?P<day>{_DAY}|D?lT)(?P<part>T)?",
    "clock_until": rf"(?P<clock>{_CLOCK})(?=[-~]{_CLOCK}[,(]?i?(?P<day>{_DAY}))",
    "day_clock": rf"(?P<day>{_DAY})(?P<part>T)?,?i?(?P<clock>{_CLOCK})",
    "clock": rf"(?P<clock>{_CLOCK})",
    "part_of_day": rf"D?E?(?P<part>T)f(?P<day>{_DAY})",
    "day_part": rf"(?P<day>{_DAY})E?(?P<part>T)",
    "relative_part": r"(?P<the>D)?(?P<direction>[lu])(?P<part>T)",
    "range_of_days": rf"D?(?P<day>[d9]);?f?(?P<month>{_MONTH})(?P<mark>[-~&i])D?(?P<last_day>[d9]);?f?(?P<last>{_MONTH})[,f]?(?P<year>y)4?",
    "days_of_month": rf"D?(?P<days>[d9];?(?:,[d9];?){{0,6}},?[-&~]D?[d9]);?f?(?P<month>{_MONTH})(?:[,f]?(?P<year>y)4?)?",
    "month_days": rf"(?P<month>{_MONTH})(?P<days>[d9](?:,[d9]){{0,6}}(?P<mark>,?[-&~])D?[d9])(?:,?(?P<year>y))?",
    "quarter_of_months": rf"D?(?:(?P<month>{_MONTH})(?:-|~|-~-))?(?P<last>{_MONTH})-?(?P<unit>U)(?:f?(?P<year>y)|f?D?(?P<direction>[lu])U)?",
    "range_of_year": r"(?P<month>[Mm]|J;?)(?P<day>[d9])?(?P<mark>[-~&i])(?P<last>[Mm]|J;?)(?P<last_day>[d9])?[,f]?(?P<year>y)",
    "months": r"(?P<month>[Mm])(?P<mark>[-~])(?P<last>[Mm])(?![d9yf,]?[d9y])",
    "month_day": r"(?:(?P<weekday>W|w;?),?D?)?(?P<month>[Mm]|J;?)(?P<day>[d9])(?:[,f]?(?P<year>y)|f?D?(?P<direction>[lu])(?P<unit>U))?",
    "day_month": r"(?:(?P<weekday>W|w;?),?f?)?D?(?P<day>[d9]|o(?=f[MmJ]));?f?(?P<month>[Mm]|J;?)(?:(?:[,f]?|[fi]D?U)(?P<year>y)4?|f?D?(?P<direction>[lu])(?P<unit>U))?",
    "month_of_year": r"(?P<month>[Mm]|J;?)(?:(?:[f,]?|[fi]D?U)(?P<year>y)4?|f?D?(?P<direction>[lu])(?P<unit>U))",
    "weekday_of_week": r"(?P<weekday>W)f?D?(?P<direction>[lu])(?P<unit>U)",
    "nth_weekday": r"D?(?P<ordinal>[o9lF])(?P<weekday>W)[fi](?P<whole>(?:[Mm]|J;?)(?:[,f]?y)?|D?[lu]?[Mm])",
    "relative_weekday": r"D?(?P<direction>[lup])(?P<weekday>W)",
    "relative_month": r"D?(?P<direction>[lu])(?P<month>[MmJ])",
    "weekday_after": r"D?(?P<weekday>W)(?P<direction>[pl])",
    "season_after": r"D?(?P<season>[Ss])(?P<direction>[pl])",
    "part_after": r"D?(?P<part>T)(?P<direction>[pl])",
    "month_after": r"(?P<month>[MmJ])(?P<direction>[pl])",
    "units_after": r"D?(?P<count>[dnN])(?P<unit>V)(?P<direction>[pl])",
    "unit_after": r"D?(?P<unit>U)(?P<direction>[pl])",
    "same_unit": r"D?(?P<same>[lu])(?P<unit>U)[fi]?(?P<when>[an]U[geb]|D?[lu]U|y)",
    "two_units": r"D?(?P<direction>[lu])(?P<unit>U)&(?P<other>l)(?![UVTWwMmJSsdnNqoy9h])",
    "before_last": r"D(?P<unit>[UTSs])(?P<side>b)(?P<last>l)(?![UVTWwMmJSsdnNqoy9h])",
    "prior_year": r"D?(?P<direction>l)-(?P<by>U)-?(?P<unit>U)",
    "year_ago": r"[Da]?l?(?P<by>U)-?(?P<shift>[ge])-?(?P<unit>U)",
    "unit_of_year": r"D?(?P<year>y)'?(?P<unit>U)",
    "quarter_code": r"(?P<quarter>Q)(?:-?f?(?P<year>y)|f?D?(?P<direction>[lu])U)?|(?P<before>y)-?(?P<code>Q)",
    "counted_unit": rf"D?(?P<ordinal>[o9lF])-?(?P<unit>[UG])f(?P<whole>{_WHOLE})",
    "two_quarters": r"D?(?P<ordinal>[o9])-?(?P<mark>&)D?(?P<other>[o9])-?(?P<unit>[UVG])(?:,?f?(?P<year>y)|f?D?(?P<direction>[lu])U)?",
    "quarter": r"D?(?:(?P<year_before>y)'?|(?P<direction_before>[lu])U'|(?P<ago>U)-?[ge]-?)?Y?(?P<ordinal>[o9F])-?Y?(?P<unit>[UG])(?:,?(?P<year>y)|D?(?P<direction>[lu])U)?",
    "point_unit": r"D?(?P<ordinal>d);(?P<unit>[UG])(?:,?f?(?P<year>y)|f?D?(?P<direction>[lu])U)?",
    "unit_ordinal": r"D?(?P<unit>U)(?P<ordinal>[o9]|d;?(?![MmJ]))(?:f?,?(?P<year>y))?",
    "first_units": rf"D?(?P<ordinal>[olF])(?P<count>{_COUNT})@?(?P<unit>V)f(?P<whole>{_WHOLE})",
    "units_of_year": rf"D?(?P<whole>y|[lu]U)'(?P<ordinal>[olF])(?P<count>{_COUNT})@?(?P<unit>V)",
    "year_units": r"D(?P<year>y)(?P<count>[dn])(?P<unit>V)",
    "every": r"(?P<every>v)(?P<count>[dnqo])?(?P<unit>[UVWMmSsT])",
    "per": r"(?P<per>P)(?P<unit>U)",
    "year_before": r"(?P<the>[Da])?l?(?P<by>U)-[ge]",
    "ago_before": rf"(?P<ago><)[ZO]?(?P<count>{_COUNT})-?@?(?P<unit>[UV])(?P<half>&aG)?",
    "vaguely_before": r"(?P<ago><)[aDZ]?(?P<unit>V)",
    "units_decade": r"D?(?P<unit>[UV])(?P<decade>[yNdc])",
    "ago": rf"[ZO]?(?P<count>{_COUNT})-?@?(?P<unit>[UV])(?P<half>&aG)?(?P<ago>g)",
    "vaguely_ago": r"(?P<unit>V)(?P<ago>g)",
    "shifted": rf"[ZO]?(?P<count>{_COUNT})@?(?P<unit>[UV])(?P<shift>[eb])",
    "last_units": rf"D?[ZO]?(?P<direction>[olu])(?P<count>{_COUNT})-?@?(?P<unit>[UV])",
    "recent_units": r"D?(?P<direction>[Rlu])(?P<unit>V)",
    "unit_or_two": r"a(?P<unit>U)(?P<mark>&)(?P<high>[dn])(?![-UVHGdnN@])",
    "duration": rf"(?P<the>D(?=[dnqNH]{{1,2}}@?V))?(?P<count>{_COUNT})(?P<dash>-)?@?(?P<unit>[UV])(?:-@|(?P<half>&aG)|[,&]?(?P<more>[dn])(?P<unit2>[UV]))?",
    "count_range": r"(?P<low>[dnN])(?P<mark>[-~&])(?P<high>[dnN])(?:-@?(?P<one>U)|-?@?(?P<unit>V)(?P<ago>g)?)",
    "two_counts": r"(?P<low>[dnN])-(?P<mark>,?[&~])(?P<high>[dnN])-(?P<unit>U)",
    "fiscal_year": r"D?(?:Y(?:U)?(?P<year>y)|(?P<year2>y)YU|(?P<direction>[lu])?YU)",
    "holiday": r"D?(?P<direction>[lu])?(?P<holiday>h)(?:f?,?(?P<year>y))?",
    "season": r"(?P<the>D)?(?P<direction>[lu])?(?P<season>[Ss])(?:(?:f?,?|[fi]D?U)(?P<year>y)|f?(?P<direction2>[lu])U)?",
    "relative_unit": r"(?P<the>D)?(?P<direction>[lu])(?P<dash>-)?(?P<unit>[U4])",
    "side_unit": r"D(?P<unit>[UT])(?P<side>b)",
    "unit_in": r"(?P<mod>[Ee])iD(?P<unit>U)",
    "unit_end": r"D?(?P<unit>U)[-']?(?P<edge>B)(?:,?(?P<year>y))?",
    "unit_middle": r"(?P<mod>E)-(?P<unit>U)|(?P<middle>j)",
    "early_part": r"D?(?P<mod>E)-?(?P<part>T)",
    "year_word": r"(?P<year>y)4",
    "unit_year": r"(?P<unit>U)(?P<year>[yN])",
    "year_named": r"D(?P<unit>U)(?P<year>y)",
    "the_unit": r"(?P<the>D)(?P<unit>U)",
    "weekend": r"(?P<unit>U)",
    "decade_units": r"D?(?P<mod>E-?)?(?P<decade>c)-?(?P<unit>V)",
    "decade": r"D?(?P<mod>E-?)?(?P<decade>c|y')",
    "units": r"(?P<unit>V)",
    "weekday_parts": r"(?P<weekday>W)(?P<set>A)",
    "set": r"(?P<set>A)",
    "weekdays": r"(?P<weekdays>K)",
    "long": r"(?:(?P<count>[dn])-)?(?P<long>L)",
    "today": r"(?P<day>X)",
    "weekday": r"(?P<weekday>W)",
    "figures": r"(?P<figures>/)",
    "day_of_month": r"D(?P<day>[9o])(?:fD?(?P<direction>[lu])(?P<unit>U))?",
    "iso": r"(?P<iso>I)",
    "month": r"(?P<month>[MmJ])",
    "year": r"(?P<year>y)",
    "the_past": r"D(?P<past>l)",
    "that_time": r"(?P<direction>l)(?P<time>x)",
    "reference": r"(?P<reference>[Ru])",
    "the_part": r"(?P<the>D)(?P<part>T)(?P<hours>V)?|(?P<alone>T)",
}

RULES: dict[str, re.Pattern[str]] = {name: re.compile(rule) for name, rule in _RULES.items()}

_NAMED = re.compile(r"\(\?P<\w+>")

# Classes that no rule begins with, so most tokens of a run need not be tried.
NEVER_FIRST = "-i&~f,;'(bgkrz@4x"

# All rules in one pattern; an empty group at the end of each shows which one matched.
GRAMMAR = re.compile(
    f"(?![{NEVER_FIRST}])(?:"
    + "|".join(f"(?:{_NAMED.sub('(?:', rule)})(?P<{name}>)" for name, rule in _RULES.items())
    + ")"
)
# A run of tokens that may contain an expression: the neighbours of a class that every
# expression needs. No rule begins more than eight tokens before the first of these.
_CORE = "MmJWwKUVGTCSsXhcQALRylI/890uzj<"
RUN = re.compile(f"[^_|${_CORE}]{{0,8}}[{_CORE}][^_|$]*")
