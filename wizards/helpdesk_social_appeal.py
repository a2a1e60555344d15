from odoo import fields, models

from ..models.helpdesk_ticket_appeal import HOW


class HelpdeskSocialAppeal(models.TransientModel):
    """Hand a message over as an appeal under 59-FZ."""

    _name = "helpdesk.social.appeal"
    _description = "Hand over as an appeal"

    ticket_id = fields.Many2one("helpdesk.ticket", "Message", required=True)
    to = fields.Char("To whom", required=True)
    how = fields.Selection(HOW, required=True, default="registry")
    number = fields.Char("Registration number", help="If it is known already.")
    note = fields.Text()

    def action_confirm(self):
        """Hand over, and give the card to be printed."""
        self.ensure_one()
        self.ticket_id.hand_over(self.to, self.how, self.number, self.note)
        action = self.ticket_id.action_print_appeal()
        return {**action, "close_on_report_download": True}
