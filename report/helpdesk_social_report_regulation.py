from odoo import api, fields, models
from odoo.tools import format_date


class HelpdeskSocialReportRegulation(models.AbstractModel):
    """A regulation on paper as the software follows it: to be laid beside the act."""

    _name = "report.helpdesk_mgmt_social.report_regulation"
    _description = "Passport of a regulation"

    @api.model
    def _get_report_values(self, docids, data=None):
        acts = self.env["helpdesk.social.regulation"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": acts._name,
            "docs": acts,
            "passports": [self._passport(act) for act in acts],
        }

    @api.model
    def _passport(self, act):
        label = self._label
        return {
            "organisation": (act.company_id or self.env.company).name,
            "name": act.name,
            "rows": self._rows(act),
            "norms": [
                {
                    "clause": norm.clause or "",
                    "name": norm.name or label(norm, "stage"),
                    "when": norm.condition_text or "",
                    "start": label(norm, "start"),
                    "term": norm.term_text or "",
                    "whose": (
                        self.env._("each executor") if norm.per_assignment else ""
                    ),
                }
                for norm in act.norm_ids
            ],
            "chain": [
                (number, label(step, "role"), step.clause or "")
                for number, step in enumerate(act.approval_step_ids, 1)
            ],
            "requirements": [
                (self._requirement(part), label(part, "severity"), part.clause or "")
                for part in act.requirement_ids
            ],
            "escalation": [
                (
                    label(step, "stage") or self.env._("every step"),
                    step._moment_words(),
                    label(step, "recipient"),
                    label(step, "channel"),
                )
                for step in act.escalation_step_ids
            ],
            "sources": [
                (label(rule, "intake"), label(rule, "mode"), rule.clause or "")
                for rule in act.source_rule_ids
            ],
            "reasons": [
                (self.env._("Rework"), act.rework_reason_ids.mapped("display_name")),
                (
                    self.env._("Not to be answered"),
                    act.exclusion_reason_ids.mapped("display_name"),
                ),
            ],
            "people": self._people(act),
        }

    @api.model
    def _rows(self, act):
        day = self._day
        rows = [
            (self.env._("Number of the act"), act.number),
            (self.env._("Date of the act"), day(act.act_date)),
            (self.env._("In force from"), day(act.date_from)),
            (self.env._("In force until"), day(act.date_to)),
            (self.env._("Time zone"), act.tz),
            (self.env._("Working time"), act.calendar_id.name),
            (self.env._("Networks of the act"), act.networks_text),
            (self.env._("While the author is asked"), self._label(act, "waiting")),
        ]
        return [row for row in rows if row[1]]

    @api.model
    def _requirement(self, part):
        """What is asked, and of which replies where not of all."""
        words = self._label(part, "kind")
        of = self._label(part, "reply_kind")
        return f"{words} ({of})" if of else words

    @api.model
    def _people(self, act):
        """Who holds which role by which local act today: (role, person, unit, act)."""
        company = act.company_id or self.env.company
        today = fields.Date.context_today(self.with_context(tz=act.tz))
        # sudo: the passport names the people whom local acts name.
        found = (
            self.env["helpdesk.social.appointment"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("date_from", "<=", today),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", today),
                ]
            )
        )
        rows = [
            (
                self._label(one, "role"),
                one.user_id.name,
                one.unit_id.name or "",
                self.env._(
                    "No. %(number)s of %(date)s",
                    number=one.act_number,
                    date=self._day(one.act_date),
                ),
            )
            for one in found
        ]
        return sorted(rows)

    @api.model
    def _label(self, record, name):
        return dict(record._fields[name]._description_selection(self.env)).get(
            record[name], ""
        )

    @api.model
    def _day(self, day):
        return format_date(self.env, day, date_format="d MMMM y") if day else ""
