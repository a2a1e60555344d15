import html
import logging
import random
import re
import unicodedata
from datetime import timedelta
from difflib import SequenceMatcher

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

from ..networks import NetworkError, Published, pause

_logger = logging.getLogger(__name__)

ACTIVITY = "helpdesk_mgmt_social.activity_standing"
#: How long after publication a reply is looked at again.
LOOKS = (timedelta(hours=1), timedelta(days=1))
#: Replies of one page that are looked at in one run.
LOOKS_PER_TURN = 50
#: Of these, how many between two commits.
LOOKS_AT_ONCE = 10
#: Failed looks in a row after which one is given up.
LOOK_TRIES = 5
CONFLICTS = (psycopg2.errors.SerializationFailure, ConcurrencyError)
#: A word that networks rewrite: a link, a mention, a tag.
_REWRITTEN = re.compile(r"://|^\W*(?:www\.|@|#)|\.\w{2,}/", re.IGNORECASE)
#: Formatting and control characters, and the variants of emojis.
_INVISIBLE = ("Cf", "Cc", "Mn")
#: A mention with the name that readers see.
_MENTION = re.compile(r"\[[^\]|]*\|([^\]]*)\]")


class HelpdeskSocialMessage(models.Model):
    """What became of a published reply: it is looked at again, and again a day later.

    A network, or whoever else has the page's keys, may have deleted, hidden or changed
    it.  The curator is told once of each such thing.
    """

    _inherit = "helpdesk.social.message"

    standing = fields.Selection(
        [
            ("there", "Stands there"),
            ("gone", "Gone"),
            ("changed", "Reads otherwise"),
            ("unknown", "Could not be seen"),
            ("off", "Taken off the network"),
        ],
        "On the network",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    looked_at = fields.Datetime("Looked at", readonly=True, copy=False)
    next_look = fields.Datetime("Next look", readonly=True, copy=False)
    looks = fields.Integer("Looks so far", readonly=True, copy=False)
    look_tries = fields.Integer(readonly=True, copy=False)
    seen_text = fields.Text("Text found on the network", readonly=True, copy=False)
    taken_off_at = fields.Datetime("Taken off the network", readonly=True, copy=False)

    _next_look_idx = models.Index("(next_look) WHERE next_look IS NOT NULL")

    def _sent(self, external_id, link, at=None):
        """As ever; what the network has given an id is looked at again."""
        res = super()._sent(external_id, link, at)
        if external_id:
            self._look_again()
        return res

    def _look_again(self):
        """Plan the looks at what stands on the network from now on."""
        now = fields.Datetime.now()
        self.write(
            {
                "standing": "there",
                "looks": 0,
                "look_tries": 0,
                "seen_text": False,
                "next_look": now + LOOKS[0],
            }
        )

    def _published_item(self):
        """What a client needs to find this row's item on the network."""
        self.ensure_one()
        return Published(
            external_id=self.external_id,
            kind=self.kind,
            root_id=self.root_id,
            thread_id=self.thread_id,
            parent_id=self.parent_id or None,
        )

    # -- the lane ----------------------------------------------------------------

    @api.model
    def _look_domain(self):
        return [
            ("next_look", "<=", fields.Datetime.now()),
            ("outbox_state", "=", "sent"),
            ("taken_off_at", "=", False),
            ("account_id.health", "!=", "stopped"),
        ]

    @api.model
    def _cron_look(self):
        """The lane of looking: what became of published replies, page by page.

        Never raises.
        """
        self = self.with_user(SUPERUSER_ID).with_context(social_automatic=True)
        cron = self.env["ir.cron"]
        pages = self._read_group(self._look_domain(), ["account_id"], ["__count"])
        cron._commit_progress(remaining=sum(count for _page, count in pages))
        for account, _count in pages:
            looked = 0
            try:
                looked = self._look_at_page(account)
                account._lease_give_back()
            except CONFLICTS:
                # Somebody changed the same rows: they are looked at next time.
                self.env.cr.rollback()
                account._lease_give_back()
            except Exception:  # pylint: disable=broad-except
                self.env.cr.rollback()
                _logger.exception("Looking at replies of page %s failed", account.id)
                account._lease_give_back()
            if not cron._commit_progress(looked):
                return
        cron._commit_progress(remaining=0)

    @api.model
    def _look_at_page(self, account):
        """Look at a run's worth of replies of one page; returns how many.

        Under the page's lease, as reading is: the network counts all calls together.
        """
        cron = self.env["ir.cron"]
        seconds = LOOKS_AT_ONCE * self._http()._lease_seconds()
        if not account._has_client():
            return 0
        now = fields.Datetime.now()
        if not account._lease_take(now, seconds):
            # It is being read just now, which is soon over.
            lane = self.env.ref("helpdesk_mgmt_social.cron_look")
            lane._trigger(now + timedelta(minutes=1))
            return 0
        cron._commit_progress()
        domain = [*self._look_domain(), ("account_id", "=", account.id)]
        rows = self.search(domain, order="next_look, id", limit=LOOKS_PER_TURN)
        rows -= rows._put_off()
        client = account._client()
        looked = 0
        for kind, of_kind in rows.grouped("kind").items():
            if "look" not in client.abilities(kind):
                # Nothing will ever be known of these.
                of_kind.write({"next_look": False, "standing": False})
                continue
            for start in range(0, len(of_kind), LOOKS_AT_ONCE):
                piece = of_kind[start : start + LOOKS_AT_ONCE]
                account._lease_renew(fields.Datetime.now(), seconds)
                cron._commit_progress()
                looked += len(piece)
                if not piece._look(client):
                    # The others would fail alike, one timeout after the other.
                    return looked
        return looked

    def _put_off(self):
        """Those of these rows that are just being changed; they are looked at later."""
        changing = self.filtered(
            lambda row: any(
                change.state in ("queued", "sending")
                for change in row.reply_id.change_ids
            )
        )
        later = fields.Datetime.now() + timedelta(minutes=10)
        changing.write({"next_look": later})
        return changing

    def _look(self, client):
        """Look at these rows together, and store what was seen; returns whether the
        network answered."""
        try:
            seen = {
                standing.external_id: standing
                for standing in client.look([row._published_item() for row in self])
            }
        except NetworkError as error:
            _logger.info("Published replies could not be seen: %s", error.message)
            self._not_seen(error.retry_after)
            return False
        missing = self.filtered(
            lambda row: (
                row.external_id not in seen or seen[row.external_id].state == "unknown"
            )
        )
        missing._not_seen()
        for row in self - missing:
            row._seen(seen[row.external_id])
        return True

    def _not_seen(self, retry_after=None):
        """A look that failed: again after growing pauses, at last without result."""
        now = fields.Datetime.now()
        for row in self:
            tries = row.look_tries + 1
            if tries < LOOK_TRIES:
                wait = pause(tries, random.Random(), first=300)
                wait = max(wait, retry_after or 0)
                row.write(
                    {"look_tries": tries, "next_look": now + timedelta(seconds=wait)}
                )
            else:
                row.standing = "unknown"
                row._looked(now)

    def _looked(self, now):
        """One look is over; plan the next one, if any."""
        self.ensure_one()
        done = self.looks + 1
        since = max(self.edited_at or self.posted_at, self.posted_at)
        after = since + LOOKS[done] if done < len(LOOKS) else False
        self.write(
            {
                "looks": done,
                "look_tries": 0,
                "next_look": after and max(after, now + timedelta(minutes=10)),
            }
        )

    def _seen(self, standing):
        """Store what a look has shown, and tell the curator of what is new in it."""
        self.ensure_one()
        now = fields.Datetime.now()
        state, text = standing.state, standing.text or ""
        # Where the network shows no text, nothing can be said about it.
        if state == "there" and text and not same_text(self.text, text):
            state = "changed"
        before, seen_before = self.standing, self.seen_text
        self.write(
            {
                "standing": state,
                "looked_at": now,
                "seen_text": text if state == "changed" else False,
            }
        )
        self._looked(now)
        if state == "gone" and before != "gone":
            self._tell_of(
                self.env._("The published reply is not on the network any more"),
                activity=True,
            )
        elif state == "changed" and (before, seen_before) != ("changed", text):
            self._tell_of(
                self.env._("The published reply was changed on the network"),
                activity=True,
                text=text,
            )
        elif state == "there" and before in ("gone", "changed"):
            self._tell_of(
                self.env._("The published reply stands on the network as it should")
            )

    def _tell_of(self, words, activity=False, text=None):
        """Write ``words`` into the ticket's history; with an ``activity`` for whoever
        is in charge."""
        self.ensure_one()
        ticket = self.ticket_id
        parts = [words, self.permalink or "", text or ""]
        ticket.message_post(body=": ".join(part for part in parts if part))
        if activity:
            ticket._tell_curator(words, ACTIVITY)
        else:
            ticket.activity_unlink([ACTIVITY])

    # -- a person's step -----------------------------------------------------------

    def action_look_now(self):
        """Look at published replies at once, from a button."""
        self.ticket_id._check_curator()
        for row in self.sudo():  # sudo: the outbox is written by the procedure alone.
            if row.outbox_state != "sent" or not row.external_id or row.taken_off_at:
                raise UserError(
                    self.env._("This reply does not stand on the network by our doing.")
                )
            row.next_look = fields.Datetime.now()
        cron = self.env.ref("helpdesk_mgmt_social.cron_look")
        cron.sudo()._trigger()  # sudo: any curator may ask for it.
        return True


def same_text(ours, theirs):
    """Whether ``theirs`` is ``ours`` as a network shows it.

    Networks change blanks and signs, and rewrite links, mentions and tags.  Any other
    word that differs is somebody's doing.
    """
    ours, theirs = _words(ours), _words(theirs)
    if ours == theirs:
        return True
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for code, begin, end, from_, to in matcher.get_opcodes():
        if code != "equal" and not all(
            _REWRITTEN.search(word) for word in (*ours[begin:end], *theirs[from_:to])
        ):
            return False
    return True


def _words(text):
    """The words of a text, without what networks change in passing."""
    text = unicodedata.normalize("NFKC", html.unescape(text or ""))
    kept = (c for c in text if c.isspace() or unicodedata.category(c) not in _INVISIBLE)
    return _MENTION.sub(r"\1", "".join(kept)).split()
