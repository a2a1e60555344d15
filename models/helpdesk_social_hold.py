import logging
import os
import threading
from contextlib import suppress
from functools import partial

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, config, format_datetime, mute_logger

from .res_users import GROUP_ADMIN

_logger = logging.getLogger(__name__)

ACTIVITY = "helpdesk_mgmt_social.activity_hold"
#: Folder beside Odoo's filestore, outside every database and every backup of one.
FOLDER = "helpdesk_mgmt_social"
INSTANT_FORMAT = "d MMMM y, HH:mm"


class HelpdeskSocialHold(models.Model):
    """Where this database lives, and whether its outbox waits for a person's word.

    A database that was restored from a backup, or copied, does not know what was
    published since.  Sending on would publish replies twice.  Two things tell:

    * the database's own place: number of the PostgreSQL cluster, its timeline and the
      number of the database in it.  Whatever is restored into a new database, on
      another server or to a point in time has another place than its last row says.
    * the time of the last try to publish, noted in a file beside the filestore.  A
      database brought back in its own place knows of no such try.

    Each row is a place the database was found in.  One without ``released_at`` holds
    the outbox.
    """

    _name = "helpdesk.social.hold"
    _description = "Hold of the outbox"
    _inherit = ["helpdesk.social.procedural", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "reason"

    place = fields.Char(readonly=True, required=True)
    reason = fields.Selection(
        [
            ("first", "First start"),
            ("moved", "The database was restored or copied"),
            ("behind", "The database was set back to an earlier state"),
        ],
        readonly=True,
        required=True,
    )
    noticed_at = fields.Datetime("Noticed", readonly=True, required=True)
    released_at = fields.Datetime("Released", readonly=True)
    released_by_id = fields.Many2one("res.users", "Released by", readonly=True)
    waiting_count = fields.Integer(
        "Replies that wait", compute="_compute_waiting_count"
    )

    _one_at_once = models.UniqueIndex(
        "((released_at IS NULL)) WHERE released_at IS NULL"
    )

    @api.depends("reason", "noticed_at")
    @api.depends_context("lang", "tz", "uid")
    def _compute_display_name(self):
        """What happened, and when by the reader's clock."""
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        for hold in self:
            moment = format_datetime(
                self.env,
                hold.noticed_at,
                tz=self.env.tz.zone,
                dt_format=INSTANT_FORMAT,
            )
            parts = filter(None, (reasons.get(hold.reason), moment))
            hold.display_name = ", ".join(parts)

    @api.depends("released_at")
    def _compute_waiting_count(self):
        # sudo: how many there are, not what they say.
        message = self.env["helpdesk.social.message"].sudo()
        count = message.search_count(message._held_domain())
        for hold in self:
            hold.waiting_count = 0 if hold.released_at else count

    # -- noticing ----------------------------------------------------------------

    @api.model
    def _holds(self):
        """Whether nothing may be sent now; notices a restored database."""
        last = self.search([], limit=1)
        if last and not last.released_at:
            return True
        place = self._place()
        if not last:
            now = fields.Datetime.now()
            self._note(place, "first", released_at=now)
            return False
        if last.place != place:
            self._begin(place, "moved")
            return True
        known = self._last_try()
        known = max(known or last.released_at, last.released_at)
        outside = self._noted_try(place)
        if not outside or outside <= known:
            return False
        # Another lane may have tried since our snapshot was taken.  A try is noted
        # outside after its commit, so what is committed by now knows of it.
        committed = self._committed_try()
        if committed and committed >= outside:
            return False
        self._begin(place, "behind")
        return True

    @api.model
    def _begin(self, place, reason):
        """Hold the outbox; of several lanes that notice at once, one tells of it."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self._note(place, reason)
        except psycopg2.errors.UniqueViolation:
            _logger.info("Another lane has noticed it, too")

    @api.model
    def _note(self, place, reason, **vals):
        hold = self.create(
            {
                "place": place,
                "reason": reason,
                "noticed_at": fields.Datetime.now(),
                **vals,
            }
        )
        if not hold.released_at:
            _logger.warning(
                "The outbox is held: %s. An administrator releases it.", reason
            )
            hold._tell_administrators()

    def _tell_administrators(self):
        """Plan the one step for every social administrator; once, as the row is."""
        for user in self.env.ref(GROUP_ADMIN).all_user_ids.filtered("active"):
            words = self.with_context(lang=user.lang).env._(
                "The database was restored: check the outbox, then let it send"
            )
            self.activity_schedule(ACTIVITY, user_id=user.id, summary=words)

    # -- the place ---------------------------------------------------------------

    @api.model
    def _place(self):
        """What names this database in the world, as far as PostgreSQL tells."""
        cr = self.env.cr
        cluster = SQL(
            "SELECT system_identifier, timeline_id"
            " FROM pg_control_system(), pg_control_checkpoint()"
        )
        try:
            with mute_logger("odoo.sql_db"), cr.savepoint(flush=False):
                cr.execute(cluster)
                parts = cr.fetchone()
        except psycopg2.errors.InsufficientPrivilege:
            # Some hosts hide it; the number alone still tells of a new database.
            parts = (0, 0)
        cr.execute(
            SQL("SELECT oid FROM pg_database WHERE datname = current_database()")
        )
        return "-".join(str(part) for part in (*parts, *cr.fetchone()))

    @api.model
    def _last_try(self):
        """When this database last tried to publish something (UTC), or None."""
        tries = []
        for table in ("helpdesk_social_message", "helpdesk_social_change"):
            self.env.cr.execute(
                SQL("SELECT max(last_attempt_at) FROM %s", SQL.identifier(table))
            )
            tries += self.env.cr.fetchone()
        return max(filter(None, tries), default=None)

    @api.model
    def _committed_try(self):
        """As ``_last_try``, of what is committed by now and not by our snapshot."""
        with self.env.registry.cursor() as cr:
            return self.with_env(self.env(cr=cr))._last_try()

    @api.model
    def _remember(self, now):
        """Note a try at ``now`` outside the database, once its claim is committed."""
        path = _path(self._place())
        self.env.cr.postcommit.add(partial(_write_note, path, now))

    @api.model
    def _noted_try(self, place):
        """The last try noted outside (UTC); None where there is no note."""
        try:
            with open(_path(place), encoding="ascii") as file:
                return fields.Datetime.to_datetime(file.read().strip())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            _logger.warning("The note of the last publication is unreadable: %s", error)
            return None

    # -- a person's word -----------------------------------------------------------

    @api.model
    def social_hold(self):
        """For the banner: whether the outbox is held, since when, and who may act.

        Returns a dict with ``held``, ``id``, ``noticed_at``, ``reason`` (a sentence),
        ``may_release`` and ``waiting``.
        """
        # sudo: whoever works with replies is told that they wait.
        hold = self.sudo().search([], limit=1)
        if not hold or hold.released_at:
            return {"held": False}
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        return {
            "held": True,
            "id": hold.id,
            "noticed_at": fields.Datetime.to_string(hold.noticed_at),
            "reason": reasons[hold.reason],
            "may_release": self.env.user.has_group(GROUP_ADMIN),
            "waiting": hold.waiting_count,
        }

    def action_release(self):
        """«The outbox is checked, send»: what waits is looked for on the network first.

        Nothing is sent that may stand there already: every waiting row becomes one of
        unclear outcome and is read back.
        """
        if not self.env.su and not self.env.user.has_group(GROUP_ADMIN):
            raise AccessError(
                self.env._("Only a social administrator lets the outbox send.")
            )
        # sudo: written by the procedure alone.
        held = self.sudo().search([("released_at", "=", False)])
        if not held:
            raise UserError(self.env._("The outbox is not held."))
        self.env["helpdesk.social.message"].sudo()._doubt_all()
        held.write(
            {
                "released_at": fields.Datetime.now(),
                "released_by_id": self.env.uid,
            }
        )
        held.activity_unlink([ACTIVITY])
        # sudo: whoever releases starts the lanes.
        self.env["helpdesk.social.turn"].sudo()._trigger()
        return True


def _path(place):
    """The note of the database at ``place``; the same on every timeline."""
    system, _timeline, number = place.split("-")
    return os.path.join(config["data_dir"], FOLDER, f"{system}-{number}.last_try")


def _write_note(path, now):
    """Note ``now`` (UTC) as the last try, unless a later one is noted already."""
    text = fields.Datetime.to_string(now)
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError), open(path, encoding="ascii") as file:
            if file.read().strip() >= text:
                return
        # The lanes of one process are threads.
        temporary = f"{path}.{os.getpid()}.{threading.get_ident()}"
        with open(temporary, "w", encoding="ascii") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError as error:
        # Sending goes on: the place of the database still tells of most restores.
        _logger.warning("The last publication could not be noted: %s", error)
