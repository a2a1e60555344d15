from odoo import fields, models


class HelpdeskTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    is_social_desk = fields.Boolean(
        "Curators' desk", help="Citizens' messages come to this team."
    )
    is_social_unit = fields.Boolean(
        "Executor of messages", help="Messages can be assigned to this unit."
    )
