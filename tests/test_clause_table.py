from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ..report.clause_table import PRESETS, clause_table

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "clauses.md"


@tagged("post_install", "-at_install")
class TestClauseTable(TransactionCase):
    """The clauses in the documentation are those of the data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        module = cls.env.ref("base.module_helpdesk_mgmt_social")
        module._update_translations(["ru_RU"], overwrite=True)

    def test_document_is_that_of_the_data(self):
        if not DOCUMENT.parent.is_dir():
            self.skipTest("an installed package has no docs folder")
        self.maxDiff = None
        self.assertEqual(
            DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else "",
            clause_table(self.env),
            "Write the file anew: script/shell < script/clause_table.py "
            "> /tmp/clauses.md && mv /tmp/clauses.md docs/",
        )

    def test_every_norm_has_its_row(self):
        text = clause_table(self.env)
        for code in PRESETS:
            regulation = self.env.ref(f"helpdesk_mgmt_social.regulation_{code}")
            for norm in regulation.norm_ids:
                row = next(
                    line for line in text.split("\n") if f"`{norm.code}`" in line
                )
                self.assertTrue(row.startswith(f"| {norm.clause} |"))
        norm = self.env.ref("helpdesk_mgmt_social.norm_perm_assign")
        norm.sudo().term_amount = 3
        self.assertNotEqual(clause_table(self.env), text)
