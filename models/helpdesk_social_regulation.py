from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..deadlines import (
    Act,
    DeadlineError,
    Event,
    clocks_as_data,
    parse_instant,
    replay,
)
from .helpdesk_social_engine_words import engine_words


class Preview(NamedTuple):
    """A replay of a supposed history, and what it was made with."""

    act: Act
    calendar: object
    now: datetime
    events: list
    clocks: list


class HelpdeskSocialRegulation(models.Model):
    """A version of the written act that an administration answers under."""

    _name = "helpdesk.social.regulation"
    _description = "Regulation"
    _order = "code, date_from desc, id desc"

    name = fields.Char(required=True)
    code = fields.Char(
        required=True, help="The same for all versions of one regulation."
    )
    number = fields.Char("Number of the act")
    act_date = fields.Date("Date of the act")
    company_id = fields.Many2one(
        "res.company", "Administration", help="Empty for the presets.", index=True
    )
    active = fields.Boolean(default=True)
    is_preset = fields.Boolean("Preset", readonly=True, copy=False)
    tz = fields.Selection(_tz_get, "Time zone", required=True, default="Europe/Moscow")
    calendar_id = fields.Many2one(
        "resource.calendar", "Office hours", required=True, ondelete="restrict"
    )
    date_from = fields.Date("In force from")
    date_to = fields.Date("In force until")
    interim_extension_hours = fields.Integer(
        "An interim reply adds, hours",
        help="Added once to the running terms of drafts that say so.",
    )
    norm_ids = fields.One2many("helpdesk.social.norm", "regulation_id", copy=True)
    rework_reason_ids = fields.One2many(
        "helpdesk.social.rework.reason", "regulation_id", copy=True
    )
    ticket_count = fields.Integer(compute="_compute_ticket_count")

    def _compute_ticket_count(self):
        # sudo: what counts is whether there are any, not who may read them.
        counts = dict(
            self.env["helpdesk.ticket"]
            .sudo()
            ._read_group(
                [("regulation_id", "in", self.ids)], ["regulation_id"], ["__count"]
            )
        )
        for regulation in self:
            regulation.ticket_count = counts.get(regulation, 0)

    # -- the act as the engine reads it ------------------------------------------

    def _act(self):
        """The act in the form of the deadline engine.

        Raises ValidationError with the engine's word where the norms contradict
        one another.
        """
        self.ensure_one()
        # sudo: clocks are computed for whoever makes a step.
        record = self.sudo()
        try:
            return Act.from_data(record._engine_data())
        except DeadlineError as error:
            words = engine_words(self.env, error, record.norm_ids)
            raise ValidationError(words) from error

    def _engine_data(self):
        """The act in the flat form of the deadline engine."""
        self.ensure_one()
        return {
            "code": self.code,
            "name": self.name,
            "timezone": self.tz,
            "interim_extension_minutes": 60 * self.interim_extension_hours,
            "norms": [norm._engine_data() for norm in self.norm_ids],
        }

    def _working_time(self, company=None):
        """The office calendar in the organisation's zone, with the days off of
        ``company`` (the regulation's own, or the present one)."""
        self.ensure_one()
        company = company or self.company_id or self.env.company
        return self.calendar_id._social_working_time(self.tz, company)

    @api.constrains("norm_ids", "tz", "interim_extension_hours")
    def _check_act(self):
        for regulation in self:
            regulation._act()

    def preview_deadlines(self, facts, events, now=None):
        """Deadlines of a history that need not have happened.

        By the very engine that live messages use.  ``facts`` is a dict, ``events``
        a list of dicts with ``type``, ``at`` (ISO 8601; without an offset in the
        organisation's zone) and what the type needs, ``now`` an ISO 8601 instant,
        the present by default.  Returns one dict per clock that ever started, with
        instants in UTC.  Raises ValidationError for a history that cannot be.
        """
        return clocks_as_data(self._preview(facts, events, now).clocks)

    def _preview(self, facts, events, now=None):
        """The same as a ``Preview``: clocks that can be explained and drawn."""
        self.ensure_one()
        self.check_access("read")
        act, calendar = self._act(), self._working_time()
        try:
            instant = parse_instant(now, act.tz) if now else datetime.now(timezone.utc)
            history = [Event.from_data(event, act.tz) for event in events]
            clocks = replay(act, facts, history, calendar, instant)
        except DeadlineError as error:
            # sudo: as in _act; only the names of norms are shown.
            words = engine_words(self.env, error, self.sudo().norm_ids)
            raise ValidationError(words) from error
        return Preview(act, calendar, instant, history, clocks)

    # -- versions ----------------------------------------------------------------

    def new_version(self, date_from):
        """A copy in force from ``date_from``; this version ends the day before.

        Messages already taken into work keep this version.  For an administration's
        own regulation: a preset is duplicated first.
        """
        self.ensure_one()
        if self.is_preset:
            raise UserError(
                self.env._(
                    "A preset has no versions of yours: duplicate it, then let new "
                    "versions of the copy come into force."
                )
            )
        if self.date_from and date_from <= self.date_from:
            raise UserError(
                self.env._("A new version comes into force after the present one.")
            )
        version = self.copy(
            {
                "name": self.name,
                "date_from": date_from,
                "date_to": self.date_to,
                "company_id": self.company_id.id,
            }
        )
        self.date_to = date_from - timedelta(days=1)
        return version

    def _in_force(self, at):
        """The version of this regulation in force at ``at`` (UTC); may be empty."""
        self.ensure_one()
        day = at.replace(tzinfo=timezone.utc).astimezone(self._working_time().tz).date()
        if self._covers(day):
            return self
        versions = self.search(
            [("code", "=", self.code), ("company_id", "=", self.company_id.id)]
        )
        return versions.filtered(lambda version: version._covers(day))[:1] or self

    def _covers(self, day):
        self.ensure_one()
        return (not self.date_from or self.date_from <= day) and (
            not self.date_to or day <= self.date_to
        )

    def _check_may_change(self):
        """Refuse a change that would move running clocks unseen."""
        if self.env.su:
            return
        # Tickets are no dependency of the count: it is taken anew.
        self.invalidate_recordset(["ticket_count"])
        for regulation in self:
            if regulation.is_preset:
                raise UserError(
                    self.env._(
                        "The preset «%s» is kept by the module. Duplicate it and "
                        "change the copy.",
                        regulation.name,
                    )
                )
            if regulation.ticket_count:
                raise UserError(
                    self.env._(
                        "Messages are under work by «%s»: a change would move their "
                        "deadlines. Duplicate it and give the copy a date of force.",
                        regulation.name,
                    )
                )

    #: What may change in a regulation that messages are under work by.
    _ALWAYS = {"active", "date_to", "company_id"}
    #: What hangs on a regulation, a preset too, and is no part of the act.
    _BESIDE = {"material_ids"}

    def write(self, vals):
        act = set(vals) - self._BESIDE
        if act - self._ALWAYS:
            self._check_may_change()
        elif act and not self.env.su and any(self.mapped("is_preset")):
            self._check_may_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_check(self):
        self._check_may_change()

    def copy_data(self, default=None):
        default = dict(default or {})
        default.setdefault("company_id", self.env.company.id)
        vals_list = super().copy_data(default)
        for regulation, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", regulation.name)
        return vals_list
