import base64

from odoo import fields, models


class HelpdeskSocialReport(models.TransientModel):
    """The register of the chosen period, on paper and as a table."""

    _inherit = "helpdesk.social.report"

    register_file = fields.Binary(readonly=True, attachment=False)
    register_filename = fields.Char(readonly=True)

    def action_print_register(self):
        """The register of messages as PDF."""
        return self._print("helpdesk_mgmt_social.report_register_action")

    def action_register_table(self):
        """Have the register made as a table, and downloaded.

        Making it is a step of its own, so that the screen can say that it goes on.
        """
        self._check_wishes()
        return {
            "type": "ir.actions.client",
            "tag": "helpdesk_mgmt_social.download_register",
            "params": {"report_id": self.id},
        }

    def make_register_table(self):
        """Put the register into ``register_file`` for the download."""
        self._check_wishes()
        Register = self.env["report.helpdesk_mgmt_social.report_register"]
        self.register_file = base64.b64encode(Register._workbook(self))
        self.register_filename = f"{self._register_name()}.xlsx"

    def _register_name(self):
        self.ensure_one()
        return self.env._(
            "Register of messages %(first)s – %(last)s",
            first=self.first.strftime("%d.%m.%Y"),
            last=self.last.strftime("%d.%m.%Y"),
        )
