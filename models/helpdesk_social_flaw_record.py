from odoo import api, models

#: The stage of the clocks that an interim reply's promise runs by.
PROMISE = "promise"
#: Reworks of one share from which its drafts are a flaw.
REJECTED_FROM = 2
#: What a reply that says nothing fails: see the requirements for a reply.
FORMAL = "substance"


class HelpdeskSocialFlaw(models.Model):
    """Flaws that the procedure records by itself.

    A clock that ends late and the drafts of an executor speak where the act asks for
    it (``records_flaws`` of the regulation); a step of escalation does wherever an
    administration has set one up.
    """

    _inherit = "helpdesk.social.flaw"

    @api.model
    def _record_late(self, deadlines, now):
        """Record each of these late clocks at ``now`` (UTC), unless it has been."""
        known = self.search(
            [("deadline_id", "in", deadlines.ids), ("automatic", "=", True)]
        )
        return self._record(
            [
                {
                    "ticket_id": deadline.ticket_id.id,
                    "assignment_id": deadline.assignment_id.id,
                    "deadline_id": deadline.id,
                    "kind": "promise" if deadline.stage == PROMISE else "late",
                    "clause": deadline.clause,
                    "at": now,
                }
                for deadline in deadlines - known.deadline_id
            ]
        )

    @api.model
    def _record_drafts(self, assignments, reasons, now):
        """Record what sending these shares back for ``reasons`` shows, at ``now``."""
        kinds = ["formal"] if FORMAL in reasons.mapped("requirement_kind") else []
        clauses = reasons.filtered(lambda r: r.requirement_kind == FORMAL)
        known = self.search(
            [
                ("assignment_id", "in", assignments.ids),
                ("automatic", "=", True),
                ("deadline_id", "=", False),
            ]
        )
        recorded = {(flaw.assignment_id, flaw.kind) for flaw in known}
        rows = []
        for assignment in assignments:
            regulation = assignment.ticket_id.regulation_id
            if not regulation.records_flaws:
                continue
            found = list(kinds)
            if assignment._times_rejected() >= REJECTED_FROM:
                found.append("rejected")
            for kind in found:
                if (assignment, kind) in recorded:
                    continue
                own = kind == "formal" and clauses[:1].clause
                rows.append(
                    {
                        "ticket_id": assignment.ticket_id.id,
                        "assignment_id": assignment.id,
                        "kind": kind,
                        "clause": own or regulation.flaws_clause,
                        "at": now,
                    }
                )
        return self._record(rows)

    @api.model
    def _record(self, rows):
        return self.create([{**row, "automatic": True} for row in rows])


class HelpdeskSocialDeadline(models.Model):
    _inherit = "helpdesk.social.deadline"

    @api.model_create_multi
    def create(self, vals_list):
        deadlines = super().create(vals_list)
        deadlines._flaws_of_late()
        return deadlines

    def write(self, vals):
        res = super().write(vals)
        if vals.get("state") == "breached":
            self._flaws_of_late()
        return res

    def _flaws_of_late(self):
        """Record the clocks that have ended late, where the act asks for it."""
        late = self.filtered(
            lambda d: d.state == "breached" and d.ticket_id.regulation_id.records_flaws
        )
        for deadline in late:
            self.env["helpdesk.social.flaw"]._record_late(deadline, deadline.done)


class HelpdeskSocialAssignment(models.Model):
    _inherit = "helpdesk.social.assignment"

    def _send_back(self, reasons, remarks, **vals):
        """Whoever sends a draft back, the curator or who agrees the reply after."""
        res = super()._send_back(reasons, remarks, **vals)
        # sudo: that step shows the flaw; the procedure records it.
        flaws = self.env["helpdesk.social.flaw"].sudo()
        now = max(self.ticket_id.event_ids.mapped("at"))
        flaws._record_drafts(self.sudo(), reasons.sudo(), now)
        return res

    def _times_rejected(self):
        """How often this share's drafts were sent back."""
        self.ensure_one()
        return len(
            self.ticket_id.event_ids.filtered(
                lambda e: e.type == "rework_requested" and e.assignment_id == self
            )
        )
