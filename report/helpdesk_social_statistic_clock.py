from odoo import fields, models
from odoo.tools import SQL

from ..models.helpdesk_social_deadline import STAGES
from ..models.helpdesk_ticket import KINDS, NETWORKS
from .helpdesk_social_statistic import late_clock


class HelpdeskSocialStatisticClock(models.Model):
    """One row per term that an act set: was it kept, by whom, and how long it took.

    Cancelled clocks are left out.  Instants are UTC, durations in minutes of the
    clock on the wall.
    """

    _name = "helpdesk.social.statistic.clock"
    _description = "Statistics of terms"
    _auto = False
    _depends = {
        "helpdesk.ticket": [
            "regulation_id",
            "network",
            "kind",
            "category_id",
            "territory_id",
            "is_social",
        ],
        "helpdesk.social.assignment": ["unit_id", "user_id"],
        "helpdesk.social.deadline": [
            "ticket_id",
            "company_id",
            "assignment_id",
            "norm_id",
            "stage",
            "start",
            "due",
            "done",
            "state",
        ],
    }
    _rec_name = "ticket_id"
    _order = "due desc, id desc"

    ticket_id = fields.Many2one("helpdesk.ticket", "Message", readonly=True)
    company_id = fields.Many2one("res.company", "Administration", readonly=True)
    deadline_id = fields.Many2one("helpdesk.social.deadline", readonly=True)
    regulation_id = fields.Many2one("helpdesk.social.regulation", readonly=True)
    norm_id = fields.Many2one("helpdesk.social.norm", readonly=True)
    network = fields.Selection(NETWORKS, readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    category_id = fields.Many2one("helpdesk.ticket.category", "Topic", readonly=True)
    territory_id = fields.Many2one(
        "helpdesk.social.territory", "Location", readonly=True
    )
    unit_id = fields.Many2one(
        "helpdesk.ticket.team",
        readonly=True,
        help="Empty for the steps of curators.",
    )
    user_id = fields.Many2one("res.users", "Person", readonly=True)
    stage = fields.Selection(STAGES, readonly=True)
    start = fields.Datetime(readonly=True)
    due = fields.Datetime(readonly=True)
    done = fields.Datetime("Ended", readonly=True)
    outcome = fields.Selection(
        [("met", "In time"), ("late", "Late"), ("running", "Running")], readonly=True
    )
    is_late = fields.Integer("Late", readonly=True)
    late_minutes = fields.Float("Minutes late", readonly=True, aggregator="avg")
    spent_minutes = fields.Float("Minutes spent", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        """The rows as of now: a running clock past its term counts as late."""
        now = fields.Datetime.now()
        late = late_clock(SQL.identifier("d"), now)
        return SQL(
            """
            SELECT d.id, d.id AS deadline_id, d.ticket_id, d.company_id,
                   t.regulation_id, d.norm_id, t.network, t.kind, t.category_id,
                   t.territory_id, a.unit_id, a.user_id, d.stage, d.start, d.due,
                   d.done,
                   CASE WHEN %(late)s THEN 'late'
                        WHEN d.state = 'met' THEN 'met'
                        ELSE 'running' END AS outcome,
                   CASE WHEN %(late)s THEN 1 ELSE 0 END AS is_late,
                   CASE WHEN %(late)s
                        THEN EXTRACT(
                            EPOCH FROM COALESCE(d.done, %(now)s::timestamp) - d.due
                        ) / 60.0
                        END AS late_minutes,
                   EXTRACT(EPOCH FROM d.done - d.start) / 60.0 AS spent_minutes
              FROM helpdesk_social_deadline d
              JOIN helpdesk_ticket t ON t.id = d.ticket_id AND t.is_social
              LEFT JOIN helpdesk_social_assignment a ON a.id = d.assignment_id
             WHERE d.state != 'cancelled'
            """,
            late=late,
            now=now,
        )
