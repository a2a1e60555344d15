from odoo import api, fields, models
from odoo.exceptions import UserError

from .res_users import GROUP_HEAD


class HelpdeskSocialHeadNotice(models.Model):
    """What the heads are told at once: a significant message, or a surge.

    A row is written in the transaction of what it tells of, and told by a lane; it is
    the evidence of who was told and when.  Each is told once.
    """

    _name = "helpdesk.social.head.notice"
    _description = "Notice to the head"
    _inherit = ["helpdesk.social.procedural", "helpdesk.social.lease"]
    _order = "made_at desc, id desc"

    company_id = fields.Many2one(
        "res.company", "Administration", required=True, readonly=True, index=True
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        "Message",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        bypass_search_access=True,
    )
    surge_id = fields.Many2one(
        "helpdesk.social.surge",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    clause = fields.Char(readonly=True)
    state = fields.Selection(
        [("awaited", "To be told"), ("told", "Told"), ("withdrawn", "Withdrawn")],
        default="awaited",
        required=True,
        readonly=True,
    )
    made_at = fields.Datetime(
        "Made", required=True, readonly=True, default=fields.Datetime.now
    )
    told_at = fields.Datetime("Told", readonly=True)
    user_ids = fields.Many2many(
        "res.users",
        "helpdesk_social_head_notice_user_rel",
        string="Who was told",
        readonly=True,
    )
    problem = fields.Char(readonly=True)

    _ticket_once = models.UniqueIndex(
        "(ticket_id) WHERE ticket_id IS NOT NULL AND state = 'awaited'",
        "The heads are being told of this message.",
    )
    _surge_once = models.UniqueIndex(
        "(surge_id) WHERE surge_id IS NOT NULL AND state = 'awaited'",
        "The heads are being told of this surge.",
    )
    _one_matter = models.Constraint(
        "CHECK(num_nonnulls(ticket_id, surge_id) = 1)",
        "A notice tells of one message or one surge.",
    )
    _awaited_idx = models.Index("(id) WHERE state = 'awaited'")

    @api.depends("ticket_id", "surge_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = notice._subject()

    def write(self, vals):
        if not self.env.su:
            raise UserError(self.env._("What the heads are told is kept as it was."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if any(notice.state == "told" for notice in self):
            raise UserError(self.env._("What was told cannot be deleted."))

    @api.model
    def _ask(self, matter, clause, now):
        """Have the heads told of ``matter`` (a message or a surge), within seconds.

        Nothing is added where they are about to be told of it.
        """
        name = "ticket_id" if matter._name == "helpdesk.ticket" else "surge_id"
        # sudo: notices are written by the procedure alone.
        notices = self.sudo()
        waiting = [(name, "=", matter.id), ("state", "=", "awaited")]
        found = notices.search(waiting, limit=1)
        if not found:
            found = notices.create(
                {
                    "company_id": matter.company_id.id,
                    name: matter.id,
                    "clause": clause,
                    "made_at": now,
                }
            )
        self._wake_lane()
        return found

    def _withdraw(self):
        """Nobody needs to be told any more: of those that nobody was told of yet."""
        # sudo: as above.
        self.sudo().filtered(lambda n: n.state == "awaited").state = "withdrawn"

    @api.model
    def _heads_to_tell(self, company, now):
        """The heads by appointment, else by role; those who may open what they read.

        The role decides what is seen, an appointment alone opens nothing.
        """
        Appointment = self.env["helpdesk.social.appointment"]
        zone = company.partner_id.tz or "Europe/Moscow"
        day = fields.Datetime.context_timestamp(self.with_context(tz=zone), now).date()
        for people in (
            lambda: Appointment._appointed(company, "head", day).user_id,
            lambda: Appointment._heads(company),
        ):
            able = people().filtered(
                lambda user: (
                    user.active
                    and company in user.company_ids
                    and user.has_group(GROUP_HEAD)
                )
            )
            if able:
                return able
        return self.env["res.users"]
