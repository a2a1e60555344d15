from odoo import api, fields, models

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
    ("phones", "Valid phone numbers"),
    ("obscenity", "No obscene or insulting words"),
    ("personal", "No personal data in public"),
    ("formulaic", "Not the same as earlier replies"),
    ("progress", "Measures or progress on a repeated message"),
]

#: What is warned of under any regulation that says nothing else about it.
DEFAULT_KINDS = ("obscenity", "personal")

#: What is asked of a question to the author: it is no answer yet.
QUESTION_KINDS = ("obscenity", "personal", "officialese", "phones", "terms")


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
    reply_kind = fields.Selection(
        [("final", "Final replies"), ("interim", "Interim replies")],
        "Asked of",
        help="Empty: of every reply.",
    )
    amount = fields.Integer(help="For example, the largest number of sentences.")
    clause = fields.Char(
        required=False,
        help="Clause of the act; empty for what the administration asks by itself.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()  # ``regulation._asked_of``
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _asked_of(self, reply_kind):
        """Those of these requirements that a reply of ``reply_kind`` has to meet."""
        if reply_kind == "clarification":
            return self.filtered(
                lambda line: line.kind in QUESTION_KINDS and not line.reply_kind
            )
        return self.filtered(lambda line: line.reply_kind in (False, reply_kind))
