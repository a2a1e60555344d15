import hashlib
import logging
from dataclasses import replace
from functools import partial

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import clean_context

from ..networks import Consequence, NetworkError, client_class
from .helpdesk_social_account_ingest import CONFLICTS, PIECE_CALLS, _aborted

_logger = logging.getLogger(__name__)

#: Events that are stored in one transaction.
PIECE = 100
#: Pieces of one page before the next page has its turn.
PIECES = 10
#: What a client raises for a call that is not its network's.
NOT_OURS = (Consequence.CREDENTIALS, Consequence.CONTENT)


class HelpdeskSocialAccount(models.Model):
    """Events that a network delivers to our address.

    They are stored as they come and the network is answered; the lane stores what
    they bring, under the same lease as reading.  Reading goes on beside it: what a
    network failed to deliver is found by the next comparison.
    """

    _inherit = "helpdesk.social.account"

    # Only the digest can be searched: who reads the table cannot call the address.
    delivery_hash = fields.Char(
        "Digest of the address", readonly=True, copy=False, groups=NO_ACCESS
    )

    _delivery_hash_uniq = models.UniqueIndex(
        "(delivery_hash) WHERE delivery_hash IS NOT NULL"
    )

    # -- taking in ---------------------------------------------------------------

    @api.model
    def _deliver(self, token, body, headers):
        """Store what was delivered at the address with ``token``.

        :return: the client's :class:`Delivery`, whose answer the network waits for,
            or None for every call that is not to be answered; and how to go on once
            what was stored is committed, if need be.
        """
        kept = self.env["helpdesk.social.delivery"].sudo()
        # sudo: whoever calls is nobody; the token says which page it is about.
        # The network waits: one query for all that its client needs.
        account = self.sudo().search_fetch(
            [("delivery_hash", "=", token_hash(token)), ("receive", "=", True)],
            ["network", "external_id", "api_url", "ca_bundle"],
        )
        if not account or not account._can_be_delivered():
            return None, None
        try:
            delivery = account._client().deliver(body, headers)
            if delivery.payload is not None:
                kept = kept._keep(account, delivery)
        # The others: nested deeper than anything a network sends, halves of characters.
        except (NetworkError, RecursionError, UnicodeError) as error:
            if isinstance(error, NetworkError) and error.consequence not in NOT_OURS:
                raise
        else:
            return delivery, kept and partial(kept._announce, account)
        self.env["helpdesk.social.delivery.refusal"].sudo()._count(account)
        return None, None

    def _can_be_delivered(self):
        """Whether this page's network can deliver events to an address."""
        self.ensure_one()
        return self._has_client() and bool(client_class(self.network).DELIVERED)

    # -- the lane ----------------------------------------------------------------

    @api.model
    def _cron_deliveries(self):
        """The lane of delivered events: page after page, each in order of arrival.

        Never raises: what goes wrong is kept with the event or in the log.
        """
        # Giving a page back, the lane need not wake itself.
        self = self.with_context(social_deliveries=True)
        cron = self.env["ir.cron"]
        Delivery = self.env["helpdesk.social.delivery"]
        groups = Delivery._read_group(
            Delivery._due_domain(), ["account_id"], order="id:min"
        )
        accounts = self.browse([account.id for [account] in groups])
        cron._commit_progress(remaining=len(accounts))
        unfinished = False
        for account in accounts:
            try:
                unfinished |= account._take_deliveries(cron._commit_progress)
                # The end of the claim is written here: somebody may have changed the
                # page meanwhile.
                account._lease_give_back()
                left = cron._commit_progress(1)
            except CONFLICTS:
                # Another process was quicker with the same rows: once more.
                unfinished = True
                left = account._leave_failed()
            except Exception:  # pylint: disable=broad-except
                # A lane never stops at one page; the events wait, and are kept.
                _logger.exception("Delivered events of page %s failed", account.id)
                # Those behind them wait for nothing but the next look.
                unfinished = True
                left = account._leave_failed(account._postpone_due)
            if not left:
                unfinished = True
                break
        if unfinished:
            Delivery._wake_lane()

    def _postpone_due(self):
        """Let the events that are next in turn wait: something failed with them."""
        self._due_deliveries(PIECE)._postpone("Internal error, see the log")

    def _due_deliveries(self, limit):
        """The events of this page to be looked at now, oldest first."""
        Delivery = self.env["helpdesk.social.delivery"].sudo()
        mine = fields.Domain("account_id", "=", self.id)
        return Delivery.search(Delivery._due_domain() & mine, limit=limit)

    def _take_deliveries(self, commit):
        """Store what delivered events of this page bring, piece by piece.

        ``commit`` is called after each piece and returns the seconds left.  Returns
        whether events are left though the page could be taken; where somebody is
        reading the page just now, that one wakes the lane at the end.
        """
        self.ensure_one()
        context = {**clean_context(self.env.context), "social_automatic": True}
        context["lang"] = self.company_id._social_lang()
        self = self.with_user(SUPERUSER_ID).with_context(context)
        seconds = PIECE_CALLS * self._http()._lease_seconds()
        if not self._lease_take(fields.Datetime.now(), seconds):
            return False
        commit()
        try:
            client = self._client()
            for _piece in range(PIECES):
                piece = self._due_deliveries(PIECE)
                if not piece:
                    return False
                self._take_piece(client, piece)
                self._lease_renew(fields.Datetime.now(), seconds)
                if not commit():
                    break
            return bool(self._due_deliveries(1))
        finally:
            if not self.env.cr.closed and not _aborted(self.env.cr):
                self._lease_drop()

    def _take_piece(self, client, piece):
        """Store what the events of ``piece`` bring, and that they did.

        What cannot be understood is halved until it is found, so that the others
        are stored all the same.
        """
        failure = None
        try:
            with self.env.cr.savepoint():
                payloads = [delivery.payload for delivery in piece]
                batch = client.events(payloads, dict(self.cursor or {}))
                if batch.broken and len(piece) > 1:
                    raise NotUnderstood
                # A broken event stays here, with its error, to be tried again.
                self._store_batch(client, replace(batch, broken=()))
                if batch.broken:
                    piece._note_broken(batch.broken[0][1])
                else:
                    piece._note_done()
        except CONFLICTS:
            raise
        except NetworkError as error:
            piece._postpone(error.message, error.retry_after)
        except Exception as error:  # pylint: disable=broad-except
            failure = error
        # Not inside ``except``: each half would carry the failure of the whole along.
        if failure and len(piece) > 1:
            middle = len(piece) // 2
            self._take_piece(client, piece[:middle])
            self._take_piece(client, piece[middle:])
        elif failure:
            # Not with its text: that may be what a citizen wrote in private.
            reason = type(failure).__name__
            _logger.warning(
                "Delivered event %s: %s", piece.id, reason, exc_info=failure
            )
            piece._note_broken(reason)

    def _lease_drop(self):
        """As ever; what came while the page was claimed had to wait for that.

        Whoever had it, and however it ended.  Not only where such an event is seen
        here: one may come, and be left alone for the claim, until the claim's end is
        committed together with this wake-up.
        """
        res = super()._lease_drop()
        lane = self.env.context.get("social_deliveries")
        # sudo: the digest of the address is closed to everybody.
        if not lane and self.sudo().delivery_hash:
            self.env["helpdesk.social.delivery"].sudo()._wake_lane()
        return res


class NotUnderstood(Exception):
    """Some event of several could not be understood; which one is to be found."""


def token_hash(token):
    """What is stored of an address."""
    return hashlib.sha256(token.encode()).hexdigest()
