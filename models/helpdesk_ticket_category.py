from odoo import api, fields, models

from ..language.suggest import usual_topics


class HelpdeskCategory(models.Model):
    """Topics: the words that speak for them, and who usually answers."""

    _name = "helpdesk.ticket.category"
    _inherit = ["helpdesk.ticket.category", "helpdesk.social.keywords"]

    social_keywords = fields.Text(
        "Keywords",
        help="Beginnings of words, with commas, that speak for this topic; several "
        "words are a phrase: «lamp, street light, dark».",
    )
    social_unit_ids = fields.Many2many(
        "helpdesk.ticket.team",
        "helpdesk_social_category_unit_rel",
        string="Usually answered by",
        domain=[("is_social_unit", "=", True)],
    )

    @api.model
    def action_add_usual_topics(self):
        """Add the topics that most administrations have, with their keywords.

        A topic of the same name is kept; it gets the keywords if it has none.
        """
        self.check_access("create")
        company = self.env.company
        domain = [("company_id", "in", [company.id, False])]
        known = {topic.name: topic for topic in self.search(domain)}
        fresh, groups = [], dict(known)
        for group, name, stems in usual_topics():
            if name in known:
                topic = known[name]
                if not topic.social_keywords:
                    topic.social_keywords = stems
                continue
            if group not in groups:
                groups[group] = self.create(self._usual_vals(group, company))
            fresh.append(
                {
                    **self._usual_vals(name, company),
                    "parent_id": groups[group].id,
                    "social_keywords": stems,
                }
            )
        self.create(fresh)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _usual_vals(self, name, company):
        # A citizen on the portal of the base module has topics of another kind.
        return {"name": name, "company_id": company.id, "show_in_portal": False}
