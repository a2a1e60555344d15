from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_datetime

from .helpdesk_social_substitution import IN_FORCE
from .res_users import GROUP_EXECUTOR, GROUP_HEAD


class Absence(NamedTuple):
    """That a person is away: until when (UTC, None where unknown), and who stands
    in now."""

    until: object
    stand_ins: object


class ResUsers(models.Model):
    """Who stands in for whom at this moment.

    The methods ending in ``_domain`` are called by record rules and are cached, so
    they name neither people nor instants: ``now`` is filled in when they are used.
    """

    _inherit = "res.users"

    social_substitution_ids = fields.One2many(
        "helpdesk.social.substitution", "user_id", "Substitutes"
    )

    social_replaced_by_me = fields.Boolean(
        "Replaced by the present user",
        compute="_compute_social_replaced_by_me",
        search="_search_social_replaced_by_me",
        help="Whether the present user stands in for this one now.",
    )

    # Looked up once in a transaction, which sees one state of the data anyway: record
    # rules ask for it with every field that is read.
    social_replacing_ids = fields.One2many(
        "helpdesk.social.substitution",
        "substitute_id",
        "Times as a substitute",
        groups=fields.NO_ACCESS,
    )
    social_replaced_ids = fields.Many2many(
        "res.users",
        string="Replaced now",
        compute="_compute_social_replaced_ids",
        compute_sudo=True,
        # Whoever has left is stood in for, too.
        context={"active_test": False},
        groups=fields.NO_ACCESS,
    )

    @api.depends(
        "social_replacing_ids.user_id.resource_ids.social_leave_ids.date_from",
        "social_replacing_ids.user_id.resource_ids.social_leave_ids.date_to",
        "social_replacing_ids.user_id.resource_ids.social_leave_ids.time_type",
        "social_replacing_ids.standing",
        "social_replacing_ids.start",
        "social_replacing_ids.stop",
    )
    def _compute_social_replaced_ids(self):
        for user in self:
            # Mostly there is nobody at all, which is told without looking for leaves.
            rows = user.social_replacing_ids
            now = rows and rows.search([("id", "in", rows.ids), *IN_FORCE])
            user.social_replaced_ids = now.user_id

    @api.depends_context("uid")
    def _compute_social_replaced_by_me(self):
        replaced = self.env.user.sudo().social_replaced_ids
        for user in self:
            user.social_replaced_by_me = user in replaced

    def _search_social_replaced_by_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: absences are read by their person alone.
        replaced = self.env.user.sudo().social_replaced_ids
        mine = fields.Domain("id", "in", replaced.ids)
        return fields.Domain.OR(mine if wanted else ~mine for wanted in set(value))

    def _social_replaced_domain(self):
        """Domain of the users for whom this one stands in.

        Record rules name it several times over.  For the present user it is looked
        up when the domain is used: mostly there is nobody, and the condition falls
        away, where it would be the larger part of every query.
        """
        self.ensure_one()
        if self.id == self.env.uid:
            return [("social_replaced_by_me", "=", True)]
        in_force = [("substitute_id", "=", self.id), *IN_FORCE]
        return [("social_substitution_ids", "any", in_force)]

    def _social_held_domain(self):
        """Whoever stands in holds what the person does: as the one named, as the
        leader of the unit, as a member of it."""
        replaced = self._social_replaced_domain()
        return [
            "|",
            *super()._social_held_domain(),
            "|",
            ("user_id", "any", replaced),
            "|",
            ("unit_id.user_id", "any", replaced),
            "&",
            ("unit_id.user_ids", "any", replaced),
            "|",
            ("user_id", "=", False),
            ("ticket_kind", "!=", "private"),
        ]

    def _social_asked_domain(self):
        """Whoever stands in for an approver is asked what that person is."""
        asked = super()._social_asked_domain()
        replaced = self._social_replaced_domain()
        return ["|", *asked, ("approver_ids", "any", replaced)]

    def _social_principals(self):
        """This user and those it stands in for."""
        self.ensure_one()
        # sudo: absences are read by their person alone.
        replaced = self.sudo().search(self._social_replaced_domain())
        return self | replaced.sudo(self.env.su)

    def _social_absences(self):
        """Those of these users who are away now, each with an ``Absence``."""
        # sudo: whoever assigns is told of an absence and may read no leaves.
        Substitution = self.env["helpdesk.social.substitution"].sudo()
        found = Substitution.search([("user_id", "in", self.ids), *IN_FORCE])
        leaves = self._social_leaves_between(*[fields.Datetime.now()] * 2)
        absences = {}
        for user in self:
            own = found.filtered(lambda s, user=user: s.user_id == user)
            away = leaves.filtered(lambda x, user=user: x.resource_id.user_id == user)
            if own or away:
                # One named for this very time goes before the standing deputy.
                dated = own.filtered(lambda s: not s.standing)
                ends = [*away.mapped("date_to"), *dated.mapped("stop")]
                until = max(ends) if ends and all(ends) else None
                stand_ins = (dated | own).substitute_id.filtered("active")
                absences[user] = Absence(until, stand_ins.sudo(self.env.su))
        return absences

    def _social_absence_words(self, tz=None):
        """One sentence for each of these users who is away: until when, and who
        stands in; instants in ``tz``."""
        sentences = []
        for user, absence in self._social_absences().items():
            words = self.env._("%s is absent.", user.name)
            if absence.until:
                until = format_datetime(
                    self.env, absence.until, tz=tz, dt_format="d MMMM, HH:mm"
                )
                words = self.env._(
                    "%(person)s is absent until %(until)s.",
                    person=user.name,
                    until=until,
                )
            who = absence.stand_ins[:1]
            if not who:
                words += " " + self.env._("Nobody stands in.")
            else:
                words += " " + self.env._("%s stands in.", who.name)
                if who._social_absences():
                    words += " " + self.env._("%s is absent, too.", who.name)
            sentences.append(words)
        return sentences

    def _social_leaves_between(self, start, stop):
        """The leaves of these users that touch a time (UTC; open without ``stop``)."""
        domain = [
            ("resource_id.user_id", "in", self.ids),
            ("time_type", "=", "leave"),
            ("date_to", ">", start),
        ]
        if stop:
            domain.append(("date_from", "<=", stop))
        # sudo: as above.
        return self.env["resource.calendar.leaves"].sudo().search(domain)

    def _social_away_between(self, start, stop):
        """Whether this user is known to be away in a part of that time (UTC)."""
        if not self:
            return False
        # A leave far ahead of a substitution without an end says little.
        if self._social_leaves_between(start, stop or start):
            return True
        domain = [
            ("user_id", "in", self.ids),
            ("standing", "=", False),
            ("start", "<=", stop or start),
            "|",
            ("stop", "=", False),
            ("stop", ">", start),
        ]
        # sudo: as above.
        return bool(self.env["helpdesk.social.substitution"].sudo().search(domain))

    def _social_check_substitute(self):
        """Refuse whoever could not work on an assignment anyway."""
        for user in self:
            if not (user.has_group(GROUP_EXECUTOR) or user.has_group(GROUP_HEAD)):
                raise ValidationError(
                    self.env._(
                        "%s has no role here, so cannot stand in: an administrator "
                        "gives the role of an executor first.",
                        user.name,
                    )
                )
