from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..models.helpdesk_ticket import OPEN_STATES

#: So much fits on one page.
MOST_WORDS, MOST_ROWS, ROW_WORDS = 700, 8, 110
#: Messages on the same matter are counted so many days back.
LIKE_DAYS = 7


class HelpdeskSocialReportHead(models.AbstractModel):
    """One page for the head: what, where, when, how many, who works on it, until when.

    Words are those of lists, without personal data; those of a private message are
    left out, since paper is handed on.
    """

    _name = "report.helpdesk_mgmt_social.report_head"
    _description = "Notice to the head"

    @api.model
    def _get_report_values(self, docids, data=None):
        notices = self.env["helpdesk.social.head.notice"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": notices._name,
            "docs": notices,
            "pages": [self._page(notice) for notice in notices],
        }

    @api.model
    def _page(self, notice):
        page = {
            "organisation": notice.company_id.name,
            "clause": notice.clause or "",
            "link": notice._link(),
            "made": self._moment(notice.company_id, fields.Datetime.now()),
            "text": "",
            "list": [],
            "left": 0,
        }
        fill = self._of_message if notice.ticket_id else self._of_surge
        return {**page, **fill(notice)}

    @api.model
    def _of_message(self, notice):
        env, ticket, company = self.env, notice.ticket_id, notice.company_id
        likes, answered = self._likes(ticket)
        rows = [
            (env._("Why it is significant"), ticket.significant_reason),
            (env._("Topic"), ticket.category_id.display_name or env._("Not set")),
            (env._("Location"), ticket.territory_id.display_name or env._("Not set")),
            (env._("Network"), self._label(ticket, "network")),
            (env._("Received"), self._moment(company, ticket.received_at)),
            (
                env._("Marked"),
                ", ".join(
                    word
                    for word in (
                        self._moment(company, ticket.significant_at),
                        ticket.significant_by_id.name,
                    )
                    if word
                ),
            ),
            (
                env._("Messages like it"),
                env._(
                    "%(days)s days, the same topic and location: %(count)s, answered: "
                    "%(answered)s",
                    days=LIKE_DAYS,
                    count=likes,
                    answered=answered,
                ),
            ),
            (env._("State"), self._label(ticket, "social_state")),
            (env._("Who works on it"), self._workers(ticket)),
            (env._("Next deadline"), self._next(ticket)),
            (
                env._("Link to the original"),
                ticket.kind != "private" and ticket.permalink,
            ),
        ]
        return {
            "title": notice._subject(),
            "rows": [row for row in rows if row[1]],
            "text": self._words(ticket, MOST_WORDS),
        }

    @api.model
    def _of_surge(self, notice):
        env, surge, company = self.env, notice.surge_id, notice.company_id
        tickets = surge.ticket_ids.filtered(lambda t: t.social_state != "excluded")
        tickets = tickets.sorted(lambda t: (t.received_at, t.id), reverse=True)
        work = tickets.filtered(lambda t: t.social_state in OPEN_STATES)
        nearest = work.filtered("next_due").sorted("next_due")[:1]
        started = self._moment(company, surge.date_from)
        rows = [
            (env._("What is unusual"), surge.explanation),
            (env._("Topic"), surge.category_id.display_name or env._("Various")),
            (env._("Location"), surge.territory_id.display_name or env._("Various")),
            (
                env._("Messages since %s", started),
                env._(
                    "%(count)s by different authors; in work: %(work)s",
                    count=surge.count,
                    work=len(work),
                ),
            ),
            (env._("Who works on it"), self._workers(work)),
            (env._("Next deadline"), self._next(nearest)),
        ]
        return {
            "title": notice._subject(),
            "rows": [row for row in rows if row[1]],
            "list": [
                {
                    "number": ticket.number,
                    "received": self._moment(company, ticket.received_at),
                    "text": self._words(ticket, ROW_WORDS),
                    "state": self._label(ticket, "social_state"),
                }
                for ticket in tickets[:MOST_ROWS]
            ],
            "left": max(0, len(tickets) - MOST_ROWS),
        }

    @api.model
    def _likes(self, ticket):
        """(messages of the last days on the same topic and place, those answered)."""
        domain = fields.Domain("company_id", "=", ticket.company_id.id)
        domain &= fields.Domain("category_id", "=", ticket.category_id.id)
        domain &= fields.Domain("territory_id", "=", ticket.territory_id.id)
        domain &= fields.Domain("id", "!=", ticket.id)
        domain &= fields.Domain("outcome", "!=", "excluded")
        since = ticket.received_at - timedelta(days=LIKE_DAYS)
        domain &= fields.Domain("received_at", ">=", since)
        # sudo: a number of messages, whoever may read them.
        Statistic = self.env["helpdesk.social.statistic"].sudo()
        rows = dict(Statistic._read_group(domain, ["outcome"], ["__count"]))
        return sum(rows.values()), rows.get("answered", 0)

    @api.model
    def _workers(self, tickets):
        units = tickets.unit_ids.sorted("name")
        names = units.mapped("name")
        if len(tickets) == 1:
            names = [tickets.executor_names] if tickets.executor_names else []
        curators = ", ".join(tickets.user_id.mapped("name"))
        if not names and not curators:
            return self.env._("nobody yet")
        if curators:
            names.append(self.env._("curator: %s", curators))
        return "; ".join(names)

    @api.model
    def _next(self, ticket):
        if not ticket.next_due:
            return self.env._("none is running")
        moment = self._moment(ticket.company_id, ticket.next_due)
        words = [moment, self._label(ticket, "next_stage")]
        if ticket.is_overdue:
            words.append(self.env._("overdue"))
        return ", ".join(word for word in words if word)

    @api.model
    def _words(self, ticket, most):
        if ticket.kind == "private":
            return self.env._("A private message: its words stand in the software.")
        text = " ".join((ticket.list_text or "").split())
        return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"

    @api.model
    def _label(self, record, name):
        field = record._fields[name]
        return dict(field._description_selection(self.env)).get(record[name], "")

    @api.model
    def _moment(self, company, instant):
        if not instant:
            return ""
        zone = self.env["helpdesk.social.figures"]._tz(company).zone
        return format_datetime(self.env, instant, tz=zone, dt_format="dd.MM.y HH:mm")
