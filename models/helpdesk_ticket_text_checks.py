import re
from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..language.checks import Context, Requirement, check, questions
from .helpdesk_social_remark_words import remark_words
from .res_users import GROUP_CURATOR

#: How many of the latest replies a text is compared with.
EARLIER_REPLIES = 50

#: A text without anything like this names nobody's contacts.
_CONTACT = re.compile(r"@|(?:\d\D?){5}")


class HelpdeskTicket(models.Model):
    """Texts of replies held against what the regulation asks of them."""

    _inherit = "helpdesk.ticket"

    # -- for the editors ---------------------------------------------------------

    def check_text(self, text, kind=None):
        """Remarks on ``text`` as the whole reply to this message.

        For its curators and for whoever holds a share of it; AccessError for others.
        ``kind``: final, interim or clarification; that of the approved parts by
        default.  Returns a list of dicts with ``kind`` (of the requirement),
        ``severity`` (``block`` or ``warn``), ``clause``, ``message`` (a sentence),
        ``start`` and ``end`` (the place in characters, or None) and ``excerpt``, those
        that block first.  The citizen's questions close it, as dicts of the severity
        ``remind`` without a place.
        """
        self.ensure_one()
        self._check_text_access()
        # sudo: who asks holds or reviews the reply, and learns nothing else.
        ticket = self.sudo()
        kind = kind or ticket._merged_kind()
        return ticket._worded_checks(text, kind, ticket._approved_replies())

    def _check_text_access(self):
        """Refuse whoever neither reviews nor drafts here (AccessError)."""
        curator = self.env.user.has_group(GROUP_CURATOR)
        if self.env.su or (curator and self.has_access("write")):
            return
        held = self.env["helpdesk.social.assignment"].search(
            [("ticket_id", "in", self.ids), *self.env.user._social_holder_domain()]
        )
        if self - held.ticket_id:
            raise AccessError(
                self.env._("Only its executor and the curator check a draft.")
            )

    def _worded_checks(self, text, kind, replies):
        """Remarks on ``text`` for people, then the questions of the message."""
        remarks = self._text_remarks(text, kind, replies)
        return remark_words(self.env, remarks) + self._question_reminders()

    def _question_reminders(self):
        self.ensure_one()
        return [
            {
                "kind": "questions",
                "severity": "remind",
                "clause": "",
                "message": span.text,
                "start": None,
                "end": None,
                "excerpt": "",
            }
            for span in questions(self.original_text or "")
        ]

    # -- checking ----------------------------------------------------------------

    def _text_remarks(self, text, kind, replies):
        """What ``text`` fails of what the act asks, those that block first.

        Dicts as they are kept with a version: ``code`` and ``params`` of
        ``language.codes`` instead of a sentence, with the kind, the severity and the
        clause as they are now.  ``replies``: the records whose text this is or was
        put together from.  An empty text gets none: it is not written yet.
        """
        self.ensure_one()
        if not (text or "").strip():
            return []
        asked = self.regulation_id._asked_of(kind)
        earlier = self._earlier_replies() if "formulaic" in asked else []
        context = Context(
            public=self.kind != "private",
            interim=kind == "interim",
            earlier_replies=tuple(reply.body or "" for reply in earlier),
            **self._check_facts(asked, replies),
            **self._check_words(text),
        )
        requirements = [Requirement(one.kind, one.amount) for one in asked.values()]
        found = check(text, requirements, context)
        remarks = []
        for remark in found:
            one = asked[remark.kind]
            params = dict(remark.params)
            if remark.code == "formulaic":
                reply = earlier[params.pop("index")]
                params["date"] = self._local_day(reply.published_at).isoformat()
            placed = remark.start is not None
            remarks.append(
                {
                    "kind": remark.kind,
                    "severity": one.severity,
                    "clause": one.clause,
                    "code": remark.code,
                    "params": params,
                    "start": remark.start,
                    "end": remark.end,
                    "excerpt": text[remark.start : remark.end] if placed else "",
                }
            )
        return sorted(remarks, key=_urgency)

    def _check_facts(self, asked, replies):
        """What the checks need to know of this message, as far as they ask for it."""
        labels = "labels" in asked
        return {
            "message": self.original_text or "",
            "attachments": replies._shown_attachment_count() if "photo" in asked else 0,
            "needs_photo": self.needs_photo,
            "number": self.number or "",
            "topic": (labels and self.category_id.name) or "",
            "place": self.territory_id.name or "",
            "author_names": tuple(filter(None, [self.author_name])),
            "repeated": bool(self.repeat_of_id),
            "today": self._local_day(fields.Datetime.now()),
        }

    def _check_words(self, text):
        """An administration's own words for the checks of ``text``; a hook.

        Of ``language.checks.Context``: lexicon, abbreviations, phrases, own_contacts.
        """
        if not _CONTACT.search(f"{text} {self.original_text or ''}"):
            return {}
        # sudo: what the administration publishes of itself.
        company = self.company_id.sudo()
        own = (company.phone, company.email, company.website)
        return {"own_contacts": tuple(filter(None, own))}

    def _earlier_replies(self):
        """The latest replies published in the feed on this topic, to find one that
        was only copied."""
        domain = [
            ("state", "=", "published"),
            ("company_id", "=", self.company_id.id),
            ("ticket_id", "!=", self.id),
            ("ticket_id.kind", "!=", "private"),
        ]
        if self.category_id:
            domain.append(("ticket_id.category_id", "=", self.category_id.id))
        # sudo: whoever drafts sees of the others only how alike the texts are and
        # when they were published, for all to read.
        return (
            self.env["helpdesk.social.reply"]
            .sudo()
            .search_fetch(
                domain,
                ["body", "published_at"],
                order="id desc",
                limit=EARLIER_REPLIES,
            )
        )

    def _local_day(self, instant):
        """The day of ``instant`` (UTC) in the organisation's zone."""
        zone = ZoneInfo(self._social_tz())
        return instant.replace(tzinfo=timezone.utc).astimezone(zone).date()

    # -- refusing ----------------------------------------------------------------

    def _refuse_blocking(self, text, kind, replies):
        """Refuse ``text`` with the sentences of all remarks that block (UserError)."""
        remarks = self._text_remarks(text, kind, replies)
        blocking = [one for one in remarks if one["severity"] == "block"]
        if blocking:
            raise UserError(
                self.env._("The reply is not what the regulation asks for:")
                + "\n"
                + remark_lines(self.env, blocking)
            )

    def _reply_to_publish(self, text):
        self._refuse_blocking(text, self._merged_kind(), self._approved_replies())
        return super()._reply_to_publish(text)


def remark_lines(env, remarks):
    """``remarks`` as the lines of a plain text, each with its clause."""
    lines = []
    for one in remark_words(env, remarks):
        clause = one["clause"]
        line = env._(
            "clause %(clause)s: %(remark)s", clause=clause, remark=one["message"]
        )
        lines.append(f"— {line if clause else one['message']}")
    return "\n".join(lines)


def _urgency(remark):
    """Blocking first, then by the place in the text; what is about the whole first."""
    return remark["severity"] != "block", remark["start"] or 0
