from odoo import api, fields, models

from ..deadlines import END_SIGNALS, FACTS
from .helpdesk_social_event import EVENT_TYPES
from .helpdesk_social_norm import STARTS
from .helpdesk_ticket import NETWORKS

#: The list of events, beside the facts, that a word may belong to.
ENDS = "ends"

#: The order in which what ends a clock is kept, where it is not the engine's.  Norms
#: of one stage that end alike must say so alike.
_FIRST = ("approved", "published")


class HelpdeskSocialNormWord(models.Model):
    """A word that norms are written in: what ends a clock, or a value of a fact.

    The rows are the vocabulary of the deadline engine, kept by the module, so that
    forms offer it as tags.  Their labels are those of the fields the words come from.
    """

    _name = "helpdesk.social.norm.word"
    _description = "Word of a norm"
    _order = "usage, sequence, id"

    usage = fields.Char(required=True, help="A fact, or «ends».")
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)

    _code_uniq = models.UniqueIndex("(usage, code)", "This word exists already.")

    @api.depends("usage", "code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for usage, words in self.grouped("usage").items():
            labels = self._labels(usage)
            for word in words:
                word.display_name = labels.get(word.code, word.code)

    @api.model
    def _search_display_name(self, operator, value):
        # The labels are not stored, and the words are few.
        if operator != "ilike":
            return NotImplemented
        words = self.search([("usage", "in", [ENDS, *FACTS])])
        sought = (value or "").lower()
        found = words.filtered(lambda word: sought in word.display_name.lower())
        return [("id", "in", found.ids)]

    @api.model
    def _labels(self, usage):
        """Labels of the words of ``usage`` by code, in the reader's language."""
        if usage != ENDS:
            condition = self.env["helpdesk.social.norm.condition"]
            return condition.new({"fact": usage})._value_labels()
        event = self.env["helpdesk.social.event"]._fields["type"]
        start = self.env["helpdesk.social.norm"]._fields["start"]
        return {
            **dict(start._description_selection(self.env)),
            **dict(event._description_selection(self.env)),
            "first_assigned": self.env._("First executor assigned"),
            "final_draft": self.env._("Final draft submitted"),
        }

    @api.model
    def _vocabulary(self):
        """The whole vocabulary: pairs of a usage and the codes in order."""
        ends = sorted(END_SIGNALS, key=lambda code: code not in _FIRST)
        known = {code for code, _label in (*EVENT_TYPES, *STARTS)}
        known |= {"first_assigned", "final_draft"}
        vocabulary = {ENDS: [code for code in ends if code in known]}
        for fact, values in FACTS.items():
            if values is None:
                values = [code for code, _label in NETWORKS]
            vocabulary[fact] = [_code(value) for value in values]
        return vocabulary

    @api.model
    def _load_vocabulary(self):
        """Bring the table in line with the vocabulary of this version."""
        present = {
            (word.usage, word.code): word
            for word in self.search([("usage", "!=", False)])
        }
        missing = []
        for usage, codes in self._vocabulary().items():
            for sequence, code in enumerate(codes):
                word = present.pop((usage, code), None)
                if word is None:
                    missing.append({"usage": usage, "code": code, "sequence": sequence})
                elif word.sequence != sequence:
                    word.sequence = sequence
        self.create(missing)
        self.union(*present.values()).unlink()

    @api.model
    def _of(self, usage, text):
        """The words of ``usage`` that a text of codes and commas names."""
        codes = [code.strip() for code in (text or "").split(",") if code.strip()]
        # sudo: a vocabulary is no secret, and some who compute lack the model.
        return self.sudo().search([("usage", "=", usage), ("code", "in", codes)])

    def _text(self):
        """The codes of these words, in order, separated by commas."""
        words = self._origin.sorted(lambda word: (word.sequence, word.id))
        return ",".join(words.mapped("code"))


def _code(value):
    """How a condition writes a value of a fact."""
    return str(value).lower() if isinstance(value, bool) else value
