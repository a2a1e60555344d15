import base64
import logging

from PIL.Image import DecompressionBombError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime
from odoo.tools.image import image_process

_logger = logging.getLogger(__name__)

#: Photos are printed no larger than this, in pixels and in number.
PHOTO_SIZE = (900, 700)
MOST_PHOTOS = 12
#: What drawing anew says of a file that is no picture, or one beyond all measure.
UNDRAWN = (UserError, ValueError, OSError, DecompressionBombError)
#: How every JPEG file begins.
JPEG = b"\xff\xd8\xff"


class HelpdeskSocialReportTicket(models.AbstractModel):
    """The whole of one message on paper: the evidence when somebody complains.

    Whoever may read the message may print it.  The citizen's words are printed as
    words, photos are drawn anew and put into the page, links are told as text: no
    address is called to print it.
    """

    _name = "report.helpdesk_mgmt_social.report_ticket"
    _description = "Card of a message"

    @api.model
    def _get_report_values(self, docids, data=None):
        tickets = self.env["helpdesk.ticket"].browse(docids)
        if not all(tickets.mapped("is_social")):
            raise UserError(self.env._("A card is printed of messages only."))
        return {
            "doc_ids": docids,
            "doc_model": "helpdesk.ticket",
            "docs": tickets,
            "cards": [self._card(ticket) for ticket in tickets],
        }

    @api.model
    def _card(self, ticket):
        env = self.env
        zone = ticket._social_tz()
        return {
            "organisation": ticket.company_id.name,
            "number": ticket.number,
            "zone": zone,
            "made": self._moment(ticket, env.cr.now()),
            "made_by": env.user.name,
            "rows": self._rows(ticket),
            "text": ticket.original_text or env._("Message without text"),
            "thread": self._thread(ticket),
            "photos": self._photos(ticket),
            "photos_left": max(0, len(ticket.photo_ids) - MOST_PHOTOS),
            "history": [
                (
                    self._moment(ticket, event.at),
                    event.user_id.name or env._("Author or network"),
                    event.sentence,
                )
                for event in ticket.event_ids
            ],
            "clocks": self._clocks(ticket),
            "replies": self._replies(ticket),
        }

    @api.model
    def _rows(self, ticket):
        """(label, words) of what is known of the message; what is not is left out."""
        env = self.env

        def label(name):
            field = ticket._fields[name]
            return dict(field._description_selection(env)).get(ticket[name])

        rows = [
            (env._("State"), label("social_state")),
            (env._("Author, as shown"), ticket.author_name or env._("Author unknown")),
            (env._("Author's page"), ticket.author_id.url),
            (env._("Network"), label("network")),
            (env._("How it came in"), label("intake")),
            (env._("Kind"), label("kind")),
            (env._("Link to the original"), ticket.permalink),
            (env._("Received"), self._moment(ticket, ticket.received_at)),
            (env._("Importance"), label("importance")),
            (env._("Topic"), ticket.category_id.display_name),
            (env._("Location"), ticket.territory_id.display_name),
            (env._("Regulation"), ticket.regulation_id.display_name),
            (env._("Executors"), ticket.executor_names),
            (env._("Repeats"), ticket.repeat_of_id.number),
            (env._("Published reply"), ticket.published_link),
            (env._("Why there is no reply"), ticket.resolution_note),
        ]
        return [row for row in rows if row[1]]

    @api.model
    def _thread(self, ticket):
        """The conversation in order: (when, who, words, what became of it)."""
        env = self.env
        found = []
        for message in ticket.social_message_ids.sorted(lambda m: (m.posted_at, m.id)):
            if message.direction == "out" and message.outbox_state != "sent":
                continue
            notes = []
            if message.edited_at:
                notes.append(
                    env._("edited %s", self._moment(ticket, message.edited_at))
                )
            if message.deleted_at:
                notes.append(
                    env._("deleted %s", self._moment(ticket, message.deleted_at))
                )
            who = message.author_id.name or env._("Author unknown")
            if message.direction == "out":
                who = message.account_id.name
            found.append(
                {
                    "when": self._moment(ticket, message.posted_at),
                    "who": who,
                    "text": message.text or "",
                    "notes": ", ".join(notes),
                    "earlier": [
                        (self._moment(ticket, version.at), version.text)
                        for version in message.version_ids
                    ],
                }
            )
        return found

    @api.model
    def _photos(self, ticket):
        """Photos as data, drawn anew: nothing of the citizen's file but its picture
        gets into the page."""
        found = []
        for photo in ticket.photo_ids[:MOST_PHOTOS]:
            try:
                picture = image_process(
                    photo.raw, size=PHOTO_SIZE, quality=80, output_format="JPEG"
                )
            except UNDRAWN as error:
                _logger.info("Photo %s is not printed: %s", photo.id, error)
                found.append({"name": photo.name, "data": ""})
                continue
            if not picture.startswith(JPEG):
                # What claims to be a drawing is handed through as it came.
                found.append({"name": photo.name, "data": ""})
                continue
            data = base64.b64encode(picture).decode()
            found.append({"name": photo.name, "data": f"data:image/jpeg;base64,{data}"})
        return found

    @api.model
    def _clocks(self, ticket):
        deadlines = ticket.deadline_ids
        states = dict(deadlines._fields["state"]._description_selection(self.env))
        return [
            {
                "name": deadline.display_name,
                "clause": deadline.clause or "",
                "start": self._moment(ticket, deadline.start),
                "due": self._moment(ticket, deadline.due),
                "done": self._moment(ticket, deadline.done),
                "state": (
                    self.env._("Overdue")
                    if deadline.is_overdue
                    else states[deadline.state]
                ),
                "why": deadline.explanation or "",
            }
            for deadline in deadlines
        ]

    @api.model
    def _replies(self, ticket):
        """Every submitted version of every draft, with the decision on it."""
        found = []
        for version in ticket.reply_ids.version_ids.sorted("id"):
            decisions = dict(
                version._fields["decision"]._description_selection(self.env)
            )
            decision = decisions.get(version.decision, self.env._("not decided yet"))
            if version.decided_by_id:
                when = self._moment(ticket, version.decided_at)
                decision = f"{decision}: {version.decided_by_id.name}, {when}"
            words = [*version.reason_ids.mapped("name"), version.remarks]
            found.append(
                {
                    "when": self._moment(ticket, version.submitted_at),
                    "who": version.submitted_by_id.name,
                    "text": version.body,
                    "decision": decision,
                    "remarks": "; ".join(word for word in words if word),
                }
            )
        return found

    @api.model
    def _moment(self, ticket, instant):
        """An instant in the organisation's zone, to the second where a clock or a
        network counts it; nothing for none."""
        if not instant:
            return ""
        return format_datetime(
            self.env, instant, tz=ticket._social_tz(), dt_format="dd.MM.y HH:mm:ss"
        )
