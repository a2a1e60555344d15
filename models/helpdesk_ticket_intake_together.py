from itertools import groupby

from odoo import api, models

from ..networks import normalise_link
from .helpdesk_ticket import OPEN_STATES


class HelpdeskTicket(models.Model):
    """Messages of one page that become tickets together.

    Each comes to what it would come to by itself, with a number of queries that does
    not grow with the messages.
    """

    _inherit = "helpdesk.ticket"

    @api.model
    def _led_together(self, messages):
        """Cut ``messages`` of one page into runs, in their order, each of which may be
        led to its tickets together; what is led singly is a run of its own."""
        singly = set(self._led_singly(messages).ids) if len(messages) > 1 else ()
        # Neighbours alone make a run: Odoo's own would put all together.
        # pylint: disable=bad-builtin-groupby
        for _alone, run in groupby(messages, lambda m: m.id if m.id in singly else 0):
            yield messages.browse([message.id for message in run])

    @api.model
    def _led_singly(self, messages):
        """Those of ``messages`` whose ticket depends on more than link and thread, or
        which do more than join it; a hook."""
        return messages.browse()

    @api.model
    def _from_messages(self, messages):
        """The tickets that ``messages`` of one page belong to: pairs, in order.

        As ``_from_message`` for each.  A new ticket is met by the messages after it
        as if it were stored: under its link, and open in its thread.
        """
        if len(messages) < 2:
            return [(message, self._from_message(message)) for message in messages]
        keys = {m: normalise_link(m.permalink) or False for m in messages}
        same, talks = self._same_links(messages, keys), self._talks(messages)
        vals_list, led, joining = [], [], []
        for message in messages:
            key = keys[message]
            ticket = same.get(key) if key else None
            if ticket is None:
                earlier = self._earlier_of(message, talks)
                ticket = next((t for t in earlier if _is_open(t)), None)
                if ticket is not None:
                    joining.append((message, ticket))
            if ticket is None:
                ticket = len(vals_list)
                vals = self._page_vals(message, key, self.union(*earlier[:1]))
                vals_list.append({**vals, "received_at": message.posted_at})
                if key:
                    same[key] = ticket
                if message.thread_id and message.author_id:
                    talk = (message.author_id.id, message.thread_id)
                    talks.setdefault(talk, []).insert(0, ticket)
            led.append((message, ticket))
        created = self._social_create_all(vals_list) if vals_list else self

        def resolved(ticket):
            return created[ticket] if isinstance(ticket, int) else ticket

        for message, ticket in joining:
            resolved(ticket)._join(message)
        return [(message, resolved(ticket)) for message, ticket in led]

    @api.model
    def _same_links(self, messages, keys):
        """Tickets that have one of ``keys`` of links already, by key."""
        found = self._search_keys(
            messages.account_id.company_id, [key for key in keys.values() if key]
        )
        return {ticket.permalink_key: ticket for ticket in found}

    @api.model
    def _talks(self, messages):
        """Tickets of the authors in the threads, newest first: lists by author's id
        and key of the thread."""
        threads = {*messages.mapped("thread_id"), *messages.mapped("root_id")} - {False}
        found = self.search_fetch(
            [
                ("is_social", "=", True),
                ("social_account_id", "=", messages.account_id.id),
                ("thread_key", "in", list(threads)),
                ("author_id", "in", messages.author_id.ids),
            ],
            ["author_id", "thread_key", "social_state"],
            order="id desc",
        )
        talks = {}
        for ticket in found:
            talk = (ticket.author_id.id, ticket.thread_key)
            talks.setdefault(talk, []).append(ticket)
        return talks

    @api.model
    def _earlier_of(self, message, talks):
        """Tickets of the same author in the same thread, newest first; of ``talks``,
        where a ticket that is yet to be made is its number in the list."""
        if not (message.thread_id and message.author_id):
            return []
        earlier = []
        for thread in {message.thread_id, message.root_id}:
            earlier += talks.get((message.author_id.id, thread), [])
        return sorted(earlier, key=_age)


def _is_open(ticket):
    """Whether ``ticket`` is being worked on; a new one is."""
    return isinstance(ticket, int) or ticket.social_state in OPEN_STATES


def _age(ticket):
    """Sorts the newest first: new ones before stored ones."""
    return (0, -ticket) if isinstance(ticket, int) else (1, -ticket.id)
