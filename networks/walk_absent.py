"""What is missing on a network now and then: what counts as deleted, and when.

A network may leave out what it hides for the moment, or answer wrongly for once.  So
something counts as deleted only when two comparisons in a row missed it.  The cursor
holds between them, by where it stood::

    "absent":    {where: [external id, ...]}  not found by this comparison, so far
    "suspected": the same of the comparison before
"""

from __future__ import annotations

from collections.abc import Iterable

#: what a cursor remembers as missing; the rest is noted by a later comparison, as
#: what was deleted is not looked for any more
MOST = 1000


class Suspicions:
    """The part of a walk that remembers what was missing; needs its ``state``, the
    cursor."""

    def begin_absences(self) -> None:
        """To be called when a comparison begins."""
        self.state["suspected"] = self.state.get("absent") or {}
        self.state["absent"] = {}

    def is_suspected(self, where: str) -> bool:
        """Whether it has to be read again, to say what became of what was missing."""
        return where in (self.state.get("suspected") or {})

    def missed_again(self, where: str, missing: Iterable[str]) -> list[str]:
        """Those of the ``missing`` that the comparison before missed, too."""
        before = (self.state.get("suspected") or {}).get(where, ())
        return sorted(set(missing).intersection(before))

    def suspect(self, where: str, missing: Iterable[str]) -> None:
        """Remember the ``missing`` that were not missed before, for the comparison
        that follows."""
        absent = self.state.setdefault("absent", {})
        again = self.missed_again(where, missing)
        room = MOST - sum(map(len, absent.values()))
        first = sorted(set(missing).difference(again, absent.get(where, ())))[:room]
        if first:
            absent[where] = [*absent.get(where, ()), *first]
