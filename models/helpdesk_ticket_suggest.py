import logging

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ..language.places import find_places
from ..language.suggest import rank
from .helpdesk_social_deadline_alert import CONFLICTS
from .helpdesk_social_keywords import FIELD_OF
from .helpdesk_ticket import OPEN_STATES

_logger = logging.getLogger(__name__)

#: States in which a message waits for its topic, place and executor.
FILING = ("to_triage", "registered")
#: Messages looked at again when somebody changes keywords, the newest first.
AGAIN = 200
#: Suggestions of each kind.
TOP = 3
MODEL_OF = {
    "topic": "helpdesk.ticket.category",
    "territory": "helpdesk.social.territory",
    "unit": "helpdesk.ticket.team",
}


class HelpdeskTicket(models.Model):
    """Topic, place and unit as the words of a message suggest them.

    The software proposes; a person takes a proposal with one tap, or another one.
    """

    _inherit = "helpdesk.ticket"

    suggestion_data = fields.Json(
        "What the words speak for",
        readonly=True,
        copy=False,
        help="For each kind, the best first: id, score, the words that decided.",
    )
    suggested_category_id = fields.Many2one(
        "helpdesk.ticket.category", "Likely topic", readonly=True, copy=False
    )
    suggested_territory_id = fields.Many2one(
        "helpdesk.social.territory", "Likely location", readonly=True, copy=False
    )
    suggestions = fields.Json(compute="_compute_suggestions")

    # -- finding -----------------------------------------------------------------

    def _after_intake(self):
        res = super()._after_intake()
        batch = self.env.context.get("social_batch")
        # A person's context is whatever that person's client says.
        if not (batch and self.env.uid == SUPERUSER_ID):
            self._look_at()
        return res

    def _look_at(self):
        """Suggest, look for repeats, follow the rules that are switched on.

        A message is never lost for it: what goes wrong here is logged, and the
        message waits in triage without suggestions.
        """
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self.filtered(lambda t: not t.suggestion_data)._suggest()
                self._find_repeats()
                self.env["helpdesk.social.auto.rule"]._follow(self)
        except CONFLICTS:
            raise
        except Exception:  # pylint: disable=broad-except
            # Whatever it was, the page goes on being read.
            if len(self) > 1:
                for ticket in self:
                    ticket._look_at()
                return
            _logger.warning("No suggestions for tickets %s", self.ids, exc_info=True)

    @api.model
    def _waiting_for_filing(self, companies=None):
        """Messages that wait in triage, of ``companies`` or of all, the newest."""
        domain = [("is_social", "=", True), ("social_state", "in", FILING)]
        if companies is not None:
            domain.append(("company_id", "in", companies.ids))
        return self.search(domain, order="id desc", limit=AGAIN)

    @api.model
    def _social_vals(self, vals_list):
        """What the words speak for is stored with the message itself."""
        words, suggested = {}, []
        for vals in vals_list:
            company = self.env["res.company"].browse(vals["company_id"])
            try:
                if company not in words:
                    words[company] = self._suggestion_words(company)
                found = self._suggested(vals.get("original_text"), words[company])
            except psycopg2.Error:
                raise
            except Exception:  # pylint: disable=broad-except
                # Tried again, and logged, when the message is looked at.
                found = {}
            suggested.append({**found, **vals})
        return super()._social_vals(suggested)

    def _suggest(self):
        """Store what the words of these messages speak for."""
        for company, tickets in self.grouped("company_id").items():
            words = self._suggestion_words(company)
            for ticket in tickets:
                # sudo: suggestions are written by the procedure alone.
                ticket.sudo().write(self._suggested(ticket.original_text, words))

    @api.model
    def _suggested(self, text, words):
        """Values of what ``text`` speaks for; ``words`` as of a company."""
        text = text or ""
        found = {
            "topic": rank(text, words["topic"], TOP),
            "unit": rank(text, words["unit"], TOP),
            "territory": find_places(text, words["territory"], TOP),
        }
        best = {kind: hits[0].key for kind, hits in found.items() if hits}
        return {
            "suggestion_data": {
                kind: [[hit.key, round(hit.score, 3), list(hit.words)] for hit in hits]
                for kind, hits in found.items()
            },
            "suggested_category_id": best.get("topic", False),
            "suggested_territory_id": best.get("territory", False),
        }

    @api.model
    def _suggestion_words(self, company):
        """Keywords of the topics, units and places of ``company``, by their ids."""
        # sudo: the reader of a page need not be allowed to read reference books.
        own = [("company_id", "in", [company.id, False])]
        Topic = self.env["helpdesk.ticket.category"].sudo()
        Unit = self.env["helpdesk.ticket.team"].sudo()
        Place = self.env["helpdesk.social.territory"].sudo()
        spoken = [*own, ("social_keywords", "not in", [False, ""])]
        topics = Topic.search_fetch(spoken, ["social_keywords"])
        units = Unit.search_fetch(
            [*spoken, ("is_social_unit", "=", True)], ["social_keywords"]
        )
        # The narrower place first: of a street and its district, the street.
        places = Place.search_fetch(own, ["name", "keywords", "parent_path"])
        places = places.sorted(lambda p: (-(p.parent_path or "").count("/"), p.id))
        return {
            "topic": {topic.id: topic.social_keywords for topic in topics},
            "unit": {unit.id: unit.social_keywords for unit in units},
            "territory": {p.id: (p.name or "", p.keywords or "") for p in places},
        }

    # -- showing -----------------------------------------------------------------

    @api.depends("suggestion_data", "category_id", "territory_id", "social_state")
    @api.depends("assignment_ids.state", "lead_id")
    def _compute_suggestions(self):
        """What to offer just now: a list of chips for each kind.

        A chip has ``id``, ``name``, ``words``, ``score`` and ``chosen``.
        """
        offers = {ticket: ticket._offers() for ticket in self}
        names = {}
        for kind, model in MODEL_OF.items():
            ids = {o[0] for offer in offers.values() for o in offer.get(kind, ())}
            # sudo: names of reference books; the ids come from the procedure.
            # What was deleted or archived since is offered no more.
            records = self.env[model].sudo().browse(ids).exists()
            label = "name" if kind == "unit" else "display_name"
            names[kind] = {r.id: r[label] for r in records if r.active}
        for ticket, offer in offers.items():
            shown = {}
            for kind, hits in offer.items():
                field = FIELD_OF.get(kind)
                chosen = ticket[field].id if field else False
                shown[kind] = [
                    {
                        "id": key,
                        "name": names[kind][key],
                        "score": score,
                        "words": ", ".join(words),
                        "chosen": key == chosen,
                    }
                    for key, score, words in hits
                    if key in names[kind]
                ]
            ticket.suggestions = {kind: chips for kind, chips in shown.items() if chips}

    def _offers(self):
        """Suggestions (id, score, words) by kind, as the message stands now."""
        self.ensure_one()
        if self.social_state not in OPEN_STATES or not self.suggestion_data:
            return {}
        offers = {
            kind: [tuple(hit) for hit in self.suggestion_data.get(kind, ())]
            for kind in FIELD_OF
        }
        if self.social_state in FILING and not self.lead_id:
            offers["unit"] = self._likely_units()
        return offers

    def _likely_units(self):
        """Units that the topic or the words speak for, as (id, score, words)."""
        self.ensure_one()
        found = {}
        data = self.suggestion_data or {}
        topics = [tuple(hit) for hit in data.get("topic", ())]
        if self.category_id:
            # The topic is known: its units come first, then what the words say.
            topics = [(self.category_id.id, 1.0, [self.category_id.name])]
        Topic = self.env["helpdesk.ticket.category"].sudo()
        hits = [
            (unit.id, score, words)
            for topic, score, words in topics
            # sudo: as above; a topic may have been deleted since.
            for unit in Topic.browse(topic).exists()._units_that_answer()
        ]
        hits += [tuple(hit) for hit in data.get("unit", ())]
        for unit, score, words in hits:
            if unit not in found or score > found[unit][0]:
                found[unit] = (score, words)
        ranked = sorted(found.items(), key=lambda item: -item[1][0])[:TOP]
        return [(unit, score, words) for unit, (score, words) in ranked]

    # -- taking ------------------------------------------------------------------

    def accept_suggestion(self, kind, key):
        """Take a suggestion: set topic or place, or open the wizard for a unit.

        :param kind: ``topic``, ``territory`` or ``unit``
        :param key: the id of what is suggested; it must be among the suggestions
        :return: an action to open, or True
        """
        self.ensure_one()
        self._check_curator()
        self._require_open(self.env._("Taking a suggestion"))
        if key not in [hit[0] for hit in self._offers().get(kind, ())]:
            raise UserError(self.env._("This is suggested no more: open the message."))
        if kind != "unit":
            self[FIELD_OF[kind]] = key
            return True
        action = self.action_assign()
        action["context"] = {**action["context"], "social_unit_ids": [key]}
        return action


class HelpdeskCategory(models.Model):
    _inherit = "helpdesk.ticket.category"

    def _units_that_answer(self):
        """Units named on the topic or, where none is, on its group of topics."""
        topic = self
        while topic:
            units = topic.social_unit_ids.filtered("is_social_unit")
            if units:
                return units
            topic = topic.parent_id
        return self.env["helpdesk.ticket.team"]
