from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_social_change import OPEN


class HelpdeskTicket(models.Model):
    """What can be done with a reply once it is published.

    The publication stays in the history with its instant, so no clock changes: what
    was answered in time was answered in time.  A message whose final reply was taken
    off is not worked on again, since nothing starts after the end of its course; its
    words are taken in as a new message, with terms of its own.
    """

    _inherit = "helpdesk.ticket"

    change_ids = fields.One2many(
        "helpdesk.social.change",
        "ticket_id",
        "Changes after publication",
        readonly=True,
    )
    can_change_reply = fields.Boolean(compute="_compute_can_change_reply")
    answer_lost = fields.Boolean(compute="_compute_answer_lost")
    outbox_held = fields.Boolean(compute="_compute_outbox_held")

    @api.depends("social_state", "reply_ids.state", "change_ids.state")
    def _compute_can_change_reply(self):
        for ticket in self:
            ticket.can_change_reply = bool(ticket._changeable_replies())

    @api.depends(
        "social_state",
        "reply_ids.state",
        "social_message_ids.standing",
        "social_message_ids.taken_off_at",
    )
    def _compute_answer_lost(self):
        """Whether the final reply stands nowhere any more."""
        for ticket in self:
            final = ticket._published_replies().filtered(lambda r: r.kind == "final")
            rows = final.outbox_ids.filtered(lambda row: row.outbox_state == "sent")
            gone = rows and set(rows.mapped("standing")) == {"gone"}
            ended = ticket.social_state in ("published", "closed")
            withdrawn = final and all(reply.state == "withdrawn" for reply in final)
            ticket.answer_lost = bool(ended and (withdrawn or gone))

    @api.depends("outbox_pending")
    def _compute_outbox_held(self):
        # sudo: whoever works on a reply is told why it waits.
        hold = self.env["helpdesk.social.hold"].sudo()
        held = bool(hold.search_count([("released_at", "=", False)], limit=1))
        for ticket in self:
            ticket.outbox_held = held and ticket.outbox_pending

    def _published_replies(self):
        """The replies that were published for this message, whatever became of them."""
        self.ensure_one()
        # sudo: the history is whole, whoever asks.
        events = self.sudo().event_ids.filtered(
            lambda event: event.type in ("published", "interim_published")
        )
        return events.sorted(lambda e: (e.at, e.id)).reply_id

    def _changeable_replies(self):
        """Published replies that stand and that no change is under way for."""
        self.ensure_one()
        return self._published_replies().filtered(
            lambda reply: (
                reply.state == "published"
                and not any(change.state in OPEN for change in reply.change_ids)
            )
        )

    # -- the curator's steps -------------------------------------------------------

    def action_correct_reply(self):
        """Ask for the right text and the reason."""
        return self._change_wizard("edit")

    def action_withdraw_reply(self):
        """Ask why the published reply is taken off."""
        return self._change_wizard("withdraw")

    def _change_wizard(self, kind):
        self.ensure_one()
        self._check_curator()
        self._reply_to_change()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_correct"
        )
        if kind == "withdraw":
            action["name"] = self.env._("Take the reply off")
        action["context"] = {
            "default_ticket_id": self.id,
            "default_kind": kind,
            "dialog_size": "extra-large",
        }
        return action

    def _reply_to_change(self, reply=None):
        """``reply``, by default the last one, if it can be changed now (UserError)."""
        self.ensure_one()
        replies = self._changeable_replies()
        chosen = replies.browse(reply.id) if reply else replies[-1:]
        if not chosen or chosen not in replies:
            raise UserError(
                self.env._(
                    "No published reply of message %s can be changed now: none stands, "
                    "or a change of it is under way.",
                    self.number,
                )
            )
        return chosen

    def correct_reply(
        self, text, reason, reply=None, followers=False, agreed_with=None
    ):
        """Put ``text`` in place of a published reply, checked as at publication.

        :param reply: which one; the last by default
        :param followers: also where the same words were published to the others who
            are answered together
        :param agreed_with: who agreed the new text; needed where the act has people
            agree replies after the curator
        Returns the changes, one for each reply.
        """
        self.ensure_one()
        self._check_curator()
        reply = self._reply_to_change(reply)
        text, agreed_with = (text or "").strip(), (agreed_with or "").strip()
        if not text:
            raise UserError(self.env._("Write the right text of the reply."))
        if text == (reply.body or "").strip() and "changed" not in (
            reply.outbox_ids.mapped("standing")
        ):
            raise UserError(self.env._("This is the text as it was published."))
        if self._chain() and not agreed_with:
            raise UserError(
                self.env._(
                    "The act has replies agreed: name who agreed the new text, and how."
                )
            )
        self._refuse_blocking(text, reply.kind, reply)
        reply._check_places(text)
        return self._change_reply(
            "edit", reply, reason, followers, text=text, agreed_with=agreed_with
        )

    def withdraw_reply(self, reason, reply=None, followers=False):
        """Take a published reply off the network; see :meth:`correct_reply`."""
        self.ensure_one()
        self._check_curator()
        reply = self._reply_to_change(reply)
        return self._change_reply("withdraw", reply, reason, followers)

    def _change_reply(self, kind, reply, reason, followers, **vals):
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the published reply is changed."))
        self._take_turn()
        replies = reply
        if followers:
            replies |= self._same_replies(reply)
        # sudo: changes are written by the procedure alone, and what is said to the
        # others who are answered together was published for them by this step, too.
        changes = (
            self.env["helpdesk.social.change"]
            .sudo()
            .create(
                [
                    {
                        "ticket_id": one.ticket_id.id,
                        "reply_id": one.id,
                        "kind": kind,
                        "text_before": one.body,
                        "reason": reason,
                        "requested_by_id": self.env.uid,
                        "requested_at": fields.Datetime.now(),
                        **vals,
                    }
                    for one in replies
                ]
            )
        )
        changes._start()
        return changes.sudo(self.env.su)

    def _same_replies(self, reply):
        """The published replies of the followers that say the same as ``reply``."""
        self.ensure_one()
        # sudo: whoever takes the step need not see the other messages.
        found = reply.sudo().browse()
        for follower in self.sudo().follower_ids:
            found |= follower._changeable_replies().filtered(
                lambda one: one.kind == reply.kind and one.body == reply.body
            )
        return found

    def _after_change_of_reply(self, change, at):
        """Follow a change that stands on the network: the history and the link.

        ``at`` is UTC.  Who asked for it is the one who took the step.
        """
        self.ensure_one()
        ticket = self.with_user(change.requested_by_id).sudo()
        notes = [change.reason]
        if change.agreed_with:
            notes.append(self.env._("agreed with %s", change.agreed_with))
        ticket._record_event(
            "reply_corrected" if change.kind == "edit" else "reply_withdrawn",
            at=at,
            reply=change.reply_id,
            link=change.reply_id.published_link or False,
            note=". ".join(notes),
        )
        standing = ticket._published_replies().filtered(
            lambda reply: reply.state == "published"
        )
        ticket.published_link = standing[-1:].published_link or False

    # -- answering anew --------------------------------------------------------------

    def _may_be_taken_back(self):
        return super()._may_be_taken_back() or self.answer_lost

    def _last_item(self, account):
        """As ever; words taken in anew are answered where they were written."""
        item = super()._last_item(account)
        if item:
            return item
        # sudo: the same words; whoever answers them sees them here.
        first = self.sudo().search([("taken_back_id", "=", self.id)], limit=1)
        return first._last_item(account).with_env(self.env) if first else item
