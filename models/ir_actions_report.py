from odoo import models

#: Reports that bring all their looks along.
SELF_CONTAINED = (
    "helpdesk_mgmt_social.report_appeal",
    "helpdesk_mgmt_social.report_head",
    "helpdesk_mgmt_social.report_month",
    "helpdesk_mgmt_social.report_register",
    "helpdesk_mgmt_social.report_ticket",
    "helpdesk_mgmt_social.report_regulation",
    "helpdesk_mgmt_social.report_unit",
)


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_layout(self):
        """A page that fetches nothing for what holds a stranger's words.

        The usual one loads style sheets and scripts from the server's address.
        """
        if len(self) == 1 and self.report_name in SELF_CONTAINED:
            return self.env.ref("helpdesk_mgmt_social.report_bare_layout")
        return super()._get_layout()
