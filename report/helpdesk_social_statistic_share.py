from odoo import fields, models
from odoo.tools import SQL

from ..models.helpdesk_ticket import KINDS, NETWORKS


class HelpdeskSocialStatisticShare(models.Model):
    """One row per share of an executor: what a unit was given and how it did.

    Shares that only follow another message's are left out.  Instants are UTC,
    durations in minutes of the clock on the wall.
    """

    _name = "helpdesk.social.statistic.share"
    _description = "Statistics of executors"
    _auto = False
    _depends = {
        "helpdesk.ticket": ["network", "kind", "category_id", "territory_id"],
        "helpdesk.social.assignment": [
            "ticket_id",
            "company_id",
            "unit_id",
            "user_id",
            "state",
            "assigned_at",
            "routed_late",
            "mirror_of_id",
        ],
        "helpdesk.social.event": ["assignment_id", "type", "at"],
        "helpdesk.social.flaw": ["assignment_id"],
    }
    _rec_name = "ticket_id"
    _order = "assigned_at desc, id desc"

    ticket_id = fields.Many2one("helpdesk.ticket", "Message", readonly=True)
    company_id = fields.Many2one("res.company", "Administration", readonly=True)
    unit_id = fields.Many2one("helpdesk.ticket.team", readonly=True)
    user_id = fields.Many2one("res.users", "Person", readonly=True)
    network = fields.Selection(NETWORKS, readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    category_id = fields.Many2one("helpdesk.ticket.category", "Topic", readonly=True)
    territory_id = fields.Many2one(
        "helpdesk.social.territory", "Location", readonly=True
    )
    outcome = fields.Selection(
        [
            ("open", "In work"),
            ("done", "Answered"),
            ("declined", "Declined"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
    )
    assigned_at = fields.Datetime("Assigned", readonly=True)
    submitted_at = fields.Datetime("First draft", readonly=True)
    draft_minutes = fields.Float(
        "Minutes to the first draft", readonly=True, aggregator="avg"
    )
    reworks = fields.Integer("Sent back for rework", readonly=True)
    was_reworked = fields.Boolean("Sent back at least once", readonly=True)
    routed_late = fields.Boolean("Routed late", readonly=True)
    flaws = fields.Integer(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT a.id, a.ticket_id, a.company_id, a.unit_id, a.user_id, t.network,
                   t.kind, t.category_id, t.territory_id,
                   CASE WHEN a.state IN ('done', 'declined', 'cancelled')
                        THEN a.state ELSE 'open' END AS outcome,
                   a.assigned_at, step.submitted_at,
                   EXTRACT(EPOCH FROM step.submitted_at - a.assigned_at) / 60.0
                       AS draft_minutes,
                   COALESCE(step.reworks, 0) AS reworks,
                   COALESCE(step.reworks, 0) > 0 AS was_reworked,
                   COALESCE(a.routed_late, FALSE) AS routed_late,
                   COALESCE(flaw.count, 0) AS flaws
              FROM helpdesk_social_assignment a
              JOIN helpdesk_ticket t ON t.id = a.ticket_id
              LEFT JOIN LATERAL (
                SELECT min(e.at) FILTER (WHERE e.type = 'draft_submitted')
                           AS submitted_at,
                       count(*) FILTER (WHERE e.type = 'rework_requested') AS reworks
                  FROM helpdesk_social_event e
                 WHERE e.assignment_id = a.id
              ) step ON TRUE
              LEFT JOIN LATERAL (
                SELECT count(*) AS count
                  FROM helpdesk_social_flaw f
                 WHERE f.assignment_id = a.id
              ) flaw ON TRUE
             WHERE a.mirror_of_id IS NULL
            """
        )
