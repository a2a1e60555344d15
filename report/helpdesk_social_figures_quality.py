from odoo import api, fields, models
from odoo.tools import SQL

from .helpdesk_social_figures import STATISTIC
from .helpdesk_social_statistic import ANSWER_STAGES


class HelpdeskSocialFigures(models.AbstractModel):
    """What the figures say of the quality of replies, and why answers were late."""

    _inherit = "helpdesk.social.figures"

    @api.model
    def _quality(self, company, period, filters):
        """Counts by reason, the most frequent first: {part: [{name, value, domain}]}.

        Parts: ``reworks`` (decisions to send a draft back, by reason), ``checks``
        (remarks of the checks on submitted drafts, by kind), ``exclusions`` and
        ``no_reaction`` (received messages, by reason), ``flaws`` (by kind).
        """
        received = self._scopes(company, period, filters)["received"]
        return {
            "reworks": self._rework_reasons(company, period, filters),
            "checks": self._failed_checks(company, period, filters),
            "exclusions": self._reasons(*received, "excluded", "exclusion_reason_id"),
            "no_reaction": self._reasons(
                *received, "no_reaction", "no_reaction_reason_id"
            ),
            "flaws": self._flaws(company, period, filters),
        }

    @api.model
    def _reasons(self, model, domain, outcome, name):
        domain &= fields.Domain("outcome", "=", outcome)
        counts = self._counts(model, domain, name)
        names = self._names(model, name, {key for (key,) in counts})
        return _ranked(
            {
                "name": names[key],
                "value": count,
                "domain": self._behind(model, domain & fields.Domain(name, "=", key)),
            }
            for (key,), count in counts.items()
        )

    @api.model
    def _ticket_domain(self, company, filters):
        """Domain of the messages that the filters leave, without a period."""
        base = self._base(company, filters, STATISTIC)
        return fields.Domain(self._behind(STATISTIC, base))

    @api.model
    def _returned(self, company, period, filters):
        """Domain of the versions of drafts that were sent back in the period."""
        domain = fields.Domain("decision", "=", "rework")
        domain &= period.within("decided_at")
        return domain & fields.Domain(
            "ticket_id", "any", self._ticket_domain(company, filters)
        )

    @api.model
    def _rework_reasons(self, company, period, filters):
        domain = self._returned(company, period, filters)
        # sudo: counts of decisions, whoever may read the drafts themselves.
        Version = self.env["helpdesk.social.reply.version"].sudo()
        rows = Version._read_group(
            domain, ["reason_ids"], ["__count", "ticket_id:array_agg"]
        )
        return _ranked(
            {
                "name": reason.name or self.env._("Not set"),
                "value": count,
                "domain": [("id", "in", sorted(set(tickets)))],
            }
            for reason, count, tickets in rows
        )

    @api.model
    def _failed_checks(self, company, period, filters):
        """Remarks on drafts submitted in the period, by the requirement they name."""
        domain = period.within("submitted_at") & fields.Domain(
            "ticket_id", "any", self._ticket_domain(company, filters)
        )
        # sudo: counts of remarks, whoever may read the drafts themselves.
        query = self.env["helpdesk.social.reply.version"].sudo()._search(domain)
        rows = self.env.execute_query(
            SQL(
                "SELECT remark->>'kind', count(*), array_agg(DISTINCT %(ticket)s)"
                " FROM %(source)s CROSS JOIN LATERAL jsonb_array_elements("
                "   CASE jsonb_typeof(%(checks)s) WHEN 'array' THEN %(checks)s"
                "   ELSE '[]'::jsonb END) remark"
                " WHERE %(where)s GROUP BY 1",
                ticket=SQL.identifier(query.table, "ticket_id"),
                checks=SQL.identifier(query.table, "checks"),
                source=query.from_clause,
                where=query.where_clause or SQL("TRUE"),
            )
        )
        labels = dict(
            self.env["helpdesk.social.requirement"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        return _ranked(
            {
                "name": labels.get(kind, kind or self.env._("Not set")),
                "value": count,
                "domain": [("id", "in", sorted(tickets))],
            }
            for kind, count, tickets in rows
        )

    @api.model
    def _flaws(self, company, period, filters):
        domain = period.within("at") & fields.Domain(
            "ticket_id", "any", self._ticket_domain(company, filters)
        )
        # sudo: counts of flaws, whoever may read what was explained.
        Flaw = self.env["helpdesk.social.flaw"].sudo()
        labels = dict(Flaw._fields["kind"]._description_selection(self.env))
        rows = Flaw._read_group(domain, ["kind"], ["__count", "ticket_id:array_agg"])
        return _ranked(
            {
                "name": labels[kind],
                "value": count,
                "domain": [("id", "in", sorted(set(tickets)))],
            }
            for kind, count, tickets in rows
        )

    @api.model
    def _unit_flaws(self, company, period, unit_id):
        """The flaws of a unit's assignments recorded in the period, oldest first."""
        # sudo: the report names them to whoever may read the unit's figures.
        return (
            self.env["helpdesk.social.flaw"]
            .sudo()
            .search(
                period.within("at")
                & fields.Domain("company_id", "=", company.id)
                & fields.Domain("assignment_id.unit_id", "=", unit_id),
                order="at, id",
            )
        )

    @api.model
    def _late_answers(self, company, period, filters, stages=ANSWER_STAGES):
        """The answers that were due in the period and came late, or not at all.

        ``stages``: the kinds of terms that count; None: all.  Rows, the earliest
        deadline first: {ticket_id, deadline_id, number, topic, unit, person, stage,
        clause, due, done (naive UTC, False while running), minutes, why}.  ``why``
        is what was explained of the flaw, empty where nobody did.
        """
        model, due = self._scopes(company, period, filters)["due"]
        late = fields.Domain("outcome", "=", "late")
        if stages:
            late &= fields.Domain("stage", "in", stages)
        rows = self.env[model].search(due & late, order="due, id")
        labels = self._labels(model, "stage")
        # sudo: the list names the message, the unit and the reason, not the words.
        rows = rows.sudo()
        flaws = (
            self.env["helpdesk.social.flaw"]
            .sudo()
            .search([("deadline_id", "in", rows.deadline_id.ids)])
        )
        why = {flaw.deadline_id: flaw.explanation or "" for flaw in flaws}
        found = []
        for row in rows:
            ticket = row.ticket_id
            units = row.unit_id or ticket.unit_ids
            found.append(
                {
                    "ticket_id": ticket.id,
                    "deadline_id": row.deadline_id.id,
                    "number": ticket.number,
                    "topic": ticket.category_id.display_name or "",
                    "unit": ", ".join(units.mapped("name")) or ticket.team_id.name,
                    "person": row.user_id.name or "",
                    "stage": labels[row.stage],
                    "clause": row.norm_id.clause or "",
                    "due": row.due,
                    "done": row.done,
                    "minutes": row.late_minutes,
                    "why": why.get(row.deadline_id, ""),
                }
            )
        return found


def _ranked(rows):
    return sorted(rows, key=lambda row: (-row["value"], row["name"]))
