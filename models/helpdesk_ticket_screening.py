import logging

from odoo import SUPERUSER_ID, api, fields, models

from .helpdesk_social_deadline_alert import CONFLICTS
from .helpdesk_social_finding import ALARMS, EXCLUDING, PERSONAL, TOGETHER, Source
from .helpdesk_ticket import OPEN_STATES

_logger = logging.getLogger(__name__)


class HelpdeskTicket(models.Model):
    """What the screening says of a message, and what lists show of its words."""

    _inherit = "helpdesk.ticket"

    finding_ids = fields.One2many(
        "helpdesk.social.finding", "ticket_id", "Findings", readonly=True
    )
    list_text = fields.Text(
        "Words for lists",
        compute="_compute_list_text",
        store=True,
        # Whoever makes a ticket of a message gives the words along, screened once;
        # nobody but the procedure writes them.
        readonly=False,
        help="Without obscene words and personal data.",
    )
    screening_failed = fields.Boolean(
        "Not screened",
        readonly=True,
        copy=False,
        help="The text could not be screened: a person must read it.",
    )
    text_marks = fields.Json(compute="_compute_text_marks")
    exclusion_hint = fields.Char(
        "Possibly not subject to a reply", compute="_compute_screening_hints"
    )
    exclusion_ground = fields.Char(compute="_compute_exclusion_ground")
    personal_hint = fields.Char("Personal data", compute="_compute_screening_hints")
    threat_hint = fields.Char("Threats", compute="_compute_screening_hints")
    threat_told_at = fields.Datetime(
        "Last told of a threat", compute="_compute_screening_hints"
    )
    threat_untold = fields.Boolean(
        "Nobody was told of a threat", compute="_compute_screening_hints"
    )
    threat_notified_ids = fields.Many2many(
        "res.users",
        "helpdesk_social_ticket_threat_user_rel",
        string="Told of a threat",
        readonly=True,
        copy=False,
        help="They see this message, whatever else they may see.",
    )

    # -- computes ----------------------------------------------------------------

    @api.depends("original_text", "is_social")
    def _compute_list_text(self):
        Finding = self.env["helpdesk.social.finding"]
        for ticket in self:
            if not ticket.is_social:
                ticket.list_text = False
                continue
            text = ticket.original_text or ""
            masked = Finding._masked(text, ticket.company_id)
            ticket.list_text = self._unscreened_words() if masked is None else masked

    @api.model
    def _unscreened_words(self):
        return self.env._("The text could not be screened. Open the message.")

    @api.depends("finding_ids", "original_text")
    @api.depends_context("lang")
    def _compute_text_marks(self):
        for ticket in self:
            ticket.text_marks = ticket.finding_ids._marks(ticket.original_text)

    @api.depends("finding_ids.told_at")
    @api.depends_context("lang")
    def _compute_screening_hints(self):
        for ticket in self:
            found = ticket.finding_ids.sorted("id")
            alarming = found.filtered(lambda f: f.kind in ALARMS)
            personal = found.filtered(lambda f: f.kind in PERSONAL)
            ticket.exclusion_hint = found._excluding()._in_words() or False
            ticket.threat_hint = alarming._in_words() or False
            ticket.personal_hint = personal._kinds_in_words() or False
            told = alarming.filtered("told_at").mapped("told_at")
            ticket.threat_told_at = max(told, default=False)
            ticket.threat_untold = len(told) < len(alarming)

    @api.depends("finding_ids", "regulation_id")
    @api.depends_context("lang")
    def _compute_exclusion_ground(self):
        """The ground of the act that the findings speak for, with its clause."""
        Reason = self.env["helpdesk.social.exclusion.reason"]
        for ticket in self:
            excluding = ticket.finding_ids._excluding()
            ground = Reason
            if excluding:
                ground = Reason._grounds(ticket.regulation_id)._matching(excluding)
            words = [ground.name]
            if ground.clause:
                words.append(self.env._("clause: %s", ground.clause))
            ticket.exclusion_ground = ", ".join(filter(None, words)) or False

    # -- on the way in -----------------------------------------------------------

    @api.model
    def _social_vals(self, vals_list):
        """Keep from titles what lists must not show: they go into notices."""
        Finding = self.env["helpdesk.social.finding"]
        fit = []
        for vals in vals_list:
            company = self.env["res.company"].browse(vals["company_id"])
            masked = Finding._masked(vals.get("original_text"), company)
            shown = {"list_text": self._unscreened_words()}
            if masked is not None:
                shown = {"list_text": masked, "name": self._social_title(masked)}
            name = {"name": self.env._("Message not screened")}
            fit.append({**name, **shown, **vals})
        return super()._social_vals(fit)

    def _after_intake(self):
        res = super()._after_intake()
        if not self._screened_together():
            nothing = self.env["helpdesk.social.message"]
            self._screen([Source(t, nothing, t.original_text or "") for t in self])
        return res

    def _after_follow_up(self, message):
        res = super()._after_follow_up(message)
        if not self._screened_together():
            self._screen([Source(self, message, message.text or "")])
        return res

    @api.model
    def _screened_together(self):
        """Whether the reader of a page screens what it stores by itself.

        The mark counts for the superuser alone: a person's context is whatever
        that person's client says.
        """
        return self.env.context.get(TOGETHER) and self.env.uid == SUPERUSER_ID

    def _screen(self, sources):
        """Screen ``sources``; says on a ticket where that failed.

        Whatever fails, the message is not lost by it.  Returns the failed sources.
        """
        Finding = self.env["helpdesk.social.finding"]
        try:
            with self.env.cr.savepoint():
                failed = Finding._screen(sources)
        except CONFLICTS:
            raise
        except Exception:  # pylint: disable=broad-except
            _logger.exception("Messages %s were not screened", self.ids)
            failed = sources
        # sudo: written by the screening alone, on nobody's behalf.
        self._of(failed).sudo().screening_failed = True
        return failed

    @api.model
    def _of(self, sources):
        """The tickets of ``sources``."""
        return self.browse().union(*[source.ticket for source in sources])

    def action_screen_again(self):
        """Screen every text of the messages once more, where it failed before."""
        self._check_curator()
        nothing = self.env["helpdesk.social.message"]
        # sudo: all texts count, also those of a conversation closed to this person.
        tickets = self.sudo()
        incoming = tickets.social_message_ids.filtered(lambda m: m.direction == "in")
        sources = [Source(t, nothing, t.original_text or "") for t in tickets]
        failed = tickets._screen(incoming._sources() + sources)
        broken = nothing.sudo().union(*[source.message for source in failed])
        broken.screening_state = "failed"
        (incoming - broken).screening_state = "done"
        for ticket in tickets - self._of(failed):
            ticket.screening_failed = False
            ticket._show_again()
        tickets.finding_ids._tell_again()
        return True

    def _show_again(self):
        """Lists show the words once they are known to be fit for it."""
        self.ensure_one()
        if self.list_text == self._unscreened_words():
            self._compute_list_text()
            self.name = self._social_title(self.list_text)

    # -- queries -----------------------------------------------------------------

    @api.model
    def social_screening_counts(self):
        """Figures of the curators' screen: key, label, filter of the search, count.

        Each person counts what that person may read.
        """
        alarm = [("finding_ids.kind", "in", list(ALARMS))]
        hint = [("finding_ids.kind", "in", list(EXCLUDING))]
        opened = [("social_state", "in", list(OPEN_STATES))]
        waiting = [("exclusion_proposed_by_id", "!=", False)]
        excluded = [("social_state", "=", "excluded")]
        hints = self.env._("Possibly not subject to a reply")
        proposed = self.env._("Exclusions to confirm")
        figures = [
            ("threats", self.env._("Threats"), "threats", [*opened, *alarm]),
            ("hints", hints, "exclusion_hint", [*opened, *hint]),
            ("proposed", proposed, "exclusion_proposed", [*opened, *waiting]),
            ("excluded", self.env._("Excluded"), "excluded", excluded),
        ]
        return [
            {
                "key": key,
                "label": label,
                "filter": name,
                "count": self.search_count([("is_social", "=", True), *domain]),
            }
            for key, label, name, domain in figures
        ]
