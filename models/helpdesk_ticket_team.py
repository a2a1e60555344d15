from odoo import fields, models


class HelpdeskTeam(models.Model):
    _name = "helpdesk.ticket.team"
    _inherit = ["helpdesk.ticket.team", "helpdesk.social.keywords"]

    is_social_desk = fields.Boolean(
        "Curators' desk", help="Citizens' messages come to this team."
    )
    is_social_unit = fields.Boolean(
        "Executor of messages", help="Messages can be assigned to this unit."
    )
    social_appointment_ids = fields.One2many(
        "helpdesk.social.appointment", "unit_id", "Appointments"
    )
    social_keywords = fields.Text(
        "Keywords",
        help="Beginnings of words, with commas, that speak for this unit, whatever "
        "the topic: «street lamp, lighting».",
    )
