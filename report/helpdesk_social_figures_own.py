from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class HelpdeskSocialFigures(models.AbstractModel):
    """How many posts of our own stood on our pages, week by week."""

    _inherit = "helpdesk.social.figures"

    @api.model
    def figures(self, first, last, filters=None, company_id=None):
        """As before, with ``own_posts``: empty where no act asks for posts."""
        found = super().figures(first, last, filters, company_id)
        company = self._company(company_id)
        period = self._period(company, first, last)
        found["own_posts"] = self._own_posts(company, period, filters or {})
        return found

    @api.model
    def _own_posts(self, company, period, filters):
        """Own posts by page and week, of the weeks that end in the period.

        Rows: {page, week (words), count, asked, clause, fulfilled}; ``fulfilled`` is
        None for a week that goes on.  A unit has no page: filtered by one, none.
        """
        if any(value for name, value in filters.items() if name != "network"):
            return []
        domain = [("company_id", "=", company.id)]
        if filters.get("network"):
            domain.append(("network", "=", filters["network"]))
        # sudo: numbers of posts, whoever may open the pages.
        accounts = self.env["helpdesk.social.account"].sudo().search(domain)
        rows = accounts._own_weeks(period.first, period.last, fields.Datetime.now())
        found = []
        for row in rows:
            account, monday = row.pop("account"), row.pop("monday")
            found.append(
                {"page": account.name, "week": self._week_words(monday), **row}
            )
        return found

    @api.model
    def _week_words(self, monday):
        first, last = (
            format_date(self.env, day, date_format="d MMM")
            for day in (monday, monday + timedelta(6))
        )
        return f"{first} – {last}"
