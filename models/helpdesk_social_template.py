from odoo import api, fields, models

from ..language.placeholders import fill


class HelpdeskSocialTemplate(models.Model):
    """A beginning for a reply: its places are filled in from the message."""

    _name = "helpdesk.social.template"
    _description = "Template of a reply"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    category_ids = fields.Many2many(
        "helpdesk.ticket.category", string="Topics", help="Empty: for every topic."
    )
    body = fields.Text(
        "Text",
        required=True,
        help="Filled in by themselves: {номер}, {автор}, {подразделение}, {телефон}, "
        "{почта}, {адрес}, {тема}, {локация}, {обещанная дата}. Whatever else stands "
        "in curly brackets the executor fills in; until then the reply is not sent.",
    )
    company_id = fields.Many2one(
        "res.company",
        "Administration",
        index=True,
        default=lambda self: self.env.company,
    )

    @api.model
    def _fitting(self, assignment):
        """The templates for the topic of an assignment, those of the topic first."""
        topic = assignment.ticket_id.category_id
        found = self.search(
            [
                ("company_id", "in", [False, assignment.company_id.id]),
                "|",
                ("category_ids", "=", False),
                ("category_ids", "in", topic.ids),
            ]
        )
        return found.sorted(lambda template: not template.category_ids)

    def _filled(self, assignment):
        """The text with what is known of the message and the unit."""
        self.ensure_one()
        return fill(self.body or "", self._values(assignment))

    def _values(self, assignment):
        """The texts that places stand for; a hook for more of them."""
        ticket, unit = assignment.ticket_id, assignment.unit_id
        promised = assignment.draft_promised_date
        return {
            "number": ticket.number or "",
            "author": ticket.author_id.name or "",
            "unit": unit.name or "",
            "phone": unit.social_phone or "",
            "email": unit.social_email or "",
            "address": unit.social_address or "",
            "topic": ticket.category_id.name or "",
            "place": ticket.territory_id.name or "",
            "promised_date": promised.strftime("%d.%m.%Y") if promised else "",
        }


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    social_phone = fields.Char("Phone for citizens")
    social_email = fields.Char("E-mail for citizens")
    social_address = fields.Char("Address for citizens")
