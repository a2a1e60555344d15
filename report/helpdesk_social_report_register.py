import pytz

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..tables import write_xlsx

#: Rows that are put on paper, and into a table: a longer period is taken in parts.
MOST_PRINTED, MOST_IN_TABLE = 5_000, 100_000
#: First words of a message in a row.
WORDS = 160
READ = ["number", "received_at", "network", "author_id", "category_id", "unit_ids"]
READ += ["territory_id", "list_text", "social_state", "permalink"]


class HelpdeskSocialRegister(models.AbstractModel):
    """The register of messages: one row for each one received in a period.

    The rows are those that the user may read, their words those of lists: obscene
    words and personal data are masked.  Instants are of the organisation's zone.
    """

    _name = "report.helpdesk_mgmt_social.report_register"
    _inherit = ["report.helpdesk_mgmt_social.report_month"]
    _description = "Register of messages"

    @api.model
    def _report(self, wizard):
        Figures = self.env["helpdesk.social.figures"]
        company = wizard.company_id
        tickets = self._tickets(wizard)
        return {
            "organisation": company.name,
            "period": self._days(Figures._period(company, wizard.first, wizard.last)),
            "narrowed": wizard._filter_words(),
            "made": self._made(Figures, company),
            "made_by": self.env.user.name,
            "zone": Figures._tz(company).zone,
            "rows": self._rows(wizard, tickets),
            "moment": self._moment,
        }

    @api.model
    def _moment(self, instant):
        """A local instant of a row in words."""
        if not instant:
            return ""
        return format_datetime(self.env, instant, tz="UTC", dt_format="dd.MM.y HH:mm")

    @api.model
    def _domain(self, wizard):
        """Domain of the messages of the register: those the figures call received."""
        Figures = self.env["helpdesk.social.figures"]
        company = wizard.company_id
        period = Figures._period(company, wizard.first, wizard.last)
        scopes = Figures._scopes(company, period, wizard._filters())
        return Figures._behind(*scopes["received"])

    @api.model
    def _tickets(self, wizard, most=None):
        """The messages of the register that this user may read, the oldest first.

        Raises UserError for more than ``most``: by default what goes on paper.
        """
        most = most or MOST_PRINTED
        Ticket = self.env["helpdesk.ticket"].with_context(active_test=False)
        domain = self._domain(wizard)
        tickets = Ticket.search(domain, order="received_at, id", limit=most + 1)
        if len(tickets) > most:
            raise UserError(
                self.env._(
                    "The register has more than %s messages. Choose a shorter period.",
                    most,
                )
            )
        return tickets

    @api.model
    def _rows(self, wizard, tickets):
        """Rows as mappings: ``number``, ``received`` and ``answered`` (naive, of the
        organisation's zone), ``network``, ``author``, ``topic``, ``place``, ``words``,
        ``unit``, ``state``, ``in_time``, ``link``."""
        zone = self.env["helpdesk.social.figures"]._tz(wizard.company_id)
        labels = {
            name: dict(tickets._fields[name]._description_selection(self.env))
            for name in ("network", "social_state")
        }
        outcomes = self._outcomes(tickets)
        # sudo: names of units, topics and authors on messages that the user reads.
        rows = tickets.sudo()
        rows.fetch(READ)
        return [
            {
                "number": row.number,
                "received": _local(row.received_at, zone),
                "network": labels["network"].get(row.network, ""),
                "author": row.author_id.name or "",
                "topic": row.category_id.name or "",
                "place": row.territory_id.display_name or "",
                "words": _first_words(row.list_text),
                "unit": ", ".join(row.unit_ids.mapped("name")),
                "state": labels["social_state"].get(row.social_state, ""),
                "answered": _local(outcomes[row.id][0], zone),
                "in_time": outcomes[row.id][1],
                "link": row.permalink or "",
            }
            for row in rows
        ]

    @api.model
    def _outcomes(self, tickets):
        """{id: (answered at or False, whether in time in words)}."""
        Statistic = self.env["helpdesk.social.statistic"]
        # sudo: what became of messages that the user reads.
        found = Statistic.sudo().search_fetch(
            [("ticket_id", "in", tickets.ids)], ["answered_at", "timeliness"]
        )
        words = {
            "in_time": self.env._("yes"),
            "late": self.env._("no"),
            "no_term": self.env._("no term"),
        }
        return {
            # The row of a message has its id.
            row.id: (row.answered_at, words[row.timeliness] if row.answered_at else "")
            for row in found
        }

    @api.model
    def _workbook(self, wizard):
        """The register as the bytes of a workbook."""
        env = self.env
        columns = {
            "number": (env._("Number"), 14),
            "received": (env._("Received"), 17),
            "network": (env._("Network"), 16),
            "author": (env._("Author"), 26),
            "topic": (env._("Topic"), 28),
            "place": (env._("Location"), 24),
            "words": (env._("First words"), 60),
            "unit": (env._("Unit"), 28),
            "state": (env._("State"), 20),
            "answered": (env._("Answered"), 17),
            "in_time": (env._("In time"), 12),
            "link": (env._("Link"), 40),
        }
        tickets = self._tickets(wizard, MOST_IN_TABLE)
        return write_xlsx(
            env._("Register of messages"),
            [label for label, _width in columns.values()],
            (
                [row[name] or None for name in columns]
                for row in self._rows(wizard, tickets)
            ),
            [width for _label, width in columns.values()],
        )


def _local(instant, zone):
    """A UTC instant as the clock of a zone shows it, naive; None of none."""
    if not instant:
        return None
    return pytz.utc.localize(instant).astimezone(zone).replace(tzinfo=None)


def _first_words(text):
    text = " ".join((text or "").split())
    if len(text) <= WORDS:
        return text
    return text[: WORDS - 1].rsplit(" ", 1)[0] + "…"
