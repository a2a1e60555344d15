from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

#: On paper that is kept, the year is told, too.
INSTANT_FORMAT = "d MMMM y, HH:mm"


class HelpdeskSocialAppealCard(models.AbstractModel):
    """What stands on the card of a message handed over as an appeal.

    Whoever may read the message may print it.  Nothing on the card is fetched: the
    words, links and photos are told as text.
    """

    _name = "report.helpdesk_mgmt_social.report_appeal"
    _description = "Card of an appeal"

    @api.model
    def _get_report_values(self, docids, data=None):
        tickets = self.env["helpdesk.ticket"].browse(docids)
        if not all(tickets.mapped("handed_over_at")):
            raise UserError(
                self.env._("A card is printed of messages handed over as appeals.")
            )
        return {
            "doc_ids": docids,
            "doc_model": "helpdesk.ticket",
            "docs": tickets,
            "cards": [self._card(ticket) for ticket in tickets],
        }

    @api.model
    def _card(self, ticket):
        """The card of one message: heading, rows of (label, words), texts."""
        env, moment = self.env, self._moment
        fields = ticket._fields
        how = dict(fields["handed_over_how"]._description_selection(env))
        network = dict(fields["network"]._description_selection(env))
        kind = dict(fields["kind"]._description_selection(env))
        basis = ticket.regulation_id.name
        if ticket.regulation_id.appeal_clause:
            clause = env._("clause: %s", ticket.regulation_id.appeal_clause)
            basis = f"{basis}, {clause}"
        rows = [
            (env._("Number of the message"), ticket.number),
            (env._("Author, as shown"), ticket.author_name or env._("Author unknown")),
            (env._("Author's page"), ticket.author_id.url),
            (env._("Network"), network.get(ticket.network)),
            (env._("Kind"), kind.get(ticket.kind)),
            (env._("Link to the original"), ticket.permalink),
            (env._("Received"), moment(ticket, ticket.received_at)),
        ]
        handed = [
            (env._("Handed over by"), ticket.handed_over_by_id.name),
            (env._("Handed over"), moment(ticket, ticket.handed_over_at)),
            (env._("Handed over to"), ticket.handed_over_to),
            (env._("How"), how.get(ticket.handed_over_how)),
            (env._("Registration number"), ticket.handed_over_number or "____________"),
            (env._("Note"), ticket.resolution_note),
            (env._("Ground"), basis),
        ]
        return {
            "organisation": ticket.company_id.name,
            "rows": [row for row in rows if row[1]],
            "text": ticket.original_text or env._("Message without text"),
            "later": self._later(ticket),
            "photos": self._photos(ticket),
            "handed": [row for row in handed if row[1]],
        }

    @api.model
    def _moment(self, ticket, instant):
        """An instant in the organisation's zone, with the zone's name."""
        if not instant:
            return ""
        zone = ticket._social_tz()
        words = format_datetime(self.env, instant, tz=zone, dt_format=INSTANT_FORMAT)
        return f"{words} ({zone})"

    @api.model
    def _later(self, ticket):
        """(when, words) of what the author added."""
        incoming = ticket.social_message_ids.filtered(
            lambda m: m.direction == "in" and m.text and m.text != ticket.original_text
        )
        return [
            (self._moment(ticket, message.posted_at), message.text)
            for message in incoming.sorted("id")
        ]

    @api.model
    def _photos(self, ticket):
        """The attachments in words: name and size."""
        return [
            self.env._(
                "%(name)s, %(size)s KB",
                name=photo.name,
                size=max(1, round((photo.file_size or 0) / 1024)),
            )
            for photo in ticket.photo_ids
        ]
