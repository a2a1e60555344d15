import logging
from dataclasses import replace

import psycopg2

from odoo import models
from odoo.exceptions import ConcurrencyError
from odoo.tools import mute_logger, split_every

from ..networks import NetworkError, clean
from .helpdesk_social_deadline_alert import CONFLICTS

_logger = logging.getLogger(__name__)

#: Items stored together at most: what a failure makes be done again one by one.
TOGETHER_ITEMS = 250


class HelpdeskSocialAccount(models.Model):
    """Storing of what was read: a piece at once, or else item by item.

    Both ways give the same.  Items are stored together in runs: new ones first, then
    the changes of what is stored.  A change that might lead its message to a ticket
    (of a tombstone, of what could not be processed) ends the run, since later
    messages of the thread may belong to that ticket.
    """

    _inherit = "helpdesk.social.account"

    def _store_batch(self, client, batch):
        """Store a piece of reading with the cursor that covers it.

        Returns how many items were not known.  Raises ConcurrencyError where another
        process has stored the same meanwhile: the whole piece is then read again.
        """
        self.ensure_one()
        self._note_own(batch.items)
        incoming = [_cleaned(item) for item in batch.items if not item.own]
        self._recognise_broken(incoming)
        authors = self._store_authors(client, incoming)
        stored = 0
        for piece in split_every(TOGETHER_ITEMS, incoming, list):
            stored += self._store_piece(piece, authors)
        for raw, reason in batch.broken:
            self._store_broken(raw, reason)
        self.cursor = batch.cursor
        return stored

    def _store_piece(self, items, authors):
        """Store ``items`` together; where that fails, whatever it was, one by one."""
        if len(items) > 1:
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    return self._store_together(items, authors)
            except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                if isinstance(error, CONFLICTS) or self.env.cr.closed:
                    raise
                _logger.info("A piece of page %s is stored one by one", self.id)
            except ConcurrencyError:
                raise
            except Exception:  # pylint: disable=broad-except
                # Whose fault it was shows when each is stored by itself.
                _logger.info("A piece of page %s is stored one by one", self.id)
        return sum(self._store_item_safely(item, authors) for item in items)

    # -- together ----------------------------------------------------------------

    def _store_together(self, items, authors):
        """Store ``items`` in their order; returns how many were not known."""
        rows = self._stored_rows(items)
        fresh, changes, stored = {}, [], 0
        for item in items:
            key = item.external_id
            row, first = rows.get(key), fresh.get(key)
            if row is None and first is None:
                fresh[key] = item
            elif _led(row) if row else not first.deleted:
                changes.append(item)
            else:
                stored += len(fresh)
                self._store_run(fresh, changes, rows, authors)
                fresh, changes = {}, []
                self._store_item(item, authors)
        self._store_run(fresh, changes, rows, authors)
        return stored + len(fresh)

    def _store_run(self, fresh, changes, rows, authors):
        """Store new items and then changes of stored ones; adds to ``rows``."""
        Message = self.env["helpdesk.social.message"]
        messages = Message.create(
            [self._row_vals(item, authors) for item in fresh.values()]
        )
        rows.update(zip(fresh, messages, strict=True))
        messages._route()
        changed = []
        for item in changes:
            message = rows[item.external_id]
            vals = message._follow_item(item, authors.get(item.author_id))
            if vals:
                changed.append((message, vals))
        Message._note_changes(changed)

    def _stored_rows(self, items):
        """What is stored of ``items``, by external id."""
        rows = self.env["helpdesk.social.message"].search_fetch(
            [
                ("account_id", "=", self.id),
                ("external_id", "in", [item.external_id for item in items]),
            ]
        )
        return {row.external_id: row for row in rows}

    def _row_vals(self, item, authors):
        """Values of a new row for ``item``, its author among them."""
        vals = self.env["helpdesk.social.message"]._incoming_vals(self, item)
        author = authors.get(item.author_id)
        return {**vals, "author_id": author.id if author else False}

    # -- one by one --------------------------------------------------------------

    def _store_item_safely(self, item, authors):
        """Store one item; what is wrong with it never stops the others.

        Raises ConcurrencyError where another process has stored the same, or
        something it needs, since our snapshot was taken: the whole piece is then
        read again, and its cursor not moved.
        """
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self._store_item(item, authors)
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error
        except CONFLICTS:
            raise
        except Exception as error:  # pylint: disable=broad-except
            if self.env.cr.closed or isinstance(error, psycopg2.InterfaceError):
                raise
            _logger.warning(
                "Item %s could not be processed", item.external_id, exc_info=True
            )
            self._store_broken(item.raw, str(error) or type(error).__name__, item)
            return 0

    def _store_item(self, item, authors):
        """Store or update the row of one item and lead it to a ticket.

        Returns 1 for an item that was not known.
        """
        Message = self.env["helpdesk.social.message"]
        message = self._stored_rows([item]).get(item.external_id)
        if not message:
            Message.create(self._row_vals(item, authors))._route()
            return 1
        if message.item_type:
            vals = message._follow_item(item, authors.get(item.author_id))
        else:
            # Of what could not be processed before only the raw object was kept.
            vals = {**self._row_vals(item, authors), "stored_at": message.stored_at}
            message.write(vals)
        if vals and message.ticket_id:
            Message._note_changes([(message, vals)])
        elif vals:
            message._route()
        message._mended()
        return 0

    # -- authors -----------------------------------------------------------------

    def _store_authors(self, client, items):
        """Authors of ``items``: records by their id on the network.

        One call for all that are unknown.  Where the network does not tell who they
        are, the message counts more than the name.
        """
        Author = self.env["helpdesk.social.author"]
        wanted = {item.author_id for item in items if item.author_id}
        if not wanted:
            return {}
        known = Author.search_fetch(
            [
                ("company_id", "=", self.company_id.id),
                ("network", "=", self.network),
                ("external_id", "in", list(wanted)),
            ],
            ["external_id"],
        )
        authors = {author.external_id: author for author in known}
        missing = sorted(wanted - set(authors))
        if not missing:
            return authors
        found = {}
        try:
            found = {author.external_id: author for author in client.authors(missing)}
        except NetworkError as error:
            _logger.warning("Authors of page %s: %s", self.id, error.message)
        created = self._create_authors(
            [self._author_vals(key, found.get(key)) for key in missing]
        )
        authors.update((author.external_id, author) for author in created)
        return authors

    def _author_vals(self, external_id, author):
        """Values of an author; ``author`` as the network shows it, or None."""
        return {
            "company_id": self.company_id.id,
            "network": self.network,
            "external_id": external_id,
            "name": (author and author.name) or external_id,
            "url": author.url if author else False,
            "is_community": bool(author and author.is_community),
        }

    def _create_authors(self, vals_list):
        """Create authors; one whom the database refuses is left out.

        Raises ConcurrencyError for one whom another process has just stored.
        """
        Author = self.env["helpdesk.social.author"]
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return Author.create(vals_list)
        except psycopg2.errors.UniqueViolation as error:
            # Stored by another process and invisible to this transaction.
            raise ConcurrencyError(str(error)) from error
        except (ValueError, psycopg2.DataError):
            if len(vals_list) > 1:
                each = (self._create_authors([vals]) for vals in vals_list)
                return Author.union(*each)
            _logger.warning("An author of page %s cannot be stored", self.id)
            return Author


def _led(row):
    """Whether no change leads ``row`` elsewhere: it has its ticket and no trouble."""
    return row.ticket_id and not row.broken


def _cleaned(item):
    """``item`` without the characters that no database stores."""
    texts = _cleaned_texts(item)
    attachments = tuple(
        replace(attachment, **_cleaned_texts(attachment))
        for attachment in item.attachments
    )
    if not texts and attachments == item.attachments:
        return item
    return replace(item, attachments=attachments, **texts)


def _cleaned_texts(record):
    """The texts of ``record`` that had to be cleaned, by name."""
    texts = ((n, v) for n, v in vars(record).items() if isinstance(v, str))
    return {name: clean(text) for name, text in texts if clean(text) != text}
