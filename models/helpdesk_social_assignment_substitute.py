import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_social_assignment import ACTIVITY, DRAFTING_STATES
from .res_users import LIVE_STATES

#: How long after its end a substitution is still looked at, to take activities back.
RECENT = timedelta(days=3)

_logger = logging.getLogger(__name__)


class HelpdeskSocialAssignment(models.Model):
    """Whoever stands in for the executor: told in time, and recorded as such."""

    _inherit = "helpdesk.social.assignment"

    stand_in_note = fields.Char(
        "Standing in",
        compute="_compute_stand_in_note",
        help="For whom the reader would act here.",
    )

    @api.depends_context("uid", "lang")
    @api.depends("user_id", "substitute_id", "unit_id", "state")
    def _compute_stand_in_note(self):
        user = self.env.user
        principals = user._social_principals()
        for assignment in self:
            person = user.browse()
            if assignment.is_mine:
                person = assignment._on_behalf(user, principals)
            note = person and self.env._("You stand in for %s.", person.name)
            assignment.stand_in_note = note or False

    def _on_behalf(self, user, principals=None):
        """For whom ``user`` acts as holder of this assignment; empty for one who
        acts in own right.  ``principals`` are the user's, if known."""
        self.ensure_one()
        unit = self.unit_id
        replaced = (principals or user._social_principals()) - user
        if self.user_id and self.user_id != user:
            if user == self.substitute_id or self.user_id in replaced:
                return self.user_id
        open_to_all = not self.user_id or self.ticket_kind != "private"
        members = unit.user_ids if open_to_all else user.browse()
        if user in (self.user_id | unit.user_id | members):
            return user.browse()
        if user == self.substitute_id:
            return unit.user_id
        return (replaced & unit.user_id) or (replaced & members)[:1]

    def _in_charge(self):
        """Whoever stands in for the absent, by assignment."""
        found = super()._in_charge()
        people = self.env["res.users"].union(*found.values())
        absences = people._social_absences()
        for assignment, user in found.items():
            if user in absences:
                found[assignment] = absences[user].stand_ins[:1] or user
        return found

    @api.model
    def _follow_absences(self, people=None):
        """Move the activities of open assignments to whoever is in charge now: to
        the stand-in when an absence begins, and back when it ends; signatures and
        agreements that are awaited, too.

        Only those of ``people`` and of their units, if given.
        """
        domain = [("state", "in", DRAFTING_STATES)]
        if people is not None:
            unnamed = ["&", ("user_id", "=", False)]
            unnamed.append(("unit_id.user_id", "in", people.ids))
            domain += ["|", ("user_id", "in", people.ids), *unnamed]
        kind = self.env.ref(ACTIVITY)
        for assignment, user in self.search(domain)._in_charge().items():
            named = assignment.substitute_id
            planned = assignment.activity_ids.filtered(
                lambda activity, named=named: (
                    activity.activity_type_id == kind and activity.user_id != named
                )
            )
            if not planned or planned.user_id == user:
                continue
            planned.unlink()
            assignment._notify_executor()
            assignment.ticket_id._forget_blind()
        self._follow_signatories()
        self.env["helpdesk.social.approval"]._follow_absences(people)

    @api.model
    def _cron_follow_absences(self):
        """The lane of absences: they begin and end with nobody at the keyboard."""
        cron = self.env["ir.cron"]
        # Without a substitution nobody but the person is ever in charge.
        lately = fields.Datetime.now() - RECENT
        domain = ["|", ("standing", "=", True), "|", ("stop", "=", False)]
        domain.append(("stop", ">", lately))
        people = self.env["helpdesk.social.substitution"].search(domain).user_id
        cron._commit_progress(remaining=len(people))
        for person in people:
            try:
                self._follow_absences(person)
                self.env.flush_all()
            except Exception:  # pylint: disable=broad-except
                # A lane never stops at one row.
                self.env.cr.rollback()
                _logger.exception("Assignments of %s were not moved", person.id)
            if not cron._commit_progress(1):
                break

    # -- named by the curator ----------------------------------------------------

    def action_substitute(self):
        """Ask who stands in for the executor of this assignment."""
        self.ensure_one()
        self._check_curator()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_substitute"
        )
        action["context"] = {"default_assignment_id": self.id}
        return action

    def substitute(self, user):
        """Name who stands in for the executor, for this assignment alone."""
        self._check_curator()
        self._require(LIVE_STATES, self.env._("Naming a substitute"))
        user._social_check_substitute()
        for assignment in self:
            if user == assignment.user_id:
                raise UserError(self.env._("Nobody stands in for themselves."))
        # sudo: an assignment is written by the procedure alone.
        assignments = self.sudo()
        assignments.substitute_id = user
        self._step("substituted", note=user.name)
        for assignment in assignments.filtered(lambda a: a.state in DRAFTING_STATES):
            assignment._plan(ACTIVITY, user)
        assignments.ticket_id._forget_blind()
        return True
