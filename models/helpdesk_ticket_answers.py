from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_ticket_clock import iso

#: Answers that one file or one call takes.
MOST = 5000


class HelpdeskTicket(models.Model):
    """Answers for the systems that messages came from: what to place or mark there."""

    _inherit = "helpdesk.ticket"

    def _answer_lines(self, intake=None, only_new=True):
        """What is to be told of each way these messages came by.

        Dicts with the record of the way (``row``, empty where the ticket says all),
        the ticket and what is to be shown:
        messages that are answered, and those whose answer is to be placed in the
        source.  ``only_new`` leaves out what was exported since it was answered.
        """
        lines = []
        for ticket in self.sorted("id"):
            published = ticket._last_publication()
            due = ticket.source_state == "pending"
            if not (published or due):
                continue
            # sudo: the ways of a message that this person reads.
            rows = ticket.sudo().intake_ids
            for row in rows or [rows]:
                if intake and (row.intake or ticket.intake) != intake:
                    continue
                answered = published and published.at
                old = row.exported_at and (not answered or row.exported_at >= answered)
                if only_new and old:
                    continue
                lines.append(ticket._answer_line(row, published))
                if len(lines) >= MOST:
                    return lines
        return lines

    def _last_publication(self):
        """The event of the publication that ended the course; may be empty."""
        self.ensure_one()
        events = [e for e in self._effective_events() if e.type == "published"]
        return events[-1] if events else self.env["helpdesk.social.event"]

    def _answer_line(self, row, published):
        self.ensure_one()
        reply = published.reply_id
        late = self.deadline_ids.filtered(lambda d: d.state == "breached")
        done = self.assignment_ids.filtered(
            lambda a: a.state not in ("declined", "cancelled")
        )
        text = reply.body if published else self._source_text()
        return {
            "row": row,
            "ticket": self,
            "number": self.number,
            "intake": row.intake or self.intake,
            "source_number": row.source_number or "",
            "link": self.permalink or row.permalink or "",
            "received_at": row.received_at or self.received_at,
            "answered_at": published.at or False,
            "published_link": self.published_link or "",
            "text": (text or "").strip(),
            "units": ", ".join(done.unit_id.mapped("name")),
            "on_time": bool(published) and not late,
            "to_do": self.source_mode if self.source_state == "pending" else False,
        }

    @api.model
    def _mark_exported(self, lines):
        """Keep that the answers of these lines were handed out just now."""
        rows = [line["row"] or line["ticket"]._first_intake() for line in lines]
        # sudo: rows are written by the procedure alone.
        Intake = self.env["helpdesk.social.intake"].sudo()
        Intake.union(*rows).exported_at = fields.Datetime.now()

    def action_export_answers(self):
        """Show which answers there are to be exported, of the chosen messages."""
        self._check_curator()
        if not self:
            raise UserError(self.env._("Choose messages first."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_answers"
        )
        action["context"] = {"default_ticket_ids": self.ids}
        return action

    # -- for other systems -------------------------------------------------------

    @api.model
    def export_answers(self, intake=None, only_new=True, limit=500):
        """Answers to the messages that this user has entered, or may read.

        Hands the same out until :meth:`answers_taken` is told that they arrived, so
        that none is lost on the way.  Returns a list of dicts: ``id`` (for
        :meth:`answers_taken`), ``number``, ``intake``, ``source_number``, ``link``,
        ``received_at``, ``answered_at``, ``published_link``, ``text``, ``units``,
        ``on_time``.
        """
        self._check_integration()
        domain = [("social_state", "in", ("published", "closed"))]
        if intake:
            domain.append(("intake_ids", "any", [("intake", "=", intake)]))
        found = []
        for ticket in self._entered_here(domain, order="id"):
            ticket._first_intake()
            lines = ticket._answer_lines(intake, only_new)
            found += [line for line in lines if line["answered_at"]]
            if len(found) >= min(limit, MOST):
                break
        return [_told(line) for line in found[: min(limit, MOST)]]

    @api.model
    def answers_taken(self, answer_ids):
        """Say that answers handed out by :meth:`export_answers` have arrived.

        ``answer_ids`` are their ``id``; returns how many of them were this user's.
        """
        self._check_integration()
        answer_ids = list(answer_ids or [])
        tickets = self._entered_here(
            [("intake_ids", "any", [("id", "in", answer_ids)])]
        )
        rows = tickets.intake_ids.filtered(lambda row: row.id in answer_ids)
        self._mark_exported([{"row": row} for row in rows])
        return len(rows)


def _told(line):
    """A line as another system reads it."""
    names = ("number", "intake", "source_number", "link", "published_link", "text")
    told = {name: line[name] for name in (*names, "units", "on_time")}
    return {
        "id": line["row"].id,
        **told,
        "received_at": iso(line["received_at"]),
        "answered_at": iso(line["answered_at"]),
    }
