import base64
import csv
from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

COLUMNS = ("date", "kind", "hours_of")
#: Lines that are named when they cannot be read; a wrong file has thousands.
NAMED = 20


class HelpdeskSocialCalendarImport(models.TransientModel):
    """Read years of the production calendar from a file.

    What will change is shown first; a file with an unreadable line changes nothing.
    """

    _name = "helpdesk.social.calendar.import"
    _description = "Import of the production calendar"

    file = fields.Binary()
    filename = fields.Char()
    problem = fields.Text("Cannot be read", compute="_compute_changes")
    new_count = fields.Integer("New", compute="_compute_changes")
    changed_count = fields.Integer("Changed", compute="_compute_changes")
    same_count = fields.Integer("As before", compute="_compute_changes")
    changes = fields.Html(compute="_compute_changes", sanitize=False)

    @api.depends("file")
    @api.depends_context("lang")
    def _compute_changes(self):
        for wizard in self:
            days, problems = wizard._read()
            wizard.problem = "\n".join(problems[:NAMED]) or False
            if len(problems) > NAMED:
                wizard.problem += "\n…"
            changes = wizard._changes(days)
            wizard.new_count = sum(old is None for _day, old, _new in changes)
            wizard.changed_count = len(changes) - wizard.new_count
            wizard.same_count = len(days) - len(changes)
            wizard.changes = bool(changes) and wizard._changes_table(changes)

    def action_confirm(self):
        """Write the days of the file: all of them or none."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        days, problems = self._read()
        if problems:
            raise UserError("\n".join(problems[:NAMED]))
        Day = self.env["helpdesk.social.calendar.day"]
        missing = []
        for day, row, vals in self._changes(days):
            if row is None:
                missing.append({"date": day, **vals})
            else:
                row.write(vals)
        Day.create(missing)
        return {"type": "ir.actions.act_window_close"}

    # -- reading -----------------------------------------------------------------

    def _read(self):
        """The days of the file by date, and a sentence per line that is none."""
        text = self._text()
        if text is None:
            return {}, []
        lines = text.splitlines()
        header = lines[0].lower() if lines else ""
        delimiter = ";" if ";" in header else ","
        reader = csv.DictReader([header, *lines[1:]], delimiter=delimiter)
        reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
        if not set(COLUMNS[:2]) <= set(reader.fieldnames):
            return {}, [
                self.env._(
                    "The first line must name the columns: %s", ",".join(COLUMNS)
                )
            ]
        days, problems = {}, []
        for row in reader:
            values = [(row.get(name) or "").strip() for name in COLUMNS]
            if not any(values):
                continue
            try:
                day, vals = self._day(*values)
                if day in days:
                    raise ValueError(self.env._("this day stands in the file twice"))
            except ValueError as error:
                problems.append(
                    self.env._(
                        "Line %(number)s: %(problem)s.",
                        number=reader.line_num,
                        problem=error,
                    )
                )
            else:
                days[day] = vals
        if not days and not problems:
            problems.append(self.env._("The file has no days."))
        return days, problems

    def _text(self):
        """The file as text; None without a file."""
        if not self.file:
            return None
        content = base64.b64decode(self.with_context(bin_size=False).file)
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            # What Russian office programs write.
            return content.decode("cp1251", errors="replace")

    def _day(self, day, kind, hours_of):
        """One line: the date and the values of its row.  Raises ValueError."""
        day = self._date(day)
        field = self.env["helpdesk.social.calendar.day"]._fields["kind"]
        labels = dict(field._description_selection(self.env))
        if kind.lower() not in labels:
            raise ValueError(
                self.env._(
                    "«%(kind)s» is no kind of day; write %(kinds)s",
                    kind=kind,
                    kinds=", ".join(
                        f"{code} ({word})" for code, word in labels.items()
                    ),
                )
            )
        kind = kind.lower()
        hours_of = self._date(hours_of) if hours_of else False
        if kind != "off" and not hours_of and day.weekday() > 4:
            raise ValueError(
                self.env._(
                    "a weekend is worked, so name in hours_of the day off that it was "
                    "exchanged for"
                )
            )
        return day, {"kind": kind, "hours_of": hours_of}

    def _date(self, text):
        for read in (date.fromisoformat, _russian_date):
            try:
                return read(text)
            except ValueError:
                continue
        raise ValueError(self.env._("«%s» is no date", text))

    # -- what it means -----------------------------------------------------------

    def _changes(self, days):
        """What the days of the file change: (date, present row or None, values)."""
        rows = self.env["helpdesk.social.calendar.day"].search(
            [("calendar_id", "=", False), ("date", "in", list(days))]
        )
        present = {row.date: row for row in rows}
        changes = []
        for day, vals in sorted(days.items()):
            row = present.get(day)
            if row is None or any((row[name] or False) != vals[name] for name in vals):
                changes.append((day, row, vals))
        return changes

    def _changes_table(self, changes):
        field = self.env["helpdesk.social.calendar.day"]._fields["kind"]
        labels = dict(field._description_selection(self.env))

        def words(kind, hours_of):
            if not hours_of:
                return labels[kind]
            return self.env._(
                "%(kind)s, with the hours of %(day)s",
                kind=labels[kind],
                day=format_date(self.env, hours_of),
            )

        return self.env["ir.qweb"]._render(
            "helpdesk_mgmt_social.calendar_changes",
            {
                "rows": [
                    (
                        format_date(self.env, day, date_format="EE, d MMMM y"),
                        row and words(row.kind, row.hours_of),
                        words(**vals),
                    )
                    for day, row, vals in changes
                ]
            },
        )


def _russian_date(text):
    return datetime.strptime(text, "%d.%m.%Y").date()
