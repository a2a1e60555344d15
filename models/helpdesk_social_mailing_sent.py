from odoo import api, fields, models

#: How often a letter that the mail server refused is sent again, once an hour.
MOST_TRIES = 24


class HelpdeskSocialMailingSent(models.Model):
    """One report to one recipient: when it was sent, and what became of the letter."""

    _name = "helpdesk.social.mailing.sent"
    _inherit = ["helpdesk.social.procedural"]
    _description = "Sent report"
    _order = "first desc, id desc"
    _rec_name = "first"

    mailing_id = fields.Many2one(
        "helpdesk.social.mailing", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="mailing_id.company_id", store=True)
    first = fields.Date("First day", required=True)
    last = fields.Date("Last day", required=True)
    partner_id = fields.Many2one(
        "res.partner", "Recipient", required=True, ondelete="restrict"
    )
    address = fields.Char("Sent to")
    attachment_id = fields.Many2one("ir.attachment", "Report", ondelete="restrict")
    mail_id = fields.Many2one(
        "mail.mail",
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_system",
    )
    state = fields.Selection(
        [
            ("queued", "In the mail queue"),
            ("sent", "Sent by mail"),
            ("failed", "Not sent"),
        ],
        required=True,
        default="queued",
    )
    sent_at = fields.Datetime("Sent at")
    tries = fields.Integer(default=1)
    problem = fields.Text()

    _once = models.UniqueIndex(
        "(mailing_id, first, partner_id)",
        "This recipient has got the report on this period already.",
    )

    @api.model
    def _follow_up(self):
        """See what became of the letters: keep it, tell of failures, send again."""
        open_rows = self.search([("state", "=", "queued")])
        rows = open_rows.try_lock_for_update(allow_referencing=True)
        for row in rows:
            row._follow_up_one()
        for mailing in rows.mailing_id.filtered("problem"):
            waits = mailing.active and mailing.next_run <= fields.Datetime.now()
            if not waits and set(mailing.sent_ids.mapped("state")) == {"sent"}:
                mailing._settle()

    def _follow_up_one(self):
        self.ensure_one()
        mail = self.mail_id
        if mail.state == "sent":
            self.write({"state": "sent", "sent_at": mail.write_date, "problem": False})
            return
        if mail.state in ("outgoing", "received"):
            return
        self.problem = mail.failure_reason or self.env._("The letter was withdrawn.")
        self.mailing_id._tell_problem(
            self.env._(
                "The letter to %(address)s was not sent: %(problem)s",
                address=self.address,
                problem=self.problem,
            )
        )
        if mail.state == "exception" and self.tries < MOST_TRIES:
            self.tries += 1
            mail.mark_outgoing()
            return
        self.state = "failed"

    def action_send_again(self):
        """Put a letter that was not sent back into the queue."""
        self.ensure_one()
        self.mailing_id.check_access("write")
        # sudo: rows and letters are written by the procedure alone.
        row = self.sudo()
        if row.state == "failed" and row.mail_id:
            row.mail_id.mark_outgoing()
            row.write({"state": "queued", "tries": 1})
        return True
