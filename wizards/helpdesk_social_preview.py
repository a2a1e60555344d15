from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..deadlines import EVENT_TYPES as PER_EXECUTOR
from ..models.helpdesk_social_event import EVENT_TYPES
from ..models.helpdesk_ticket import (
    IMPORTANCES,
    INTAKES,
    KINDS,
    NETWORKS,
    PAGE_OWNERS,
)

FACTS = ("intake", "page_owner", "kind", "importance", "network")
#: Rows of a printed table of events: it stays on one page.
EVENTS_A_TABLE = 16
REPLY_KINDS = [("final", "Reply"), ("interim", "Interim reply")]


class HelpdeskSocialPreview(models.TransientModel):
    """Try a regulation on a history before anything is answered under it.

    The clocks are those of ``preview_deadlines``.  A history that cannot be is said to
    be so beside it; what was entered stays.
    """

    _name = "helpdesk.social.preview"
    _description = "Preview of deadlines"

    regulation_id = fields.Many2one(
        "helpdesk.social.regulation", required=True, ondelete="cascade"
    )
    zone = fields.Char("Times are those of", compute="_compute_zone")
    intake = fields.Selection(INTAKES, required=True, default="page")
    page_owner = fields.Selection(
        PAGE_OWNERS, "Whose page", required=True, default="administration"
    )
    kind = fields.Selection(KINDS, required=True, default="feed")
    importance = fields.Selection(IMPORTANCES, required=True, default="normal")
    network = fields.Selection(NETWORKS)
    needs_photo = fields.Boolean("Reply needs photographs")
    repeated = fields.Boolean("Repeated message")
    line_ids = fields.One2many("helpdesk.social.preview.line", "preview_id", "Events")
    now_day = fields.Date("Looked at on", help="Empty: at the present moment.")
    now_hour = fields.Float("at")
    shows_facts = fields.Boolean(compute="_compute_shows")
    shows_terms = fields.Boolean(compute="_compute_shows")
    problem = fields.Text(compute="_compute_result")
    result = fields.Html(compute="_compute_result", sanitize=False)

    @api.depends("regulation_id", "now_day")
    def _compute_zone(self):
        for preview in self:
            at = datetime.combine(
                preview.now_day or fields.Date.context_today(preview), time(12)
            ).astimezone()
            regulation = preview.regulation_id
            preview.zone = regulation and regulation._zone_words(at)

    @api.depends("line_ids.type")
    def _compute_shows(self):
        for preview in self:
            types = preview.line_ids.mapped("type")
            preview.shows_facts = "facts_changed" in types
            preview.shows_terms = "term_changed" in types

    @api.depends(
        *("regulation_id", *FACTS, "needs_photo", "repeated", "now_day", "now_hour"),
        *("line_ids.day", "line_ids.hour", "line_ids.type", "line_ids.executor"),
        *("line_ids.reply_kind", "line_ids.fact", "line_ids.value_id"),
        *("line_ids.norm_id", "line_ids.due_day", "line_ids.due_hour"),
    )
    @api.depends_context("lang")
    def _compute_result(self):
        for preview in self:
            preview.problem, preview.result = False, False
            events = preview._events()
            if not preview.regulation_id or not events:
                continue
            try:
                values = preview._values(events)
            except UserError as error:
                preview.problem = str(error)
            else:
                preview.result = self.env["ir.qweb"]._render(
                    "helpdesk_mgmt_social.preview_result", values
                )

    # -- as the method wants it --------------------------------------------------

    def _values(self, events=None):
        """What the templates show."""
        self.ensure_one()
        values = self.regulation_id._preview_values(
            self._facts(), events or self._events(), self._now()
        )
        values["facts"] = self._facts_words()
        rows = values["events"]
        values["event_chunks"] = [
            rows[first : first + EVENTS_A_TABLE]
            for first in range(0, len(rows), EVENTS_A_TABLE)
        ]
        return values

    def _facts(self):
        facts = {name: self[name] or None for name in FACTS}
        return {**facts, "needs_photo": self.needs_photo, "repeated": self.repeated}

    def _facts_words(self):
        """Pairs of a fact and its value, in the reader's language."""
        words = []
        for name, value in self._facts().items():
            field = self._fields[name]
            if field.type == "boolean":
                value = self.env._("yes") if value else self.env._("no")
            else:
                value = dict(field._description_selection(self.env)).get(value)
            if value:
                words.append((field._description_string(self.env), value))
        return words

    def _now(self):
        return self.now_day and _local(self.now_day, self.now_hour)

    def _events(self):
        lines = self.line_ids.filtered(lambda line: line.day and line.type)
        return [line._event() for line in lines]

    # -- buttons -----------------------------------------------------------------

    def action_example(self):
        """Replace the events by an example history."""
        self.ensure_one()
        facts, events, now = self.regulation_id._example_history()
        now = datetime.fromisoformat(now)
        self.write(
            {
                **facts,
                "now_day": now.date(),
                "now_hour": _hour(now),
                "line_ids": [
                    fields.Command.clear(),
                    *(fields.Command.create(_line(event)) for event in events),
                ],
            }
        )
        return self._reopen()

    def action_calculate(self):
        """Count anew; what is shown follows every change anyway."""
        return self._reopen()

    def action_print(self):
        """The preview on paper, for the lawyer."""
        self.ensure_one()
        if not self._events():
            raise UserError(self.env._("Enter the events of the history first."))
        if self.problem:
            raise UserError(self.problem)
        report = self.env.ref("helpdesk_mgmt_social.report_preview_action")
        return report.report_action(self)

    # -- on paper ----------------------------------------------------------------

    def _organisation(self):
        return (self.regulation_id.company_id or self.env.company).name

    def _act_words(self):
        """The act as papers cite it: name, number and date."""
        regulation = self.regulation_id
        words = regulation.name
        if regulation.number:
            words = self.env._(
                "%(name)s, No. %(number)s", name=words, number=regulation.number
            )
        if regulation.act_date:
            words = self.env._(
                "%(name)s of %(date)s",
                name=words,
                date=format_date(self.env, regulation.act_date),
            )
        return words

    def _version_words(self):
        """Which version of the act this is."""
        regulation = self.regulation_id
        first = format_date(self.env, regulation.date_from)
        last = format_date(self.env, regulation.date_to)
        if first and last:
            return self.env._(
                "in force from %(first)s until %(last)s", first=first, last=last
            )
        if first:
            return self.env._("in force from %s", first)
        if last:
            return self.env._("in force until %s", last)
        return self.env._("without dates of force")

    def _printed_on(self):
        now = datetime.now(timezone.utc)
        return self.regulation_id._preview_instant(now)

    def _reopen(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_preview"
        )
        action["res_id"] = self.id
        return action


