from odoo import fields, models
from odoo.tools import SQL

from ..models.helpdesk_ticket import (
    IMPORTANCES,
    INTAKES,
    KINDS,
    NETWORKS,
    PAGE_OWNERS,
    STATES,
)

#: Stages of the clocks that decide whether an answer came in time: those that end
#: with the answer itself, not with a step on the way to it.
ANSWER_STAGES = ("total", "publish", "final", "manual")

#: Fields of the message that stand in the row as they are.
FROM_TICKET = ("company_id", "regulation_id", "social_account_id", "team_id")
FROM_TICKET += ("network", "intake", "page_owner", "kind", "importance")
FROM_TICKET += ("category_id", "territory_id", "received_at", "repeat_of_id")
FROM_TICKET += ("no_reaction_reason_id", "exclusion_reason_id", "is_social")


class HelpdeskSocialStatistic(models.Model):
    """One row per message: what dashboards, reports, pivots and graphs count.

    Nothing of it is stored.  Instants are UTC, durations in minutes of the clock on
    the wall.  The row holds no words of a citizen; whoever opens the message from a
    figure needs the right to read it.
    """

    _name = "helpdesk.social.statistic"
    _description = "Statistics of messages"
    _auto = False
    _depends = {
        "helpdesk.ticket": ["social_state", *FROM_TICKET, "handed_over_at"],
        "helpdesk.social.event": ["ticket_id", "type", "at"],
        "helpdesk.social.deadline": ["ticket_id", "stage", "state", "due"],
        "helpdesk.social.flaw": ["ticket_id"],
    }
    _rec_name = "ticket_id"
    _order = "received_at desc, id desc"

    ticket_id = fields.Many2one("helpdesk.ticket", "Message", readonly=True)
    company_id = fields.Many2one("res.company", "Administration", readonly=True)
    regulation_id = fields.Many2one("helpdesk.social.regulation", readonly=True)
    social_account_id = fields.Many2one(
        "helpdesk.social.account", "Page", readonly=True
    )
    team_id = fields.Many2one("helpdesk.ticket.team", "Curators' desk", readonly=True)
    network = fields.Selection(NETWORKS, readonly=True)
    intake = fields.Selection(INTAKES, readonly=True)
    page_owner = fields.Selection(PAGE_OWNERS, "Whose page", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    importance = fields.Selection(IMPORTANCES, readonly=True)
    category_id = fields.Many2one("helpdesk.ticket.category", "Topic", readonly=True)
    territory_id = fields.Many2one(
        "helpdesk.social.territory", "Location", readonly=True
    )
    unit_ids = fields.Many2many(
        "helpdesk.ticket.team", string="Units", related="ticket_id.unit_ids"
    )
    social_state = fields.Selection(STATES, "State", readonly=True)
    outcome = fields.Selection(
        [
            ("open", "In work"),
            ("answered", "Answered"),
            ("no_reaction", "Needs no reaction"),
            ("excluded", "Excluded"),
            ("handed_over", "Handed over as an appeal"),
            ("closed", "Closed without a reply"),
        ],
        readonly=True,
    )
    no_reaction_reason_id = fields.Many2one(
        "helpdesk.social.no.reaction.reason", "Why no reaction", readonly=True
    )
    exclusion_reason_id = fields.Many2one(
        "helpdesk.social.exclusion.reason", "Why excluded", readonly=True
    )
    received_at = fields.Datetime("Received", readonly=True)
    answered_at = fields.Datetime("Answered", readonly=True)
    answer_minutes = fields.Float(
        "Minutes to the answer", readonly=True, aggregator="avg"
    )
    timeliness = fields.Selection(
        [
            ("in_time", "In time"),
            ("late", "Late"),
            ("no_term", "No term set by the act"),
        ],
        readonly=True,
        help="Of the clocks that end with the answer; steps on the way have their own "
        "statistics.",
    )
    reworks = fields.Integer("Sent back for rework", readonly=True)
    was_reworked = fields.Boolean("Sent back at least once", readonly=True)
    is_repeat = fields.Boolean("Repeated message", readonly=True)
    broken_promises = fields.Integer(readonly=True)
    flaws = fields.Integer(readonly=True)

    @property
    def _table_query(self):
        """The rows as of now: a running clock past its term counts as late."""
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self):
        return SQL(
            """
            SELECT t.id, t.id AS ticket_id, t.company_id, t.regulation_id,
                   t.social_account_id, t.team_id, t.network, t.intake, t.page_owner,
                   t.kind, t.importance, t.category_id, t.territory_id, t.social_state,
                   t.no_reaction_reason_id, t.exclusion_reason_id, t.received_at,
                   CASE WHEN t.social_state IN ('no_reaction', 'excluded')
                        THEN t.social_state
                        WHEN t.handed_over_at IS NOT NULL
                             AND t.social_state = 'closed' THEN 'handed_over'
                        WHEN answer.at IS NOT NULL THEN 'answered'
                        WHEN t.social_state = 'closed' THEN 'closed'
                        ELSE 'open' END AS outcome,
                   answer.at AS answered_at,
                   EXTRACT(EPOCH FROM answer.at - t.received_at) / 60.0
                       AS answer_minutes,
                   CASE WHEN clock.late > 0 THEN 'late'
                        WHEN clock.total > 0 THEN 'in_time'
                        ELSE 'no_term' END AS timeliness,
                   COALESCE(answer.reworks, 0) AS reworks,
                   COALESCE(answer.reworks, 0) > 0 AS was_reworked,
                   t.repeat_of_id IS NOT NULL AS is_repeat,
                   COALESCE(clock.broken, 0) AS broken_promises,
                   COALESCE(flaw.count, 0) AS flaws
            """
        )

    def _from(self):
        now = fields.Datetime.now()
        return SQL(
            """
            FROM helpdesk_ticket t
            LEFT JOIN LATERAL (
                SELECT min(e.at) FILTER (WHERE e.type = 'published') AS at,
                       count(*) FILTER (WHERE e.type = 'rework_requested') AS reworks
                  FROM helpdesk_social_event e
                 WHERE e.ticket_id = t.id
                   AND e.type IN ('published', 'rework_requested')
            ) answer ON TRUE
            LEFT JOIN LATERAL (
                SELECT count(*) FILTER (WHERE d.stage IN %(stages)s) AS total,
                       count(*) FILTER (WHERE d.stage IN %(stages)s AND %(late)s)
                           AS late,
                       count(*) FILTER (WHERE d.stage = 'promise' AND %(late)s)
                           AS broken
                  FROM helpdesk_social_deadline d
                 WHERE d.ticket_id = t.id AND d.state != 'cancelled'
            ) clock ON TRUE
            LEFT JOIN LATERAL (
                SELECT count(*) AS count
                  FROM helpdesk_social_flaw f
                 WHERE f.ticket_id = t.id
            ) flaw ON TRUE
            """,
            stages=ANSWER_STAGES,
            late=late_clock(SQL.identifier("d"), now),
        )

    def _where(self):
        return SQL("WHERE t.is_social")


def late_clock(alias, now):
    """Condition on a row of clocks: missed, or running past its term at ``now``."""
    return SQL(
        "(%(d)s.state = 'breached'"
        " OR (%(d)s.state = 'running' AND %(d)s.due < %(now)s))",
        d=alias,
        now=now,
    )
