"""What the software can say of a Russian text: screening, checks, likeness.

Plain Python that knows nothing of Odoo. Importing it loads no dictionary: morphology,
telephone metadata and word lists are read on first use, once per process.

- `text`: sentences, words, lemmas, and a normal form that undoes disguises;
- `screening`: obscenity, insults, threats, signs of suicide, personal data.

Everything found carries its place in the original text and the rule that found it. It
is a proposal: a person decides.
"""
