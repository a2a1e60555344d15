import json

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import clean_context

from .res_users import GROUP_ADMIN


class HelpdeskSocialMessage(models.Model):
    """What could not be processed waits to be tried again, or for a person."""

    _inherit = "helpdesk.social.message"

    broken = fields.Boolean(
        "Not processed",
        readonly=True,
        help="Kept as the network sent it, and tried again.",
    )
    pending_items = fields.Json(
        "States to be processed",
        readonly=True,
        help="What the network's client made of it, the oldest first.",
    )

    raw_text = fields.Text("As the network sent it", compute="_compute_raw_text")

    _broken_idx = models.Index("(account_id, next_try) WHERE broken")

    @api.depends("raw")
    def _compute_raw_text(self):
        for message in self:
            message.raw_text = json.dumps(message.raw, ensure_ascii=False, indent=2)

    def _mended(self):
        """Forget the trouble where nothing waits to be processed any more."""
        self.filtered(lambda m: m.broken and not m.pending_items).write(
            {"broken": False, "error": False, "attempts": 0, "next_try": False}
        )

    def _check_broken_step(self):
        if not self.env.user.has_group(GROUP_ADMIN) and not self.env.su:
            raise AccessError(
                self.env._("Only a social administrator processes messages again.")
            )
        self.check_access("read")
        if not all(self.mapped("broken")):
            raise UserError(self.env._("This message has been processed already."))

    def action_process_again(self):
        """Process these messages again, now that the cause is mended.

        What the software could not even read is read anew from the network by the
        next comparison.
        """
        self._check_broken_step()
        return self._process_again()

    def _process_again(self):
        """Process these rows again; a notice for whoever asked says what came out."""
        # Nobody's step, whoever pressed the button; what is stored is the procedure's.
        context = {**clean_context(self.env.context), "social_automatic": True}
        rows = self.with_user(SUPERUSER_ID).with_context(context)
        for account, own in rows.grouped("account_id").items():
            if account._has_client():
                account._retry_broken(account._client(), own)
            if own.filtered("broken") - own.filtered("pending_items"):
                now = fields.Datetime.now()
                account.write({"next_reconcile": now, "next_poll": now})
        failed = rows.filtered("broken")
        message = self.env._("Processed: %s.", len(rows) - len(failed))
        if failed:
            message = self.env._(
                "Processed: %(done)s, failed again: %(failed)s. %(reason)s",
                done=len(rows) - len(failed),
                failed=len(failed),
                reason=failed[0].error or "",
            )
        account = self.account_id[:1].with_user(self.env.user)
        return account._notify("warning" if failed else "success", message)

    def action_leave_broken(self):
        """Try these messages no more: a person has read them as they are."""
        self._check_broken_step()
        # sudo: rows are written by the procedure alone; what was sent stays with them.
        self.sudo().write({"broken": False, "next_try": False, "pending_items": False})
        return True
