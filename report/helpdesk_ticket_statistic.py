from odoo import fields, models

from ..models.res_users import GROUP_ADMIN, GROUP_CURATOR, GROUP_HEAD

READERS = f"{GROUP_CURATOR},{GROUP_HEAD},{GROUP_ADMIN}"


class HelpdeskTicket(models.Model):
    """From a figure to the messages it counts: its domain on the statistics is
    asked for with ``any`` of these."""

    _inherit = "helpdesk.ticket"

    social_statistic_ids = fields.One2many(
        "helpdesk.social.statistic",
        "ticket_id",
        "Statistics",
        readonly=True,
        groups=READERS,
    )
    social_statistic_clock_ids = fields.One2many(
        "helpdesk.social.statistic.clock",
        "ticket_id",
        "Statistics of terms",
        readonly=True,
        groups=READERS,
    )
    social_statistic_share_ids = fields.One2many(
        "helpdesk.social.statistic.share",
        "ticket_id",
        "Statistics of executors",
        readonly=True,
        groups=READERS,
    )
