import hashlib
import json
import logging
import random
from datetime import timedelta

import psycopg2

from odoo import fields, models
from odoo.exceptions import AccessError, ConcurrencyError
from odoo.tools import mute_logger

from ..networks import Batch, clean, item_data, item_from, pause, storable
from .res_users import GROUP_ADMIN

_logger = logging.getLogger(__name__)

#: Messages tried again in one run.
RETRIES_PER_RUN = 20
#: States of one item that are kept to be tried again: its first and its last ones.
STATES_KEPT = 20
#: Seconds before the second try, and the longest pause between two.
FIRST_PAUSE, LONGEST_PAUSE = 60, 6 * 3600
#: Begins the id of what could not even be read so far as its id.
UNREAD = "broken-"


class HelpdeskSocialAccount(models.Model):
    """What could not be processed: kept as the network sent it, and tried again."""

    _inherit = "helpdesk.social.account"

    def _store_broken(self, raw, reason, item=None):
        """Keep what could not be processed, with the reason, to be tried again.

        ``item`` where the network's client understood it; what it did not is read
        again by the next comparisons, when the software has learnt it.
        """
        Message = self.env["helpdesk.social.message"]
        external_id = clean(str(item.external_id)) if item else unread_id(raw)
        row = Message.search(
            [("account_id", "=", self.id), ("external_id", "=", external_id)]
        )
        if row and not item:
            return
        vals = {"error": clean(reason)[:500], "broken": True}
        if item:
            attempts = row.attempts + 1
            wait = pause(
                attempts - 1, random.Random(), first=FIRST_PAUSE, longest=LONGEST_PAUSE
            )
            states = [*(row.pending_items or []), item_data(item)]
            vals.update(
                attempts=attempts,
                next_try=fields.Datetime.now() + timedelta(seconds=wait),
                pending_items=states[:1] + states[1:][1 - STATES_KEPT :],
            )
        if row:
            row.write(vals)
            return
        raw = storable(dict(raw) if item else raw)
        vals.update(
            account_id=self.id,
            direction="in",
            external_id=external_id,
            # Who may read it depends on this.
            kind=item.kind if item else False,
            raw=raw if isinstance(raw, dict) else {"value": raw},
        )
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                Message.create(vals)
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error

    def _retry_broken(self, client, rows=None):
        """Process again what is due, or ``rows``; returns how many were tried."""
        if rows is None:
            rows = self.env["helpdesk.social.message"].search(
                [
                    ("account_id", "=", self.id),
                    ("broken", "=", True),
                    ("next_try", "<=", fields.Datetime.now()),
                ],
                order="next_try, id",
                limit=RETRIES_PER_RUN,
            )
        items = []
        for row in rows.filtered("pending_items"):
            try:
                items += [item_from(state) for state in row.pending_items]
            except ValueError as error:
                # Kept in a form that is not today's: the page has it, or nobody.
                row.write({"next_try": False, "error": clean(str(error))[:500]})
                continue
            # What fails again comes back here.
            row.pending_items = False
        if items:
            ids = frozenset(item.author_id for item in items if item.author_id)
            cursor = dict(self.cursor or {})
            self._store_batch(
                client, Batch(items=tuple(items), author_ids=ids, cursor=cursor)
            )
        return len(rows)

    def action_process_broken(self):
        """Process everything again that could not be processed on these pages.

        For administrators, who need not be allowed to read it.
        """
        if not self.env.user.has_group(GROUP_ADMIN) and not self.env.su:
            raise AccessError(
                self.env._("Only a social administrator processes messages again.")
            )
        self.check_access("read")
        # sudo: no word of what is processed is shown here.
        rows = self.env["helpdesk.social.message"].sudo()
        rows = rows.search([("account_id", "in", self.ids), ("broken", "=", True)])
        return rows._process_again()

    def _recognise_broken(self, items):
        """Give what could not be read before the id that it has turned out to have."""
        Message = self.env["helpdesk.social.message"]
        unread = Message.search(
            [
                ("account_id", "=", self.id),
                ("broken", "=", True),
                ("external_id", "=like", f"{UNREAD}%"),
            ]
        )
        if not unread:
            return
        found = {unread_id(dict(item.raw)): item.external_id for item in items}
        known = set(self._stored().known(found.values()))
        for row in unread:
            external_id = found.get(row.external_id)
            if external_id and external_id not in known:
                row.external_id = external_id
                known.add(external_id)


def unread_id(raw):
    """A stable key for something that has no id of its own."""
    text = json.dumps(storable(raw), sort_keys=True, ensure_ascii=False)
    return UNREAD + hashlib.sha256(text.encode()).hexdigest()[:32]
