from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .helpdesk_social_assignment import ACTIVITY, DRAFTING_STATES
from .res_users_sign import SIGNING_ROLES

#: The activity that tells a signatory of a draft to sign.
ACTIVITY_SIGN = "helpdesk_mgmt_social.activity_signature"


class HelpdeskSocialAssignment(models.Model):
    """Sign-off inside the unit, where the act has it before the curator's review.

    The curator gets nothing, and the draft's clock runs on, until a signatory has
    signed: only then it is a submitted draft.
    """

    _inherit = "helpdesk.social.assignment"

    asks_signature = fields.Boolean(compute="_compute_asks_signature")
    to_sign = fields.Boolean(
        "Awaits my signature", compute="_compute_to_sign", search="_search_to_sign"
    )
    sign_remarks = fields.Text(
        "Remarks of the signatory", compute="_compute_sign_remarks"
    )
    signatory_names = fields.Char("Who signs", compute="_compute_signatory_names")

    def _compute_asks_signature(self):
        for assignment in self:
            regulation = assignment.ticket_id.regulation_id
            assignment.asks_signature = regulation._signature_step() is not None

    @api.depends_context("uid")
    @api.depends("state", "unit_id")
    def _compute_to_sign(self):
        waiting = self._signed_by(self.env.user, self.env.user._social_to_sign_domain())
        for assignment in self:
            assignment.to_sign = assignment in waiting

    def _search_to_sign(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: appointments and absences count, whoever may read them.
        mine = self.sudo()._search(self.env.user._social_to_sign_domain())
        mine = fields.Domain("id", "in", mine)
        return fields.Domain.OR(mine if wanted else ~mine for wanted in set(value))

    def _signed_by(self, user, domain=None):
        """Those of these assignments whose drafts ``user`` may sign."""
        domain = domain or user._social_signatory_domain()
        # sudo: as above.
        found = self.sudo().search([("id", "in", self.ids), *domain])
        return found.sudo(self.env.su)

    @api.depends("state", "reply_id.version_ids.remarks")
    def _compute_sign_remarks(self):
        for assignment in self:
            version = assignment.reply_id._last_version()
            shown = version.decision == "returned"
            shown = shown and assignment.state in DRAFTING_STATES
            assignment.sign_remarks = version.remarks if shown else False

    @api.depends("state", "unit_id")
    def _compute_signatory_names(self):
        for assignment in self:
            waiting = assignment.state == "sign_off"
            people = assignment._signatories() if waiting else self.env["res.users"]
            assignment.signatory_names = ", ".join(people.mapped("name"))

    def _signatories(self):
        """Who is asked to sign for the unit today: its leader and those appointed for
        it; where there are none, those appointed for the whole administration."""
        own, common = self._entitled()
        return own or common

    def _entitled(self):
        """Who may sign today: for the unit, and for the whole administration."""
        self.ensure_one()
        ticket = self.ticket_id
        # The day is the organisation's.
        zone = ZoneInfo(ticket._social_tz())
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        day = now.astimezone(zone).date()
        Appointment = self.env["helpdesk.social.appointment"]
        appointed = Appointment.union(
            *(
                Appointment._appointed(ticket.company_id, role, day)
                for role in SIGNING_ROLES
            )
        )
        own = appointed.filtered(lambda a: a.unit_id == self.unit_id).user_id
        own = own.sudo(False) | self.unit_id.user_id
        common = appointed.filtered(lambda a: not a.unit_id).user_id.sudo(False)
        return own.filtered("active"), common.filtered("active")

    # -- handing in --------------------------------------------------------------

    def _hand_in(self, now):
        """Where the act asks for a signature, the draft goes to a signatory first;
        one who signs for the unit signs by submitting."""
        if not self.asks_signature:
            return super()._hand_in(now)
        if not self._signatories():
            raise UserError(
                self.env._(
                    "The regulation asks for a signature, and nobody signs for «%s»: "
                    "an administrator names the leader of the unit or enters the "
                    "appointment of a signatory.",
                    self.unit_id.name,
                )
            )
        # sudo: drafts, versions and states are written by the procedure alone.
        assignment = self.sudo()
        if assignment.state == "assigned":
            assignment._step("accepted", state="accepted", at=now)
        reply = assignment.reply_id
        reply.write({"state": "sign_off", "drafted_by_id": self.env.uid})
        reply._save_version(now)
        assignment.state = "sign_off"
        assignment.ticket_id._take_turn()
        if self._signed_by(self.env.user):
            self._sign(now)
        else:
            assignment.ticket_id._refresh_social()
            assignment._notify_signatories()

    def _people_to_sign(self):
        """The signatories, and in place of the absent whoever stands in for them."""
        self.ensure_one()
        people = self._signatories()
        absences = people._social_absences()
        told = self.env["res.users"]
        for user in people:
            away = absences.get(user)
            told |= (away and away.stand_ins[:1]) or user
        return told

    def _notify_signatories(self):
        for user in self._people_to_sign():
            self._plan(ACTIVITY_SIGN, user)

    @api.model
    def _follow_signatories(self):
        """Ask whoever signs now for the signatures that are awaited."""
        kind = self.env.ref(ACTIVITY_SIGN)
        for assignment in self.search([("state", "=", "sign_off")]):
            planned = assignment.activity_ids.filtered(
                lambda activity: activity.activity_type_id == kind
            )
            if planned and planned.user_id != assignment._people_to_sign():
                planned.unlink()
                assignment._notify_signatories()

    # -- the signatory's steps ---------------------------------------------------

    def _check_signatory(self):
        """Refuse whoever does not sign for the units of these assignments."""
        self.ticket_id.check_access("read")
        foreign = self - self._signed_by(self.env.user)
        if foreign:
            raise AccessError(
                self.env._(
                    "Only a signatory of the unit may do that: %s.",
                    ", ".join(foreign.mapped("display_name")),
                )
            )

    def action_sign(self):
        """Sign the draft: with that it is submitted to the curator."""
        self._check_signatory()
        self._require(["sign_off"], self.env._("Signing"))
        now = fields.Datetime.now()
        for assignment in self:
            assignment._sign(now)
        return self._leave_blind()

    def _leave_blind(self):
        """Where the reader has lost sight of these, back to what awaits a signature."""
        if self.has_access("read"):
            return True
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_assignment_to_sign"
        )
        return {**action, "target": "main"}

    def _sign(self, now):
        self.ensure_one()
        # sudo: as in _hand_in; who signs was checked.
        assignment = self.sudo()
        behalf = assignment._signs_for(self.env.user)
        reply = assignment.reply_id
        reply.state = "submitted"
        reply._last_version().write({"signed_by_id": self.env.uid, "signed_at": now})
        assignment._step("signed_off", at=now, on_behalf_id=behalf.id)
        assignment._step(
            "draft_submitted", state="submitted", at=now, on_behalf_id=behalf.id
        )
        assignment.activity_unlink([ACTIVITY_SIGN])
        # A signatory outside the unit has nothing more to see.
        assignment.ticket_id._forget_blind()

    def _signs_for(self, user):
        """Whose signature ``user`` gives standing in; empty for an own one."""
        self.ensure_one()
        own, common = self._entitled()
        people = own | common
        if user in people:
            return user.browse()
        return ((user._social_principals() - user) & people)[:1]

    def action_sign_return(self):
        """Ask for the remarks with which the draft goes back."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_sign_return"
        )
        action["context"] = {"default_assignment_id": self.id}
        return action

    def sign_return(self, remarks):
        """Give the draft back to its author, unsigned, with remarks.

        The curator has not had it, so that is no rework in the sense of the act: no
        clock moves.
        """
        self._check_signatory()
        self._require(["sign_off"], self.env._("Returning without signature"))
        if not (remarks or "").strip():
            raise UserError(self.env._("Write what has to be changed."))
        now = fields.Datetime.now()
        decision = {"decision": "returned", "decided_by_id": self.env.uid}
        decision |= {"decided_at": now, "remarks": remarks}
        # sudo: as in _hand_in.
        for assignment in self.sudo():
            reply = assignment.reply_id
            sent_back = "rework" in reply.version_ids.mapped("decision")
            reply._last_version().write(decision)
            reply.state = "rework" if sent_back else "draft"
            assignment.state = "rework" if sent_back else "accepted"
            assignment.ticket_id._take_turn()
            assignment.ticket_id._refresh_social()
            assignment.message_post(
                body=self.env._("Returned without signature: %s", remarks),
                author_id=self.env.user.partner_id.id,
            )
            assignment.activity_unlink([ACTIVITY_SIGN])
            assignment._plan(ACTIVITY, reply.drafted_by_id)
            assignment.ticket_id._forget_blind()
        return self._leave_blind()
