from odoo import models
from odoo.exceptions import UserError

#: What makes another file of a file, or takes it out of the rules that keep it.
CONTENT = {"datas", "raw", "db_datas", "store_fname", "name", "mimetype", "type"}
CONTENT |= {"url", "res_model", "res_id", "public"}
#: States of a reply in which its author still changes its files.
OPEN = ("draft", "rework")


class IrAttachment(models.Model):
    """Files of a reply stay as they were reviewed, and evidence as it was kept."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if CONTENT & set(vals):
            self._check_social_kept()
        return super().write(vals)

    def unlink(self):
        self._check_social_kept()
        return super().unlink()

    def _check_social_kept(self):
        """Refuse to change files that somebody has reviewed, agreed or kept."""
        if self.env.su or not self.ids:
            return
        # sudo: whether they are kept, whoever may see where.
        kept = self.env["helpdesk.social.reply"].sudo().search_count(
            [("attachment_ids", "in", self.ids), ("state", "not in", OPEN)], limit=1
        ) or self.env["helpdesk.social.approval"].sudo().search_count(
            [("evidence_file_ids", "in", self.ids)], limit=1
        )
        if kept:
            raise UserError(
                self.env._(
                    "This file belongs to a reply that was submitted, or is kept as "
                    "evidence: it can no longer be changed."
                )
            )
