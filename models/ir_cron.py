from odoo import models

MODULE = "helpdesk_mgmt_social."


class IrCron(models.Model):
    _inherit = "ir.cron"

    def _callback(self, cron_name, server_action_id):
        """Let the lanes of this module note what they do in a language that is read.

        A scheduled action runs in no language, so it would write English.
        """
        name = self.get_external_id()[self.id]
        if name.startswith(MODULE):
            self = self.with_context(lang=self.env.company._social_lang())
        return super()._callback(cron_name, server_action_id)
