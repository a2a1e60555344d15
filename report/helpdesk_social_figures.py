from datetime import datetime, time, timedelta
from typing import NamedTuple

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..models.res_users import GROUP_ADMIN, GROUP_CURATOR, GROUP_HEAD

STATISTIC = "helpdesk.social.statistic"
CLOCK = "helpdesk.social.statistic.clock"
SHARE = "helpdesk.social.statistic.share"
#: Field of the message through which a domain on the statistics reaches it.
BACK = {
    STATISTIC: "social_statistic_ids",
    CLOCK: "social_statistic_clock_ids",
    SHARE: "social_statistic_share_ids",
}
#: What a head may narrow figures to: filter -> how the three statistics call it.
FILTERS = {
    "network": "network",
    "unit_id": "unit_id",
    "category_id": "category_id",
    "territory_id": "territory_id",
}
LONGEST_DAYS = 3 * 366


class Period(NamedTuple):
    """Days from ``first`` to ``last`` (both included) of the organisation, and the
    same as instants: from ``start`` to before ``stop``, naive UTC."""

    first: object
    last: object
    start: datetime
    stop: datetime

    def within(self, name):
        """Domain: the instant in the field ``name`` lies in this period."""
        return fields.Domain(name, ">=", self.start) & fields.Domain(
            name, "<", self.stop
        )

    def days(self):
        return (self.last - self.first).days + 1


