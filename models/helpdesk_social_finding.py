import hashlib
import logging
from functools import lru_cache
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..language.screening import mask, screen
from .helpdesk_social_deadline_alert import CONFLICTS

_logger = logging.getLogger(__name__)

KINDS = [
    ("obscenity", "Obscene language"),
    ("insult", "Insult"),
    ("soft_insult", "Rude word"),
    ("threat", "Threat"),
    ("suicide", "Sign of suicide"),
    ("phone", "Phone number"),
    ("passport", "Passport number"),
    ("card", "Card number"),
    ("snils", "SNILS"),
    ("email", "E-mail address"),
]
#: What acts do not answer; a rude word alone excludes nothing.
EXCLUDING = ("obscenity", "insult", "threat")
#: What calls a person at once, and the importance that it gives the message.
ALARMS = {"threat": "high", "suicide": "life_safety"}
PERSONAL = ("phone", "passport", "card", "snils", "email")
#: What is not shown before the message is opened.
MASKED = (*PERSONAL, "obscenity")
#: Context of the reader of a page: its messages are screened together, once stored.
TOGETHER = "social_screening_together"
#: Set when the people have been told, once.
TELLING = {"told_at"}


class Source(NamedTuple):
    """A text to screen: the words of a ticket, or of one of its messages."""

    ticket: models.BaseModel
    message: models.BaseModel
    text: str


@lru_cache(maxsize=1024)
def _screened(text, lexicon):
    """What is found in ``text``; a text is looked at several times on its way in."""
    return screen(text, lexicon)


def text_key(text):
    """Says which text a finding belongs to, without repeating it."""
    return hashlib.sha256((text or "").encode()).hexdigest()[:32]


