import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import clean_context, plaintext2html

from ..networks import normalise_link
from .helpdesk_ticket import EDITABLE, OPEN_STATES
from .helpdesk_ticket_clock import facts_of

TITLE_LENGTH = 80
#: What a person says of a message found by hand.
ENTERED = {*EDITABLE, "permalink", "original_text", "received_at", "company_id"}

#: What a person says of the way it came by.
WAY = {"source_number", "source_due"}


class HelpdeskTicket(models.Model):
    """How a message becomes a ticket."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _social_create(self, vals, received_at):
        """Create a ticket in triage from ``vals``; ``received_at`` is UTC."""
        return self._social_create_all([{**vals, "received_at": received_at}])

    @api.model
    def _social_create_all(self, vals_list):
        """Create tickets in triage; each needs ``received_at`` (UTC).

        Records ``received``, so that the clocks which the act starts there run from
        that instant.
        """
        # sudo: tickets of this kind come into being by the procedure alone.
        context = clean_context(self.env.context)
        if not context.get("lang") and vals_list:
            # Nobody is at the keyboard: another system, or a letter.
            company = self.env["res.company"].browse(vals_list[0]["company_id"])
            context["lang"] = company._social_lang()
        Ticket = self.sudo().with_context(context)
        vals_list = Ticket._social_vals(vals_list)
        # The base module's notes and notices follow for all tickets at once.
        tickets = Ticket.with_context(tracking_disable=True).create(vals_list)
        tickets = tickets.with_context(context)
        tickets._follow_creation()
        tickets._record_received()
        tickets._after_intake()
        return tickets

    @api.model
    def _social_vals(self, vals_list):
        """Complete values of new tickets from what is known of the messages."""
        stage = self.env.ref("helpdesk_mgmt_social.stage_triage").id
        Company = self.env["res.company"]
        companies = Company.browse({vals["company_id"] for vals in vals_list})
        desks = {company.id: company._social_desk().id for company in companies}
        # The earlier message gets the smaller number.
        numbers = {
            company.id: iter(
                company._social_numbers(
                    sum(vals["company_id"] == company.id for vals in vals_list)
                )
            )
            for company in companies
        }
        complete = []
        for vals in vals_list:
            text = vals.get("original_text") or ""
            company_id = vals["company_id"]
            complete.append(
                {
                    "name": self._social_title(text),
                    "description": self._social_description(text),
                    "number": next(numbers[company_id]),
                    # None of OCA's defaults: the creating user is not in charge.
                    "user_id": False,
                    "importance": "normal",
                    **vals,
                    "is_social": True,
                    "social_state": "to_triage",
                    "team_id": vals.get("team_id") or desks[company_id],
                    "stage_id": stage,
                    # Being received is the first of them.
                    "steps": 1,
                }
            )
        self._settle_regulations(complete)
        for vals in complete:
            vals["initial_facts"] = facts_of(vals.get)
        return complete

    def _follow_creation(self):
        """Let people follow new tickets as the base module does, and tell them.

        Followers of the desk, and who enters a message; the readers of a page follow
        nothing, so there it costs no query for each ticket.
        """
        user = self.env.user
        if user.active and not user.share:
            self.env["mail.followers"]._insert_followers(
                self._name, self.ids, user.partner_id.ids, check_existing=False
            )
        for team, tickets in self.grouped("team_id").items():
            tickets._message_auto_subscribe(
                {"team_id": team.id}, followers_existing_policy="update"
            )
        self.invalidate_recordset(["message_follower_ids", "message_partner_ids"])
        for ticket in self.filtered("message_follower_ids"):
            ticket.message_post(
                body=Markup("<p>%s</p>") % ticket._creation_message(),
                subtype_id=ticket._creation_subtype().id,
                author_id=user.partner_id.id,
            )

    @api.model
    def _settle_regulations(self, vals_list):
        """Set the version in force when each message was received, by its values."""
        found = {}
        for vals in vals_list:
            at = fields.Datetime.to_datetime(vals["received_at"])
            # Versions change at midnight of some zone: never within these minutes.
            quarter = at.replace(minute=at.minute // 15 * 15, second=0)
            page = vals.get("social_account_id")
            key = (page, vals["company_id"], quarter)
            if vals.get("regulation_id"):
                continue
            if key not in found:
                ticket = self.new(
                    {"social_account_id": page, "company_id": vals["company_id"]}
                )
                found[key] = ticket._applicable_regulation(at).id
            vals["regulation_id"] = found[key]

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
            open_ticket._join(message)
            return open_ticket
        return self._social_create(
            self._page_vals(message, key, earlier), message.posted_at
        )

    def _join(self, message):
        """Take in the author's follow-up ``message``."""
        self.follow_up = True
        self._after_follow_up(message)

    @api.model
    def _page_vals(self, message, key, earlier):
        """Values of a ticket of ``message``, which came by a page; ``earlier`` are
        the author's tickets in the thread, newest first."""
        account = message.account_id
        return {
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
        }

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
        return self._search_keys(company, [key])[:1]

    @api.model
    def _search_keys(self, company, keys):
        """Messages of ``company`` with one of ``keys`` of links, archived or not."""
        return self.with_context(active_test=False).search_fetch(
            [
                ("is_social", "=", True),
                ("company_id", "=", company.id),
                ("permalink_key", "in", keys),
            ],
            ["permalink_key"],
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
    def enter_by_hand(self, vals, way=None):
        """Enter a message found by a person; ``vals`` may hold ``permalink``,
        ``original_text``, ``received_at`` (UTC) and the facts.

        A link met before leads to the ticket that has it already, where the way it
        came by now is recorded as well, with the fields of ``way`` (``source_number``,
        ``source_due``).  Returns the ticket.
        """
        self.browse()._check_curator()
        if set(vals) - ENTERED:
            raise UserError(
                self.env._(
                    "These are not entered by hand: %s.",
                    ", ".join(sorted(set(vals) - ENTERED)),
                )
            )
        way = {k: v for k, v in (way or {}).items() if k in WAY and v}
        return self._enter(vals, way)[0]

    @api.model
    def _enter(self, vals, way=None):
        """Find the ticket of the message that ``vals`` describe, or make it.

        ``way`` holds further fields of the record of its intake.  Returns the ticket
        and what became of it: ``created``; ``recorded``, as another way in of a
        message known before; ``known``, where that was nothing new.  Raises UserError
        for what is no message, AccessError for another administration's.
        """
        vals, way = self._check_entered(dict(vals)), dict(way or {})
        company = self.env["res.company"].browse(vals["company_id"])
        received_at = vals.pop("received_at")
        # sudo: a colleague's private message counts as met before, too.
        existing = self.sudo()._find_entered(company, vals, way)
        if existing:
            fresh = self._entered_again(existing, vals, received_at, way)
            return existing.with_env(self.env), "recorded" if fresh else "known"
        ticket = self._social_create(
            {"kind": "feed", "page_owner": "third_party", **vals}, received_at
        )
        ticket._after_entering(way)
        return ticket.with_env(self.env), "created"

    @api.model
    def _find_entered(self, company, vals, way):
        """Hook: the ticket of a message met before, by what is said of it."""
        key = vals["permalink_key"]
        return self._find_by_key(company, key) if key else self.browse()

    @api.model
    def _entered_again(self, ticket, vals, received_at, way):
        """Hook: the message of ``ticket`` is entered again; whether that is news."""
        return False

    def _after_entering(self, way):
        """Hook: a message that somebody has entered has become a ticket."""

    @api.model
    def _check_entered(self, vals):
        """``vals`` complete and fit to become a ticket; raises UserError."""
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
        now = fields.Datetime.now()
        received_at = fields.Datetime.to_datetime(vals.get("received_at")) or now
        if received_at > now:
            raise UserError(self.env._("A message cannot be received in the future."))
        network = self.env["helpdesk.social.account"]._network_of_link(link)
        return {
            **vals,
            "intake": vals.get("intake") or "manual",
            "original_text": text,
            "permalink": link,
            "permalink_key": normalise_link(link) if link else False,
            "network": vals.get("network") or network,
            "company_id": company.id,
            "received_at": received_at,
        }

    @api.model
    def _find_by_link(self, company, link):
        """The ticket made of what ``link`` leads to, if this user may see it."""
        key = normalise_link(link) if link else False
        return self._find_by_key(company, key) if key else self.browse()

    @api.model
    def _social_author(self, company, network, name, url=None):
        """The author known by ``name`` to a person who entered a message."""
        # sudo: authors are written by the procedure alone.
        Author = self.env["helpdesk.social.author"].sudo()
        vals = {
            "company_id": company.id,
            "network": network or "unknown",
            "external_id": f"name:{name.lower()}",
        }
        author = Author.search([(k, "=", v) for k, v in vals.items()], limit=1)
        author = author or Author.create({**vals, "name": name})
        if url and not author.url and re.match(r"https?://", url, re.IGNORECASE):
            author.url = url
        return author