class HelpdeskSocialFigures(models.AbstractModel):
    """The figures of a period, one source for the dashboard and the reports.

    A message counts where it was *received*, an answer where it was *published*, a
    term where it came *due*: so every one counts in exactly one period.  A figure
    comes with the model and domain of what it counts.
    """

    _name = "helpdesk.social.figures"
    _description = "Figures of a period"

    # -- who, when, what ---------------------------------------------------------

    @api.model
    def _check_reader(self):
        """Refuse whoever is neither a head, a curator nor a social administrator."""
        user = self.env.user
        groups = (GROUP_HEAD, GROUP_CURATOR, GROUP_ADMIN)
        if not (self.env.su or any(user.has_group(group) for group in groups)):
            raise AccessError(
                self.env._("Figures are for heads, curators and administrators.")
            )

    @api.model
    def _tz(self, company):
        """The organisation's zone, as its regulation names it."""
        regulation = company.social_regulation_id
        return pytz.timezone(regulation.tz or company.partner_id.tz or "Europe/Moscow")

    @api.model
    def _period(self, company, first, last):
        """The :class:`Period` of these days (dates or texts) in the organisation's
        zone.  Raises UserError for days in the wrong order or too many."""
        first, last = fields.Date.to_date(first), fields.Date.to_date(last)
        if not (first and last) or first > last:
            raise UserError(self.env._("The period ends before it begins."))
        if (last - first).days > LONGEST_DAYS:
            raise UserError(self.env._("Choose a period of at most three years."))
        zone = self._tz(company)
        return Period(
            first, last, _midnight(first, zone), _midnight(last + timedelta(1), zone)
        )

    @api.model
    def _previous(self, company, period):
        """What a period is compared with: whole months with as many months before,
        any other with as many days before."""
        after = period.last + timedelta(1)
        if period.first.day == 1 and after.day == 1:
            span = relativedelta(after, period.first)
            months = span.years * 12 + span.months
            first = period.first - relativedelta(months=months)
        else:
            first = period.first - timedelta(period.days())
        return self._period(company, first, period.first - timedelta(1))

    @api.model
    def _base(self, company, filters, model):
        """Domain of the rows of a statistic that the filters leave."""
        domain = fields.Domain("company_id", "=", company.id)
        for name, value in (filters or {}).items():
            if name not in FILTERS:
                raise UserError(self.env._("Unknown filter: %s.", name))
            if not value:
                continue
            if name == "unit_id" and model == STATISTIC:
                name = "ticket_id.unit_ids"
                domain &= fields.Domain(name, "in", [value])
            else:
                domain &= fields.Domain(name, "=", value)
        return domain

    @api.model
    def _scopes(self, company, period, filters):
        """The four populations that every figure is taken from, as (model, domain)."""
        statistic = self._base(company, filters, STATISTIC)
        answered = fields.Domain("outcome", "=", "answered")
        return {
            "received": (STATISTIC, statistic & period.within("received_at")),
            "answered": (
                STATISTIC,
                statistic & answered & period.within("answered_at"),
            ),
            "due": (
                CLOCK,
                self._base(company, filters, CLOCK)
                & period.within("due")
                & fields.Domain("outcome", "!=", "running"),
            ),
            "shares": (
                SHARE,
                self._base(company, filters, SHARE) & period.within("assigned_at"),
            ),
        }

    # -- counting ----------------------------------------------------------------

    @api.model
    def _count(self, model, domain):
        return self.env[model].search_count(domain)

    @api.model
    def _counts(self, model, domain, *names):
        """Rows by the values of fields: {(value, ...): count}, records as ids."""
        rows = self.env[model]._read_group(domain, list(names), ["__count"])
        return {tuple(_plain(v) for v in row[:-1]): row[-1] for row in rows}

    @api.model
    def _quantiles(self, model, domain, field, by=None):
        """Median and 90th percentile of a field, in its unit: {group: (p50, p90)}.

        ``by``: a field to group by; without one the only key is None.  Groups
        without a value are left out.
        """
        # pylint: disable=sql-injection
        query = self.env[model]._search(domain)
        value = SQL.identifier(query.table, field)
        group = SQL.identifier(query.table, by) if by else SQL("NULL")
        rows = self.env.execute_query(
            SQL(
                "SELECT %(group)s, percentile_cont(ARRAY[0.5, 0.9])"
                " WITHIN GROUP (ORDER BY %(value)s) %(rest)s GROUP BY 1",
                group=group,
                value=value,
                rest=SQL(
                    "FROM %s WHERE %s",
                    query.from_clause,
                    query.where_clause or SQL("TRUE"),
                ),
            )
        )
        return {key: tuple(pair) for key, pair in rows if pair and pair[0] is not None}

    @api.model
    def _figure(self, value, model, domain, previous=None):
        """A figure with the messages behind it, ready to be sent to a browser."""
        return {
            "value": value,
            "previous": previous,
            "domain": [(BACK[model], "any", _jsonable(domain))],
        }

    # -- all of it ---------------------------------------------------------------

    @api.model
    def figures(self, first, last, filters=None, company_id=None):
        """The figures of the days from ``first`` to ``last`` for a dashboard.

        :param filters: values by the names of ``FILTERS``.
        :param company_id: the present administration by default.
        :return: JSON-able: ``period`` and ``previous`` (first and last day),
            ``headline`` (figures with their previous values), ``networks``,
            ``topics``, ``places``, ``units``, ``stages``, ``heat``, ``quality``,
            ``course`` (by day, week or month), ``late`` (the latest of the late
            answers) and ``choices`` (of the filters). Every row and figure has the
            ``domain`` of its messages.
        """
        self._check_reader()
        company = self._company(company_id)
        period = self._period(company, first, last)
        before = self._previous(company, period)
        filters = filters or {}
        now = self._headline(company, period, filters)
        then = self._headline(company, before, filters)
        args = (company, period, filters)
        return {
            "period": [str(period.first), str(period.last)],
            "previous": [str(before.first), str(before.last)],
            "headline": {
                name: self._figure(*figure, previous=then[name][0])
                for name, figure in now.items()
            },
            "networks": self._breakdown(*args, "network"),
            "topics": self._breakdown(*args, "category_id"),
            "places": self._breakdown(*args, "territory_id"),
            "units": self._units(*args),
            "stages": self._stages(*args),
            "heat": self._heat(*args),
            "quality": self._quality(*args),
            "course": self._course(*args),
            "late": self._late_for_browser(*args),
            "choices": self._choices(company),
        }

    @api.model
    def _choices(self, company):
        """What the filters offer: {filter: [[value, name], ...]}."""
        # sudo: names of units, whoever may open them.
        units = self.env["helpdesk.ticket.team"].sudo()
        own = [("is_social_unit", "=", True), ("company_id", "in", [company.id, False])]
        used = self._counts(STATISTIC, self._base(company, {}, STATISTIC), "network")
        labels = self._labels(STATISTIC, "network")
        return {
            "unit_id": [[unit.id, unit.name] for unit in units.search(own)],
            "network": [[k, name] for k, name in labels.items() if (k,) in used],
        }

    @api.model
    def _company(self, company_id):
        """The administration asked for, one of those the user works for."""
        company = self.env["res.company"].browse(company_id or self.env.company.id)
        if not self.env.su and company not in self.env.companies:
            raise AccessError(
                self.env._("This is not one of the administrations you work for.")
            )
        return company

    # -- the parts ---------------------------------------------------------------

    @api.model
    def _headline(self, company, period, filters):
        """Values of the main figures: name -> (value, model, domain).

        ``in_time`` and ``reworked`` are shares of 100, None where there is nothing
        to take a share of; ``median`` and ``p90`` minutes from receipt to answer.
        """
        scopes = self._scopes(company, period, filters)
        received, answered = scopes["received"], scopes["answered"]
        by_term = self._counts(*answered, "timeliness")
        in_time, late = (by_term.get((key,), 0) for key in ("in_time", "late"))
        model, domain = answered
        is_late = domain & fields.Domain("timeliness", "=", "late")
        reworked = domain & fields.Domain("was_reworked", "=", True)
        median, p90 = self._quantiles(model, domain, "answer_minutes").get(
            None, (None, None)
        )
        answered_count = sum(by_term.values())
        reworked_count = self._count(model, reworked)
        repeats = received[1] & fields.Domain("is_repeat", "=", True)
        promises = scopes["due"][1] & fields.Domain("stage", "=", "promise")
        broken = promises & fields.Domain("outcome", "=", "late")
        work = received[1] & fields.Domain("outcome", "=", "open")
        return {
            "received": (self._count(*received), *received),
            "answered": (answered_count, *answered),
            "open": (self._count(STATISTIC, work), STATISTIC, work),
            "in_time": (_share(in_time, in_time + late), *answered),
            "late": (late, model, is_late),
            "median": (median, *answered),
            "p90": (p90, *answered),
            "reworked": (_share(reworked_count, answered_count), model, reworked),
            "repeats": (self._count(STATISTIC, repeats), STATISTIC, repeats),
            "broken_promises": (self._count(CLOCK, broken), CLOCK, broken),
        }

    @api.model
    def _breakdown(self, company, period, filters, by):
        """Figures by the values of ``by`` (network, category_id or territory_id).

        Rows, the largest first: {key, name, received, answered, late, in_time (a
        share of 100 or None), median, p90 (minutes or None), domain}.
        """
        scopes = self._scopes(company, period, filters)
        (model, received), (_model, answered) = scopes["received"], scopes["answered"]
        come = self._counts(model, received, by)
        gone = self._counts(model, answered, by, "timeliness")
        times = self._quantiles(model, answered, "answer_minutes", by)
        keys = {key for (key,) in come} | {key for key, _term in gone}
        names = self._names(model, by, keys)
        rows = []
        for key in keys:
            in_time, late = (gone.get((key, t), 0) for t in ("in_time", "late"))
            median, p90 = times.get(key or None, (None, None))
            either = fields.Domain.OR([received, answered])
            rows.append(
                {
                    "key": key,
                    "name": names[key],
                    "received": come.get((key,), 0),
                    "answered": sum(n for (k, _t), n in gone.items() if k == key),
                    "late": late,
                    "in_time": _share(in_time, in_time + late),
                    "median": median,
                    "p90": p90,
                    "domain": self._behind(model, either & fields.Domain(by, "=", key)),
                }
            )
        return sorted(rows, key=lambda r: (-r["received"], -r["answered"], r["name"]))

    @api.model
    def _units(self, company, period, filters):
        """What units were given and how they did.

        Rows: {key, name, shares, done, declined, reworked (a share of 100 of those
        with a draft), median, p90 (minutes to the first draft), met, late, in_time,
        flaws, domain}.  ``met`` and ``late`` are the unit's own terms that came due.
        """
        scopes = self._scopes(company, period, filters)
        model, shares = scopes["shares"]
        by_outcome = self._counts(model, shares, "unit_id", "outcome")
        drafted = shares & fields.Domain("submitted_at", "!=", False)
        drafts = self._counts(model, drafted, "unit_id", "was_reworked")
        times = self._quantiles(model, drafted, "draft_minutes", "unit_id")
        flaws = dict(self.env[model]._read_group(shares, ["unit_id"], ["flaws:sum"]))
        flaws = {unit.id: count for unit, count in flaws.items()}
        due = scopes["due"][1] & fields.Domain("unit_id", "!=", False)
        terms = self._counts(CLOCK, due, "unit_id", "outcome")
        keys = {key for key, _outcome in by_outcome} | {key for key, _o in terms}
        names = self._names(model, "unit_id", keys)
        rows = []
        for key in keys:
            own = {o: n for (k, o), n in by_outcome.items() if k == key}
            met, late = (terms.get((key, o), 0) for o in ("met", "late"))
            again = drafts.get((key, True), 0)
            median, p90 = times.get(key, (None, None))
            rows.append(
                {
                    "key": key,
                    "name": names[key],
                    "shares": sum(own.values()),
                    "done": own.get("done", 0),
                    "declined": own.get("declined", 0),
                    "reworked": _share(again, again + drafts.get((key, False), 0)),
                    "median": median,
                    "p90": p90,
                    "met": met,
                    "late": late,
                    "in_time": _share(met, met + late),
                    "flaws": int(flaws.get(key) or 0),
                    "domain": self._behind(
                        model, shares & fields.Domain("unit_id", "=", key)
                    ),
                }
            )
        return sorted(rows, key=lambda r: (-r["shares"], r["name"]))

    @api.model
    def _stages(self, company, period, filters):
        """Terms that came due, by step of the procedure in its order.

        Rows: {key, name, met, late, in_time, median (minutes spent), domain}.
        """
        model, due = self._scopes(company, period, filters)["due"]
        counts = self._counts(model, due, "stage", "outcome")
        times = self._quantiles(
            model, due & fields.Domain("done", "!=", False), "spent_minutes", "stage"
        )
        labels = self._labels(model, "stage")
        rows = []
        for key, name in labels.items():
            met, late = (counts.get((key, outcome), 0) for outcome in ("met", "late"))
            if not met + late:
                continue
            rows.append(
                {
                    "key": key,
                    "name": name,
                    "met": met,
                    "late": late,
                    "in_time": _share(met, met + late),
                    "median": times.get(key, (None, None))[0],
                    "domain": self._behind(
                        model, due & fields.Domain("stage", "=", key)
                    ),
                }
            )
        return rows

    @api.model
    def _heat(self, company, period, filters, most=12):
        """Received messages by place and topic: the ``most`` frequent of each.

        {topics: [{key, name}], rows: [{key, name, cells: [{value, domain}]}], most:
        the largest cell}.
        """
        model, received = self._scopes(company, period, filters)["received"]
        counts = self._counts(model, received, "territory_id", "category_id")
        topics = self._largest(model, "category_id", counts, 1, most)
        places = self._largest(model, "territory_id", counts, 0, most)
        rows = []
        for place in places:
            cells = []
            for topic in topics:
                pair = fields.Domain("territory_id", "=", place["key"])
                pair &= fields.Domain("category_id", "=", topic["key"])
                cells.append(
                    {
                        "value": counts.get((place["key"], topic["key"]), 0),
                        "domain": self._behind(model, received & pair),
                    }
                )
            rows.append({**place, "cells": cells})
        largest = [cell["value"] for row in rows for cell in row["cells"]]
        return {"topics": topics, "rows": rows, "most": max(largest, default=0)}

    @api.model
    def _largest(self, model, name, counts, position, most):
        sums = {}
        for key, count in counts.items():
            sums[key[position]] = sums.get(key[position], 0) + count
        names = self._names(model, name, set(sums))
        order = sorted(sums, key=lambda key: (-sums[key], names[key]))
        return [{"key": key, "name": names[key]} for key in order[:most]]

    # -- words -------------------------------------------------------------------

    @api.model
    def _behind(self, model, domain):
        """Domain of the messages behind a domain on a statistic, JSON-able."""
        return [(BACK[model], "any", _jsonable(domain))]

    @api.model
    def _labels(self, model, name):
        field = self.env[model]._fields[name]
        return dict(field._description_selection(self.env))

    @api.model
    def _names(self, model, name, keys):
        """Words for the values of a field: {key: name}, a word for none, too."""
        field = self.env[model]._fields[name]
        none = self.env._("Not set")
        if field.type == "selection":
            labels = self._labels(model, name)
            return {key: labels.get(key, none) for key in keys}
        # sudo: the name of a unit or topic in a figure, whoever may open it.
        records = self.env[field.comodel_name].sudo().browse(k for k in keys if k)
        return {False: none, **{record.id: record.display_name for record in records}}


def _midnight(day, zone):
    """Beginning of a day of the zone as naive UTC."""
    local = zone.localize(datetime.combine(day, time.min))
    return local.astimezone(pytz.utc).replace(tzinfo=None)


def _plain(value):
    """A value of ``_read_group`` as a key: the id of a record, False for none."""
    return value.id if isinstance(value, models.BaseModel) else value or False


def _share(part, whole):
    """``part`` of ``whole`` in per cent with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def _jsonable(domain):
    """A domain as lists and plain values: instants as Odoo's texts."""
    leaves = []
    for leaf in domain:
        if isinstance(leaf, (tuple, list)) and isinstance(leaf[2], datetime):
            leaf = (leaf[0], leaf[1], fields.Datetime.to_string(leaf[2]))
        leaves.append(leaf)
    return leaves
