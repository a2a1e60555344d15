import logging
import time
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL, mute_logger

from ..networks import Consequence, NetworkError

_logger = logging.getLogger(__name__)

#: What one page may do before the other pages have their turn.
ROWS_PER_TURN = 10
TURN_SECONDS = 20
#: A failed try that took this long makes its page rest: the next one would, too.
SLOW_SECONDS = 5
#: The longest rest after a slow try; the network may ask for a longer one.
REST_SECONDS = 120
#: The network itself has asked to be left alone.
ASKED_TO_REST = (str(Consequence.SLOW_DOWN), str(Consequence.SLOW_DOWN_LONG))
CONFLICTS = (psycopg2.errors.SerializationFailure, ConcurrencyError)
#: The scheduled actions of sending.  One action runs in one worker at a time, so a
#: page that hangs would hold all others if there were a single one.
LANES = ("cron_send", "cron_send_2", "cron_send_3")


class HelpdeskSocialTurn(models.Model):
    """Whose turn it is to publish: one row for each page.

    The lanes of sending share it.  A page is served by one lane at a time, claimed by
    a lease, for a bounded number of rows and seconds; then the pages that have waited
    longer come first.  A page on which tries fail slowly rests for a while.
    """

    _name = "helpdesk.social.turn"
    _description = "Turn of a page to publish"
    _inherit = ["helpdesk.social.lease", "helpdesk.social.procedural"]
    _order = "last_turn, id"
    _rec_name = "account_id"

    account_id = fields.Many2one(
        "helpdesk.social.account", required=True, readonly=True, ondelete="cascade"
    )
    last_turn = fields.Datetime(readonly=True)
    rests_until = fields.Datetime(readonly=True)

    _account_uniq = models.UniqueIndex("(account_id)", "A page has one turn.")

    # -- the lane ----------------------------------------------------------------

    @api.model
    def _serve_all(self):
        """Serve page after page until nothing is left that can be done now, or the
        time of the scheduled action is over.  Never raises."""
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=sum(self._due_counts().values()))
        idle = self.browse()
        while turn := (self._due_turns() - idle)[:1]:
            served = 0
            try:
                served = turn._serve()
                self.env.flush_all()
            except CONFLICTS:
                self.env.cr.rollback()
                turn._lease_give_back()
            if not served:
                # Taken by another lane, or its rows wait for each other.
                idle |= turn
            if not cron._commit_progress():
                break
        else:
            # What is left waits for its time, or is another lane's.
            cron._commit_progress(remaining=0)
        self._wake()
        cron._commit_progress()

    @api.model
    def _due_counts(self):
        """How many rows are due now, by id of their page."""
        now = fields.Datetime.now()
        counts = {}
        for model, domain in self._due_domains(now).items():
            groups = self.env[model]._read_group(domain, ["account_id"], ["__count"])
            for account, count in groups:
                counts[account.id] = counts.get(account.id, 0) + count
        return counts

    @api.model
    def _due_domains(self, now):
        """What the lanes serve: domains of the rows due at ``now`` (UTC) by model."""
        message = self.env["helpdesk.social.message"]
        change = self.env["helpdesk.social.change"]
        return {
            # Changes first: what stands wrong is mended before more is said.
            change._name: change._due_domain(now),
            message._name: message._outbox_due_domain(now),
        }

    @api.model
    def _due_turns(self):
        """Pages that can be served now, who waited longest first."""
        now = fields.Datetime.now()
        turns = self._of_pages(self._due_counts())
        turns.invalidate_recordset()
        free = turns.filtered(
            lambda turn: (
                not (turn.lease_until and turn.lease_until > now)
                and not (turn.rests_until and turn.rests_until > now)
            )
        )
        first = fields.Datetime.to_datetime("1970-01-01")
        return free.sorted(lambda turn: (turn.last_turn or first, turn.id))

    @api.model
    def _of_pages(self, account_ids):
        """The turns of these pages; a missing one is made."""
        turns = self.search([("account_id", "in", list(account_ids))])
        for account_id in sorted(set(account_ids) - set(turns.account_id.ids)):
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    turns |= self.create({"account_id": account_id})
            except (psycopg2.errors.UniqueViolation, *CONFLICTS):
                # Another lane has made it just now, and serves the page.
                continue
        return turns

    def _serve(self):
        """Serve this page for one turn; returns how many rows were tried."""
        self.ensure_one()
        lang = self.account_id.company_id._social_lang()
        self = self.with_context(lang=lang)
        cron = self.env["ir.cron"]
        if not self._lease_take(fields.Datetime.now(), self._turn_seconds()):
            return 0
        cron._commit_progress()
        served, began = 0, time.monotonic()
        try:
            for record in self._due_records():
                self._lease_renew(fields.Datetime.now(), self._turn_seconds())
                started = time.monotonic()
                if not self._try(record):
                    continue
                served += 1
                self._rest_after(record, time.monotonic() - started)
                more = cron._commit_progress(1)
                resting = self.rests_until and (
                    self.rests_until > fields.Datetime.now()
                )
                enough = time.monotonic() - began > TURN_SECONDS
                if not more or resting or enough or served >= ROWS_PER_TURN:
                    break
        except CONFLICTS:
            # The claim on the page was lost: whoever has it goes on.
            self.env.cr.rollback()
        if self._lease_holds():
            self.last_turn = fields.Datetime.now()
            self._lease_drop()
        return served

    def _turn_seconds(self):
        # Longer than the claim of any row that is served under it.
        return 2 * self.env["helpdesk.social.http"]._lease_seconds()

    def _due_records(self):
        """Rows of this page that are due, in the order they are served in."""
        self.ensure_one()
        now = fields.Datetime.now()
        for model, domain in self._due_domains(now).items():
            own = [*domain, ("account_id", "=", self.account_id.id)]
            yield from self.env[model].search(own, order="id")

    def _try(self, record):
        """One try of one row; returns whether it was this lane's to try."""
        cron = self.env["ir.cron"]
        tried = False
        try:
            # The rows before may have taken their time.
            tried = record._claim(fields.Datetime.now())
            if tried:
                try:
                    delivery = record._prepare()
                except NetworkError as error:
                    # Nothing was called: the page's settings are wrong.
                    record._failed(error)
                    return tried
                # The claim is on disk before the network hears anything, and
                # what follows the call sees the database as it is by then.
                cron._commit_progress()
                record._deliver(delivery)
                # Here, where it is told apart what went wrong with this row.
                self.env.flush_all()
        except CONFLICTS:
            # Another process was quicker with this row, or with its ticket: a row
            # that stays claimed is found out about when the claim runs out.
            self.env.cr.rollback()
        except Exception as error:  # pylint: disable=broad-except
            # A lane never stops at one row.  What happened on the network is not
            # known, so the row stays claimed and is found out about later.
            self.env.cr.rollback()
            _logger.exception("Sending %s failed", record)
            record._broke(error)
        return tried

    def _rest_after(self, record, seconds):
        """Let this page rest where a try of ``seconds`` shows that the next ones
        would hold up the lane, or the network has asked for it."""
        now = fields.Datetime.now()
        if not record.next_try or record.next_try <= now:
            return
        if record.last_consequence in ASKED_TO_REST:
            self.rests_until = record.next_try
        elif seconds >= SLOW_SECONDS:
            longest = now + timedelta(seconds=REST_SECONDS)
            self.rests_until = min(record.next_try, longest)

    # -- waking the lanes ----------------------------------------------------------

    @api.model
    def _trigger(self, at=None):
        """Wake all lanes, now or at the instants ``at`` (UTC)."""
        for lane in LANES:
            # sudo: any curator's approval starts the lanes.
            self.env.ref(f"helpdesk_mgmt_social.{lane}").sudo()._trigger(at)

    @api.model
    def _wake(self):
        """Wake the lanes when the next waiting row is due, or its page is free."""
        now = fields.Datetime.now()
        moments = []
        for model, name in (
            ("helpdesk.social.change", "_waiting_domain"),
            ("helpdesk.social.message", "_outbox_waiting_domain"),
        ):
            # A row that is due already waits for its page, or for an earlier one.
            domain = [*getattr(self.env[model], name)(), ("next_try", ">", now)]
            first = self.env[model].search(domain, order="next_try", limit=1)
            moments += first.mapped("next_try")
            # A try of many calls prolongs its claim, and whoever has it may be gone.
            domain = [*getattr(self.env[model], name)(), ("lease_until", ">", now)]
            first = self.env[model].search(domain, order="lease_until", limit=1)
            moments += first.mapped("lease_until")
        for turn in self.search([("account_id", "in", list(self._due_counts()))]):
            free = max(filter(None, (turn.lease_until, turn.rests_until)), default=now)
            if free > now:
                moments.append(free)
        if moments:
            self._trigger_once(min(moments))

    @api.model
    def _trigger_once(self, at):
        """Wake the lanes at ``at`` unless that is planned already: each lane that
        ends plans the same."""
        self.env.flush_all()
        crons = {
            lane: self.env.ref(f"helpdesk_mgmt_social.{lane}").sudo() for lane in LANES
        }
        ids = tuple(cron.id for cron in crons.values())
        self.env.cr.execute(
            SQL(
                "SELECT cron_id FROM ir_cron_trigger WHERE cron_id IN %s"
                " AND call_at = %s",
                ids,
                at,
            )
        )
        planned = {cron_id for (cron_id,) in self.env.cr.fetchall()}
        for cron in crons.values():
            if cron.id not in planned:
                cron._trigger(at)
