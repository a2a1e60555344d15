import re

from odoo import models
from odoo.exceptions import AccessError, UserError

from .helpdesk_ticket import OPEN_STATES
from .res_users import GROUP_CURATOR


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # -- who may -----------------------------------------------------------------

    def _check_curator(self):
        """Refuse whoever is not a curator of these tickets (AccessError)."""
        if not self.env.su and not self.env.user.has_group(GROUP_CURATOR):
            raise AccessError(
                self.env._("Only a curator routes, reviews and publishes.")
            )
        self.check_access("write")

    def _check_publisher(self, text=None):
        """Refuse whoever may not publish ``text`` (AccessError); a hook."""
        self._check_curator()

    # -- when --------------------------------------------------------------------

    def _require_state(self, states, step):
        """Refuse ``step`` (a sentence) unless every ticket is in ``states``."""
        labels = dict(self._fields["social_state"]._description_selection(self.env))
        for ticket in self:
            if ticket.social_state not in states:
                raise UserError(
                    self.env._(
                        "%(step)s is not possible now: message %(number)s is in "
                        "the state «%(state)s».",
                        step=step,
                        number=ticket.number,
                        state=labels.get(ticket.social_state, ""),
                    )
                )

    def _require_open(self, step):
        """Refuse ``step`` on a message whose work has ended."""
        self._require_state(OPEN_STATES, step)

    def _check_not_publishing(self):
        """Refuse a step that would contradict a reply already on its way."""
        for ticket in self:
            rows = ticket.sudo().social_message_ids  # sudo: any holder may ask.
            if rows.filtered(
                lambda row: row.outbox_state in ("queued", "sending", "unknown")
            ):
                raise UserError(
                    self.env._(
                        "A reply to message %s is being published. Wait until that "
                        "ends, or withdraw it from the outbox.",
                        ticket.number,
                    )
                )

    def _withdraw_failed(self):
        """Take failed replies out of the outbox, as another text or way replaces
        them: nobody must be able to try them again."""
        # sudo: the outbox is written by the procedure alone.
        rows = self.sudo().social_message_ids
        rows.filtered(lambda row: row.outbox_state == "failed").write(
            {"outbox_state": "withdrawn", "problem": False}
        )

    def _check_link(self, link):
        """The ``link`` a person has pasted, fit to be shown as one."""
        link = (link or "").strip()
        if not link:
            raise UserError(self.env._("Paste the link to the published reply."))
        if not re.match(r"https?://", link, re.IGNORECASE):
            raise UserError(
                self.env._("Paste the whole link, beginning with https://, please.")
            )
        return link

    # -- what the base module offers and a message must not have -----------------

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Let only people with a role here follow a message.

        Followers are sent what is written in the history, so following would show a
        message to people whom the rules keep from it.
        """
        social = self.filtered("is_social")
        res = super(HelpdeskTicket, self - social).message_subscribe(
            partner_ids=partner_ids, subtype_ids=subtype_ids
        )
        for ticket in social:
            allowed = ticket._social_readers(partner_ids or [])
            super(HelpdeskTicket, ticket).message_subscribe(
                partner_ids=allowed.ids, subtype_ids=subtype_ids
            )
        return res

    def _social_readers(self, partner_ids):
        """Partners among ``partner_ids`` whose user may read this message."""
        self.ensure_one()
        # sudo: whoever subscribes somebody need not be allowed to read users.
        partners = self.env["res.partner"].sudo().browse(partner_ids)
        return partners.filtered(
            lambda partner: any(map(self._may_be_read_by, partner.user_ids))
        )

    def _may_be_read_by(self, user):
        """Whether ``user`` may read this message, in whatever administrations."""
        self.ensure_one()
        companies = {"allowed_company_ids": user.company_ids.ids}
        return self.with_user(user).with_context(**companies).has_access("read")

    def _social_only_readers(self, recipients):
        """Those of ``recipients`` (as mail.thread describes them) who may read this
        message."""
        readers = self._social_readers([r["id"] for r in recipients if r["id"]])
        return [r for r in recipients if r["id"] in readers.ids]

    def _forget_blind(self):
        """Take from whoever lost sight of these messages what following has left:
        the subscription, notifications and planned activities."""
        # sudo: what is taken away belongs to other people.
        for ticket in self.sudo():
            for record in (ticket, *ticket.assignment_ids, *ticket.approval_ids):
                messages = record.message_ids
                partners = record.message_partner_ids | messages.notified_partner_ids
                partners |= messages.partner_ids
                partners |= record.activity_ids.user_id.partner_id
                blind = partners - ticket._social_readers(partners.ids)
                record.message_unsubscribe(blind.ids)
                record.activity_ids.filtered(
                    lambda activity, blind=blind: activity.user_id.partner_id in blind
                ).unlink()
                messages.notification_ids.filtered(
                    lambda note, blind=blind: note.res_partner_id in blind
                ).unlink()
                for message in messages.filtered("partner_ids"):
                    message.partner_ids -= blind

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Notify nobody who has lost sight of the message since following it."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not (self and self.is_social):
            return recipients
        # sudo: whoever writes need not see what the others may read.
        return self.sudo()._social_only_readers(recipients)

    def _portal_ensure_token(self):
        """No message is opened by a link: whoever has the link would read it."""
        if any(self.mapped("is_social")):
            return ""
        return super()._portal_ensure_token()

    def get_formview_id(self, access_uid=None):
        """Open a message on its own form, wherever a link leads to it."""
        if len(self) == 1 and self.is_social:
            return self.env.ref("helpdesk_mgmt_social.view_ticket_social_form").id
        return super().get_formview_id(access_uid=access_uid)

    def action_author_tickets(self):
        """Open all messages of this message's author."""
        self.ensure_one()
        return self.author_id.action_view_tickets()

    def action_share(self):
        if any(self.mapped("is_social")):
            raise UserError(
                self.env._("A citizen's message is not shared by a link outside.")
            )
        return super().action_share()

    def assign_to_me(self):
        social = self.filtered("is_social")
        if social:
            social._check_curator()
        return super().assign_to_me()

    def _track_template(self, tracking):
        # OCA's mails go to the contact of a ticket; a citizen here has none.
        if self[:1].is_social:
            return {}
        return super()._track_template(tracking)
