import re

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..language.screening import Lexicon, screen

#: Kinds of entries, and where the engine takes them.
TARGETS = {
    "obscene": "obscene",
    "insult": "insults",
    "threat": "threats",
    "allowed": "allowed",
}
LONGEST = 100
#: Letters of a beginning: fewer would find half of the dictionary.
LEAST = 3
_WORD = rf"(?:[^\W\d_]{{{LEAST},}}[\w'’-]*\*|[^\W_][\w'’-]+)"
#: A word, a beginning with a star, or a phrase of such.
ENTRY = re.compile(rf"{_WORD}|(?:{_WORD}|\w)(?:\s+(?:{_WORD}|\w))+")


class HelpdeskSocialLexicon(models.Model):
    """An administration's own words: what the screening must know besides its rules,
    and what it must not take amiss."""

    _name = "helpdesk.social.lexicon"
    _description = "Word of the screening"
    _order = "kind, entry, id"
    _rec_name = "entry"

    kind = fields.Selection(
        [
            ("obscene", "Obscene"),
            ("insult", "Insult"),
            ("threat", "Threat"),
            ("allowed", "Allowed"),
        ],
        required=True,
        default="obscene",
    )
    entry = fields.Char("Word or phrase", required=True)
    note = fields.Char(help="Why it is here.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        "Administration",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    _entry_uniq = models.UniqueIndex(
        "(company_id, kind, lower(entry))", "This word is in the list already."
    )

    @api.constrains("kind", "entry")
    def _check_entry(self):
        """Refuse what finds nothing, or too much, with a word on how to write it."""
        for word in self:
            entry = word.entry.strip()
            if len(entry) > LONGEST or not ENTRY.fullmatch(entry):
                raise ValidationError(
                    self.env._(
                        "«%(entry)s» cannot be used. Write a word («слово»), the "
                        "beginning of words with a star at its end («слов*», at least "
                        "%(least)d letters) or a phrase, up to %(most)d characters.",
                        entry=word.entry,
                        least=LEAST,
                        most=LONGEST,
                    )
                )
            self._check_usable(word, entry)

    @api.model
    def _check_usable(self, word, entry):
        """Let the engine have its say, too."""
        try:
            screen(entry, Lexicon(**{TARGETS[word.kind]: (entry,)}))
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "«%(entry)s» cannot be used: %(reason)s",
                    entry=word.entry,
                    reason=error,
                )
            ) from error

    @api.model
    def _lexicon(self, company):
        """The words of ``company`` in the form of the language engine."""
        return self._lexicon_by_company(company.id)

    @api.model
    @tools.ormcache("company_id")
    def _lexicon_by_company(self, company_id):
        # sudo: texts are screened for whoever brings them in.
        words = self.sudo().search([("company_id", "=", company_id)])
        entries = {target: [] for target in TARGETS.values()}
        for word in words:
            entries[TARGETS[word.kind]].append(word.entry.strip())
        return Lexicon(**{name: tuple(found) for name, found in entries.items()})

    @api.model_create_multi
    def create(self, vals_list):
        words = super().create(vals_list)
        self.env.registry.clear_cache()
        return words

    def write(self, vals):
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res
