from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_social_approval_step import MAY_BE_OUTSIDE

#: Events after which another text is to be agreed.
VOIDING = ("assigned", "declined", "draft_submitted", "rework_requested")
VOIDING += ("interim_published",)


class HelpdeskTicket(models.Model):
    """The approval chain: what comes after the curator has approved all drafts."""

    _inherit = "helpdesk.ticket"

    approval_ids = fields.One2many(
        "helpdesk.social.approval",
        "ticket_id",
        "Agreement",
        readonly=True,
        bypass_search_access=True,
    )
    has_chain = fields.Boolean(compute="_compute_has_chain")
    agreement_next = fields.Selection(
        [
            ("compose", "Send the text for agreement"),
            ("wait", "Awaiting the decision"),
            ("send", "Send to the superior curator"),
            ("answer", "Record the answer of the superior curator"),
        ],
        compute="_compute_agreement_next",
    )
    agreement_with = fields.Char(compute="_compute_agreement_next")

    @api.depends("regulation_id")
    def _compute_has_chain(self):
        for ticket in self:
            ticket.has_chain = bool(ticket._chain())

    @api.depends("social_state", "approval_ids.state", "approval_ids.sent_at")
    @api.depends_context("lang")
    def _compute_agreement_next(self):
        for ticket in self:
            ticket.agreement_next = ticket.agreement_with = False
            if ticket.social_state != "agreement":
                continue
            waiting = ticket._waiting_approval().sudo()  # sudo: as there.
            if not waiting:
                ticket.agreement_next = "compose"
                continue
            ticket.agreement_with = waiting._role_label()
            if not waiting.outside:
                ticket.agreement_next = "wait"
            else:
                ticket.agreement_next = "answer" if waiting.sent_at else "send"

    @api.model
    def _group_expand_social_state(self, states, domain):
        """Nobody is shown a column for a step that no act here knows."""
        columns = super()._group_expand_social_state(states, domain)
        if "agreement" in states or self.env.companies._social_knows_chain():
            return columns
        return [state for state in columns if state != "agreement"]

    # -- where the chain stands --------------------------------------------------

    def _chain(self):
        """The steps that the act has after the curator's approval."""
        self.ensure_one()
        return self.regulation_id._chain_steps()

    def _waiting_approval(self):
        self.ensure_one()
        # sudo: what the message waits for does not depend on who looks.
        rows = self.sudo().approval_ids
        return rows.filtered(lambda row: row.state == "waiting").with_env(self.env)

    def _standing_approvals(self):
        """The decisions on the text as it is now, and the one awaited."""
        self.ensure_one()
        return self.sudo().approval_ids.filtered("standing")  # sudo: as above.

    def _approval_done(self):
        """Whether everybody whom the act names has agreed the text as it is now."""
        self.ensure_one()
        agreed = self._standing_approvals().filtered(lambda r: r.state == "approved")
        return not (self._chain() - agreed.step_id)

    def _social_state_now(self):
        state = super()._social_state_now()
        if state == "approved" and not self._approval_done():
            return "agreement"
        return state

    def _record_event(self, event_type, *args, **kwargs):
        if event_type in VOIDING:
            for ticket in self:
                ticket._standing_approvals()._void()
        return super()._record_event(event_type, *args, **kwargs)

    def _refresh_social(self):
        """Who was asked sees the message as long as its reply is being agreed."""
        before = {ticket: ticket.sudo().social_state for ticket in self}
        res = super()._refresh_social()
        for ticket, state in before.items():
            # sudo: who takes the step may lose sight of the message by it.
            record = ticket.sudo()
            if state in ("agreement", "approved") and state != record.social_state:
                if record.approval_ids:
                    record._forget_blind()
        return res

    def _agreed_text(self):
        """The text on its way through the chain; empty before it was sent there."""
        self.ensure_one()
        return self._standing_approvals()[:1].text or ""

    def _differs_from_agreed(self, text):
        """Whether ``text`` is not what was agreed; blanks do not matter."""
        self.ensure_one()
        return bool(self._chain()) and _folded(text) != _folded(self._agreed_text())

    def _approved_text(self):
        """What was agreed, or is being, goes before what the drafts say."""
        return self._agreed_text() or super()._approved_text()

    # -- the curator's step ------------------------------------------------------

    def action_agree(self):
        """Show the whole text and send it up the chain."""
        self.ensure_one()
        self._check_curator()
        self._check_may_agree()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_agree"
        )
        action["context"] = {"default_ticket_id": self.id}
        return action

    def action_send_outside(self):
        """Show the letter to the superior curator."""
        self.ensure_one()
        return self._waiting_approval().action_send_outside()

    def action_record_answer(self):
        """Ask what the superior curator has answered."""
        self.ensure_one()
        return self._waiting_approval().action_answer()

    def _check_may_agree(self):
        if not self._chain():
            raise UserError(
                self.env._(
                    "The regulation asks nobody after the curator: publish the reply."
                )
            )
        step = self.env._("Sending for agreement")
        self._require_state(["agreement", "approved"], step)
        self._check_not_publishing()

    def send_to_agreement(self, text):
        """Send ``text``, the whole reply, to the first step after the curator.

        Possible once all drafts are approved, and again as long as the reply is not
        on its way: another text begins the chain anew.
        """
        self.ensure_one()
        self._check_curator()
        self._check_may_agree()
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("There is no text to agree."))
        self._check_length(text)
        if not self._differs_from_agreed(text):
            raise UserError(
                self.env._("This very text is being agreed or is agreed already.")
            )
        # sudo: drafts are their executors'.
        self.sudo()._approved_replies()._check_promise(fields.Datetime.now())
        self._take_turn()
        self._withdraw_failed()
        self._standing_approvals()._void()
        self._ask_next(text)
        return True

    def _ask_next(self, text):
        """Ask whoever is next in the chain; nothing where all have agreed."""
        self.ensure_one()
        step = (self._chain() - self._standing_approvals().step_id)[:1]
        if step:
            self._ask(step, text)
        else:
            self._refresh_social()

    def _ask(self, step, text):
        holders = step._holders(self)
        outside = not holders and step.role in MAY_BE_OUTSIDE
        if not holders and not outside:
            self._refuse_nobody(step)
        now = fields.Datetime.now()
        inside = step.role in MAY_BE_OUTSIDE and not outside
        # sudo: rows are written by the procedure alone.
        approval = (
            self.env["helpdesk.social.approval"]
            .sudo()
            .with_context(mail_create_nolog=True)
            .create(
                {
                    "ticket_id": self.id,
                    "step_id": step.id,
                    "role": step.role,
                    "text": text,
                    "outside": outside,
                    "approver_ids": [(6, 0, holders.ids)],
                    "asked_at": now,
                    "sent_at": now if inside else False,
                    **self._approval_vals(),
                }
            )
        )
        approval._keep_files(self.sudo()._approved_replies().attachment_ids)
        self.sudo().invalidate_recordset(["approval_ids"])
        if inside:
            # Seen on the screen of a person here, it is with the superior curator.
            self._record_event("sent_to_superior", at=now)
        else:
            self._refresh_social()
        approval._notify_approvers()

    def _approval_vals(self):
        """What is agreed besides the text, as the reply will have it."""
        merged = self.sudo()._merged_vals()  # sudo: drafts are their executors'.
        names = ("promised_date", "interim_reason")
        vals = {name: merged.get(name, False) for name in names}
        return {**vals, "reply_kind": merged["kind"]}

    def _refuse_nobody(self, step):
        role = dict(step._fields["role"]._description_selection(self.env))[step.role]
        raise UserError(
            self.env._(
                "Nobody is appointed as «%s» with the right to agree replies. An "
                "administrator enters the appointment and gives the person the role "
                "«Approver».",
                role,
            )
        )

    # -- what is published is what was agreed --------------------------------------

    def _reply_to_publish(self, text):
        if self._differs_from_agreed(text):
            raise UserError(
                self.env._(
                    "This is not the text that was agreed. Publish the agreed one, or "
                    "send the changed one for agreement anew."
                )
            )
        return super()._reply_to_publish(text)

    def _check_published_at(self, at, now):
        res = super()._check_published_at(at, now)
        agreed = [row.decided_at for row in self._standing_approvals()]
        if any(moment and at < moment for moment in agreed):
            raise UserError(
                self.env._("The reply cannot be published before it was agreed.")
            )
        return res

    # -- taking messages out of work, and back --------------------------------------

    def exclude(self, reason, note=None):
        res = super().exclude(reason, note)
        # Who was to agree the reply sees nothing of the message any more.
        self.filtered("approval_ids")._forget_blind()
        return res

    def action_restore(self):
        res = super().action_restore()
        for ticket in self.filtered(lambda t: t.social_state == "agreement"):
            ticket._waiting_approval()._notify_approvers()
        return res


def _folded(text):
    """A text without differences in blanks."""
    return " ".join((text or "").split())
