"""Prints docs/clauses.md from the presets of a database:

    script/shell < script/clause_table.py > /tmp/clauses.md && mv /tmp/clauses.md docs/

A test compares the file with the data.
"""

from odoo.addons.helpdesk_mgmt_social.report.clause_table import clause_table

# The database may know older words; what is changed here is not kept.
module = env.ref("base.module_helpdesk_mgmt_social")  # noqa: F821
module._update_translations(["ru_RU"], overwrite=True)
print(clause_table(env), end="")  # noqa: F821