class HelpdeskSocialFinding(models.Model):
    """Something in a citizen's text that a person must see: an insult, a threat, a
    telephone number.

    Evidence: written by the screening alone, never changed or deleted.  ``start``
    and ``end`` count characters (code points) of the text as received.
    """

    _name = "helpdesk.social.finding"
    _description = "Finding in a message"
    _inherit = ["helpdesk.social.procedural"]
    _order = "ticket_id desc, id"
    _rec_name = "kind"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        "Message",
        required=True,
        index=True,
        ondelete="restrict",
        bypass_search_access=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    message_id = fields.Many2one(
        "helpdesk.social.message",
        "Item of the network",
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: the words a person entered.",
    )
    kind = fields.Selection(KINDS, required=True, index=True)
    words = fields.Char(required=True)
    start = fields.Integer(required=True)
    end = fields.Integer(required=True)
    rule = fields.Char(help="What recognised the words.")
    at = fields.Datetime("Found", required=True)
    text_key = fields.Char(required=True, help="Fingerprint of the text screened.")
    told_at = fields.Datetime("People told")

    _once = models.UniqueIndex(
        '(ticket_id, COALESCE(message_id, 0), text_key, kind, start, "end")',
        "This finding is recorded already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("Findings are recorded by the screening alone."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su or set(vals) - TELLING or any(self.mapped("told_at")):
            raise UserError(self.env._("What was found cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was found is evidence and stays."))

    # -- looking at a text -------------------------------------------------------

    @api.model
    def _found(self, text, company):
        """What is found in ``text`` by the rules and the words of ``company``.

        Stores nothing.  Raises what the rules raise.
        """
        lexicon = self.env["helpdesk.social.lexicon"]._lexicon(company)
        return _screened(text or "", lexicon)

    @api.model
    def _masked(self, text, company):
        """``text`` fit for lists and notices, or None where it cannot be screened.

        What cannot be screened is not shown either: it may hold anything.
        """
        try:
            found = self._found(text, company)
            return mask(text or "", [item for item in found if item.kind in MASKED])
        except Exception:  # pylint: disable=broad-except
            # Whatever the rules stumble over, no message is lost by it.
            _logger.exception("A text could not be screened for lists")
            return None

    # -- screening ---------------------------------------------------------------

    @api.model
    def _screen(self, sources):
        """Screen texts, store what is found, and call people where it is a threat.

        Never raises but for conflicts with another process; a text screened before
        adds nothing.

        :param sources: list of :class:`Source`
        :return: those of ``sources`` that could not be screened
        """
        # sudo: findings are written by the screening alone, on nobody's behalf.
        Finding = self.sudo()
        rows, failed, known = [], [], Finding._known(sources)
        now = fields.Datetime.now()
        for source in dict.fromkeys(sources):
            key = text_key(source.text)
            if Finding._is_known(source, key, known):
                continue
            try:
                found = self._found(source.text, source.ticket.company_id)
            except Exception:  # pylint: disable=broad-except
                # The message counts more than what the rules say of it.
                _logger.exception("Message %s was not screened", source.ticket.number)
                failed.append(source)
                continue
            rows += [Finding._vals(source, key, item, now) for item in found]
            known.add((source.ticket, source.message, key))
        if rows:
            Finding.create(rows)._raise_alarm(now)
        return failed

    @api.model
    def _known(self, sources):
        """(ticket, message, key) of the texts of which something is stored."""
        tickets = self.env["helpdesk.ticket"].union(*[s.ticket for s in sources])
        rows = self.search_fetch(
            [("ticket_id", "in", tickets.ids)], ["ticket_id", "message_id", "text_key"]
        )
        tickets = {ticket.id: ticket for ticket in tickets}
        return {(tickets[r.ticket_id.id], r.message_id, r.text_key) for r in rows}

    @api.model
    def _is_known(self, source, key, known):
        """Whether these words were screened as this item's, or as a person's who
        entered them before the network delivered them."""
        nobody = self.env["helpdesk.social.message"]
        if source.message:
            whose = (source.message, nobody)
            return any((source.ticket, m, key) in known for m in whose)
        return any(t == source.ticket and k == key for t, _m, k in known)

    @api.model
    def _vals(self, source, key, item, now):
        return {
            "ticket_id": source.ticket.id,
            "message_id": source.message.id,
            "kind": item.kind,
            "words": item.words,
            "start": item.start,
            "end": item.end,
            "rule": item.rule,
            "at": now,
            "text_key": key,
        }

    def _attempt(self, step, *args):
        """Call the method ``step``; what goes wrong undoes that step and no other.

        Returns what it returned, or None where it failed.
        """
        try:
            with self.env.cr.savepoint():
                return getattr(self, step)(*args)
        except CONFLICTS:
            raise
        except Exception:  # pylint: disable=broad-except
            _logger.exception("%s failed for findings %s", step, self.ids)
            return None

    def _excluding(self):
        """Those that speak for an exclusion."""
        return self.filtered(lambda finding: finding.kind in EXCLUDING)

    # -- words -------------------------------------------------------------------

    def _in_words(self):
        """The findings by kind, with the words: «Threat: «…», «…»»."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        parts = []
        for kind, label in labels.items():
            words = dict.fromkeys(f.words for f in self if f.kind == kind)
            if words:
                parts.append(f"{label}: " + ", ".join(f"«{word}»" for word in words))
        return "; ".join(parts)

    def _kinds_in_words(self):
        """What kinds of findings these are, without the words themselves."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        kinds = set(self.mapped("kind"))
        return ", ".join(label for kind, label in labels.items() if kind in kinds)

    def _marks(self, text):
        """Pieces of ``text`` to be marked, in order, none overlapping another."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        key, marks = text_key(text), []
        own = self.filtered(lambda finding: finding.text_key == key)
        for finding in own.sorted(lambda f: (f.start, -f.end, f.id)):
            label, last = labels[finding.kind], marks[-1] if marks else None
            if last and finding.start < last["end"]:
                last["end"] = max(last["end"], finding.end)
                if label not in last["label"].split(", "):
                    last["label"] += f", {label}"
                continue
            kind = "personal" if finding.kind in PERSONAL else finding.kind
            marks.append(
                {
                    "start": finding.start,
                    "end": finding.end,
                    "kind": kind,
                    "label": label,
                }
            )
        return marks
