from odoo import fields, models

KINDS = [
    ("sentences", "Number of sentences"),
    ("substance", "A measure, a decision or advice"),
    ("dates", "A concrete date"),
    ("impossibility", "Impossibility with its legal act"),
    ("contacts", "Phone, e-mail and site"),
    ("redirect", "Contacts of the other body"),
    ("officialese", "No officialese and stock phrases"),
    ("terms", "Terms and abbreviations explained"),
    ("questions", "Every question answered"),
    ("consistent", "No contradictions"),
    ("photo", "Photos and videos where possible"),
    ("labels", "Number, topic and location"),
]


class HelpdeskSocialRequirement(models.Model):
    """What the act asks of the text of a reply."""

    _name = "helpdesk.social.requirement"
    _description = "Requirement for a reply"
    _inherit = "helpdesk.social.act.part"
    _order = "regulation_id, sequence, id"

    kind = fields.Selection(KINDS, required=True)
    severity = fields.Selection(
        [("block", "Blocks"), ("warn", "Warns"), ("off", "Off")],
        required=True,
        default="warn",
    )
    amount = fields.Integer(help="For example, the largest number of sentences.")
