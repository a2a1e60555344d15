from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date, format_datetime

from ..deadlines import MANUAL, PROMISE, counted_days
from .helpdesk_social_event import EVENT_TYPES

DAY_FORMAT = "d MMMM"
INSTANT_FORMAT = "d MMMM, HH:mm"


class HelpdeskSocialRegulation(models.Model):
    """Why a deadline is what it is, in sentences."""

    _inherit = "helpdesk.social.regulation"

    def _explain_clock(self, clock, act, calendar):
        """Sentences on a clock of the engine, in the reader's language.

        From which event and by which clause, how long, which days were not counted,
        what moved it, how it ended.  Instants are in the organisation's zone.
        """
        self.ensure_one()
        sentences = []
        for step in clock.trace:
            sentences.append(self._explain_step(step, clock))
            if step.kind == "started":
                sentences += self._explain_term(clock, act, calendar)
        return [sentence for sentence in sentences if sentence]

    def _explain_term(self, clock, act, calendar):
        """The term of the norm, and the days that it did not count."""
        if clock.norm == MANUAL:
            return [self.env._("The act sets no term here; the curator set this one.")]
        if clock.norm == PROMISE:
            return [self.env._("The interim reply promised it to the author.")]
        # sudo: an explanation is for whoever may read the clock.
        norm = self.sudo().norm_ids.filtered(lambda n: n.code == clock.norm)
        sentences = [
            self.env._(
                "Term by clause %(clause)s: %(term)s.",
                clause=norm.clause,
                term=norm.term_text,
            )
        ]
        term = act.by_code[clock.norm].term
        days = counted_days(term, clock.start, calendar)
        skipped = [
            d for d in days if not d.counted and d.kind in ("weekend", "holiday")
        ]
        if skipped:
            words = ", ".join(self._day_words(day) for day in skipped)
            sentences.append(self.env._("Not counted: %s.", words))
        short = [self._day(d.day) for d in days if d.counted and d.kind == "short"]
        if short:
            sentences.append(self.env._("One hour shorter: %s.", ", ".join(short)))
        return sentences

    def _day_words(self, counted):
        kinds = {
            "weekend": self.env._("weekend"),
            "holiday": self.env._("day off by the production calendar"),
        }
        return f"{self._day(counted.day)} ({kinds[counted.kind]})"

    def _explain_step(self, step, clock):
        """One thing that happened to the clock."""
        values = {
            "event": self._event_label(step.event.type),
            "at": self._instant(step.event.at),
            "due": self._instant(step.due),
        }
        if step.kind == "started":
            return self.env._("Counted from «%(event)s», %(at)s.", **values)
        if step.kind == "opened":
            return self.env._("Opened by «%(event)s», %(at)s.", **values)
        if step.kind == "moved":
            return self.env._(
                "Moved by «%(event)s», %(at)s: from %(previous)s to %(due)s.",
                **values,
                previous=self._instant(step.previous),
            )
        if step.kind == "cancelled":
            return self.env._("Cancelled by «%(event)s», %(at)s.", **values)
        late = step.event.at - step.due
        if late > timedelta():
            return self.env._(
                "Ended by «%(event)s», %(at)s: late by %(late)s.",
                **values,
                late=self._span(late),
            )
        return self.env._("Ended by «%(event)s», %(at)s: in time.", **values)

    def _event_label(self, event_type):
        field = self.env["helpdesk.social.event"]._fields["type"]
        labels = dict(field._description_selection(self.env))
        return labels.get(event_type, dict(EVENT_TYPES).get(event_type, event_type))

    def _instant(self, instant):
        """An aware instant in words, in the organisation's zone."""
        naive = instant.replace(tzinfo=None) - (instant.utcoffset() or timedelta())
        return format_datetime(self.env, naive, tz=self.tz, dt_format=INSTANT_FORMAT)

    def _day(self, day):
        return format_date(self.env, day, date_format=DAY_FORMAT)

    def _span(self, span):
        """A duration in days, hours and minutes; part of a minute counts as one."""
        minutes = -(-int(span.total_seconds()) // 60)
        days, minutes = divmod(minutes, 24 * 60)
        hours, minutes = divmod(minutes, 60)
        parts = (
            (days, self.env._("%s d", days)),
            (hours, self.env._("%s h", hours)),
            (minutes, self.env._("%s min", minutes)),
        )
        return " ".join(words for amount, words in parts if amount)


class HelpdeskSocialDeadline(models.Model):
    _inherit = "helpdesk.social.deadline"

    explanation = fields.Text("Why this deadline", compute="_compute_explanation")

    def _compute_explanation(self):
        self.explanation = False
        for ticket, rows in self.grouped("ticket_id").items():
            # sudo: whoever may read a clock may read why it is so.
            record = ticket.sudo()
            regulation = record.regulation_id.with_env(self.env)
            act = regulation._act()
            calendar = regulation._working_time(record.company_id)
            clocks = {}
            for clock in record._clocks(act, calendar):
                vals = record._clock_vals(clock, {})
                key = (vals["norm_code"], vals["assignment_id"], vals["start"])
                clocks.setdefault(key, []).append(clock)
            for row in rows.sorted("id"):
                found = clocks.get(row.sudo()._key())
                if found:
                    sentences = regulation._explain_clock(found.pop(0), act, calendar)
                    row.explanation = "\n".join(sentences)
