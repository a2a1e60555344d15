from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .res_users import (
    GROUP_ADMIN,
    GROUP_APPROVER,
    GROUP_CURATOR,
    GROUP_EXECUTOR,
)

#: Domain of the leaves that keep their person away at this moment.
LEAVE_NOW = [
    ("time_type", "=", "leave"),
    ("date_from", "<=", "now"),
    ("date_to", ">", "now"),
]
#: Domain of the substitutions that count at this moment: within their period, or,
#: of a standing deputy, while Odoo knows the person to be away.
IN_FORCE = [
    "|",
    "&",
    "&",
    ("standing", "=", False),
    ("start", "<=", "now"),
    "|",
    ("stop", "=", False),
    ("stop", ">", "now"),
    "&",
    ("standing", "=", True),
    ("user_id.resource_ids.social_leave_ids", "any", LEAVE_NOW),
]


class HelpdeskSocialSubstitution(models.Model):
    """Who stands in for a person, and when.

    Whoever stands in sees and does what the person could on assignments; the rules
    in ``res_users_substitute`` read this table.  It gives no group: the deputy of a
    curator is no curator.  One level only: a substitute's substitute gets nothing.
    """

    _name = "helpdesk.social.substitution"
    _description = "Substitution"
    _order = "standing, start desc, id desc"

    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=lambda self: self._domain_people(),
    )
    substitute_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        domain=lambda self: self._domain_people(),
    )
    standing = fields.Boolean(
        "Whenever absent",
        help="Stands in whenever an absence of the person is known to Odoo, without "
        "a period named here.",
    )
    start = fields.Datetime("From")
    stop = fields.Datetime("Until", help="Empty: until further notice.")
    reason = fields.Char(help="For example: leave, illness, a journey.")
    company_id = fields.Many2one(
        "res.company",
        "Administration",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    in_force = fields.Boolean(
        "In force now", compute="_compute_in_force", search="_search_in_force"
    )
    warning = fields.Char(compute="_compute_warning")
    may_choose = fields.Boolean(compute="_compute_may_choose")

    _dates = models.Constraint(
        "CHECK(stop IS NULL OR stop > start)",
        "A substitution ends after it has begun.",
    )
    _period = models.Constraint(
        "CHECK(standing OR start IS NOT NULL)",
        "Say from when the substitute stands in, or choose «Whenever absent».",
    )
    _other = models.Constraint(
        "CHECK(user_id != substitute_id)", "Nobody stands in for themselves."
    )

    @api.model
    def _domain_people(self):
        groups = [self.env.ref(g).id for g in (GROUP_EXECUTOR, GROUP_APPROVER)]
        return [("share", "=", False), ("all_group_ids", "in", groups)]

    @api.depends("user_id", "substitute_id")
    def _compute_display_name(self):
        for record in self:
            # Nobody is named yet in a new one.
            words = record.substitute_id and self.env._(
                "%(substitute)s for %(person)s",
                substitute=record.substitute_id.name,
                person=record.user_id.name or "",
            )
            record.display_name = words or False

    def _compute_in_force(self):
        # sudo: the absence itself is read by its person alone.
        now = self.sudo().search([("id", "in", self.ids), *IN_FORCE])
        for record in self:
            record.in_force = record.id in now.ids

    def _search_in_force(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Domain("id", "in", self.sudo()._search(IN_FORCE))  # sudo: as above
        return fields.Domain.OR(now if wanted else ~now for wanted in set(value))

    @api.depends("substitute_id", "start", "stop", "standing")
    def _compute_warning(self):
        """Say so where the substitute is, or will be, away as well."""
        now = fields.Datetime.now()
        for record in self:
            start = max(record.start or now, now)
            stop = start if record.standing else record.stop
            away = record.substitute_id._social_away_between(start, stop)
            record.warning = away and self.env._(
                "%s is absent in that time, too. Nobody stands in for a substitute.",
                record.substitute_id.name,
            )

    @api.depends_context("uid")
    def _compute_may_choose(self):
        self.may_choose = self._is_manager()

    @api.onchange("standing")
    def _onchange_standing(self):
        if self.standing:
            self.start = self.stop = False
        elif not self.start:
            self.start = fields.Datetime.now()

    # -- who may -----------------------------------------------------------------

    @api.model
    def _is_manager(self):
        """Whether the user names substitutes for others: curators, administrators."""
        user = self.env.user
        return user.has_group(GROUP_CURATOR) or user.has_group(GROUP_ADMIN)

    def _check_own(self, vals_list):
        """Refuse whoever names a substitute for somebody else, before a clash tells
        of that person's other substitutions."""
        if self.env.su or self._is_manager():
            return
        named = {vals["user_id"] for vals in vals_list if "user_id" in vals}
        if named - {self.env.uid}:
            raise AccessError(
                self.env._(
                    "You name who stands in for you. For others a curator or an "
                    "administrator does."
                )
            )

    def _check_not_oneself(self):
        """Refuse whoever makes oneself the stand-in of somebody else, or changes
        such a time: it opens that person's private conversations."""
        if self.env.su:
            return
        for record in self:
            if self.env.user == record.substitute_id != record.user_id:
                raise AccessError(
                    self.env._(
                        "Nobody names themselves to stand in for another: that "
                        "person, another curator or an administrator does."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own(vals_list)
        records = super().create(vals_list)
        records._check_not_oneself()
        records._people_changed()
        return records

    def write(self, vals):
        self._check_own([vals])
        self._check_not_oneself()
        before = self.user_id
        res = super().write(vals)
        self._check_not_oneself()
        self._people_changed(before)
        return res

    def unlink(self):
        before = self.user_id
        res = super().unlink()
        self._people_changed(before)
        return res

    def _people_changed(self, before=None):
        """Let what awaits these people go to whoever is in charge now."""
        people = self.exists().user_id | (before or self.env["res.users"])
        # sudo: whoever names a substitute need not see every assignment.
        self.env["helpdesk.social.assignment"].sudo()._follow_absences(people)

    # -- what makes no sense -----------------------------------------------------

    @api.constrains("substitute_id")
    def _check_substitute(self):
        for record in self:
            # Who agrees replies needs no other role to stand in for one who does.
            if not record.substitute_id.has_group(GROUP_APPROVER):
                record.substitute_id._social_check_substitute()

    @api.constrains("user_id", "standing", "start", "stop")
    def _check_overlap(self):
        for record in self:
            # sudo: a clash counts, whoever may read the other one.
            clash = self.sudo().search(record._overlap_domain(), limit=1)
            if clash:
                raise ValidationError(record._overlap_words(clash))

    def _overlap_domain(self):
        self.ensure_one()
        domain = [
            ("id", "!=", self.id),
            ("user_id", "=", self.user_id.id),
            ("standing", "=", self.standing),
        ]
        if not self.standing:
            domain += ["|", ("stop", "=", False), ("stop", ">", self.start)]
            if self.stop:
                domain.append(("start", "<", self.stop))
        return domain

    def _overlap_words(self, clash):
        if self.standing:
            return self.env._(
                "%(who)s already stands in whenever %(person)s is absent.",
                who=clash.substitute_id.name,
                person=clash.user_id.name,
            )
        return self.env._(
            "%(who)s already stands in for %(person)s in a part of that time. Let one "
            "substitution end before the next begins.",
            who=clash.substitute_id.name,
            person=clash.user_id.name,
        )
