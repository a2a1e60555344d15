from odoo import fields, models
from odoo.exceptions import UserError

from ..deadlines import MANUAL, PROMISE, DeadlineError, Event, replay
from .helpdesk_ticket_clock import UTC


class HelpdeskTicket(models.Model):
    """Terms set by hand, and clocks replayed on demand."""

    _inherit = "helpdesk.ticket"

    def action_change_term(self):
        """Ask for a new deadline and the reason."""
        self.ensure_one()
        self._check_curator()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_term"
        )
        nearest = self.next_deadline_id
        action["context"] = {
            "default_ticket_id": self.id,
            "default_deadline_id": nearest.stage != PROMISE and nearest.id,
        }
        return action

    def change_term(self, due, reason, deadline=None):
        """Set a deadline by hand, with a reason.

        ``due`` is UTC.  Without ``deadline`` it is a term of the curator's own, for
        the step that the act sets none for.  Refused for a clock that has ended or
        is past due, and for a moment that has passed.
        """
        self.ensure_one()
        self._check_curator()
        self._require_open(self.env._("Changing a term"))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the term is changed."))
        now = fields.Datetime.now()
        if due <= now:
            raise UserError(self.env._("The new deadline must lie in the future."))
        if deadline and deadline.ticket_id != self:
            raise UserError(self.env._("This deadline belongs to another message."))
        assignment = deadline.assignment_id if deadline else None
        if deadline and deadline.stage == PROMISE:
            raise UserError(
                self.env._(
                    "A promise to the author is not moved: publish another interim "
                    "reply with another date."
                )
            )
        vals = {"norm_code": deadline.norm_code if deadline else MANUAL, "due": due}
        self._check_term_event(now, assignment, vals)
        self._record_event(
            "term_changed", at=now, assignment=assignment, note=reason, **vals
        )
        return True

    def _check_term_event(self, now, assignment, vals):
        """Let the engine judge the change before it becomes history."""
        if not self.regulation_id:
            raise UserError(
                self.env._(
                    "No regulation applies to this message: choose one for the page "
                    "or for the administration first."
                )
            )
        try:
            self._term_in_engine(now, vals, assignment)
        except DeadlineError as error:
            raise UserError(
                self.env._(
                    "This term cannot be changed by hand: the clock has ended or its "
                    "deadline has passed."
                )
            ) from error

    def _term_in_engine(self, now, vals, assignment=None):
        """Replay the history with the term of ``vals`` set at ``now``; DeadlineError
        where it cannot be."""
        regulation = self.regulation_id
        calendar = regulation._working_time(self.company_id)
        event = {
            "type": "term_changed",
            "at": now.replace(tzinfo=UTC),
            "norm": vals["norm_code"],
            "due": vals["due"].replace(tzinfo=UTC),
            "executor": assignment._engine_key() if assignment else None,
        }
        # sudo: the history is replayed whole, whoever asks.
        history = self.sudo()._engine_events(calendar)
        history.append(Event.from_data(event, calendar.tz))
        replay(regulation._act(), self.initial_facts or {}, history, calendar)

    # -- replay ------------------------------------------------------------------

    def _replay_differences(self):
        """Where the stored clocks differ from a replay of the history.

        One line per difference; an empty list proves that nothing drifted.  Ended
        clocks are evidence and are compared, too; but where the calendar changed
        after the end, not their deadline, which the former calendar gave.
        """
        lines = []
        for ticket in self.sudo():  # sudo: a check of the whole, by administrators.
            regulation = ticket.regulation_id
            if not regulation:
                continue
            calendar = regulation._working_time(ticket.company_id)
            clocks = ticket._clocks(regulation._act(), calendar)
            names = ("norm_code", "assignment_id", "start", "due", "done", "state")
            replayed = [
                tuple(ticket._clock_vals(clock, {})[name] or False for name in names)
                for clock in clocks
            ]
            stored = [
                (
                    row.norm_code,
                    row.assignment_id.id,
                    row.start,
                    row.due,
                    row.done,
                    row.state,
                )
                for row in ticket.deadline_ids
            ]
            # sudo above: the calendar may be another administration's.
            changed = regulation.calendar_id.social_changed_at
            replayed = [_evidence(clock, changed) for clock in replayed]
            stored = [_evidence(clock, changed) for clock in stored]
            for clock in sorted(set(replayed) ^ set(stored), key=str):
                side = "replayed" if clock in replayed else "stored"
                lines.append(f"{ticket.number}: {side} {clock}")
        return lines


def _evidence(clock, changed):
    """A clock without what another calendar gives, if it ended before ``changed``."""
    code, assignment, start, _due, done, state = clock
    if not (done and changed and done <= changed):
        return clock
    verdict = "cancelled" if state == "cancelled" else "ended"
    return (code, assignment, start, False, done, verdict)
