import re

from lxml import html as lxml_html

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize, plaintext2html
from odoo.tools.mail import unfold_references

from odoo.addons.mail.tools.alias_error import AliasError

from ..networks import leads_to_item
from .helpdesk_ticket import INTAKES, KINDS, OPEN_STATES, PAGE_OWNERS

LINK = re.compile(r"https?://[^\s<>\"'«»]+", re.IGNORECASE)
#: Elements that stand on lines of their own.
BLOCKS = {"p", "div", "tr", "li", "blockquote", "pre", "h1", "h2", "h3", "h4", "table"}
#: Longest text taken from a letter; the letter itself is kept as a file then.
TEXT = 60_000
#: Refusals written to one address a day: two machines must not talk to each other.
REFUSALS = 3


class HelpdeskSocialMailbox(models.Model):
    """An address to which a source sends messages: each letter becomes a ticket.

    Only named senders are heard.  Nobody is written to but a person whose letter is
    refused, and no contact is made of anybody.
    """

    _name = "helpdesk.social.mailbox"
    _description = "Mailbox of a source"
    _inherit = ["mail.thread", "mail.alias.mixin.optional"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        "Administration",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    intake = fields.Selection(
        selection="_selection_intake", required=True, default="press_service"
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        "Curators' desk",
        check_company=True,
        domain=[("is_social_desk", "=", True)],
    )
    regulation_id = fields.Many2one(
        "helpdesk.social.regulation",
        check_company=True,
        help="Empty: the one of the administration.",
    )
    page_owner = fields.Selection(
        PAGE_OWNERS, "Whose page", required=True, default="third_party"
    )
    kind = fields.Selection(KINDS, required=True, default="feed")
    senders = fields.Text(
        "Heard senders",
        required=True,
        help="Addresses or domains, one a line: press@example.org, example.org. "
        "Letters of others are refused.",
    )
    accepted_count = fields.Integer("Letters taken in", readonly=True, copy=False)
    refused_count = fields.Integer("Letters refused", readonly=True, copy=False)
    last_refused = fields.Char("Last refused sender", readonly=True, copy=False)
    last_refused_at = fields.Datetime("Refused on", readonly=True, copy=False)
    ignored_count = fields.Integer(
        "Automatic answers",
        readonly=True,
        copy=False,
        help="Answers of machines, such as absence notices: neither taken nor refused.",
    )

    @api.model
    def _selection_intake(self):
        field = self.env["helpdesk.ticket"]._fields["intake"]
        labels = dict(field._description_selection(self.env))
        return [(value, labels[value]) for value, _label in INTAKES if value != "page"]

    @api.constrains("senders")
    def _check_senders(self):
        for mailbox in self:
            for sender in mailbox._senders():
                if not re.fullmatch(r"([^\s@]+@)?[\w-]+(\.[\w-]+)+", sender):
                    raise ValidationError(
                        self.env._("«%s» is neither an address nor a domain.", sender)
                    )

    def _senders(self):
        words = re.split(r"[\s,;]+", (self.senders or "").lower())
        return {word.removeprefix("@") for word in words if word}

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id(self._name)
        # Who is heard this model says; what core knows of contacts does not matter.
        values["alias_contact"] = "everyone"
        if self.id:
            values["alias_defaults"] = {"mailbox_id": self.id}
        return values

    # -- who is heard ------------------------------------------------------------

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        """Answers of machines go nowhere; nobody who was written to is notified."""
        mailbox = self.sudo().browse((route[2] or {}).get("mailbox_id")).exists()
        if not mailbox or not mailbox.active:
            return super()._routing_check_route(
                message, message_dict, route, raise_exception=raise_exception
            )
        if _answers_by_itself(message):
            mailbox.ignored_count += 1
            return False
        if not mailbox._hears(message_dict.get("email_from")):
            mailbox._note_refused(message_dict.get("email_from"))
            if _automatic(message) or not mailbox._may_refuse_again(message_dict):
                return False
        # Recipients of the letter are no readers of the message.
        message_dict["recipients"] = ""
        return super()._routing_check_route(
            message, message_dict, route, raise_exception=raise_exception
        )

    def _alias_get_error(self, message, message_dict, alias):
        if not self._hears(message_dict.get("email_from")):
            return AliasError(
                "error_social_sender",
                self.env._("This address takes letters of named senders only."),
            )
        return super()._alias_get_error(message, message_dict, alias)

    def _hears(self, email_from):
        """Whether letters of this sender are taken in."""
        address = email_normalize(email_from or "") or ""
        domain = address.rpartition("@")[2]
        return bool(address) and bool({address, domain} & self._senders())

    def _note_refused(self, email_from):
        self.write(
            {
                "refused_count": self.refused_count + 1,
                "last_refused": (email_from or "")[:200],
                "last_refused_at": fields.Datetime.now(),
            }
        )

    @api.model
    def _may_refuse_again(self, message_dict):
        """Whether this address was not told of a refusal too often today."""
        address = email_normalize(message_dict.get("email_from") or "")
        if not address or address in self._own_addresses():
            return False
        # sudo: mails are nobody's to read.
        told = (
            self.env["mail.mail"]
            .sudo()
            .search_count(
                [
                    ("email_to", "=ilike", f"%{address}%"),
                    (
                        "create_date",
                        ">=",
                        fields.Datetime.subtract(fields.Datetime.now(), days=1),
                    ),
                ]
            )
        )
        return told < REFUSALS

    @api.model
    def _own_addresses(self):
        # sudo: only compared.
        aliases = self.env["mail.alias"].sudo().search([("alias_name", "!=", False)])
        return set(aliases.mapped("alias_full_name"))

    # -- a letter becomes a ticket -----------------------------------------------

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """The ticket of a letter: a new one, or that of a message known before.

        What the letter shows is put as plain text into ``msg_dict``, which becomes
        the note of the letter in the history: no browser fetches anything for it.
        """
        mailbox = self.sudo().browse((custom_values or {}).get("mailbox_id"))
        if not mailbox.exists():
            raise UserError(self.env._("This mailbox is not in use any more."))
        mailbox = mailbox.with_context(lang=mailbox.company_id._social_lang())
        text, links = mailbox._letter(msg_dict)
        subject = msg_dict.get("subject")
        msg_dict["body"] = plaintext2html("\n\n".join(filter(None, (subject, text))))
        # A note: the letter is for those who work with the message.
        msg_dict["is_internal"] = True
        mailbox.accepted_count += 1
        followed = mailbox._followed(msg_dict)
        if followed.social_state in OPEN_STATES:
            # Whoever works on it is told that there is more to read.
            followed.follow_up = True
            return followed
        # The sender's own page stands below every letter, the author's in many.
        link = next(filter(leads_to_item, links), None)
        vals = {
            "permalink": link,
            "original_text": text[:TEXT]
            or msg_dict.get("subject")
            or mailbox.env._("Letter without words: see its files."),
            "intake": mailbox.intake,
            "page_owner": mailbox.page_owner,
            "kind": mailbox.kind,
            "company_id": mailbox.company_id.id,
            "team_id": mailbox.team_id.id,
            "received_at": mailbox._letter_received(msg_dict),
            # Nobody looks again at what is finished.
            "possible_repeat_id": followed.id,
        }
        if mailbox.regulation_id:
            act = mailbox.regulation_id
            vals["regulation_id"] = (act._in_force(vals["received_at"]) or act).id
        way = {"how": "mail", "note": (msg_dict.get("email_from") or "")[:200]}
        # Nobody here has received it: the sender's user, if any, is not the actor.
        Ticket = mailbox.env["helpdesk.ticket"].with_user(SUPERUSER_ID)
        Ticket = Ticket.with_context(
            social_automatic=True, mail_create_nosubscribe=True
        )
        ticket, _outcome = Ticket._enter(
            {name: value for name, value in vals.items() if value}, way
        )
        return ticket

    def _followed(self, msg_dict):
        """The message that the last of the earlier letters of this exchange was about;
        one that work goes on with, if there is any."""
        ids = unfold_references(msg_dict.get("references") or "")
        ids.append(msg_dict.get("in_reply_to") or "")
        letters = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("message_id", "in", [name for name in ids if name]),
                    ("model", "=", "helpdesk.ticket"),
                    ("message_type", "=", "email"),
                ]
            )
        )
        tickets = self.env["helpdesk.ticket"].sudo().browse(letters.mapped("res_id"))
        tickets = tickets.filtered(
            lambda t: t.is_social and t.company_id == self.company_id
        ).sorted("id", reverse=True)
        return (tickets.filtered(lambda t: t.social_state in OPEN_STATES) or tickets)[
            :1
        ]

    def _letter(self, msg_dict):
        """The words of a letter, and the links in them, in their order.

        HTML becomes text, with quoted parts; addresses hidden behind words count as
        links, too.
        """
        body = msg_dict.get("body") or ""
        text = letter_text(body)
        links = LINK.findall(text)
        if body.strip():
            tree = lxml_html.fromstring(f"<div>{body}</div>")
            links += [href for href in tree.xpath("//a/@href") if LINK.match(href)]
        return text, [link.rstrip(".,;:)!?") for link in links]

    def _letter_received(self, msg_dict):
        """When the source sent it; a clock that is ahead does not count."""
        now = fields.Datetime.now()
        sent = fields.Datetime.to_datetime(msg_dict.get("date")) or now
        return min(sent, now).replace(microsecond=0)


