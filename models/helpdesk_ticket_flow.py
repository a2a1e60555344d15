from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .helpdesk_social_assignment import ACTIVITY

#: Steps that neither end nor move a clock that a publication would end.
MOVES_NOTHING = ("substituted", "reply_corrected", "reply_withdrawn")


class HelpdeskTicket(models.Model):
    """The curator's steps.  Each is refused with a reason where it is not possible."""

    _inherit = "helpdesk.ticket"

    # -- triage ------------------------------------------------------------------

    def action_register(self):
        """Take into work: «Взять в работу»."""
        self._check_curator()
        self._require_state(["to_triage"], self.env._("Taking into work"))
        for ticket in self:
            # sudo: the version in force is fixed by this very step.
            ticket.sudo()._fix_regulation()
            if not ticket.user_id:
                # Nobody, where a rule of the administration takes the step.
                ticket.user_id = self._acting_user()
        self._record_event("registered")
        return True

    def _fix_regulation(self):
        """Give the ticket the version of the regulation now in force."""
        self.ensure_one()
        regulation = self._regulation_to_be()
        if regulation != self.regulation_id:
            self.regulation_id = regulation

    def _regulation_to_be(self):
        """The version of the regulation that the ticket is worked on under.

        Until it is taken into work that is the one now in force.  A ticket with
        clocks ended, or terms changed, under its version keeps it: its history is
        judged by what it was made under.
        """
        self.ensure_one()
        own = self.regulation_id
        ended = any(row.state != "running" for row in self.deadline_ids)
        changed = "term_changed" in self.event_ids.mapped("type")
        if self.social_state != "to_triage" or ended or changed:
            return own
        return self._applicable_regulation(fields.Datetime.now()) or own

    def action_no_reaction(self):
        """Ask why no reaction is needed, for one or many messages."""
        return self._resolve_wizard("no_reaction")

    def action_exclude(self):
        """Ask why the messages are not subject to a reply."""
        return self._resolve_wizard("excluded")

    def _resolve_wizard(self, resolution):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_resolve"
        )
        action["context"] = {
            "default_ticket_ids": self.ids,
            "default_resolution": resolution,
        }
        return action

    def no_reaction(self, reason, note=None):
        """Decide that no reaction is needed, with a ``reason`` record."""
        self._check_curator()
        step = self.env._("«Needs no reaction»")
        self._require_state(["to_triage", "registered"], step)
        if not reason:
            raise UserError(self.env._("Choose why no reaction is needed."))
        # sudo: the outcome is written by the procedure alone.
        self.sudo().write(
            {"no_reaction_reason_id": reason.id, "resolution_note": note or False}
        )
        self._record_event("no_reaction", note=_words(reason.name, note))
        return True

    def exclude(self, reason, note=None):
        """Exclude from reply, with a ``reason`` record; the original is kept."""
        self._check_curator()
        self._require_open(self.env._("Excluding"))
        self._check_not_publishing()
        if not reason:
            raise UserError(self.env._("Choose why the message is excluded."))
        self._check_ground(reason)
        # sudo: the outcome is written by the procedure alone.
        self.sudo().write(
            {"exclusion_reason_id": reason.id, "resolution_note": note or False}
        )
        self._record_event("excluded", note=_words(reason.name, note))
        return True

    def action_restore(self):
        """Undo an exclusion or «needs no reaction»: the clocks have run on."""
        self._check_curator()
        step = self.env._("Restoring")
        self._require_state(["excluded", "no_reaction"], step)
        self.sudo().write(
            {
                "no_reaction_reason_id": False,
                "exclusion_reason_id": False,
                "resolution_note": False,
            }
        )
        self._record_event("restored")
        return True

    # -- routing -----------------------------------------------------------------

    def action_assign(self):
        """Ask for executors, topic, place and importance."""
        self._check_curator()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_assign"
        )
        action["context"] = {"default_ticket_ids": self.ids}
        return action

    def assign(self, executors, note=None):
        """Send the messages to ``executors``: a list of pairs (unit, person or none).

        Taking into work is implied.  A unit that already holds a live assignment is
        refused, since a second clock for the same share would be wrong.
        """
        self._check_curator()
        self._require_open(self.env._("Assigning"))
        self._check_not_publishing()
        if not executors:
            raise UserError(self.env._("Choose at least one executor."))
        for ticket in self:
            if ticket.social_state == "to_triage":
                ticket.action_register()
            for unit, user in executors:
                ticket._assign_one(unit, user, note)
        return True

    def _assign_one(self, unit, user, note):
        self.ensure_one()
        live = self.assignment_ids.filtered("is_live")
        if not unit.is_social_unit or unit.company_id not in (
            self.company_id,
            self.env["res.company"],
        ):
            raise UserError(
                self.env._(
                    "Messages of this administration are not assigned to «%s».",
                    unit.name,
                )
            )
        if unit in live.unit_id:
            raise UserError(
                self.env._("The unit «%s» already works on this message.", unit.name)
            )
        Assignment = self.env["helpdesk.social.assignment"]
        if user:
            Assignment._check_member(unit, user)
        now = fields.Datetime.now()
        # sudo: assignments are written by the procedure alone.
        assignment = Assignment.sudo().create(
            {
                "ticket_id": self.id,
                "unit_id": unit.id,
                "user_id": user.id if user else False,
                "note": note,
                "assigned_at": now,
            }
        )
        assignment._new_draft()
        self.sudo().invalidate_recordset(["assignment_ids"])
        self._record_event("assigned", at=now, assignment=assignment, note=note)
        assignment._notify_executor()
        return assignment

    # -- ending ------------------------------------------------------------------

    def action_close(self):
        """Close an answered message."""
        self._check_curator()
        self._require_state(["published"], self.env._("Closing"))
        self._record_event("closed")
        return True

    def action_follow_up_seen(self):
        """The curator or executor has read the author's new message."""
        self.check_access("read")
        for ticket in self:
            held = any(ticket.assignment_ids.mapped("is_mine"))
            if not held and not ticket.has_access("write"):
                raise AccessError(
                    self.env._("Only who works on the message has it read.")
                )
        # sudo: an executor has no right to write tickets, but may have read.
        self.sudo().follow_up = False
        return True

    # -- publication -------------------------------------------------------------

    def action_publish(self):
        """Show the reply as it will appear and ask where to publish it."""
        self.ensure_one()
        self._check_publisher()
        self._require_publishable()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_publish"
        )
        action["context"] = {
            "default_ticket_id": self.id,
            "dialog_size": "extra-large",
        }
        return action

    def _can_be_sent(self):
        """Whether the page this message came by publishes replies by itself."""
        self.ensure_one()
        account = self.social_account_id
        return bool(
            account and account._has_client() and account.publish_mode == "network"
        )

    def _require_publishable(self):
        self._require_state(["approved"], self.env._("Publishing the reply"))
        self._check_not_publishing()

    def _approved_replies(self):
        """The approved drafts of the live executors, in the order of assignment."""
        self.ensure_one()
        live = self.assignment_ids.filtered("is_live").sorted("id")
        return live.reply_id.filtered(lambda reply: reply.state == "approved")

    def _approved_text(self):
        """The text that was approved: the parts of all executors one by one."""
        return "\n\n".join(r.body.strip() for r in self._approved_replies())

    def _merged_text(self):
        """What is proposed for publication, for the curator to smooth."""
        return self._approved_text()

    def _merged_kind(self):
        """Interim as soon as one part is: the whole then promises a further reply."""
        kinds = set(self._approved_replies().mapped("kind"))
        return "interim" if "interim" in kinds else "final"

    def _merged_vals(self):
        """What the whole takes from its parts, besides the text."""
        return {"kind": self._merged_kind()}

    def _reply_to_publish(self, text):
        """The reply record that carries ``text``: the only draft, or a new whole."""
        self.ensure_one()
        replies = self._approved_replies()
        if not replies:
            raise UserError(self.env._("There is no approved reply to publish."))
        # sudo: replies are written by the procedure alone.
        if len(replies) == 1 and replies.body.strip() == text.strip():
            return replies.sudo()
        files = replies.attachment_ids
        return (
            self.env["helpdesk.social.reply"]
            .sudo()
            .create(
                {
                    "ticket_id": self.id,
                    "body": text,
                    "attachment_ids": [(6, 0, files.ids)],
                    "state": "approved",
                    "approved_by_id": self.env.uid,
                    **self._merged_vals(),
                }
            )
        )

    def _check_page(self, account):
        """Refuse a page that this user does not answer from."""
        self.ensure_one()
        # Whoever may publish answers where the question stands.
        if account != self.social_account_id:
            account.with_env(self.env)._check_may_publish()

    def publish(self, text, account, split=False):
        """Put the reply into the outbox of ``account``; it is sent after commit.

        A text too long for the network is refused, or with ``split`` goes as several
        items one after the other.
        """
        self.ensure_one()
        self._check_publisher(text or "")
        self._require_publishable()
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("There is no text to publish."))
        if not account:
            raise UserError(self.env._("Choose the page that answers."))
        self._check_page(account)
        if not split:
            self._check_length(text, account.network)
        self._take_turn()
        reply = self._reply_to_publish(text)
        reply.write({"state": "queued", "account_id": account.id})
        reply._check_sendable(text)
        self._withdraw_failed()
        return self.env["helpdesk.social.message"]._queue_reply(reply, account, text)

    def publish_by_hand(self, text, link, where="hand", at=None, account=None):
        """Record a reply that a person has published; ``at`` is UTC, ``account`` the
        page it was published from, where it was one of ours."""
        self.ensure_one()
        self._check_publisher(text or "")
        self._require_publishable()
        if where not in ("hand", "source"):
            raise UserError(self.env._("Only the outbox publishes on the network."))
        if where == "hand" or link:
            link = self._check_link(link)
        now = fields.Datetime.now()
        at = at or now
        self._check_published_at(at, now)
        reply = self._reply_to_publish((text or "").strip())
        if account:
            self._check_page(account)
            reply.account_id = account
        reply._check_places(text)
        self._published(reply, link=link, at=at, where=where)
        return True

    def _clock_steps(self):
        """The events that clocks follow."""
        return [e for e in self._effective_events() if e.type not in MOVES_NOTHING]

    def _check_published_at(self, at, now):
        """Refuse a publication in the future, or before a step that clocks follow.

        Such a step has ended or moved clocks that the publication would have ended.
        """
        if at > now:
            raise UserError(self.env._("The reply cannot be published in the future."))
        later = {event.type for event in self._clock_steps() if event.at > at}
        if "approved" in later:
            raise UserError(
                self.env._("The reply cannot be published before it was approved.")
            )
        if later:
            raise UserError(
                self.env._(
                    "Facts, terms or executors were changed after that moment. Name "
                    "one after the last of these changes."
                )
            )

    def _published(self, reply, link, at, where):
        """Follow a publication: the event, the drafts, the assignments."""
        self.ensure_one()
        # sudo: called by the outbox and by the steps above, which check who acts.
        ticket = self.sudo()
        reply = reply.sudo()
        reply.write(
            {"state": "published", "published_at": at, "published_link": link or False}
        )
        ticket.published_link = link or False
        ticket._withdraw_failed()
        interim = reply.kind == "interim"
        live = ticket.assignment_ids.filtered("is_live")
        answered = live.filtered(lambda a: a.state == "approved")
        (answered.reply_id - reply).write({"state": "published", "published_at": at})
        if interim:
            again = answered.filtered(lambda a: a.reply_id.kind == "interim")
            again.state = "accepted"
            again._new_draft()
        else:
            answered.state = "done"
            (live - answered).state = "cancelled"
            live.activity_unlink([ACTIVITY])
        self._record_event(
            "interim_published" if interim else "published",
            at=at,
            reply=reply,
            published_where=where,
            link=link or False,
            **ticket._publication_vals(reply, where),
        )
        asked = ticket.regulation_id.norm_ids.condition_ids.mapped("fact")
        if interim and "after_interim" in asked:
            ticket._record_event("facts_changed", at=at, facts={"after_interim": True})

    def _publication_vals(self, reply, where):
        """Hook: further fields of the event that ``reply`` was published ``where``."""
        self.ensure_one()
        return {}

    def _check_length(self, text, network=None):
        """Refuse a text longer than ``network`` takes, the message's own by default."""
        limit = self._social_text_limit(network)
        if limit and len(text) > limit:
            raise UserError(
                self.env._(
                    "The text has %(length)d characters; the network takes %(limit)d. "
                    "Make it shorter: nothing is cut off by itself.",
                    length=len(text),
                    limit=limit,
                )
            )

    def _social_text_limit(self, network=None):
        """Longest reply in characters that the network takes; 0 where unknown."""
        return self.env["helpdesk.social.reply"]._text_limit(network or self.network)


def _words(*parts):
    return ". ".join(part for part in parts if part)
