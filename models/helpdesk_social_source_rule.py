from odoo import fields, models

from .helpdesk_ticket import INTAKES


class HelpdeskSocialSourceRule(models.Model):
    """What the act asks to be done in the system that a message came from."""

    _name = "helpdesk.social.source.rule"
    _description = "Rule for a source system"
    _inherit = "helpdesk.social.act.part"
    _order = "regulation_id, sequence, id"
    _rec_name = "intake"

    intake = fields.Selection(INTAKES, required=True)
    mode = fields.Selection(
        [
            ("answer", "The answer is placed there"),
            ("notify", "The source is told after publication"),
        ],
        required=True,
        default="answer",
        help="An answer placed in the system ends the course of the message. Telling "
        "the source comes after the publication.",
    )

    executor_places = fields.Boolean(
        "Executors may place it",
        help="By agreement with the curator, as on the network. Of answers placed in "
        "the system only.",
    )

    _intake_uniq = models.UniqueIndex(
        "(regulation_id, intake)", "A regulation has one rule for a way of intake."
    )
