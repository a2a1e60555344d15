from odoo import api, models

#: What a kind of suggestion sets on a message.
FIELD_OF = {"topic": "category_id", "territory": "territory_id"}
#: Fields whose change gives other suggestions.
DECIDING = {"name", "active", "keywords", "social_keywords", "social_unit_ids"}
DECIDING |= {"is_social_unit", "parent_id", "company_id"}


class HelpdeskSocialKeywords(models.AbstractModel):
    """Something that a message's words may speak for: a topic, a unit, a place.

    When its words change, the messages that wait in triage are looked at again.
    """

    _name = "helpdesk.social.keywords"
    _description = "Suggested by the words of a message"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._suggest_again()
        return records

    def write(self, vals):
        res = super().write(vals)
        if DECIDING & set(vals):
            self._suggest_again()
        return res

    def _suggest_again(self):
        """Let the messages in triage have suggestions by the words as they are now."""
        companies = self.sudo().company_id
        everywhere = any(not record.company_id for record in self.sudo())
        # sudo: whoever keeps the words need not see the messages.
        Ticket = self.env["helpdesk.ticket"].sudo()
        Ticket._waiting_for_filing(None if everywhere else companies)._suggest()
