import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import clean_context, plaintext2html

from ..networks import normalise_link
from .helpdesk_ticket import EDITABLE, OPEN_STATES

TITLE_LENGTH = 80
#: What a person says of a message found by hand.
ENTERED = {*EDITABLE, "permalink", "original_text", "received_at", "company_id"}


class HelpdeskTicket(models.Model):
    """How a message becomes a ticket."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _social_create(self, vals, received_at):
        """Create a ticket in triage from ``vals``; ``received_at`` is UTC.

        Records ``received``, so that the clocks which the act starts there run from
        that instant.
        """
        text = vals.get("original_text") or ""
        company = self.env["res.company"].browse(vals["company_id"])
        vals = {
            "name": self._social_title(text),
            "description": self._social_description(text),
            # None of OCA's defaults: the creating user is not the one in charge.
            "user_id": False,
            "importance": "normal",
            **vals,
            "is_social": True,
            "received_at": received_at,
            "social_state": "to_triage",
            "team_id": vals.get("team_id") or company._social_desk().id,
            "stage_id": self.env.ref("helpdesk_mgmt_social.stage_triage").id,
        }
        # sudo: tickets of this kind come into being by the procedure alone.
        context = clean_context(self.env.context)
        ticket = self.sudo().with_context(context).create(vals)
        if not ticket.regulation_id:
            ticket.regulation_id = ticket._applicable_regulation(received_at)
        ticket.initial_facts = ticket._social_facts()
        ticket._record_event("received", at=received_at)
        ticket._after_intake()
        return ticket

    def _after_intake(self):
        """Hook: messages that have just become tickets, before anybody sees them."""

    def _after_follow_up(self, message):
        """Hook: ``message`` of the author has just joined this open ticket."""

    @api.model
    def _social_title(self, text):
        """First line of the message, short enough for a list."""
        first = (text or "").strip().split("\n", 1)[0]
        if not first:
            return self.env._("Message without text")
        if len(first) <= TITLE_LENGTH:
            return first
        return first[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"

    @api.model
    def _social_description(self, text):
        """OCA's description is required; the verbatim text stands in its own field."""
        return plaintext2html(text.strip() or self.env._("Message without text"))

    def _applicable_regulation(self, at):
        """The version in force at ``at`` (UTC) of the regulation that applies."""
        self.ensure_one()
        base = self.social_account_id.regulation_id
        base = base or self.regulation_id or self.company_id.social_regulation_id
        return base._in_force(at) if base else base

    # -- from a page -------------------------------------------------------------

    @api.model
    def _from_message(self, message):
        """The ticket that an incoming message belongs to; created where needed.

        The author's follow-up in the thread of an open ticket joins it; on a
        finished one it opens a new ticket marked as a possible repeat.
        """
        account = message.account_id
        key = normalise_link(message.permalink) if message.permalink else False
        same = key and self._find_by_key(account.company_id, key)
        if same:
            return same
        earlier = self._earlier_in_thread(message)
        open_ticket = self._open_ticket_for(message, earlier)
        if open_ticket:
            open_ticket.follow_up = True
            open_ticket._after_follow_up(message)
            return open_ticket
        return self._social_create(
            {
                "company_id": account.company_id.id,
                "social_account_id": account.id,
                "team_id": account.team_id.id,
                "regulation_id": False,
                "network": account.network,
                "intake": "page",
                "page_owner": account.page_owner,
                "kind": message.kind,
                "author_id": message.author_id.id,
                "original_text": message.text,
                "permalink": message.permalink,
                "permalink_key": key,
                "thread_key": message.thread_id,
                "possible_repeat_id": earlier[:1].id,
            },
            message.posted_at,
        )

    @api.model
    def _open_ticket_for(self, message, earlier):
        """The open ticket that ``message`` joins, of the author's ``earlier`` ones in
        the thread, newest first; empty where it opens a new one."""
        return earlier.filtered(lambda t: t.social_state in OPEN_STATES)[:1]

    def _last_item(self, account):
        """What a reply by ``account`` answers: the author's last item that came by
        that page and is as public as the message.  A deleted one has no place for a
        reply, unless there is no other."""
        self.ensure_one()
        items = self.social_message_ids.filtered(
            lambda m: (
                m.direction == "in"
                and m.account_id == account
                and m.kind == (self.kind or m.kind)
            )
        )
        return (items.filtered(lambda m: not m.deleted_at) or items)[-1:]

    @api.model
    def _find_by_key(self, company, key):
        return self.search(
            [
                ("is_social", "=", True),
                ("company_id", "=", company.id),
                ("permalink_key", "=", key),
            ],
            limit=1,
        )

    @api.model
    def _earlier_in_thread(self, message):
        """Tickets of the same author in the same thread, newest first."""
        if not (message.thread_id and message.author_id):
            return self.browse()
        return self.search(
            [
                ("is_social", "=", True),
                ("social_account_id", "=", message.account_id.id),
                # A comment of the author under the author's own post hangs on it.
                ("thread_key", "in", [message.thread_id, message.root_id]),
                ("author_id", "=", message.author_id.id),
            ],
            order="id desc",
        )

    # -- by hand -----------------------------------------------------------------

    @api.model
    def enter_by_hand(self, vals):
        """Enter a message found by a person; ``vals`` may hold ``permalink``,
        ``original_text``, ``received_at`` (UTC) and the facts.

        A link met before leads to the ticket that has it already.  Returns the
        ticket.
        """
        self.browse()._check_curator()
        if set(vals) - ENTERED:
            raise UserError(
                self.env._(
                    "These are not entered by hand: %s.",
                    ", ".join(sorted(set(vals) - ENTERED)),
                )
            )
        text = (vals.get("original_text") or "").strip()
        link = (vals.get("permalink") or "").strip()
        if not text and not link:
            raise UserError(self.env._("Paste the link or the text of the message."))
        company = self.env["res.company"].browse(
            vals.get("company_id") or self.env.company.id
        )
        if not self.env.su and company not in self.env.companies:
            raise AccessError(
                self.env._("This is not one of the administrations you work for.")
            )
        if link and not re.match(r"https?://", link, re.IGNORECASE):
            raise UserError(
                self.env._("Paste the whole link, beginning with https://, please.")
            )
        key = normalise_link(link) if link else False
        # sudo: a colleague's private message counts as met before, too.
        existing = key and self.sudo()._find_by_key(company, key)
        if existing:
            return existing.with_env(self.env)
        received_at = vals.pop("received_at", None) or fields.Datetime.now()
        if fields.Datetime.to_datetime(received_at) > fields.Datetime.now():
            raise UserError(self.env._("A message cannot be received in the future."))
        network = self.env["helpdesk.social.account"]._network_of_link(link)
        ticket = self._social_create(
            {
                "kind": "feed",
                "intake": "manual",
                "page_owner": "third_party",
                **vals,
                "original_text": text,
                "network": vals.get("network") or network,
                "permalink": link,
                "permalink_key": key,
                "company_id": company.id,
            },
            fields.Datetime.to_datetime(received_at),
        )
        return ticket.with_env(self.env)

    @api.model
    def _find_by_link(self, company, link):
        """The ticket made of what ``link`` leads to, if this user may see it."""
        key = normalise_link(link) if link else False
        return self._find_by_key(company, key) if key else self.browse()

    @api.model
    def _social_author(self, company, network, name):
        """The author known by ``name`` to a person who entered a message."""
        # sudo: authors are written by the procedure alone.
        Author = self.env["helpdesk.social.author"].sudo()
        vals = {
            "company_id": company.id,
            "network": network or "unknown",
            "external_id": f"name:{name.lower()}",
        }
        author = Author.search([(k, "=", v) for k, v in vals.items()], limit=1)
        return author or Author.create({**vals, "name": name})
