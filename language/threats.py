"""Threats and signs of suicide: patterns of several words.

They call a person and do nothing else, so a doubtful phrase is rather found than
missed; but fears («сосулька убьёт») and idioms («убью время») are left alone.
"""

import re
from functools import cache

from .lists import pairs

_NEGATED = re.compile(r"(?<!\w)(?:не|никого не|никогда не) $")
#: Rules of deeds: «не убью» is none
_DEEDS = frozenset(("kill", "stab", "shoot", "choke", "maim", "burn", "destroy"))


@cache
def _patterns():
    macros, found = {}, []
    for rule, pattern in pairs("threats"):
        for macro, meaning in macros.items():
            pattern = pattern.replace(macro, meaning)
        if rule.startswith("{"):
            macros[rule] = pattern
        else:
            found.append((rule, re.compile(rf"(?<!\w)(?:{pattern})\w*")))
    return tuple(found)


def threats(flat: str) -> list[tuple[str, int, int]]:
    """(rule, start, end) of each threat and sign of suicide in flat text."""
    found = []
    for rule, pattern in _patterns():
        for match in pattern.finditer(flat):
            start, end = match.span()
            before = flat[max(0, start - 12) : start]
            if rule in _DEEDS and _NEGATED.search(before):
                continue
            found.append((rule, start, end))
    return found
