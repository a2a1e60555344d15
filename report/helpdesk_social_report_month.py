from odoo import api, fields, models
from odoo.tools import format_date, format_datetime

from . import charts
from .helpdesk_social_duration import duration

#: Fillings that stay apart on a black-and-white print.
DARK, LIGHT, EMPTY = "#4b5563", "#c3c8d0", "#ffffff"
#: Rows of a chart; the table below it has all.
MOST_BARS = 12
#: Rows of the appendix: those that were late by the longest; the register has all.
MOST_LATE_PRINTED = 300


class HelpdeskSocialReportMonth(models.AbstractModel):
    """What stands in the report to the head on a period.

    The figures are those of the dashboard; here they are put into words, tables and
    pictures for paper.  Nothing is fetched to print it.
    """

    _name = "report.helpdesk_mgmt_social.report_month"
    _description = "Report to the head"

    @api.model
    def _get_report_values(self, docids, data=None):
        wizards = self.env["helpdesk.social.report"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": wizards._name,
            "docs": wizards,
            "reports": [self._report(wizard) for wizard in wizards],
        }

    @api.model
    def _report(self, wizard):
        """Everything one report shows, as words, numbers and pictures."""
        Figures = self.env["helpdesk.social.figures"]
        company = wizard.company_id
        period = Figures._period(company, wizard.first, wizard.last)
        before = Figures._previous(company, period)
        args = (company, period, wizard._filters())
        now = Figures._headline(*args)
        then = Figures._headline(company, before, wizard._filters())
        parts = set(wizard._parts())
        report = {
            "organisation": company.name,
            "period": self._days(period),
            "previous": self._days(before),
            "narrowed": wizard._filter_words(),
            "made": self._made(Figures, company),
            "made_by": self.env.user.name,
            "regulation": company.social_regulation_id.display_name or "",
            "headline": self._headline_rows(now, then),
            "nothing": not (now["received"][0] or now["answered"][0]),
            "parts": parts,
            "duration": self._duration,
            "share": self._share,
        }
        report["course"] = self._course_picture(Figures._course(*args))
        if "analysis" in parts:
            report["breakdowns"] = [
                (self.env._("By network"), Figures._breakdown(*args, "network")),
                (self.env._("By topic"), Figures._breakdown(*args, "category_id")),
                (self.env._("By location"), Figures._breakdown(*args, "territory_id")),
            ]
            report["heat"] = Figures._heat(*args, most=8)
        if "timeliness" in parts:
            stages, units = Figures._stages(*args), Figures._units(*args)
            report.update(
                stages=stages,
                units=units,
                stages_picture=self._terms_picture(
                    self.env._("Terms by step of the procedure"), stages
                ),
                units_picture=self._terms_picture(
                    self.env._("Terms by unit"), units[:MOST_BARS]
                ),
            )
        if "quality" in parts:
            report["quality"] = self._quality_tables(Figures._quality(*args))
        if "late" in parts:
            late = self._late_rows(Figures, *args)
            longest = sorted(late, key=lambda row: -row["minutes"])[:MOST_LATE_PRINTED]
            shown = {row["deadline_id"] for row in longest}
            report["late"] = [row for row in late if row["deadline_id"] in shown]
            report["late_left"] = len(late) - len(shown)
        return report

    @api.model
    def _made(self, Figures, company):
        """When the report was made, in the organisation's zone."""
        return format_datetime(
            self.env,
            fields.Datetime.now(),
            tz=Figures._tz(company).zone,
            dt_format="d MMMM y, HH:mm",
        )

    @api.model
    def _days(self, period):
        first, last = (
            format_date(self.env, day, date_format="d MMMM y")
            for day in (period.first, period.last)
        )
        return first if first == last else f"{first} – {last}"

    @api.model
    def _headline_rows(self, now, then):
        """(label, value, previous value) of the main figures, in words."""
        labels = {
            "received": self.env._("Messages received"),
            "answered": self.env._("Answers published"),
            "in_time": self.env._("Answered in time"),
            "late": self.env._("Answered late"),
            "median": self.env._("Median time to the answer"),
            "p90": self.env._("9 of 10 answers within"),
            "reworked": self.env._("Answers whose draft was sent back"),
            "open": self.env._("Received and still in work"),
            "repeats": self.env._("Repeated messages"),
            "broken_promises": self.env._("Broken promises"),
        }
        words = {"median": self._duration, "p90": self._duration}
        words.update(in_time=self._share, reworked=self._share)
        return [
            (label, words.get(key, str)(now[key][0]), words.get(key, str)(then[key][0]))
            for key, label in labels.items()
        ]

    @api.model
    def _duration(self, minutes):
        return duration(self.env, minutes)

    @api.model
    def _share(self, value):
        return "–" if value is None else f"{value:n} %".replace(".", ",")

    # -- pictures ----------------------------------------------------------------

    @api.model
    def _course_picture(self, rows):
        title = self.env._("Received and answered messages")
        series = [
            charts.Series(self.env._("Received"), "received", LIGHT),
            charts.Series(self.env._("Answers"), "answered", DARK),
        ]
        return charts.upright(title, rows, series)

    @api.model
    def _terms_picture(self, title, rows):
        series = [
            charts.Series(self.env._("In time"), "met", LIGHT),
            charts.Series(self.env._("Late"), "late", DARK),
        ]
        shown = [row for row in rows if row["met"] + row["late"]]
        return charts.horizontal(title, shown, series)

    # -- tables ------------------------------------------------------------------

    @api.model
    def _quality_tables(self, quality):
        """[(heading, rows)] of the parts, the empty ones included: a zero tells."""
        headings = {
            "reworks": self.env._("Drafts sent back, by reason"),
            "checks": self.env._("Remarks of the checks on submitted drafts"),
            "flaws": self.env._("Flaws"),
            "exclusions": self.env._("Excluded messages, by reason"),
            "no_reaction": self.env._("Messages that needed no reaction, by reason"),
        }
        return [(heading, quality[key]) for key, heading in headings.items()]

    @api.model
    def _late_rows(self, Figures, company, period, filters, **options):
        zone = Figures._tz(company).zone

        def moment(instant):
            if not instant:
                return self.env._("no answer yet")
            return format_datetime(
                self.env, instant, tz=zone, dt_format="dd.MM.y HH:mm"
            )

        return [
            {
                **row,
                "due": moment(row["due"]),
                "done": moment(row["done"]),
                "late": self._duration(row["minutes"]),
                "why": row["why"] or self.env._("not explained"),
            }
            for row in Figures._late_answers(company, period, filters, **options)
        ]
