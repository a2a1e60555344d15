import os

from odoo import api, models
from odoo.tools import config

OPTION = "helpdesk_social_private_networks"


class HelpdeskSocialHttp(models.AbstractModel):
    """Settings of outgoing HTTP that only the server's configuration may give."""

    _name = "helpdesk.social.http"
    _description = "Outgoing HTTP of the social networks"

    @api.model
    def _allowed_networks(self):
        """Private networks that may be called, as CIDR strings.

        From the option ``helpdesk_social_private_networks`` of the server's
        configuration file, or the environment variable of that name in capitals.
        Nobody can widen this from within the database.
        """
        value = os.environ.get(OPTION.upper()) or config.get(OPTION) or ""
        return [part.strip() for part in value.split(",") if part.strip()]

    @api.model
    def _total_timeout(self):
        """Longest time in seconds that one call may take in all."""
        # sudo: whoever presses a button need not be allowed to read parameters.
        parameters = self.env["ir.config_parameter"].sudo()
        value = parameters.get_param("helpdesk_mgmt_social.http_timeout")
        return float(value or 30)

    @api.model
    def _lease_seconds(self):
        """How long a claim lasts: longer than anything done under it."""
        return 2 * self._total_timeout() + 10
