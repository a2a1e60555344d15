import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL, mute_logger

from .helpdesk_ticket import INTAKES


class HelpdeskSocialImportMapping(models.Model):
    """Which column of a source's files is what, as somebody has chosen it once."""

    _name = "helpdesk.social.import.mapping"
    _description = "Columns of a source's files"
    _inherit = ["helpdesk.social.procedural"]
    _rec_name = "intake"

    company_id = fields.Many2one(
        "res.company", "Administration", required=True, readonly=True
    )
    intake = fields.Selection(INTAKES, required=True, readonly=True)
    header = fields.Char(required=True, readonly=True)
    columns = fields.Json(readonly=True, help="The field of each column, in order.")

    _header_uniq = models.UniqueIndex("(company_id, intake, md5(header))")

    @api.model
    def _of(self, company, intake, header):
        """The mapping of files with this ``header``; may be empty."""
        # sudo: curators remember for one another.
        return self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("intake", "=", intake),
                ("header", "=", header),
            ],
            limit=1,
        )

    @api.model
    def _remember(self, company, intake, header, columns):
        known = self._of(company, intake, header)
        if known:
            if known.columns != columns:
                known.columns = columns
            known._take_turn()
            return known
        vals = {
            "company_id": company.id,
            "intake": intake,
            "header": header,
            "columns": columns,
        }
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return known.create(vals)
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error

    def _take_turn(self):
        """Let concurrent imports of such files conflict.

        Both change this row, so the database refuses the later of them and Odoo
        repeats it: messages without link and number are then found by their words.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET write_date = write_date WHERE id IN %s",
                SQL.identifier(self._table),
                self._ids,
            )
        )
