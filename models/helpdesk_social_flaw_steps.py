from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: The activity that asks for an explanation, or for a decision on it.
ACTIVITY = "helpdesk_mgmt_social.activity_flaw"


#: What the steps on a flaw write.
STEPS = ("explanation", "explained_by_id", "explained_at")
STEPS += ("decision", "closed_by_id", "closed_at")


class HelpdeskSocialFlaw(models.Model):
    """What becomes of a flaw: explained by whom it concerns, closed by the deputy
    head of the administration, who alone says what follows from it."""

    _inherit = "helpdesk.social.flaw"

    state = fields.Selection(
        [
            ("open", "Awaiting an explanation"),
            ("explained", "Explained"),
            ("closed", "Closed"),
        ],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    responsible_id = fields.Many2one(
        "res.users",
        "Who explains",
        readonly=True,
        index="btree_not_null",
        help="The executor, or the unit's leader, or the curator of the message.",
    )
    ticket_number = fields.Char("Number", readonly=True)
    explanation = fields.Text(readonly=True)
    explained_by_id = fields.Many2one("res.users", "Explained by", readonly=True)
    explained_at = fields.Datetime("Explained on", readonly=True)
    decision = fields.Text("What was done", readonly=True)
    closed_by_id = fields.Many2one("res.users", "Closed by", readonly=True)
    closed_at = fields.Datetime("Closed on", readonly=True)
    may_explain = fields.Boolean(compute="_compute_may")
    may_close = fields.Boolean(compute="_compute_may")

    @api.depends_context("uid")
    @api.depends("state", "responsible_id")
    def _compute_may(self):
        for flaw in self:
            awaited = flaw.state != "closed"
            flaw.may_explain = awaited and self.env.user == flaw.responsible_id
            flaw.may_close = awaited and self.env.user in flaw._closers()

    @api.model_create_multi
    def create(self, vals_list):
        derived = self._derived(vals_list)
        vals_list = [
            {**vals, **own} for vals, own in zip(vals_list, derived, strict=True)
        ]
        # A clock may record many at once: no «created» and no followers each.
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        flaws = super(HelpdeskSocialFlaw, quiet).create(vals_list)
        flaws = flaws.with_env(self.env)
        # sudo: what the act asks does not depend on who recorded the flaw.
        asked = flaws.sudo().filtered("ticket_id.regulation_id.records_flaws")
        for flaw in asked:
            flaw._ask(flaw.responsible_id, self.env._("Explain the flaw"))
        return flaws

    @api.model
    def _derived(self, vals_list):
        """What follows from the messages that the values name, and the steps not
        taken: whoever records a flaw says none of it."""

        def named(model, field):
            ids = [vals.get(field) for vals in vals_list]
            # sudo: as above.  Read all at once: a clock may record many.
            records = self.env[model].sudo()
            known = records.browse(filter(None, ids))
            return [records.browse(i or []).with_prefetch(known.ids) for i in ids]

        tickets = named("helpdesk.ticket", "ticket_id")
        shares = named("helpdesk.social.assignment", "assignment_id")
        rows = []
        for vals, ticket, share in zip(vals_list, tickets, shares, strict=True):
            # The executor named, the unit's leader, the curator.
            person = share.user_id or share.unit_id.user_id or ticket.user_id
            clause = vals.get("clause") or ticket.regulation_id.flaws_clause
            rows.append(
                {
                    "responsible_id": person.id,
                    "ticket_number": ticket.number,
                    "clause": clause,
                    "state": "open",
                    **dict.fromkeys(STEPS, False),
                }
            )
        return rows

    def _closers(self):
        """The deputy heads in charge (of the unit, else of all), else the heads."""
        self.ensure_one()
        appointments = self.env["helpdesk.social.appointment"]
        # sudo: who may decide, not who may read the message.
        ticket, unit = self.sudo().ticket_id, self.sudo().assignment_id.unit_id
        zone = ZoneInfo(ticket._social_tz())
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        day = now.astimezone(zone).date()
        found = appointments._appointed(self.company_id, "deputy_head", day)
        own = found.filtered(lambda a: a.unit_id and a.unit_id == unit).user_id
        common = found.filtered(lambda a: not a.unit_id).user_id
        return own or common or appointments._heads(self.company_id)

    def _ask(self, users, summary):
        """Plan something for ``users`` on this flaw; the note names the message by
        its number alone, since who explains need not see it any more."""
        self.ensure_one()
        for user in users.filtered(lambda user: user.active):
            env = self.with_context(lang=user.lang).env
            labels = dict(self._fields["kind"]._description_selection(env))
            self.with_env(env).activity_schedule(
                ACTIVITY,
                user_id=user.id,
                summary=f"{summary}: {labels[self.kind]}, {self.ticket_number}",
            )

    def explain(self, text):
        """The explanation of whom the flaw concerns; goes to who decides."""
        for flaw in self:
            if self.env.user != flaw.responsible_id:
                raise AccessError(
                    self.env._("Only whom the flaw concerns explains it.")
                )
            flaw._require_not_closed()
            if not (text or "").strip():
                raise UserError(self.env._("Write how it came to this."))
            # sudo: a flaw is written by its steps alone.
            flaw.sudo().write(
                {
                    "explanation": text.strip(),
                    "explained_by_id": self.env.uid,
                    "explained_at": fields.Datetime.now(),
                    "state": "explained",
                }
            )
            flaw.sudo().activity_unlink([ACTIVITY])
            flaw.sudo()._ask(flaw._closers(), self.env._("Decide on the flaw"))
        return True

    def close(self, decision):
        """Close a flaw with what was done about it; explained or not."""
        for flaw in self:
            if self.env.user not in flaw._closers():
                raise AccessError(
                    self.env._("Flaws are closed by the deputy head in charge.")
                )
            flaw.check_access("read")
            flaw._require_not_closed()
            if not (decision or "").strip():
                raise UserError(self.env._("Write what was done about the flaw."))
            # sudo: as above.
            flaw.sudo().write(
                {
                    "decision": decision.strip(),
                    "closed_by_id": self.env.uid,
                    "closed_at": fields.Datetime.now(),
                    "state": "closed",
                }
            )
            flaw.sudo().activity_unlink([ACTIVITY])
        return True

    def _require_not_closed(self):
        if self.state == "closed":
            raise UserError(self.env._("This flaw is closed already."))

    def action_explain(self):
        """Ask for the explanation in a small wizard."""
        return self._ask_words("explain")

    def action_close(self):
        """Ask what was done in a small wizard."""
        return self._ask_words("close")

    def _ask_words(self, step):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_flaw_words"
        )
        action["context"] = {"default_flaw_id": self.id, "default_step": step}
        return action
