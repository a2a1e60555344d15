from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..language.similarity import REPEAT, SIMILAR, Profile, likeness
from .helpdesk_ticket import OPEN_STATES

#: How far back a repeat is looked for.
DAYS = 90
#: Earlier messages compared at most: of the same author, of the same topic and place.
CANDIDATES = 20
#: Proposals kept for one message.
PROPOSALS = 5
#: What a change of a ticket may say of its repeats.
FILING = {"repeat_of_id", "category_id", "territory_id"}
#: States in which an earlier message is no candidate: its text is out of sight.
HIDDEN = ("excluded",)


class HelpdeskTicket(models.Model):
    """Repeats: earlier messages on the same, proposed with score and reason."""

    _inherit = "helpdesk.ticket"

    repeat_ids = fields.One2many(
        "helpdesk.social.repeat", "ticket_id", "Earlier messages", readonly=True
    )
    proposed_repeat_ids = fields.Many2many(
        "helpdesk.social.repeat",
        string="Proposed repeats",
        compute="_compute_proposed_repeat_ids",
    )
    repeated_by_ids = fields.One2many(
        "helpdesk.ticket", "repeat_of_id", "Repeated by", readonly=True
    )

    # What topic and place are, or are likely to be, in the order of the query.
    _social_similar_idx = models.Index(
        "(company_id, COALESCE(category_id, suggested_category_id, 0), "
        "COALESCE(territory_id, suggested_territory_id, 0), received_at) "
        "WHERE is_social"
    )

    @api.depends("repeat_ids.state", "repeat_of_id", "lead_id", "social_state")
    @api.depends_context("uid")
    def _compute_proposed_repeat_ids(self):
        """Proposals that wait for the curator and that this reader may see."""
        waiting = self.filtered(
            lambda t: (
                t.social_state in OPEN_STATES and not t.repeat_of_id and not t.lead_id
            )
        )
        domain = [("ticket_id", "in", waiting.ids), ("state", "=", "proposed")]
        found = self.env["helpdesk.social.repeat"].search(domain)
        by_ticket = found.grouped("ticket_id")
        for ticket in self:
            ticket.proposed_repeat_ids = by_ticket.get(ticket._origin, found.browse())

    # -- finding -----------------------------------------------------------------

    def _find_repeats(self):
        """Propose earlier messages that these may repeat; keeps what was decided.

        One query finds the candidates of all tickets: the same author's, and those
        of the same topic and place, known or suggested, within ``DAYS``.
        """
        # sudo: proposals are made of messages that whoever files need not see; each
        # reader sees those of readable messages alone.
        tickets = self.sudo().filtered("is_social")
        pairs = tickets._repeat_candidates()
        for ticket in tickets:
            thread = ticket.possible_repeat_id
            if thread and ticket._wrote_on(thread):
                pairs.setdefault(ticket.id, []).insert(0, (thread.id, True))
        Ticket = tickets.browse(
            {i for found in pairs.values() for i, _own in found} | set(pairs)
        )
        Ticket.fetch(["original_text", "author_id"])
        profiles = {t.id: Profile.of(t.original_text or "") for t in Ticket}
        known = tickets.repeat_ids.grouped("ticket_id")
        fresh = []
        for ticket in tickets:
            rows = {row.earlier_id.id: row for row in known.get(ticket, ())}
            found = ticket._scored(pairs.get(ticket.id, ()), profiles)
            for earlier, vals in found.items():
                if earlier not in rows:
                    fresh.append(
                        {"ticket_id": ticket.id, "earlier_id": earlier, **vals}
                    )
            # What topic and place have made a proposal no longer, unless decided.
            rows = [r for i, r in rows.items() if i not in found]
            gone = [r for r in rows if r.state == "proposed"]
            self.env["helpdesk.social.repeat"].sudo().union(*gone).unlink()
        self.env["helpdesk.social.repeat"].sudo().create(fresh)
        tickets.invalidate_recordset(["repeat_ids", "proposed_repeat_ids"])
        tickets._point_to_repeat()

    def _wrote_on(self, earlier):
        """Whether ``earlier`` is of the same author in the same thread."""
        rows = self.repeat_ids.filtered(lambda r: r.earlier_id == earlier)
        return not rows or rows.reason == "thread"

    def _repeat_candidates(self):
        """Pairs (earlier ticket, same author) for each of these tickets, by id."""
        if not self:
            return {}
        self.env["helpdesk.ticket"].flush_model()
        pairs = {}
        self.env.cr.execute(self._candidates_query())
        for ticket, earlier, own in self.env.cr.fetchall():
            pairs.setdefault(ticket, []).append((earlier, own))
        return pairs

    def _candidates_query(self):
        topic = "COALESCE(%s.category_id, %s.suggested_category_id, 0)"
        place = "COALESCE(%s.territory_id, %s.suggested_territory_id, 0)"
        t_topic, c_topic = SQL(topic % ("t", "t")), SQL(topic % ("c", "c"))
        t_place, c_place = SQL(place % ("t", "t")), SQL(place % ("c", "c"))
        window = SQL(
            """c.is_social AND c.company_id = t.company_id AND c.id <> t.id
               AND (c.received_at, c.id) < (t.received_at, t.id)
               AND c.received_at >= t.received_at - %s
               AND c.social_state NOT IN %s""",
            timedelta(days=DAYS),
            HIDDEN,
        )
        newest = SQL("ORDER BY c.received_at DESC, c.id DESC LIMIT %s", CANDIDATES)
        return SQL(
            """
            SELECT t.id, found.id, found.own
              FROM helpdesk_ticket t
             CROSS JOIN LATERAL (
                (SELECT c.id, TRUE AS own FROM helpdesk_ticket c
                  WHERE c.author_id = t.author_id AND %(window)s %(newest)s)
                UNION ALL
                (SELECT c.id, FALSE AS own FROM helpdesk_ticket c
                  WHERE %(c_topic)s = %(t_topic)s AND %(c_place)s = %(t_place)s
                    AND (%(t_topic)s <> 0 OR %(t_place)s <> 0)
                    AND c.author_id IS DISTINCT FROM t.author_id
                    AND %(window)s %(newest)s)
             ) found
             WHERE t.id IN %(ids)s
            """,
            window=window,
            newest=newest,
            c_topic=c_topic,
            t_topic=t_topic,
            c_place=c_place,
            t_place=t_place,
            ids=tuple(self.ids),
        )

    def _scored(self, pairs, profiles):
        """Values of the proposals among ``pairs``, by earlier ticket, best first."""
        self.ensure_one()
        found = {}
        for earlier, own in pairs:
            if earlier in found:
                continue
            alike = likeness(profiles[self.id], profiles[earlier])
            thread = own and earlier == self.possible_repeat_id.id
            thread = thread and self._wrote_on(self.browse(earlier))
            if alike.score < SIMILAR and not thread:
                continue
            found[earlier] = {
                "score": alike.score,
                "reason": "thread" if thread else alike.reason,
                "words": ", ".join(alike.shared) or False,
                "same_author": own,
            }
        best = sorted(
            found.items(), key=lambda f: (f[1]["reason"] != "thread", -f[1]["score"])
        )
        return dict(best[:PROPOSALS])

    def _point_to_repeat(self):
        """Point each ticket to the likeliest earlier one that waits for a decision."""
        for ticket in self:
            likely = ticket.repeat_ids.filtered(
                lambda row: (
                    row.state == "proposed"
                    and (row.score >= REPEAT or row.reason == "thread")
                )
            )
            likely = likely.sorted(lambda row: (row.reason != "thread", -row.score))
            earlier = likely[:1].earlier_id
            if ticket.repeat_of_id or ticket.lead_id:
                earlier = earlier.browse()
            if ticket.possible_repeat_id != earlier:
                ticket.possible_repeat_id = earlier

    # -- confirming --------------------------------------------------------------

    def write(self, vals):
        if "repeat_of_id" in vals:
            for ticket in self.filtered("is_social"):
                ticket._check_repeat_of(self.browse(vals["repeat_of_id"] or []))
        if not FILING & set(vals):
            return super().write(vals)
        before = {ticket: ticket.repeat_of_id for ticket in self}
        res = super().write(vals)
        social = self.filtered("is_social")
        if "repeat_of_id" in vals:
            social.filtered(
                lambda t: t.repeat_of_id != before[t]
            )._after_repeat_decided(before)
        if {"category_id", "territory_id"} & set(vals):
            social.filtered(lambda t: t.social_state in OPEN_STATES)._find_repeats()
        return res

    def _check_repeat_of(self, earlier):
        """Refuse an earlier message that is none, or that the user may not read."""
        if not earlier:
            return
        earlier.check_access("read")
        if not earlier.is_social or earlier.company_id != self.company_id:
            raise UserError(
                self.env._("Only a message of the same administration is repeated.")
            )
        chain = earlier.sudo()  # sudo: links further back may be out of sight.
        while chain:
            if chain == self:
                raise UserError(self.env._("A message does not repeat itself."))
            chain = chain.repeat_of_id

    def _after_repeat_decided(self, before):
        """Keep the decision on the proposals; take over topic and place."""
        # sudo: proposals are written by the procedure alone.
        Repeat = self.env["helpdesk.social.repeat"].sudo()
        for ticket in self:
            earlier, former = ticket.repeat_of_id, before[ticket]
            rows = ticket.sudo().repeat_ids
            # Not as superuser: who decided is kept.
            own = rows.filtered(lambda r, e=former: e and r.earlier_id == e)
            own.sudo(self.env.su)._decide("rejected")
            if not earlier:
                continue
            row = rows.filtered(lambda r, e=earlier: r.earlier_id == e)
            row = row or Repeat.create(
                {
                    "ticket_id": ticket.id,
                    "earlier_id": earlier.id,
                    "reason": "hand",
                    "same_author": ticket.author_id == earlier.author_id,
                }
            )
            row.sudo(self.env.su)._decide("confirmed")
            filing = ("category_id", "territory_id")
            inherited = {
                name: earlier[name].id
                for name in filing
                if earlier[name] and not ticket[name]
            }
            if inherited:
                ticket.write(inherited)

    def _executors_before(self):
        """Units and persons that answered what this message repeats, to be proposed
        for it: a list of pairs (unit, person or none)."""
        self.ensure_one()
        earlier = self.repeat_of_id._filtered_access("read")
        lasting = earlier.assignment_ids.filtered(
            lambda a: a.state not in ("declined", "cancelled")
        )
        pairs = []
        for assignment in lasting.sorted("id"):
            unit, user = assignment.unit_id, assignment.user_id
            still = user.active and user in (unit.user_ids | unit.user_id)
            if unit.is_social_unit:
                pairs.append((unit, user if still else user.browse()))
        return pairs
