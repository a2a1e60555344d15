from odoo import fields, models


class HelpdeskSocialOutcome(models.TransientModel):
    """What a person saw of a reply whose outcome is unclear."""

    _name = "helpdesk.social.outcome"
    _description = "Outcome of a reply"

    message_id = fields.Many2one("helpdesk.social.message", required=True)
    # Not as superuser: whoever opens the wizard names the row.
    permalink = fields.Char(
        related="message_id.ticket_id.permalink", related_sudo=False
    )
    text = fields.Text(related="message_id.text", related_sudo=False)
    outcome = fields.Selection(
        [
            ("published", "The reply is on the network"),
            ("absent", "The reply is not there"),
        ],
        required=True,
        default="published",
    )
    link = fields.Char("Link to the published reply")

    def action_confirm(self):
        if self.outcome == "published":
            self.message_id.action_mark_sent(self.link)
        else:
            self.message_id.action_send_again()
        return {"type": "ir.actions.act_window_close"}
