from odoo import fields, models


class HelpdeskSocialRegulation(models.Model):
    """What an act says of messages that are not answered here."""

    _inherit = "helpdesk.social.regulation"

    exclusion_second_person = fields.Boolean(
        "An exclusion is confirmed by a second curator"
    )
    exclusion_clause = fields.Char("Clause on the second person")
    appeal_handover = fields.Boolean(
        "Messages may be handed over as appeals under 59-FZ",
        help="The act stands on that law: what is really an appeal of a citizen goes "
        "the way of appeals.",
    )
    appeal_clause = fields.Char("Clause on appeals")
