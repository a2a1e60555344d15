from datetime import timezone

from odoo import SUPERUSER_ID, fields, models

from ..deadlines import Event, replay
from .helpdesk_social_deadline import write_changed
from .helpdesk_ticket import FACTS, OPEN_STATES

UTC = timezone.utc

#: Events that end the course of a message, and the state they lead to.
ENDINGS = {
    "published": "published",
    "excluded": "excluded",
    "no_reaction": "no_reaction",
    "closed": "closed",
}


class HelpdeskTicket(models.Model):
    """Events, and what follows from them: the state and the clocks."""

    _inherit = "helpdesk.ticket"

    def _social_tz(self):
        """Name of the organisation's time zone for this message."""
        self.ensure_one()
        return self.regulation_id.tz or self.company_id.partner_id.tz or "Europe/Moscow"

    def _social_facts(self):
        """The facts that norms may depend on, as they are now."""
        self.ensure_one()
        return facts_of(lambda name: self[name])

    def _record_event(self, event_type, at=None, assignment=None, reply=None, **vals):
        """Add a step to the history of each ticket and follow it.

        ``at`` is UTC, the present by default.  Further fields of the event may be
        given by name.  The state, the clocks and the stage are brought up to date.
        """
        self._take_turn()
        self._settle_calendar()
        vals = {
            **vals,
            "type": event_type,
            "at": at or fields.Datetime.now(),
            "assignment_id": assignment.id if assignment else False,
            "reply_id": reply.id if reply else False,
            "user_id": self._acting_user().id,
        }
        # sudo: history is written by the procedure alone; who acts was checked by
        # the step and is kept in the event.
        self.env["helpdesk.social.event"].sudo().create(
            [{**vals, "ticket_id": ticket.id} for ticket in self]
        )
        self._refresh_social()

    def _record_received(self):
        """Begin the history of new tickets, each with the instant it was received.

        They have no clocks yet that could move, and nobody else's step to meet.
        """
        user = self._acting_user()
        # sudo: as in _record_event.
        self.env["helpdesk.social.event"].sudo().create(
            [
                {
                    "ticket_id": ticket.id,
                    "company_id": ticket.company_id.id,
                    "type": "received",
                    "at": ticket.received_at,
                    "user_id": user.id,
                }
                for ticket in self
            ]
        )
        self._refresh_social()

    def _take_turn(self):
        """Let two people's concurrent steps on one message conflict.

        Both change this row, so the database refuses the later of them and Odoo
        repeats it on what the first one has left.
        """
        for ticket in self.sudo():  # sudo: executors take steps, too.
            ticket.steps += 1

    def _acting_user(self):
        """The person behind a step; nobody for scheduled actions.

        The mark of an automatic step counts for the superuser alone: a person's
        context is whatever that person's client says.
        """
        automatic = self.env.context.get("social_automatic")
        if automatic and self.env.uid == SUPERUSER_ID:
            return self.env["res.users"]
        return self.env.user

    def _refresh_social(self):
        """Bring state, stage and clocks in line with the history."""
        # sudo: derived values, written by the procedure alone.
        tickets = self.sudo()
        for ticket in tickets:
            state = ticket._social_state_now()
            if state != ticket.social_state:
                ticket.social_state = state
                # The history tells of the step; OCA's stage says nothing more.
                quiet = ticket.with_context(mail_notrack=True)
                quiet.stage_id = ticket._social_stage()
        tickets._replay_clocks()

    # -- state -------------------------------------------------------------------

    def _effective_events(self):
        """The history without what was undone by ``restored``."""
        self.ensure_one()
        undoable = ("excluded", "no_reaction")
        effective = []
        for event in self.event_ids.sorted(lambda e: (e.at, e.id)):
            if event.type != "restored":
                effective.append(event)
                continue
            for index in range(len(effective) - 1, -1, -1):
                if effective[index].type in undoable:
                    del effective[index]
                    break
        return effective

    def _social_state_now(self):
        """The state that follows from the history and the assignments."""
        self.ensure_one()
        types = [event.type for event in self._effective_events()]
        for ending in ("closed", "published", "excluded", "no_reaction"):
            if ending in types:
                return ENDINGS[ending]
        live = self.assignment_ids.filtered("is_live")
        if not live:
            return "registered" if "registered" in types else "to_triage"
        states = set(live.mapped("state"))
        if states == {"approved"}:
            return "approved"
        if "submitted" in states:
            return "review"
        return "assigned" if states == {"assigned"} else "in_progress"

    # -- clocks ------------------------------------------------------------------

    def _replay_clocks(self, thaw=None):
        """Replay the histories and store the clocks that come out.

        Ended clocks stay as they ended, unless ``thaw`` says that the step which
        ended them was undone; by default the history tells.
        """
        fresh, gone = [], []
        self._fetch_histories()
        # sudo: the act's calendar may be another administration's.
        self.regulation_id.sudo().calendar_id._social_hold()
        groups = self.grouped(lambda ticket: (ticket.regulation_id, ticket.company_id))
        for (regulation, company), tickets in groups.items():
            if not regulation:
                continue
            act, calendar = regulation._act(), regulation._working_time(company)
            norms = {norm.code: norm.id for norm in regulation.sudo().norm_ids}
            for ticket in tickets:
                undone = thaw
                if thaw is None:
                    undone = "restored" in ticket.event_ids.mapped("type")
                clocks = ticket._clocks(act, calendar)
                ticket._match_clocks(clocks, norms, undone, fresh, gone)
        Deadline = self.env["helpdesk.social.deadline"]
        Deadline.union(*gone).unlink()
        # One insertion for all tickets, however many a step touches.
        Deadline.create(fresh)
        self._store_next_due()

    def _fetch_histories(self):
        """Read the events of all tickets at once, not a thousand at a time."""
        if len(self) > 1:
            names = ["ticket_id", "at", "type", "assignment_id", "reply_kind"]
            names += ["facts", "norm_code", "due", "since"]
            domain = [("ticket_id", "in", self.ids)]
            self.env["helpdesk.social.event"].search_fetch(domain, names)

    def _clocks(self, act, calendar, now=None):
        """The clocks of one ticket as the engine sees them (aware, UTC)."""
        self.ensure_one()
        events = self._engine_events(calendar)
        return replay(act, self.initial_facts or {}, events, calendar, now=now)

    def _engine_events(self, calendar):
        """The history in the form of the deadline engine."""
        self.ensure_one()
        return [
            Event.from_data(event._engine_data(UTC), calendar.tz)
            for event in self.event_ids.sorted(lambda e: (e.at, e.id))
        ]

    def _match_clocks(self, clocks, norms, thaw, fresh, gone):
        """Change the stored clocks that differ from ``clocks``; collect in ``fresh``
        the values of those to create and in ``gone`` the records to delete."""
        self.ensure_one()
        stored = {}
        for row in self.deadline_ids.sorted("id"):
            stored.setdefault(row._key(), []).append(row)
        for clock in clocks:
            vals = self._clock_vals(clock, norms)
            key = (vals["norm_code"], vals["assignment_id"], vals["start"])
            rows = stored.get(key)
            row = rows.pop(0) if rows else None
            if row is None:
                fresh.append(vals)
            elif thaw or not row.done:
                write_changed(row, vals)
        for rows in stored.values():
            gone += [row for row in rows if thaw or not row.done]

    def _clock_vals(self, clock, norms):
        """Fields of the stored clock; instants naive, UTC."""
        self.ensure_one()
        return {
            "ticket_id": self.id,
            # Said here, it needs no second look at every row.
            "company_id": self.company_id.id,
            "assignment_id": int(clock.executor) if clock.executor else False,
            "norm_id": norms.get(clock.norm, False),
            "norm_code": clock.norm,
            "stage": clock.stage,
            "start": _naive(clock.start),
            "due": _naive(clock.due),
            "done": _naive(clock.done) if clock.done else False,
            "state": "running" if clock.state == "overdue" else clock.state,
            "provisional": clock.provisional,
        }

    def _store_next_due(self):
        """Point tickets and assignments to their nearest running clock."""
        # Concerns no follower, and many tickets at a time.
        for ticket in self.with_context(tracking_disable=True):
            running = ticket.deadline_ids.filtered(lambda d: d.state == "running")
            running = running.sorted(lambda d: (d.due, d.id))
            nearest = running[:1]
            vals = {
                "next_deadline_id": nearest.id,
                "next_due": nearest.due,
                "no_term": not nearest and ticket.social_state in OPEN_STATES,
            }
            write_changed(ticket, vals)
            for assignment in ticket.assignment_ids:
                own = running.filtered(lambda d, a=assignment: d.assignment_id == a)
                # What the executor must do first; else what the message waits for.
                nearest = (own or running)[:1] if assignment.is_live else own[:1]
                write_changed(
                    assignment,
                    {"next_due": nearest.due, "next_stage": nearest.stage},
                )


def facts_of(value):
    """The facts that norms may depend on; ``value`` gives that of a field by name."""
    facts = {name: value(name) or None for name in FACTS}
    facts["needs_photo"] = bool(value("needs_photo"))
    facts["repeated"] = bool(value("repeat_of_id"))
    return facts


def _naive(instant):
    """Drop the zone of an aware instant, in UTC and whole seconds, as Odoo stores."""
    return instant.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def iso(instant):
    """A stored instant in ISO 8601 with its offset; None for none."""
    return instant.replace(tzinfo=UTC).isoformat() if instant else None
