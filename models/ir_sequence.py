from odoo import fields, models
from odoo.tools import SQL


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    def _social_next(self, count):
        """The next ``count`` numbers as strings, in order.

        Those that ``next_by_id`` would give called as often, but drawn in one query
        where PostgreSQL itself counts.
        """
        self.ensure_one()
        if count < 2 or self.implementation != "standard":
            return [self.next_by_id() for _number in range(count)]
        name, sequence = f"ir_sequence_{self.id:03d}", self
        if self.use_date_range:
            day = self.env.context.get("ir_sequence_date", fields.Date.today())
            part = self._get_current_sequence(day)
            name = f"{name}_{part.id:03d}"
            sequence = self.with_context(ir_sequence_date_range=part.date_from)
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", name, count)
        )
        prefix, suffix = sequence._get_prefix_suffix()
        return [f"{prefix}{number:0{self.padding}d}{suffix}" for (number,) in rows]
