"""The rows of an import become tickets."""

import psycopg2

from odoo import SUPERUSER_ID
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import mute_logger

from ..models.helpdesk_social_finding import TOGETHER, Source

#: Messages that are made, screened, and looked at for suggestions, at a time.
BATCH = 200


class Storing:
    """The part of the rows that makes tickets of them."""

    # -- storing -----------------------------------------------------------------

    def store(self):
        """Make tickets of the good rows; what fails joins ``bad`` and stops nothing."""
        numbers = [number for number in self.vals if number in self.good]
        for start in range(0, len(numbers), BATCH):
            self._store_batch(numbers[start : start + BATCH])
            self.env.flush_all()
            self.env.invalidate_all()

    def _store_batch(self, numbers):
        # Who imported is on the record of the intake; the citizen's message was
        # received from nobody here.  Texts are screened together below.
        marks = {"social_automatic": True, "social_batch": True, TOGETHER: True}
        Ticket = self.env["helpdesk.ticket"].with_user(SUPERUSER_ID)
        Ticket = Ticket.with_context(**marks)
        fresh = [n for n in numbers if self.good[n] is None]
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self._create(Ticket, fresh)
            rest = [number for number in numbers if number not in self.stored]
        except UserError:
            # One of them cannot be: each on its own, that one is found.
            rest = numbers
            self.authors.clear()
        except psycopg2.errors.UniqueViolation as error:
            # A colleague entered the same meanwhile: all is looked at anew.
            raise ConcurrencyError(str(error)) from error
        for number in rest:
            self._store_row(Ticket, number)
        created = [n for n in numbers if self.stored.get(n, ("", ""))[1] == "created"]
        tickets = Ticket.browse([self.stored[number][0] for number in created])
        nothing = self.env["helpdesk.social.message"]
        tickets._screen([Source(t, nothing, t.original_text or "") for t in tickets])
        tickets.with_context(social_batch=False)._look_at()

    def _create(self, Ticket, numbers):
        """Make tickets of rows that are surely new, all at once."""
        vals_list = [
            {
                "kind": "feed",
                "page_owner": "third_party",
                **Ticket._check_entered(self._entered(Ticket, number)),
            }
            for number in numbers
        ]
        tickets = Ticket._social_create_all(vals_list)
        rows = Ticket.env["helpdesk.social.intake"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "intake": ticket.intake,
                    "is_first": True,
                    "received_at": ticket.received_at,
                    "permalink": ticket.permalink,
                    **self._way(number),
                }
                for ticket, number in zip(tickets, numbers, strict=True)
            ]
        )
        for row in rows.filtered("source_due"):
            row.ticket_id._follow_source_due(row)
        for ticket, number in zip(tickets, numbers, strict=True):
            self.stored[number] = (ticket.id, "created")

    def _store_row(self, Ticket, number):
        """Enter one row; what is wrong with it stops no other."""
        way = {**self._way(number), "known": self._known(Ticket, number)}
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                ticket, outcome = Ticket._enter(self._entered(Ticket, number), way)
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error
        except UserError as error:
            self.bad[number] = ("", str(error))
            self.good.pop(number)
            # What was made for this row is gone with it.
            self.authors.clear()
        else:
            self.stored[number] = (ticket.id, outcome)

    def _entered(self, Ticket, number):
        """The values of a row as a person would enter them."""
        row = self.vals[number]
        vals = {k: v for k, v in row["vals"].items() if k != "permalink_key"}
        if row["author"]:
            key = (vals.get("network"), row["author"].lower())
            if key not in self.authors:
                company = Ticket.env["res.company"].browse(vals["company_id"])
                self.authors[key] = Ticket._social_author(
                    company, vals.get("network"), row["author"], row["author_url"]
                ).id
            vals["author_id"] = self.authors[key]
        return vals

    def _way(self, number):
        """What is recorded of the way a row came in."""
        row = self.vals[number]
        return {
            "source_number": row["source_number"] or False,
            "source_due": row["due"] or False,
            "how": "file",
            "note": self.wizard.filename or False,
            "user_id": self.env.uid,
        }

    def _known(self, Ticket, number):
        """The ticket that this row was found to be of, if any."""
        twin = self.twins.get(number)
        if twin in self.stored:
            return Ticket.browse(self.stored[twin][0])
        return Ticket.browse(self.good[number].id if self.good[number] else False)
