"""The lists that ship with the package: read on first use, once per process."""

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "data"
_BRACES = re.compile(r"\{([^{}]*)\}")


@cache
def entries(name: str) -> tuple[str, ...]:
    """The lines of ``data/NAME.txt`` without comments and empty lines."""
    text = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


@cache
def pairs(name: str) -> tuple[tuple[str, str], ...]:
    """The lines ``KEY = VALUE`` of a list, in their order."""
    split = (line.partition("=") for line in entries(name))
    return tuple((key.strip(), value.strip()) for key, _, value in split)


def expanded(line: str) -> list[str]:
    """All readings of ``{one,two}``: ``х{а,о}`` is «ха» and «хо»."""
    found = _BRACES.search(line)
    if not found:
        return [line]
    before, after = line[: found.start()], line[found.end() :]
    return [
        one
        for choice in found[1].split(",")
        for one in expanded(before + choice + after)
    ]
