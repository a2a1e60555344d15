import base64
from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

from ..models.helpdesk_ticket import INTAKES, KINDS, PAGE_OWNERS
from ..tables import TableError, guess, header_key, plain, read_table, write_xlsx
from .helpdesk_social_import_rows import Rows, check_columns, import_fields

#: Rows shown before the import, and problems named on the screen.
SHOWN = 10
NAMED = 50
#: Numbers of rows named that lack the same value.
ROWS_OF_A_NOTE = 12


class HelpdeskSocialImport(models.TransientModel):
    """Messages from a file of another system.

    What will become of each row is shown first.  A row that cannot be read stops no
    other, unless all or nothing was asked for; it is given back with the reason.
    """

    _name = "helpdesk.social.import"
    _description = "Import of messages"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [("file", "File"), ("check", "Check"), ("done", "Done")], default="file"
    )
    intake = fields.Selection(
        selection="_selection_intake", required=True, default="incident"
    )
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    page_owner = fields.Selection(
        PAGE_OWNERS, "Whose page", required=True, default="third_party"
    )
    kind = fields.Selection(KINDS, required=True, default="feed")
    same_words = fields.Selection(
        [("same", "The same message"), ("new", "A new message")],
        "Equal words without a link are",
        required=True,
        default="same",
        help="A row without a link whose author and words were received within three "
        "days before or after.",
    )
    all_or_nothing = fields.Boolean(
        "All or nothing", help="One row that cannot be read, and none is imported."
    )
    column_ids = fields.One2many("helpdesk.social.import.column", "wizard_id")
    problem = fields.Char(readonly=True)
    preview = fields.Html(readonly=True, sanitize=False)
    row_count = fields.Integer("Rows", readonly=True)
    new_count = fields.Integer("New", readonly=True)
    again_count = fields.Integer("Received before", readonly=True)
    bad_count = fields.Integer("Cannot be imported", readonly=True)
    rejects = fields.Binary(readonly=True, attachment=False)
    rejects_name = fields.Char(readonly=True)
    ticket_data = fields.Json(readonly=True)

    @api.model
    def _selection_intake(self):
        """Ways other than the page itself, which is read."""
        field = self.env["helpdesk.ticket"]._fields["intake"]
        labels = dict(field._description_selection(self.env))
        return [(value, labels[value]) for value, _label in INTAKES if value != "page"]

    # -- steps -------------------------------------------------------------------

    def action_read(self):
        """Read the file's header, propose its columns and show what would come."""
        self._check()
        table = self._file_table()
        self.column_ids.unlink()
        known = self.env["helpdesk.social.import.mapping"]._of(
            self.company_id, self.intake, header_key(table.header)
        )
        columns = known.columns or guess(table.header)
        samples = [
            next((row[i] for _n, row in table.rows if row[i] not in (None, "")), "")
            for i in range(len(table.header))
        ]
        self.column_ids = [
            (
                0,
                0,
                {
                    "sequence": number,
                    "name": name or self.env._("column %d", number + 1),
                    "sample": self._cell_in_words(samples[number])[:80],
                    "field": columns[number] or False,
                },
            )
            for number, name in enumerate(table.header)
        ]
        return self.action_check()

    def action_check(self):
        """Show what becomes of the rows under the present columns."""
        self._check()
        self._show(self._rows(self._file_table()))
        self.state = "check"
        return self._again()

    def action_import(self):
        """Import what can be imported, remember the columns, and say what became."""
        self._check()
        table = self._file_table()
        rows = self._rows(table)
        if rows.problem:
            raise UserError(rows.problem)
        if self.all_or_nothing and rows.bad:
            self._show(rows)
            return self._again()
        self.env["helpdesk.social.import.mapping"]._remember(
            self.company_id,
            self.intake,
            header_key(table.header),
            [column.field or "" for column in self.column_ids],
        )
        rows.store()
        if self.all_or_nothing and rows.bad:
            number, reason = next(iter(rows.bad.items()))
            raise UserError(
                self.env._(
                    "Nothing was imported. Row %(row)s: %(reason)s",
                    row=number,
                    reason=reason[1],
                )
            )
        self._show(rows)
        self.ticket_data = {
            "new": [t for t, outcome in rows.stored.values() if outcome == "created"],
            "again": [t for t, outcome in rows.stored.values() if outcome != "created"],
        }
        self.write({"state": "done", "file": False})
        return self._again()

    def action_back(self):
        self.state = "file"
        return self._again()

    def action_new(self):
        """Open the messages that the file brought."""
        return self._list("new", self.env._("Imported messages"))

    def action_again(self):
        """Open the messages of the file that were received before."""
        return self._list("again", self.env._("Received before"))

    def _list(self, name, title):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_ticket_all"
        )
        action["domain"] = [("id", "in", (self.ticket_data or {}).get(name, []))]
        action["display_name"] = title
        return action

    def _again(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Import messages"),
            "context": {**self.env.context, "dialog_size": "extra-large"},
        }

    # -- reading -----------------------------------------------------------------

    def _check(self):
        self.ensure_one()
        self.env["helpdesk.ticket"]._check_curator()
        if self.company_id not in self.env.companies:
            raise UserError(
                self.env._("This is not one of the administrations you work for.")
            )

    def _file_table(self):
        """The file as a table; UserError in words where it is none."""
        content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        try:
            table = read_table(content)
        except TableError as error:
            raise UserError(self._file_problem(error)) from error
        if not table.rows:
            raise UserError(self.env._("The file has a header and no rows."))
        return table

    def _file_problem(self, error):
        words = {
            "empty": self.env._("Choose a file with a table first."),
            "file_too_large": self.env._(
                "The file is larger than 10 MB: split it, please."
            ),
            "unpacked_too_large": self.env._(
                "The file unpacks to more than a table of messages can be. Save the "
                "sheet alone, as CSV for example."
            ),
            "too_many_rows": self.env._(
                "The file has more than %s rows: split it, please.", error.detail
            ),
            "too_many_columns": self.env._(
                "The file has more than %s columns.", error.detail
            ),
            "unsafe": self.env._(
                "The file defines entities, which no spreadsheet program writes. "
                "Open it and save it anew."
            ),
            "old_format": self.env._(
                "This is the old format XLS, or the file has a password. Save it as "
                "XLSX or CSV without one."
            ),
        }
        return words.get(error.code) or self.env._(
            "The file cannot be read as XLSX or CSV."
        )

    def _rows(self, table):
        columns = [column.field or "" for column in self.column_ids]
        rows = Rows(self, table, columns)
        rows.problem = check_columns(self.env, columns, table)
        if not rows.problem:
            rows.read()
        return rows

    # -- what is shown -----------------------------------------------------------

    def _show(self, rows):
        created = sum(found is None for found in rows.good.values())
        vals = {
            "problem": rows.problem,
            "row_count": len(rows.table.rows),
            "new_count": created,
            "again_count": len(rows.good) - created,
            "bad_count": len(rows.bad),
            "preview": False,
            "rejects": False,
        }
        if rows.stored:
            outcomes = [outcome for _ticket, outcome in rows.stored.values()]
            vals["new_count"] = outcomes.count("created")
            vals["again_count"] = len(outcomes) - vals["new_count"]
        if not rows.problem:
            vals["preview"] = self.env["ir.qweb"]._render(
                "helpdesk_mgmt_social.import_preview", self._preview_values(rows)
            )
        if rows.bad:
            vals["rejects"] = base64.b64encode(self._rejects(rows))
            vals["rejects_name"] = self.env._("rows to mend") + ".xlsx"
        self.write(vals)

    def _preview_values(self, rows):
        # What has been imported is looked at as messages.
        first = () if rows.stored else rows.table.rows[:SHOWN]
        return {
            "header": rows.table.header,
            "rows": [
                (number, list(map(self._cell_in_words, row)), rows.words_on(number))
                for number, row in first
            ],
            "bad": [(n, *reason) for n, reason in list(rows.bad.items())[:NAMED]],
            "bad_more": max(len(rows.bad) - NAMED, 0),
            "again": rows.again_in_words(NAMED),
            "notes": [
                (name, note, self._numbers_in_words(numbers))
                for (name, note), numbers in list(rows.notes.items())[:NAMED]
            ],
        }

    def _cell_in_words(self, cell):
        """A cell of the file as its reader writes it; dates come as such from XLSX."""
        if isinstance(cell, datetime) and (cell.hour or cell.minute):
            # No zone: the file's own clock is shown.
            return format_datetime(self.env, cell, tz="UTC", dt_format="short")
        if isinstance(cell, date):
            return format_date(self.env, cell)
        return plain(cell)[:120]

    def _numbers_in_words(self, numbers):
        """Numbers of rows, so many of them as a line can hold."""
        words = ", ".join(str(number) for number in numbers[:ROWS_OF_A_NOTE])
        more = len(numbers) - ROWS_OF_A_NOTE
        if more <= 0:
            return words
        return self.env._("%(rows)s and %(more)s more", rows=words, more=more)

    def _rejects(self, rows):
        """A file of the same columns with the rows left out, and the reason."""
        cells = dict(rows.table.rows)
        return write_xlsx(
            self.env._("rows to mend"),
            [*rows.table.header, self.env._("Column"), self.env._("Reason")],
            [[*cells[number], *reason] for number, reason in rows.bad.items()],
        )


class HelpdeskSocialImportColumn(models.TransientModel):
    """One column of the file and what it is."""

    _name = "helpdesk.social.import.column"
    _description = "Column of an import"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "helpdesk.social.import", required=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    name = fields.Char("Column", readonly=True)
    sample = fields.Char("For example", readonly=True)
    field = fields.Selection(selection="_selection_field", string="Is")

    @api.model
    def _selection_field(self):
        return list(import_fields(self.env).items())
