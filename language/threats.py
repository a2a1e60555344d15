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


def _word(pattern):
    return re.compile(rf"(?<!\w)(?:{pattern})\w*")


@cache
def _meanings():
    macros, found = {}, []
    for rule, pattern in pairs("threats"):
        for macro, meaning in macros.items():
            pattern = pattern.replace(macro, meaning)
        if rule.startswith("{"):
            macros[rule] = pattern
        else:
            found.append((rule, pattern))
    return tuple(found)


@cache
def _patterns():
    return tuple((rule, _word(pattern)) for rule, pattern in _meanings())


@cache
def _any():
    """What finds something wherever one of the patterns does, in one go."""
    return _word("|".join(f"(?:{pattern})" for _rule, pattern in _meanings()))


def threats(flat: str) -> list[tuple[str, int, int]]:
    """(rule, start, end) of each threat and sign of suicide in flat text."""
    found = []
    if not _any().search(flat):
        # As nearly always.
        return found
    for rule, pattern in _patterns():
        for match in pattern.finditer(flat):
            start, end = match.span()
            before = flat[max(0, start - 12) : start]
            if rule in _DEEDS and _NEGATED.search(before):
                continue
            found.append((rule, start, end))
    return found
