from odoo import fields, models
from odoo.exceptions import UserError

from .helpdesk_social_assignment import ACTIVITY, DRAFTING_STATES

#: Steps on the lead's share that are steps on the mirrored ones, too.
MIRRORED = ("accepted", "declined", "draft_submitted", "signed_off", "approved")
MIRRORED += ("rework_requested", "substituted")
#: Steps that change or judge the draft.
ON_DRAFT = ("draft_submitted", "signed_off", "approved", "rework_requested")
#: What an executor writes in a draft.
WRITTEN = ("body", "kind", "promised_date", "interim_reason")
#: What of the lead's draft and of its version in review the mirrored ones share.
DRAFT = (*WRITTEN, "state", "drafted_by_id", "approved_by_id")
DECISION = ("decision", "decided_by_id", "decided_at", "remarks")
#: Drafts of these states are out of the executor's hands for good.
ENDED = ("queued", "published", "withdrawn")


class HelpdeskSocialAssignment(models.Model):
    """Shares of messages that are answered together with another one.

    A mirrored share is held by nobody: it follows the lead's, step by step at the same
    instants, until its message is detached.
    """

    _inherit = "helpdesk.social.assignment"

    mirror_of_id = fields.Many2one(
        "helpdesk.social.assignment",
        "Follows",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The share of the message that this one is answered together with.",
    )
    mirror_ids = fields.One2many(
        "helpdesk.social.assignment", "mirror_of_id", "Followed by", readonly=True
    )
    follower_count = fields.Integer(
        related="ticket_id.follower_count", related_sudo=False
    )

    group_due = fields.Datetime(
        "Nearest deadline among the others", compute="_compute_group_due"
    )

    def _compute_group_due(self):
        """The nearest deadline of the messages answered together with this one, where
        it comes before its own: their clocks run by their own facts."""
        for share in self:
            # sudo: the executor does not see the other messages.
            mirrors = share._origin.sudo().mirror_ids.filtered("is_live")
            dues = [due for due in mirrors.mapped("next_due") if due]
            nearest = min(dues, default=False)
            own = share.next_due
            sooner = nearest and (not own or nearest < own)
            share.group_due = nearest if sooner else False

    def _require(self, states, step):
        """No step is taken on a mirrored share: it follows."""
        mirrored = self.sudo().filtered("mirror_of_id")
        if mirrored:
            raise UserError(mirrored.ticket_id._follows_words())
        return super()._require(states, step)

    def _step(self, event_type, state=None, at=None, note=None, **kwargs):
        """As ever; the shares that follow take the same step at the same instant."""
        at = at or fields.Datetime.now()
        res = super()._step(event_type, state=state, at=at, note=note, **kwargs)
        if event_type in MIRRORED:
            # sudo: whoever takes the step does not see the other messages.
            for share in self.sudo():
                for mirror in share.mirror_ids.filtered("is_live"):
                    mirror._follow(event_type, at, share.state)
        return res

    def _mirror_on(self, ticket, at, mirror=None):
        """Mirror this share on ``ticket`` from the instant ``at`` (UTC) on.

        ``mirror`` is a share of the same unit that ``ticket`` has already.
        """
        self.ensure_one()
        words = self._mirror_words()
        if mirror:
            mirror.mirror_of_id = self
            mirror.activity_unlink([ACTIVITY])
        else:
            mirror = self.create(
                {
                    "ticket_id": ticket.id,
                    "unit_id": self.unit_id.id,
                    "user_id": self.user_id.id,
                    "substitute_id": self.substitute_id.id,
                    "assigned_at": at,
                    "mirror_of_id": self.id,
                }
            )
            mirror._new_draft()
            ticket.invalidate_recordset(["assignment_ids"])
            ticket._record_event("assigned", at=at, assignment=mirror, note=words)
        steps, state = self._steps_so_far()
        if mirror.state != "assigned":
            steps = [step for step in steps if step != "accepted"]
        for step in steps:
            mirror._follow(step, at, state)
        return mirror

    def _steps_so_far(self):
        """The steps that bring another share to where this one stands, and the state
        they lead to."""
        self.ensure_one()
        if self.state == "assigned":
            return [], "assigned"
        if self.state == "accepted":
            return ["accepted"], "accepted"
        events = self.ticket_id.event_ids.filtered(
            lambda e: e.assignment_id == self and e.type in MIRRORED
        )
        steps = []
        for event in events.sorted(lambda e: (e.at, e.id)):
            if event.type == "draft_submitted":
                # Only the round of drafts that stands counts.
                signed = [step for step in steps[-1:] if step == "signed_off"]
                steps = [step for step in steps if step == "accepted"] + signed
            if event.type != "substituted":
                steps.append(event.type)
        state = {"done": "approved"}.get(self.state, self.state)
        if state == "sign_off":
            # What is not signed has left nobody's hands: the draft comes with it.
            state = "rework" if steps[-1:] == ["rework_requested"] else "accepted"
        return steps, state

    def _follow(self, event_type, at, state):
        """Take the step that the lead's share has taken, at the same instant."""
        self.ensure_one()
        share = self.mirror_of_id
        self.user_id = share.user_id
        self.substitute_id = share.substitute_id
        if event_type in ON_DRAFT:
            self._copy_draft(event_type, at)
        if event_type == "declined":
            self.decline_reason = share.decline_reason
            self.reply_id.state = "withdrawn"
        moved = None if event_type in ("substituted", "signed_off") else state
        self._step(event_type, state=moved, at=at, note=self._mirror_words())

    def _copy_draft(self, event_type, at):
        """Bring the draft in line with the lead's, whose text goes to each."""
        source = self.mirror_of_id.reply_id
        if not self.reply_id or self.reply_id.state in ENDED:
            # The former one is on its way to this citizen, or has arrived.
            self._new_draft()
        vals = {name: _plain(source[name]) for name in DRAFT}
        if source.state in ENDED:
            vals["state"] = "approved"
        vals["attachment_ids"] = [(6, 0, source.attachment_ids.ids)]
        self.reply_id.write(vals)
        version = source._last_version()
        if event_type == "draft_submitted":
            self.reply_id._save_version(at).submitted_by_id = version.submitted_by_id
        own = self.reply_id._last_version()
        if own and event_type in ("approved", "rework_requested"):
            decision = {name: _plain(version[name]) for name in DECISION}
            own.write({**decision, "reason_ids": [(6, 0, version.reason_ids.ids)]})

    def _mirror_words(self):
        """The note of a mirrored step."""
        lead = self.mirror_of_id.ticket_id or self.ticket_id
        return self.env._("Together with %s", lead.number)

    def _end_for_group(self, at, words):
        """End an own share: the message is answered together with another one."""
        self.ensure_one()
        self.decline_reason = words
        self.reply_id.state = "withdrawn"
        self.activity_unlink([ACTIVITY])
        self._step("declined", state="declined", at=at, note=words)

    def _become_own(self):
        """Go on as shares of their own, in the hands of their executors."""
        mirrors = self.filtered("mirror_of_id")
        sources = {share: share.mirror_of_id.reply_id for share in mirrors}
        mirrors.mirror_of_id = False
        for share in mirrors.filtered("is_live"):
            if not share.reply_id:
                share._new_draft()
            if share.state in DRAFTING_STATES:
                share._take_over(sources[share])
                share._notify_executor()

    def _take_over(self, source):
        """Go on with the draft as it was written so far."""
        self.ensure_one()
        if source.body and source.state != "published":
            vals = {name: _plain(source[name]) for name in WRITTEN}
            vals["attachment_ids"] = [(6, 0, source.attachment_ids.ids)]
            self.reply_id.write(vals)


def _plain(value):
    return value.id if isinstance(value, models.BaseModel) else value
