import re

from odoo import api, fields, models
from odoo.exceptions import UserError

#: The activity that reminds the curator of the source system.
ACTIVITY_SOURCE = "helpdesk_mgmt_social.activity_source"


class HelpdeskTicket(models.Model):
    """Messages that came from another system: the answer is placed there, or the
    source is told that it was published.

    Placed in the system, the answer ends the course.  The software does not publish
    it on the network a second time; where it stands there as well, the link says so.
    """

    _inherit = "helpdesk.ticket"

    source_state = fields.Selection(
        [
            ("none", "Nothing to do"),
            ("pending", "To be entered in the source"),
            ("done", "Entered in the source"),
        ],
        "Source system",
        default="none",
        readonly=True,
        copy=False,
        index=True,
    )
    source_mode = fields.Selection(
        [
            ("answer", "The answer is placed there"),
            ("notify", "The source is told after publication"),
        ],
        compute="_compute_source_mode",
    )
    source_clause = fields.Char(compute="_compute_source_mode")
    source_reference = fields.Char(
        "Number in the source",
        readonly=True,
        copy=False,
        help="Number of the record in the source system, or link to it.",
    )

    @api.depends("intake", "regulation_id")
    def _compute_source_mode(self):
        for ticket in self:
            rule = ticket._source_rule()
            ticket.source_mode = ticket._source_duty()
            ticket.source_clause = rule.clause

    def _source_rule(self):
        """What the act asks for messages that came this way; may be empty."""
        self.ensure_one()
        # sudo: what is asked does not depend on who makes a step.
        rules = self.sudo().regulation_id.source_rule_ids
        return rules.filtered(lambda rule: rule.intake == self.intake)

    def _source_duty(self):
        """What is to be done in the source: ``answer``, ``notify`` or False."""
        self.ensure_one()
        return self._source_rule().mode

    # -- the state follows the history ---------------------------------------------

    def _source_state_now(self):
        self.ensure_one()
        rule = self._source_rule()
        if not rule:
            return "none"
        events = self._effective_events()
        if any(
            event.type == "source_notified"
            or (event.type == "published" and event.published_where == "source")
            for event in events
        ):
            return "done"
        due = {"answer": ("approved", "published"), "notify": ("published",)}
        return "pending" if self.social_state in due[self._source_duty()] else "none"

    @api.model
    def _social_vals(self, vals_list):
        """Nobody is told of a message that has only just come."""
        return super()._social_vals([{"source_state": "none", **v} for v in vals_list])

    def _refresh_social(self):
        res = super()._refresh_social()
        # sudo: derived values, written by the procedure alone.
        for ticket in self.sudo():
            state = ticket._source_state_now()
            before = ticket.source_state
            if state == before:
                continue
            ticket.source_state = state
            if state == "pending":
                ticket._remind_of_source()
            elif before == "pending":
                ticket.activity_unlink([ACTIVITY_SOURCE])
        return res

    def _remind_of_source(self):
        """Plan the step in the source system for the curator in charge."""
        self.ensure_one()
        user = self.user_id or self.team_id.user_id
        if not user or not self._may_be_read_by(user):
            return
        env = self.with_context(lang=user.lang).env
        words = {
            "answer": env._("Enter the answer in the system"),
            "notify": env._("Tell the source"),
        }
        # As an alert does: asking makes nobody a follower.
        self.with_context(social_alert=True).activity_schedule(
            ACTIVITY_SOURCE,
            user_id=user.id,
            summary=f"{words[self._source_duty()]}: {self.number}",
        )

    # -- the step ------------------------------------------------------------------

    def _check_source(self, text=None):
        """Refuse whoever may not take the step in the source system.

        Whoever publishes the reply places it there; telling a source of a published
        one is the curator's.
        """
        for ticket in self:
            if ticket.source_mode == "answer":
                ticket._check_publisher(text)
            else:
                ticket._check_curator()

    def action_source(self):
        """Show the text to be entered, and ask for the time and the number."""
        self.ensure_one()
        self._check_source()
        self._require_source()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_source"
        )
        action["context"] = {"default_ticket_id": self.id}
        return action

    def _source_text(self):
        """What a person copies: the answer, or what the source is to know of it."""
        self.ensure_one()
        if self.social_state == "approved":
            return self._merged_text()
        published = [e for e in self._effective_events() if e.type == "published"]
        body = (published[-1].reply_id.body if published else "") or ""
        if self.source_mode != "notify":
            return body
        parts = [
            self.env._("The reply to message %s is published.", self.number),
            self.permalink or "",
            self.published_link or "",
            body,
        ]
        return "\n\n".join(part for part in parts if part)

    def _require_source(self):
        """Refuse a step in the source system that is not due."""
        for ticket in self:
            if ticket.source_state == "pending":
                continue
            if ticket._source_duty() == "notify":
                words = self.env._("The source is told once the reply is published.")
            else:
                words = self.env._(
                    "Nothing of message %s is to be entered in a source system now.",
                    ticket.number,
                )
            raise UserError(words)

    def confirm_source(self, at, reference=None, link=None, text=None):
        """Record what was done in the source system at ``at`` (UTC).

        Places the answer (``text``) there, which ends the course, or says that the
        source was told.  ``reference`` is a number or link there, ``link`` the reply
        on the network, if it stands there as well.  One of them must be given.
        """
        self.ensure_one()
        self._check_source(text)
        self._require_source()
        reference = (reference or "").strip()
        link = (link or "").strip()
        if not (reference or link):
            raise UserError(
                self.env._("Name the number in the source system, or paste the link.")
            )
        if not link and re.match(r"https?://", reference, re.IGNORECASE):
            link = reference
        # sudo: written by the procedure alone.
        self.sudo().source_reference = reference or link
        if self.social_state == "approved":
            text = text or self._merged_text()
            return self.publish_by_hand(text, link, where="source", at=at)
        self._check_notified_at(at, fields.Datetime.now())
        self._record_event(
            "source_notified",
            at=at,
            note=reference or None,
            link=self._check_link(link) if link else False,
        )
        return True

    def _check_notified_at(self, at, now):
        published = [e.at for e in self._effective_events() if e.type == "published"]
        if not at or at > now or at < max(published):
            raise UserError(
                self.env._(
                    "The source is told after the publication and not in the future: "
                    "check the time."
                )
            )

    def action_publish(self):
        """Where the act wants the answer in the source system, show that step."""
        if len(self) == 1 and self.source_state == "pending":
            return self.action_source()
        return super().action_publish()

    def publish(self, text, account, **kwargs):
        self._check_place("network")
        return super().publish(text, account, **kwargs)

    def publish_by_hand(self, text, link, where="hand", **kwargs):
        self._check_place(where)
        return super().publish_by_hand(text, link, where=where, **kwargs)

    def _check_place(self, where):
        """Refuse a place that the act does not name for messages of this intake."""
        self.check_access("read")
        for ticket in self:
            rule = ticket._source_rule()
            answer = ticket._source_duty() == "answer"
            if where == "source" and not answer:
                raise UserError(
                    self.env._(
                        "The regulation asks for no answer in a source system here."
                    )
                )
            if where != "source" and answer:
                intakes = dict(self._fields["intake"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "The answer to a message from «%(system)s» is placed there "
                        "(clause %(clause)s): enter it in the system and confirm that.",
                        system=intakes[ticket.intake],
                        clause=rule.clause,
                    )
                )

    def _publication_vals(self, reply, where):
        vals = super()._publication_vals(reply, where)
        if where == "source" and self.source_reference:
            vals["note"] = self.source_reference
        return vals

    def action_close(self):
        for ticket in self.filtered(lambda t: t.source_state == "pending"):
            ticket._check_curator()
            raise UserError(
                self.env._(
                    "Message %(number)s cannot be closed yet: tell the source first "
                    "(clause %(clause)s).",
                    number=ticket.number,
                    clause=ticket._source_rule().clause,
                )
            )
        return super().action_close()