class HelpdeskSocialPreviewLine(models.TransientModel):
    """One event of the history to try."""

    _name = "helpdesk.social.preview.line"
    _description = "Event to try"
    _order = "day, hour, id"

    preview_id = fields.Many2one(
        "helpdesk.social.preview", required=True, ondelete="cascade", index=True
    )
    regulation_id = fields.Many2one(related="preview_id.regulation_id")
    day = fields.Date(required=True)
    hour = fields.Float("Time", default=9.0)
    type = fields.Selection(EVENT_TYPES, "Event", required=True)
    executor = fields.Char(help="The name of the unit or person; any word will do.")
    reply_kind = fields.Selection(REPLY_KINDS, "Kind of reply")
    needs_executor = fields.Boolean(compute="_compute_needs_executor")
    fact = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.social.norm.condition"]
            ._fields["fact"]
            ._description_selection(self.env)
        ),
        string="Changed fact",
    )
    value_id = fields.Many2one(
        "helpdesk.social.norm.word", "New value", domain="[('usage', '=', fact)]"
    )
    norm_id = fields.Many2one(
        "helpdesk.social.norm",
        domain="[('regulation_id', '=', regulation_id)]",
        help="Empty: a term of the curator's own.",
    )
    due_day = fields.Date("New deadline")
    due_hour = fields.Float("New deadline, time", default=18.0)

    @api.depends("type")
    def _compute_needs_executor(self):
        for line in self:
            line.needs_executor = bool(PER_EXECUTOR.get(line.type))

    @api.onchange("type")
    def _onchange_type(self):
        if not self.needs_executor and self.type != "term_changed":
            self.executor = False
        if self.type == "draft_submitted":
            self.reply_kind = self.reply_kind or "final"
        else:
            self.reply_kind = False

    @api.onchange("fact")
    def _onchange_fact(self):
        if self.value_id.usage != self.fact:
            self.value_id = False

    def _event(self):
        """The event in the form of ``preview_deadlines``."""
        self.ensure_one()
        event = {"type": self.type, "at": _local(self.day, self.hour)}
        if self.executor:
            event["executor"] = self.executor.strip()
        if self.type == "draft_submitted" and self.reply_kind:
            event["reply_kind"] = self.reply_kind
        if self.type == "facts_changed" and self.fact and self.value_id:
            code = self.value_id.code
            truth = {"true": True, "false": False}
            event["facts"] = {self.fact: truth.get(code, code)}
        if self.type == "term_changed" and self.due_day:
            event["norm"] = self.norm_id.code or "manual"
            event["due"] = _local(self.due_day, self.due_hour)
        return event


def _local(day, hour):
    """ISO 8601 without an offset: a time of the organisation's zone."""
    minutes = round(hour * 60)
    return (datetime.combine(day, time()) + timedelta(minutes=minutes)).isoformat()


def _hour(at):
    return at.hour + at.minute / 60


def _line(event):
    """Values of a line from an event of an example."""
    at = datetime.fromisoformat(event["at"])
    return {
        "day": at.date(),
        "hour": _hour(at),
        "type": event["type"],
        "executor": event.get("executor"),
        "reply_kind": event.get("reply_kind"),
    }
