"""What is stored and not found any more: its author deleted it, and no event told.

VK leaves out of a list whatever it hides for the moment.  So something counts as
deleted only when two comparisons in a row, each of which read the whole of where it
stood or asked for it by its id, did not find it (see :mod:`..walk_absent`).  What VK
itself shows as deleted is believed at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..values import Item
from ..walk_absent import Suspicions


class Absences(Suspicions):
    """The part of a walk that notices what is missing."""

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
        self.suspect(where, missing)
        again = self.missed_again(where, missing)
        return [self.client.parser.gone(one, item_type) for one in again]
