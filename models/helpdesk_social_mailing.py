from calendar import monthrange
from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .res_users import GROUP_ADMIN, GROUP_CURATOR, GROUP_HEAD

#: The groups whose members may read figures.
READERS = (GROUP_HEAD, GROUP_CURATOR, GROUP_ADMIN)


class HelpdeskSocialMailing(models.Model):
    """The report on a past month, sent by mail on a day of the next one.

    Day and hour are of the organisation's zone; ``next_run`` is UTC.  What was sent
    is kept in ``helpdesk.social.mailing.sent``.
    """

    _name = "helpdesk.social.mailing"
    _inherit = ["helpdesk.social.lease", "mail.thread", "mail.activity.mixin"]
    _description = "Monthly mailing of the report"
    _order = "name, id"

    name = fields.Char(required=True, default=lambda self: self.env._("Monthly report"))
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        "Administration",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    responsible_id = fields.Many2one(
        "res.users",
        "Made on behalf of",
        required=True,
        default=lambda self: self.env.user,
        help="The report is made with this person's rights.",
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Recipients",
        help="Heads, curators and administrators: those who may read figures.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Outside recipients",
        help="People without the right to read figures here.",
    )
    outside_confirmed = fields.Boolean(
        "The outside recipients may have this report",
        help="Has to be confirmed anew when these recipients change.",
    )
    outside_confirmed_by_id = fields.Many2one(
        "res.users", "Confirmed by", readonly=True, copy=False
    )
    outside_confirmed_at = fields.Datetime("Confirmed", readonly=True, copy=False)
    day = fields.Integer(
        "Day of the month",
        required=True,
        default=1,
        help="In a month without this day: its last one.",
    )
    hour = fields.Integer(required=True, default=9)
    zone = fields.Char("Time zone", compute="_compute_zone")
    unit_id = fields.Many2one(
        "helpdesk.ticket.team", domain=[("is_social_unit", "=", True)]
    )
    network = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["network"]
            ._description_selection(self.env)
        )
    )
    analysis = fields.Boolean("Analysis by network, topic and location", default=True)
    timeliness = fields.Boolean("Timeliness by step and unit", default=True)
    quality = fields.Boolean("Quality of the replies", default=True)
    late = fields.Boolean("Appendix: late answers", default=True)
    next_run = fields.Datetime(
        "Next mailing", compute="_compute_next_run", store=True, readonly=True
    )
    problem = fields.Text(readonly=True, copy=False)
    sent_ids = fields.One2many(
        "helpdesk.social.mailing.sent", "mailing_id", "Sent by mail", readonly=True
    )

    _day = models.Constraint(
        "CHECK(day BETWEEN 1 AND 31)", "The day of a month is from 1 to 31."
    )
    _hour = models.Constraint(
        "CHECK(hour BETWEEN 0 AND 23)", "The hour is from 0 to 23."
    )

    # -- when --------------------------------------------------------------------

    @api.depends("company_id")
    def _compute_zone(self):
        Figures = self.env["helpdesk.social.figures"]
        for mailing in self:
            mailing.zone = Figures._tz(mailing.company_id).zone

    @api.depends("day", "hour", "company_id", "active")
    def _compute_next_run(self):
        """Whatever is changed counts from now on: the past is not made up for."""
        now = fields.Datetime.now()
        for mailing in self:
            if 1 <= mailing.day <= 31 and 0 <= mailing.hour <= 23:
                mailing.next_run = mailing._run_after(now)

    def _run_after(self, instant):
        """The first instant to send at after ``instant``; both naive UTC."""
        self.ensure_one()
        zone = pytz.timezone(self.zone)
        local = pytz.utc.localize(instant).astimezone(zone)
        first = local.date().replace(day=1)
        for months in (0, 1):
            month = first + relativedelta(months=months)
            last = monthrange(month.year, month.month)[1]
            day = month.replace(day=min(self.day, last))
            run = zone.localize(datetime.combine(day, time(self.hour)))
            run = run.astimezone(pytz.utc).replace(tzinfo=None)
            if run > instant:
                break
        return run

    def _period_of(self, run):
        """First and last day of the month that a run (naive UTC) reports on."""
        self.ensure_one()
        local = pytz.utc.localize(run).astimezone(pytz.timezone(self.zone))
        last = local.date().replace(day=1) - timedelta(1)
        return last.replace(day=1), last

    # -- who ---------------------------------------------------------------------

    @api.constrains("user_ids", "responsible_id", "company_id")
    def _check_readers(self):
        for mailing in self:
            people = mailing.user_ids | mailing.responsible_id
            blind = people - mailing._readers(people)
            if blind:
                raise ValidationError(
                    self.env._(
                        "These people may not read the figures of the administration: "
                        "%s. Enter them as outside recipients and confirm that they "
                        "may have the report.",
                        ", ".join(blind.mapped("name")),
                    )
                )

    @api.constrains("partner_ids", "outside_confirmed")
    def _check_outside(self):
        for mailing in self:
            if mailing.partner_ids and not mailing.outside_confirmed:
                raise ValidationError(
                    self.env._("Confirm that the outside recipients may have it.")
                )
            nowhere = mailing.partner_ids.filtered(lambda partner: not partner.email)
            if nowhere:
                raise ValidationError(
                    self.env._(
                        "There is no e-mail address of: %s.",
                        ", ".join(nowhere.mapped("display_name")),
                    )
                )

    @api.constrains("user_ids", "partner_ids")
    def _check_somebody(self):
        if any(not (mailing.user_ids or mailing.partner_ids) for mailing in self):
            raise ValidationError(self.env._("Choose to whom the report is sent."))

    @api.onchange("partner_ids")
    def _onchange_partner_ids(self):
        self.outside_confirmed = False

    def _readers(self, users):
        """Those of ``users`` who may read the figures of the administration now."""
        self.ensure_one()
        # sudo: whether others may, whoever asks.
        able = users.sudo().filtered(
            lambda user: (
                user.active
                and self.company_id in user.company_ids
                and any(user.has_group(group) for group in READERS)
            )
        )
        return able.with_env(users.env)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_confirmation(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_confirmation(vals))

    @api.model
    def _with_confirmation(self, vals):
        """Keep who confirmed the outside recipients; other ones need it anew."""
        if "partner_ids" not in vals and "outside_confirmed" not in vals:
            return vals
        confirmed = bool(vals.get("outside_confirmed"))
        return {
            **vals,
            "outside_confirmed": confirmed,
            "outside_confirmed_by_id": self.env.uid if confirmed else False,
            "outside_confirmed_at": fields.Datetime.now() if confirmed else False,
        }
