from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_social_approval_step import ROLES
from .res_users import GROUP_APPROVER

#: The activity that asks an approver for a decision.
ACTIVITY_APPROVAL = "helpdesk_mgmt_social.activity_approval"


class HelpdeskSocialApproval(models.Model):
    """One step of the approval chain on one reply: the text, who, and the decision.

    A row is evidence.  ``standing`` rows agree the text that is to be published;
    when the text or a draft behind it changes, none stands and the chain begins anew.
    """

    _name = "helpdesk.social.approval"
    _description = "Agreement of a reply"
    _inherit = [
        "helpdesk.social.procedural",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _rec_name = "role"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        "Message",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        bypass_search_access=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    step_id = fields.Many2one(
        "helpdesk.social.approval.step",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    role = fields.Selection(ROLES, required=True, readonly=True)
    clause = fields.Char(related="step_id.clause", related_sudo=False)
    text = fields.Text("Text of the reply", required=True, readonly=True)
    reply_kind = fields.Selection(
        [("final", "Reply"), ("interim", "Interim reply")], readonly=True
    )
    promised_date = fields.Date(readonly=True)
    interim_reason = fields.Text(
        "Reason for an interim reply", readonly=True, help="Agreed with the text."
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "helpdesk_social_approval_file_rel",
        string="Files of the reply",
        readonly=True,
        bypass_search_access=True,
    )
    state = fields.Selection(
        [
            ("waiting", "Awaiting the decision"),
            ("approved", "Agreed"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        index=True,
    )
    standing = fields.Boolean(
        "Counts",
        default=True,
        readonly=True,
        help="The decision is on the text as it is now.",
    )
    outside = fields.Boolean(
        readonly=True,
        help="Decided by somebody who does not work here; the curator sends the text "
        "and records the answer.",
    )
    approver_ids = fields.Many2many(
        "res.users", "helpdesk_social_approval_user_rel", readonly=True
    )
    asked_at = fields.Datetime("Asked", required=True, readonly=True)
    sent_at = fields.Datetime("Sent", readonly=True)
    sent_to = fields.Char(readonly=True, help="The address, or how else it was sent.")
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null")
    mail_problem = fields.Char(compute="_compute_mail_problem")
    decided_by_id = fields.Many2one(
        "res.users",
        "Decided by",
        readonly=True,
        index="btree_not_null",
        help="Of an answer from outside: who recorded it.",
    )
    on_behalf_id = fields.Many2one(
        "res.users",
        "Decided for",
        readonly=True,
        help="Whom the person who decided stood in for.",
    )
    decided_at = fields.Datetime("Decided", readonly=True)
    answered_by = fields.Char("Who answered", readonly=True)
    evidence = fields.Char(
        "Letter", readonly=True, help="Number of the letter, or link to it."
    )
    evidence_file_ids = fields.Many2many(
        "ir.attachment",
        "helpdesk_social_approval_attachment_rel",
        string="Files",
        readonly=True,
        bypass_search_access=True,
    )
    remarks = fields.Text(readonly=True)
    is_mine = fields.Boolean(compute="_compute_is_mine", search="_search_is_mine")

    # What an approver must see of the message, with the approver's own eyes.
    ticket_number = fields.Char(related="ticket_id.number", related_sudo=False)
    ticket_text = fields.Text(related="ticket_id.original_text", related_sudo=False)
    ticket_kind = fields.Selection(related="ticket_id.kind", related_sudo=False)
    ticket_state = fields.Selection(
        related="ticket_id.social_state",
        related_sudo=False,
        string="State of the message",
    )
    ticket_importance = fields.Selection(
        related="ticket_id.importance", related_sudo=False
    )
    ticket_permalink = fields.Char(related="ticket_id.permalink", related_sudo=False)
    next_due = fields.Datetime(related="ticket_id.next_due", related_sudo=False)
    next_stage = fields.Selection(related="ticket_id.next_stage", related_sudo=False)
    topic_id = fields.Many2one(
        related="ticket_id.category_id", related_sudo=False, string="Topic"
    )
    territory_id = fields.Many2one(related="ticket_id.territory_id", related_sudo=False)
    author_id = fields.Many2one(related="ticket_id.author_id", related_sudo=False)
    received_at = fields.Datetime(related="ticket_id.received_at", related_sudo=False)
    photo_ids = fields.Many2many(related="ticket_id.photo_ids", related_sudo=False)
    earlier_ids = fields.Many2many(
        "helpdesk.social.approval",
        string="Agreement so far",
        compute="_compute_earlier_ids",
    )

    _one_waiting = models.UniqueIndex(
        "(ticket_id) WHERE state = 'waiting'",
        "One decision on a reply is awaited at a time.",
    )

    @api.depends("role", "ticket_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for approval in self:
            approval.display_name = f"{approval._role_label()}: " + (
                approval.ticket_id.number or ""
            )

    def _role_label(self):
        """The role in the reader's language."""
        self.ensure_one()
        return dict(self._fields["role"]._description_selection(self.env))[self.role]

    @api.depends("mail_id")
    def _compute_mail_problem(self):
        for approval in self:
            # sudo: mails are closed to curators; this one they have sent.
            mail = approval.sudo().mail_id
            failed = mail.state in ("exception", "cancel")
            approval.mail_problem = failed and (mail.failure_reason or mail.state)

    @api.depends("ticket_id.approval_ids.state")
    def _compute_earlier_ids(self):
        for approval in self:
            others = approval.ticket_id.approval_ids - approval
            approval.earlier_ids = others.filtered("decided_at")

    def _mine_domain(self):
        user = self.env.user
        if not user.has_group(GROUP_APPROVER):
            return fields.Domain.FALSE
        return fields.Domain(
            [
                ("state", "=", "waiting"),
                ("outside", "=", False),
                ("ticket_id.social_state", "=", "agreement"),
                *user._social_asked_domain(),
            ]
        )

    @api.depends_context("uid")
    @api.depends("state", "approver_ids", "outside", "ticket_id.social_state")
    def _compute_is_mine(self):
        # sudo: who stands in for whom, and who is absent, is not for all to read.
        wanted = self._mine_domain() & fields.Domain("id", "in", self.ids)
        mine = self.sudo().search(wanted).ids
        for approval in self:
            approval.is_mine = approval._origin.id in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: as above; the search around it keeps to the rules.
        mine = fields.Domain("id", "in", self.sudo()._search(self._mine_domain()))
        return fields.Domain.OR(mine if wanted else ~mine for wanted in set(value))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("An agreement is part of the history and cannot be deleted.")
        )

    # -- what the ticket does with its rows --------------------------------------

    def _keep_files(self, files):
        """Keep ``files`` of the drafts with what is agreed: whoever decides sees
        them, and they are evidence like the text."""
        self.ensure_one()
        place = {"res_model": self._name, "res_id": self.id, "res_field": False}
        # sudo: rows are written by the procedure alone.
        self.sudo().attachment_ids = files.sudo().copy(place)

    def _notify_approvers(self):
        """Ask the approvers of each waiting row to decide."""
        for approval in self.sudo():  # sudo: an activity of somebody else.
            ticket = approval.ticket_id
            for user in approval._people_to_ask():
                # It names the message: only for who may see it.
                if ticket._may_be_read_by(user):
                    approval.activity_schedule(
                        ACTIVITY_APPROVAL, user_id=user.id, summary=ticket.name
                    )

    def _forget_asking(self):
        """Take back what was asked of the approvers."""
        # sudo: the activities are other people's.
        self.sudo().activity_unlink([ACTIVITY_APPROVAL])

    def _void(self):
        """The text these rows are on is no more: waiting ones are cancelled."""
        # sudo: rows are written by the procedure alone.
        rows = self.sudo()
        rows.filtered(lambda row: row.state == "waiting").state = "cancelled"
        rows.standing = False
        # Before the next row is inserted: one decision is awaited at a time.
        rows.flush_recordset(["state"])
        rows._forget_asking()

    def _require_waiting(self):
        """Refuse a decision on what waits for none."""
        for approval in self:
            if approval.state != "waiting":
                raise UserError(
                    self.env._(
                        "This is no longer asked: the reply to message %s has been "
                        "decided on or sent back meanwhile.",
                        approval.ticket_id.number,
                    )
                )
            approval.ticket_id._require_state(
                ["agreement"], self.env._("Agreeing the reply")
            )

    def action_open_ticket(self):
        """Open the message itself."""
        self.ensure_one()
        return self.ticket_id.get_formview_action()

    # -- following ---------------------------------------------------------------

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Nobody follows an agreement: who is asked hears of it by an activity."""
        return True

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Notify nobody who does not see the message."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not self:
            return recipients
        # sudo: whoever writes need not see what the others may read.
        return self.sudo().ticket_id._social_only_readers(recipients)
