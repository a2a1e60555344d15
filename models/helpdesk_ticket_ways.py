from odoo import api, fields, models

from ..deadlines import MANUAL, DeadlineError
from ..networks import normalise_link
from .helpdesk_ticket import OPEN_STATES


class HelpdeskTicket(models.Model):
    """One message by several ways in: all are recorded, the shortest term counts.

    A further way is an event of its own, another ``received`` that carries its facts
    and the instant from which its terms run (``since``).  It is recorded at the
    present, since nobody knew of it before: what has ended until now stays as it was.
    The engine weighs the ways (``deadlines/ways.py``).
    """

    _inherit = "helpdesk.ticket"

    intake_ids = fields.One2many(
        "helpdesk.social.intake", "ticket_id", "Where it came from", readonly=True
    )
    found_file_ids = fields.Many2many(
        "ir.attachment",
        "helpdesk_social_ticket_found_file_rel",
        string="Files found with the message",
        readonly=True,
        copy=False,
        bypass_search_access=True,
    )

    @api.depends("found_file_ids")
    def _compute_photo_ids(self):
        res = super()._compute_photo_ids()
        for ticket in self.filtered("found_file_ids"):
            found = ticket.found_file_ids.filtered(
                lambda file: (file.mimetype or "").startswith("image/")
            )
            ticket.photo_ids |= found
        return res

    def write(self, vals):
        res = super().write(vals)
        if vals.get("intake"):
            # sudo: the row tells what the ticket says, whoever corrected that.
            rows = self.sudo().intake_ids.filtered("is_first")
            rows.filtered(lambda r: r.intake != vals["intake"]).write(
                {"intake": vals["intake"]}
            )
        return res

    # -- recording ---------------------------------------------------------------

    def _first_intake(self, **vals):
        """The row of the first way, made where there is none yet."""
        self.ensure_one()
        # sudo: rows are written by the procedure alone.
        ticket = self.sudo()
        if not ticket.intake_ids:
            self.env["helpdesk.social.intake"].sudo().create(
                {
                    "ticket_id": ticket.id,
                    "intake": ticket.intake or "manual",
                    "is_first": True,
                    "received_at": ticket.received_at,
                    "permalink": ticket.permalink,
                    "how": "page" if ticket.social_account_id else "hand",
                    "recorded_at": ticket.create_date,
                    **vals,
                }
            )
        return ticket.intake_ids.filtered("is_first")

    def _record_intake(self, intake, received_at, facts=None, **vals):
        """Record that this message came by ``intake`` as well, received there at
        ``received_at`` (UTC).

        ``vals`` are further fields of the row, ``facts`` what differs on this way
        besides the intake.  Returns whether anything was new.
        """
        self.ensure_one()
        # sudo: a colleague's private message came in twice, too.
        ticket = self.sudo()
        told = {k: vals.get(k) for k in ("source_number", "permalink", "source_due")}
        told = {k: v for k, v in told.items() if v}
        early = received_at < ticket.received_at
        if intake == ticket.intake and not (told.keys() - {"permalink"} or early):
            return False
        ticket._first_intake()
        row = ticket._same_way(intake, told.get("source_number"))
        fresh = {k: v for k, v in told.items() if row and not row[k]}
        before = ticket._known_since(intake)
        if row:
            if not fresh and not (before and received_at < before):
                return False
            row.write(fresh)
        else:
            row = row.create(
                {
                    **vals,
                    "ticket_id": ticket.id,
                    "intake": intake,
                    "received_at": received_at,
                }
            )
        if not before or received_at < before:
            row.received_at = received_at
            self._record_event(
                "received",
                facts={"intake": intake, **(facts or {})},
                since=received_at,
                note=row.source_number or None,
            )
        if told.get("source_due"):
            self._follow_source_due(row)
        return True

    def _same_way(self, intake, number):
        """The row that tells of this way already; a record goes by its number."""
        return self.intake_ids.filtered(
            lambda row: (
                row.intake == intake
                and (not number or not row.source_number or row.source_number == number)
            )
        )[:1]

    def _known_since(self, intake):
        """Since when the message is known to have come by ``intake``; None before."""
        rows = self.intake_ids.filtered(lambda row: row.intake == intake)
        return min(rows.mapped("received_at"), default=None)

    def _follow_source_due(self, row):
        """Let a deadline that the source has set count, where it is the nearest.

        It is an instant that somebody named, so it is the term of no norm: the
        curator may move it as an own one.
        """
        self.ensure_one()
        ticket = self.sudo()  # sudo: derived from what was just recorded.
        now = fields.Datetime.now()
        own = ticket.deadline_ids.filtered(
            lambda d: d.norm_code == MANUAL and d.state == "running"
        )
        open_now = ticket.social_state in OPEN_STATES and ticket.regulation_id
        if (
            not open_now
            or row.source_due <= now
            or any(clock.due <= row.source_due for clock in own)
        ):
            return
        vals = {"norm_code": MANUAL, "due": row.source_due}
        try:
            ticket._term_in_engine(now, vals)
        except DeadlineError:
            # The curator's own term has passed: what is late stays late.
            return
        self._record_event(
            "term_changed",
            at=now,
            note=self.env._("Set by the source: %s", row.display_name),
            **vals,
        )

    # -- what follows ------------------------------------------------------------

    def _from_message(self, message):
        """A message entered before that its page brings now came by both ways."""
        ticket = super()._from_message(message)
        account = message.account_id
        # Whoever entered it may have spelt the link in another way.
        key = message.permalink and normalise_link(message.permalink)
        if key and ticket.intake != "page" and ticket.permalink_key == key:
            ticket._record_intake(
                "page",
                message.posted_at,
                {"page_owner": account.page_owner},
                how="page",
                permalink=message.permalink,
            )
        return ticket

    @api.model
    def _led_singly(self, messages):
        """What somebody entered before its page brought it gets another way in."""
        singly = super()._led_singly(messages)
        keys = {m: normalise_link(m.permalink) for m in messages if m.permalink}
        company = messages.account_id.company_id
        known = self._search_keys(company, list(filter(None, keys.values())))
        entered = known.filtered(lambda ticket: ticket.intake != "page")
        found = set(entered.mapped("permalink_key"))
        return singly | messages.filtered(lambda m: keys.get(m) in found)

    def _source_rule(self):
        """Of the first way; where the act asks nothing there, of another one."""
        rule = super()._source_rule()
        if rule:
            return rule
        # sudo: what is asked does not depend on who makes a step.
        ticket = self.sudo()
        intakes = ticket.intake_ids.mapped("intake")
        rules = ticket.regulation_id.source_rule_ids
        return rules.filtered(lambda rule: rule.intake in intakes)[:1]

    def _source_duty(self):
        """A citizen who wrote on the page is answered there: the other system, where
        the act wants the answer placed, is then told of it."""
        rule = self._source_rule()
        if rule and rule.intake != self.intake:
            return "notify"
        return super()._source_duty()
