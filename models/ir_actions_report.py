from odoo import models

#: Reports that bring all their looks along.
SELF_CONTAINED = ("helpdesk_mgmt_social.report_appeal",)


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_layout(self):
        """A page that fetches nothing for what holds a stranger's words.

        The usual one loads style sheets and scripts from the server's address.
        """
        if len(self) == 1 and self.report_name in SELF_CONTAINED:
            return self.env.ref("helpdesk_mgmt_social.report_bare_layout")
        return super()._get_layout()
