import re
from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tools import mute_logger

from ..deadlines import DeadlineError, parse_instant
from ..networks import clean
from ..tables import FIRST_YEAR
from .helpdesk_ticket import IMPORTANCES, INTAKES, KINDS, NETWORKS, PAGE_OWNERS
from .helpdesk_ticket_clock import iso
from .res_users import GROUP_CURATOR, GROUP_INTEGRATION

#: Equal words make one message within this time.
NEAR = timedelta(days=3)
#: Characters from which equal words alone do, whoever wrote them.
TELLING = 60
SELECTIONS = {
    "intake": INTAKES,
    "network": NETWORKS,
    "page_owner": PAGE_OWNERS,
    "kind": KINDS,
    "importance": IMPORTANCES,
}


def same_words(text):
    """What two texts have in common where people would call them the same."""
    return " ".join(re.findall(r"\w+", (text or "").lower().replace("ё", "е")))


class HelpdeskTicket(models.Model):
    """Messages from other systems: entered once, however often they are sent."""

    _inherit = "helpdesk.ticket"

    # -- the same message again --------------------------------------------------

    @api.model
    def _find_entered(self, company, vals, way):
        """By the number in the source, then by the link; ``known`` is a ticket
        recognised by its words."""
        number, key = way.get("source_number"), vals["permalink_key"]
        rows = self.env["helpdesk.social.intake"]
        if number:
            rows = rows.search(
                [
                    ("company_id", "=", company.id),
                    ("intake", "=", vals["intake"]),
                    ("source_number", "=", number),
                ],
                limit=1,
            )
        found = super()._find_entered(company, vals, way)
        known = rows.ticket_id
        if known and (found or (key and known.permalink_key)) and known != found:
            raise UserError(
                self.env._(
                    "The number %(number)s of the source is that of message "
                    "%(known)s, which has another link.",
                    number=number,
                    known=known.number,
                )
            )
        found = known or found
        # An importer has looked for equal words among all rows at once.
        return found or way.get("known") or found

    @api.model
    def _entered_again(self, ticket, vals, received_at, way):
        super()._entered_again(ticket, vals, received_at, way)
        row = {k: v for k, v in way.items() if k != "known"}
        if vals["intake"] == "manual" and not row.get("source_number"):
            # Whoever finds a message again by hand looks for its ticket.
            return False
        if vals["permalink"] and not ticket.permalink_key:
            # sudo: what was missing so far is told by the other way.
            ticket.sudo().write(
                {
                    "permalink": vals["permalink"],
                    "permalink_key": vals["permalink_key"],
                }
            )
        row.setdefault("user_id", self.env.uid)
        return ticket.with_env(self.env)._record_intake(
            vals["intake"], received_at, permalink=vals["permalink"], **row
        )

    def _after_entering(self, way):
        super()._after_entering(way)
        row = {k: v for k, v in way.items() if v and k != "known"}
        if not row:
            return
        row.setdefault("user_id", self.env.uid)
        first = self._first_intake(recorded_at=fields.Datetime.now(), **row)
        if first.source_due:
            self._follow_source_due(first)

    # -- for other systems -------------------------------------------------------

    @api.model
    def _check_integration(self):
        """Refuse whoever neither is a curator nor enters messages for a system."""
        user = self.env.user
        if not self.env.su and not (
            user.has_group(GROUP_CURATOR) or user.has_group(GROUP_INTEGRATION)
        ):
            raise AccessError(
                self.env._("Only a curator or an integration enters messages.")
            )

    @api.model
    def receive_message(
        self,
        link=None,
        text=None,
        intake="manual",
        source_number=None,
        received_at=None,
        author=None,
        author_url=None,
        network=None,
        page_owner=None,
        kind=None,
        importance=None,
        topic=None,
        place=None,
        due=None,
        company_id=None,
    ):
        """Enter a message, once however often it is sent.

        The same message is the one of the same ``source_number`` of this ``intake``
        or of the same ``link``; where it came by another way before, this one is
        recorded as well.  ``received_at`` and ``due`` (the source's own deadline)
        are ISO 8601; without an offset they are in the organisation's zone.
        ``topic`` and ``place`` are names, ``company_id`` the administration where
        the user works for several.  One of ``link`` and ``text`` is needed.

        Returns the standing of the message as :meth:`message_standing` tells it, and
        ``outcome``: created, recorded (known, another way in) or known.  Raises
        UserError for what cannot be entered.
        """
        self._check_integration()
        company = self.env["res.company"].browse(company_id or self.env.company.id)
        author, topic, place = map(_told_text, (author, topic, place))
        link = _told_text(link)
        vals = {
            "permalink": link,
            "original_text": _told_text(text),
            "intake": intake,
            "network": network,
            "page_owner": page_owner,
            "kind": kind,
            "importance": importance,
            "company_id": company.id,
            "received_at": self._told_instant("received_at", received_at, company),
        }
        vals = {name: value for name, value in vals.items() if value}
        self._check_told(vals)
        # Access to the administration, before anything of it is looked up.
        self._check_entered(vals)
        vals.update(self._filed_as(company, topic, place))
        if author:
            network = vals.get("network") or self.env[
                "helpdesk.social.account"
            ]._network_of_link(link)
            vals["author_id"] = self._social_author(
                company, network, author, _told_text(author_url)
            ).id
        way = {
            "source_number": _told_text(source_number) or False,
            "source_due": self._told_instant("due", due, company),
            "how": "api",
            "user_id": self.env.uid,
        }
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                ticket, outcome = self._enter(vals, way)
                if outcome == "created" or ticket.sudo().kind != "private":
                    # Knowing the link of a private message is no right to the answer.
                    ticket._note_sender(intake)
        except psycopg2.errors.UniqueViolation as error:
            # The same message sent twice at once: the later call finds the other's.
            raise ConcurrencyError(str(error)) from error
        # sudo: whoever entered it is told how it stands, and no more.
        return {**ticket.sudo()._standing(), "outcome": outcome}

    def _note_sender(self, intake):
        """Let the integration that has sent this message be told how it stands."""
        if self.env.user.has_group(GROUP_CURATOR):
            return
        # sudo: rows are written by the procedure alone.
        first = self.sudo()._first_intake()
        row = first.ticket_id.intake_ids.filtered(lambda r: r.intake == intake)[:1]
        (row or first).sender_ids |= self.env.user

    @api.model
    def _told_instant(self, name, value, company):
        """An instant of a call as Odoo keeps it; False without one."""
        if not value:
            return False
        regulation = company.sudo().social_regulation_id  # sudo: only for its zone.
        tz = regulation.tz or company.sudo().partner_id.tz or "Europe/Moscow"
        try:
            instant = parse_instant(str(value), ZoneInfo(tz))
            if instant.year < FIRST_YEAR:
                raise OverflowError(value)
        except (DeadlineError, OverflowError) as error:
            raise UserError(
                self.env._(
                    "%(field)s is no ISO 8601 time: %(value)s", field=name, value=value
                )
            ) from error
        return instant.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)

    @api.model
    def _check_told(self, vals):
        """Refuse values that the fields do not know, naming those that they do."""
        for name, selection in SELECTIONS.items():
            known = [value for value, _label in selection]
            if name == "intake":
                known.remove("page")
            if vals.get(name) and vals[name] not in known:
                raise UserError(
                    self.env._(
                        "%(field)s «%(value)s» is unknown; there are: %(known)s.",
                        field=name,
                        value=vals[name],
                        known=", ".join(known),
                    )
                )

    @api.model
    def _filed_as(self, company, topic, place):
        """Topic and place by their names; a name that is not known is left out."""
        return {
            field: record.id
            for field, record in (
                (
                    "category_id",
                    self._named("helpdesk.ticket.category", company, topic),
                ),
                (
                    "territory_id",
                    self._named("helpdesk.social.territory", company, place),
                ),
            )
            if record
        }

    @api.model
    def _named(self, model, company, name):
        """The record of a reference book with this name; may be empty."""
        # sudo: an integration may read no reference books.
        Model = self.env[model].sudo()
        if not (name or "").strip():
            return Model
        domain = [("company_id", "in", [company.id, False])]
        return Model.search(
            [("name", "=ilike", _literal(name.strip())), *domain], limit=1
        )

    # -- how it stands -----------------------------------------------------------

    @api.model
    def message_standing(self, source_numbers=None, numbers=None, intake=None):
        """How messages stand that this user has entered, or may read as a curator.

        By their ``source_numbers`` (of ``intake``, if given) or by the ``numbers``
        they have here.  Returns a list of dicts, see :meth:`_standing`; what is not
        known, or not this user's, is left out.
        """
        self._check_integration()
        rows = [("source_number", "in", source_numbers or [])]
        if intake:
            rows.append(("intake", "=", intake))
        domain = fields.Domain("intake_ids", "any", rows)
        domain |= fields.Domain("number", "in", numbers or [])
        tickets = self._entered_here(domain)
        return [ticket._standing() for ticket in tickets]

    @api.model
    def _entered_here(self, domain, **kwargs):
        """Messages of ``domain`` that this user may be told of, as superuser."""
        domain = fields.Domain(domain) & fields.Domain("is_social", "=", True)
        if self.env.su or self.env.user.has_group(GROUP_CURATOR):
            return self.search(domain, **kwargs).sudo()
        domain &= fields.Domain("company_id", "in", self.env.companies.ids)
        domain &= fields.Domain(
            "intake_ids", "any", [("sender_ids", "in", [self.env.uid])]
        )
        # sudo: an integration has no right to read messages but those it entered.
        return self.sudo().search(domain, **kwargs)

    def _standing(self):
        """State, deadlines and answer of one message, JSON-able, instants in UTC."""
        self.ensure_one()
        labels = dict(self._fields["social_state"]._description_selection(self.env))
        clocks = self.deadline_ids.sorted(lambda d: (d.due, d.id))
        return {
            "id": self.id,
            "number": self.number,
            "state": self.social_state,
            "state_label": labels.get(self.social_state, ""),
            "link": self.permalink or None,
            "received_at": iso(self.received_at),
            "next_due": iso(self.next_due),
            "overdue": self.is_overdue,
            "intakes": [
                {
                    "intake": row.intake,
                    "source_number": row.source_number or None,
                    "received_at": iso(row.received_at),
                }
                for row in self.intake_ids
            ],
            "deadlines": [
                {
                    "stage": clock.stage,
                    "norm": clock.norm_code,
                    "due": iso(clock.due),
                    "done": iso(clock.done),
                    "state": clock.state,
                }
                for clock in clocks
            ],
            "published_link": self.published_link or None,
        }


def _told_text(value):
    """What another system calls a text: a number may be one, and what no database
    stores is left out, since the same call would be refused for ever."""
    return clean(str(value)).strip() if value not in (None, False) else ""


def _literal(name):
    """``name`` for a pattern that matches nothing else."""
    return re.sub(r"([\\%_])", r"\\\1", name)
