"""What is stored and not found any more: its author deleted it, and no event told.

VK leaves out of a list whatever it hides for the moment.  So something counts as
deleted only when two comparisons in a row, each of which read the whole of where it
stood or asked for it by its id, did not find it.  What VK itself shows as deleted is
believed at once.  The cursor holds between comparisons, by where it stood::

    "absent":    {where: [external id, ...]}  not found by this comparison, so far
    "suspected": the same of the comparison before
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..values import Item


class Absences:
    """The part of a walk that notices what is missing."""

    def begin_absences(self) -> None:
        """To be called when a comparison begins."""
        self.state["suspected"] = self.state.get("absent") or {}
        self.state["absent"] = {}

    def is_suspected(self, where: str) -> bool:
        """Whether it has to be read again, to say what became of what was missing."""
        return where in self.state["suspected"]

    def note_found(self, external_ids: Iterable[str]) -> None:
        self.at["found"] = sorted({*self.at["found"], *external_ids})

    def absences(
        self, where: str, item_type: str, since: datetime, root_id: str | None = None
    ) -> list[Item]:
        """Deletions of what was missing before and is missing again.

        To be called when the whole of ``where`` was read, and forgets what was found.
        What was posted before ``since`` need not have been read.
        """
        found, self.at["found"] = set(self.at["found"]), []
        if not self.at["whole"]:
            return []
        missing = set(self.stored.live(item_type, since, root_id)) - found
        return self.judge(where, item_type, missing)

    def judge(self, where: str, item_type: str, missing: set[str]) -> list[Item]:
        """Deletions of those of ``missing`` that were missing before; the others are
        kept in mind."""
        before = self.state["suspected"].get(where, ())
        again = sorted(missing.intersection(before))
        first = missing.difference(before)
        if first:
            known = self.state["absent"].get(where, ())
            self.state["absent"][where] = sorted(first.union(known))
        return [self.client.parser.gone(one, item_type) for one in again]
