from datetime import datetime, time, timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..deadlines import MANUAL, PROMISE
from ..report.timeline import Bar, Mark, timeline

#: Working hours of longer stretches are not shaded: nobody could see them.
SHADED_DAYS = 45


class HelpdeskSocialRegulation(models.Model):
    """What a regulation would say to a supposed history: as words and as a picture."""

    _inherit = "helpdesk.social.regulation"

    example_picture = fields.Html(
        "Example",
        compute="_compute_example_picture",
        sanitize=False,
        help="The clocks of an example history under this regulation.",
    )

    def _compute_example_picture(self):
        for regulation in self:
            picture = False
            if isinstance(regulation.id, int):
                try:
                    facts, events, now = regulation._example_history()
                    values = regulation._preview_values(facts, events, now)
                    picture = self.env["ir.qweb"]._render(
                        "helpdesk_mgmt_social.preview_picture", values
                    )
                except UserError:
                    # The norms themselves say what is wrong with them, on saving.
                    picture = False
            regulation.example_picture = picture

    def action_preview(self):
        """Open the preview on this regulation."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_preview"
        )
        action["context"] = {"default_regulation_id": self.id}
        return action

    # -- a history to start from -------------------------------------------------

    def _example_history(self, day=None):
        """A history that shows most clocks: facts, events and the instant to look at.

        Two executors, a rework and the publication; it begins in the afternoon of the
        first working day from ``day`` (today) on.  Times are local, as ISO 8601.
        """
        self.ensure_one()
        first = self._working_day(day or fields.Date.context_today(self))
        second = self._working_day(first + timedelta(days=1))
        roads, parks = self.env._("Roads unit"), self.env._("Parks unit")
        superior = "superior" in self.norm_ids.mapped("stage")
        events = [
            (first, (15, 30), "received", None),
            (first, (15, 40), "registered", None),
            (first, (15, 55), "assigned", roads),
            (first, (15, 55), "assigned", parks),
            (first, (16, 0), "accepted", roads),
            (first, (16, 10), "accepted", parks),
            (first, (17, 0), "draft_submitted", roads),
            (first, (17, 20), "rework_requested", roads),
            (second, (9, 30), "draft_submitted", roads),
            (second, (9, 45), "approved", roads),
            (second, (11, 30), "draft_submitted", parks),
            (second, (11, 40), "approved", parks),
        ]
        if superior:
            events.append((second, (11, 50), "sent_to_superior", None))
            events.append((second, (11, 55), "superior_approved", None))
        events.append((second, (11, 58), "published", None))
        facts = {
            "intake": "superior" if superior else "page",
            "page_owner": "administration",
            "kind": "feed",
            "importance": "normal",
            "needs_photo": False,
            "repeated": False,
        }
        now = datetime.combine(second, time(13, 0)).isoformat()
        return facts, [_example_event(*event) for event in events], now

    def _working_day(self, day):
        """The first day from ``day`` on with working hours."""
        calendar = self._working_time()
        for _ in range(60):
            if calendar.intervals(day):
                break
            day += timedelta(days=1)
        return day

    # -- words and picture -------------------------------------------------------

    def _preview_values(self, facts, events, now=None):
        """What the templates of the preview show; raises as ``_preview`` does."""
        self.ensure_one()
        preview = self._preview(facts, events, now)
        marks = self._preview_events(preview)
        clocks = self._preview_clocks(preview)
        picture = self._preview_picture(preview, marks, clocks) if clocks else False
        return {
            "regulation": self,
            "zone": self._zone_words(preview.now),
            "now": self._preview_instant(preview.now),
            "events": marks,
            "clocks": clocks,
            "picture": picture,
        }

    def _zone_words(self, at):
        """The organisation's zone and its difference from UTC."""
        offset = at.astimezone(self._working_time().tz).strftime("%z")
        return f"{self.tz} (UTC{offset[:3]}:{offset[3:]})"

    def _preview_instant(self, at, fmt="d MMMM y, HH:mm"):
        naive = at.replace(tzinfo=None) - (at.utcoffset() or timedelta())
        return format_datetime(self.env, naive, tz=self.tz, dt_format=fmt)

    def _preview_events(self, preview):
        """The events in the order they happen, numbered."""
        kinds = {"final": self.env._("reply"), "interim": self.env._("interim reply")}
        marks = []
        for number, event in enumerate(sorted(preview.events, key=lambda e: e.at), 1):
            label = self._event_label(event.type)
            details = [event.executor or ""]
            if event.type == "draft_submitted":
                details.append(kinds.get(event.reply_kind, ""))
            if event.facts:
                details.append(
                    self.env["helpdesk.social.event"]
                    .new({"facts": dict(event.facts)})
                    ._facts_sentence()
                )
            if event.due:
                name = self._norm_words(event.norm or PROMISE)[1]
                details.append(f"{name} → {self._preview_instant(event.due)}")
            marks.append(
                {
                    "number": str(number),
                    "at": event.at,
                    "when": self._preview_instant(event.at),
                    "label": label,
                    "details": ", ".join(word for word in details if word),
                }
            )
        return marks

    def _norm_words(self, code):
        """The clause and the name of a norm."""
        stages = dict(
            self.env["helpdesk.social.norm"]
            ._fields["stage"]
            ._description_selection(self.env)
        )
        if code in (MANUAL, PROMISE):
            return "", stages[code]
        norm = self.norm_ids.filtered(lambda norm: norm.code == code)
        return norm.clause or "", norm.name or stages.get(norm.stage, code)

    def _state_words(self, state):
        field = self.env["helpdesk.social.deadline"]._fields["state"]
        labels = dict(field._description_selection(self.env))
        return labels.get(state) or self.env._("Overdue")

    def _preview_clocks(self, preview):
        """The clocks as rows of a table."""
        rows = []
        for clock in preview.clocks:
            clause, name = self._norm_words(clock.norm)
            rows.append(
                {
                    "clock": clock,
                    "clause": clause,
                    "name": name,
                    "code": clock.norm,
                    "executor": clock.executor or "",
                    "start": self._preview_instant(clock.start),
                    "due": self._preview_instant(clock.due),
                    "done": clock.done and self._preview_instant(clock.done),
                    "state": clock.state,
                    "state_words": self._state_words(clock.state),
                    "provisional": clock.provisional,
                    "explanation": self._explain_clock(
                        clock, preview.act, preview.calendar
                    ),
                }
            )
        return rows

    def _preview_picture(self, preview, marks, rows):
        short, hours = "d MMM", "HH:mm"
        shown = [
            Mark(
                mark["number"],
                mark["at"],
                self._preview_instant(mark["at"], hours),
                self._preview_instant(mark["at"], short),
                f"{mark['when']}: {mark['label']}",
            )
            for mark in marks
        ]
        bars = []
        for row in rows:
            clock = row["clock"]
            name = f"{row['clause']}  {row['name']}".strip()
            words = [row["state_words"], row["executor"]]
            bars.append(
                Bar(
                    name,
                    " · ".join(word for word in words if word),
                    clock.state,
                    clock.start,
                    clock.due,
                    clock.done,
                    self._preview_instant(clock.due, f"{short}, {hours}"),
                )
            )
        instants = [clock.due for clock in preview.clocks]
        instants += [event.at for event in preview.events]
        running = any(not clock.done for clock in preview.clocks)
        return timeline(
            self.env._("Timeline of the clocks"),
            shown,
            bars,
            self._shifts(preview.calendar, min(instants), max(instants)),
            now=preview.now if running else None,
            now_words=self.env._("looked at"),
        )

    def _shifts(self, calendar, first, last):
        """Working intervals between two instants."""
        day = first.astimezone(calendar.tz).date()
        end = last.astimezone(calendar.tz).date()
        if (end - day).days > SHADED_DAYS:
            return []
        shifts = []
        while day <= end:
            shifts += calendar.intervals(day)
            day += timedelta(days=1)
        return shifts


def _example_event(day, at, event_type, executor):
    event = {"type": event_type, "at": datetime.combine(day, time(*at)).isoformat()}
    if executor:
        event["executor"] = executor
    if event_type == "draft_submitted":
        event["reply_kind"] = "final"
    return event
