from datetime import timezone
from functools import cache
from zoneinfo import ZoneInfo

from odoo import models

#: Stages in which the executors must act; in the others it is the curator.
EXECUTOR_STAGES = ("accept", "draft", "rework", "total", "final", "manual")
EXECUTOR_STAGES += ("promise",)
#: States of an assignment in which the executor's draft is awaited.
AWAITED = ("assigned", "accepted", "rework")


class Directory:
    """Who is in charge, and who may read what, at one instant: each asked once."""

    def __init__(self, env, now, tickets):
        self.now = now
        self.tickets = tickets
        duty = env["helpdesk.social.duty"]
        appointments = env["helpdesk.social.appointment"]
        self.on_duty = cache(lambda company: duty._on_duty(company, now))
        self.heads = cache(appointments._heads)
        self.appointed = cache(appointments._appointed)
        self.readable = cache(self._readable)
        self.absence = cache(lambda user: user._social_absences().get(user))

    def _readable(self, user):
        """Those of the tickets that ``user`` may read, in whatever administration."""
        companies = {"allowed_company_ids": user.company_ids.ids}
        seen = self.tickets.with_user(user).with_context(**companies)
        return set(seen._filtered_access("read").ids)

    def with_stand_ins(self, people):
        """These users and whoever stands in for those of them who are away."""
        away = filter(None, map(self.absence, people))
        return people.union(*(absence.stand_ins for absence in away))

    def may_read(self, user, ticket):
        return user.active and ticket.id in self.readable(user)


class HelpdeskSocialAlert(models.Model):
    """Whom an alert concerns.

    ``_people_<recipient>`` gives groups of users in their order: the first group
    with anybody who may read the message is told.  So an alert finds somebody where
    those named first are none or may not, and nobody else hears of a message.
    """

    _inherit = "helpdesk.social.alert"

    def _recipients(self, now):
        """The users to tell of each of these alerts, by alert."""
        directory = Directory(self.env, now, self.ticket_id)
        return {alert: alert._readers_in_charge(directory) for alert in self}

    def _readers_in_charge(self, directory):
        self.ensure_one()
        for group in getattr(self, f"_people_{self.recipient}")(directory):
            allowed = group.filtered(
                lambda user: directory.may_read(user, self.ticket_id)
            )
            if allowed:
                return allowed
        return self.env["res.users"]

    def _people_actor(self, directory):
        shares = self._assignments()
        unsigned = shares.filtered(lambda a: a.state == "sign_off")
        awaited = shares.filtered(lambda a: a.state in AWAITED)
        if self.deadline_id.stage == "publish" and self._publishers_act():
            awaited = shares
        elif self.deadline_id.stage not in EXECUTOR_STAGES:
            awaited = unsigned = shares.browse()
        if not (awaited or unsigned):
            return self._people_duty(directory)
        signing = self.env["res.users"]
        for share in unsigned:
            signing |= share._signatories()
        first, *others = self._executors(awaited)
        first = directory.with_stand_ins(first | signing) | awaited.substitute_id
        return [first, *others, *self._people_duty(directory)]

    def _publishers_act(self):
        """Whether it is the executors who publish, by agreement with the curator."""
        ticket = self.ticket_id
        return ticket.social_state == "approved" and ticket._executor_publishes()

    def _people_executor(self, directory):
        first, *others = self._executors(self._assignments())
        return [directory.with_stand_ins(first), *others]

    def _people_substitute(self, directory):
        shares = self._assignments()
        executors = self._executors(shares)[0]
        standing_in = directory.with_stand_ins(executors) - executors
        return [shares.substitute_id | standing_in]

    def _people_unit_leader(self, directory):
        leaders = self._assignments().unit_id.user_id
        return [leaders, *self._people_duty(directory)]

    def _people_duty(self, directory):
        return [directory.on_duty(self.company_id), *self._people_curator(directory)]

    def _people_curator(self, directory):
        ticket = self.ticket_id
        desk, page = ticket.team_id, ticket.social_account_id
        return [ticket.user_id, page.curator_ids, desk.user_ids | desk.user_id]

    def _people_deputy_head(self, directory):
        units = self._assignments().unit_id
        found = self._appointed(directory, "deputy_head")
        own = found.filtered(lambda a: a.unit_id and a.unit_id in units)
        common = found.filtered(lambda a: not a.unit_id)
        return [own.user_id, common.user_id, *self._people_head(directory)]

    def _people_head(self, directory):
        appointed = self._appointed(directory, "head").user_id
        return [appointed, directory.heads(self.company_id)]

    def _appointed(self, directory, role):
        """Appointments in force today, by the day of the organisation."""
        zone = ZoneInfo(self.ticket_id._social_tz())
        day = directory.now.replace(tzinfo=timezone.utc).astimezone(zone).date()
        return directory.appointed(self.company_id, role, day)

    def _assignments(self):
        """The executor's share that the clock is about, else all live ones."""
        own = self.deadline_id.assignment_id
        return own or self.ticket_id.assignment_ids.filtered("is_live")

    def _executors(self, assignments):
        """The person named in each assignment, else its leader, else the unit."""
        people = self.env["res.users"]
        for assignment in assignments:
            unit = assignment.unit_id
            people |= assignment.user_id or unit.user_id or unit.user_ids
        units = assignments.unit_id
        return [people, units.user_id, units.user_ids]