def letter_text(body):
    """The words of an HTML letter as a reader sees them, line by line."""
    if not (body or "").strip():
        return ""
    tree = lxml_html.fromstring(f"<div>{body}</div>")
    for element in tree.xpath("//script|//style|//head|//title|//comment()"):
        element.drop_tree()
    for element in tree.iter():
        if element.tag in BLOCKS:
            element.text = "\n" + (element.text or "")
            element.tail = "\n" + (element.tail or "")
        elif element.tag == "br":
            element.tail = "\n" + (element.tail or "")
    lines = [" ".join(line.split()) for line in tree.text_content().split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _answers_by_itself(message):
    """Whether a machine answers a letter: an absence notice, a report of delivery."""
    submitted = (message.get("Auto-Submitted") or "").strip().lower()
    precedence = (message.get("Precedence") or "").strip().lower()
    return (
        submitted.startswith("auto-replied")
        or precedence == "auto_reply"
        or bool(message.get("X-Autoreply") or message.get("X-Autorespond"))
        or not (message.get("From") or "").strip()
        or message.get_content_type() == "multipart/report"
    )


def _automatic(message):
    """Whether no person has sent it, so that nobody would read an answer."""
    submitted = (message.get("Auto-Submitted") or "no").strip().lower()
    precedence = (message.get("Precedence") or "").strip().lower()
    return submitted != "no" or precedence in ("bulk", "junk", "list")
