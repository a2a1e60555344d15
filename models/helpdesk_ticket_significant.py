from odoo import api, fields, models
from odoo.exceptions import UserError

from .res_users import GROUP_ADMIN, GROUP_CURATOR, GROUP_HEAD

ACTIVITY = "helpdesk_mgmt_social.activity_head_notice"


class HelpdeskTicket(models.Model):
    """A message that matters to many: a curator marks it, the heads are told."""

    _inherit = "helpdesk.ticket"

    is_significant = fields.Boolean("Socially significant", readonly=True, copy=False)
    significant_reason = fields.Char("Why significant", readonly=True, copy=False)
    significant_by_id = fields.Many2one(
        "res.users", "Marked by", readonly=True, copy=False
    )
    significant_at = fields.Datetime("Marked", readonly=True, copy=False)
    head_notice_ids = fields.One2many(
        "helpdesk.social.head.notice",
        "ticket_id",
        "Notices to the head",
        readonly=True,
        groups=f"{GROUP_CURATOR},{GROUP_HEAD},{GROUP_ADMIN}",
    )
    significant_told_at = fields.Datetime(
        "Heads were told", compute="_compute_significant_told"
    )
    significant_awaited = fields.Boolean(
        "Heads are being told", compute="_compute_significant_told"
    )

    _significant_idx = models.Index("(company_id) WHERE is_significant")
    #: Surges are looked for every few minutes.
    _social_received_idx = models.Index("(company_id, received_at) WHERE is_social")

    @api.depends(
        "significant_at",
        "head_notice_ids.state",
        "head_notice_ids.made_at",
        "head_notice_ids.told_at",
    )
    def _compute_significant_told(self):
        # sudo: when they were told, for whoever reads the message.
        tickets = self.sudo()
        for ticket, own in zip(self, tickets, strict=True):
            since = own.significant_at
            notices = own.head_notice_ids.filtered(
                lambda n, since=since: since and n.made_at >= since
            )
            told = notices.filtered("told_at").mapped("told_at")
            ticket.significant_told_at = max(told, default=False)
            ticket.significant_awaited = "awaited" in notices.mapped("state")

    # -- steps -------------------------------------------------------------------

    def action_significant(self):
        """Ask why the message is socially significant, or why it no longer is."""
        self.ensure_one()
        self._check_curator()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_significant"
        )
        step = "unmark" if self.is_significant else "mark"
        action["context"] = {"default_ticket_id": self.id, "default_step": step}
        return action

    def mark_significant(self, reason):
        """Mark as socially significant for ``reason``, whatever the state of work.

        The heads are told where the act asks for it.
        """
        self._check_curator()
        reason = self._significance_words(reason)
        if not all(self.mapped("is_social")):
            raise UserError(self.env._("Only citizens' messages are marked so."))
        if any(self.mapped("is_significant")):
            raise UserError(self.env._("The message is marked already."))
        self._require_counted()
        now = fields.Datetime.now()
        # sudo: the mark is written by this step alone.
        self.sudo().write(
            {
                "is_significant": True,
                "significant_reason": reason,
                "significant_by_id": self.env.uid,
                "significant_at": now,
            }
        )
        words = self.env._("Marked as socially significant: %s", reason)
        for ticket in self:
            ticket.message_post(body=words)
            act = ticket.sudo()._act_on_significance(now)
            if act.reports_significant:
                notices = self.env["helpdesk.social.head.notice"]
                notices._ask(ticket, act.significant_clause, now)
        return True

    def unmark_significant(self, reason):
        """Take the mark back for ``reason``; who has been told learns of it."""
        self._check_curator()
        reason = self._significance_words(reason)
        if not all(self.mapped("is_significant")):
            raise UserError(self.env._("The message is not marked."))
        for ticket in self:
            # sudo: notices and activities are other people's.
            own = ticket.sudo()
            told = own.head_notice_ids.filtered(
                lambda n, own=own: n.state == "told" and n.made_at >= own.significant_at
            ).user_ids
            own.head_notice_ids._withdraw()
            own.activity_unlink([ACTIVITY])
            words = self.env._("No longer socially significant: %s", reason)
            ticket.message_post(body=words)
            ticket._tell_withdrawn(told, reason)
        # sudo: as above.
        self.sudo().write(
            {
                "is_significant": False,
                "significant_reason": False,
                "significant_by_id": False,
                "significant_at": False,
            }
        )
        return True

    def _tell_withdrawn(self, users, reason):
        for user in users:
            # sudo: told on behalf of the administration.
            speaking = self.sudo().with_context(lang=user.lang)
            speaking.env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=speaking.env._(
                    "Message %s is no longer socially significant", self.number
                ),
                body=reason,
                force_send=False,
            )

    def _significance_words(self, reason):
        reason = " ".join((reason or "").split())
        if not reason:
            raise UserError(self.env._("Say why, in a few words."))
        return reason

    def _require_counted(self):
        """Excluded messages need no head's attention."""
        if "excluded" in self.mapped("social_state"):
            raise UserError(
                self.env._("An excluded message cannot be socially significant.")
            )

    def _act_on_significance(self, now):
        """The version of the act that decides whether the heads are told."""
        self.ensure_one()
        return self.regulation_id or self._applicable_regulation(now)
