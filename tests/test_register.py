import base64
import io
import re
from datetime import datetime
from html import unescape

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..report import helpdesk_social_report_register as register
from .test_figures import MONTH, FiguresCase

REPORT = "helpdesk_mgmt_social.report_register"


@tagged("post_install", "-at_install")
class TestRegister(FiguresCase):
    """The register of messages, on paper and as a table."""

    def wizard(self, user=None, **vals):
        Report = self.env["helpdesk.social.report"].with_user(user or self.head)
        return Report.create({"first": MONTH[0], "last": MONTH[1], **vals})

    def words(self, wizard):
        Report = self.env["ir.actions.report"].with_user(wizard.create_uid)
        html, _kind = Report._render_qweb_html(REPORT, wizard.ids)
        text = html.decode().split('class="article', 1)[1].split("</main>")[0]
        text = re.sub(r"<style.*?</style>", " ", text, flags=re.S)
        return unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))

    def table(self, wizard):
        """The rows of the workbook, the header first."""
        wizard.make_register_table()
        self.assertTrue(wizard.register_filename.endswith(".xlsx"))
        book = openpyxl.load_workbook(
            io.BytesIO(base64.b64decode(wizard.register_file))
        )
        return list(book.active.iter_rows())

    def expected(self):
        """Number, local instants and timeliness, by SQL of its own."""
        return self.sql(
            """
            SELECT t.number, t.received_at + interval '3 hours',
                   (SELECT min(at) + interval '3 hours' FROM helpdesk_social_event
                     WHERE ticket_id = t.id AND type = 'published'),
                   EXISTS (SELECT FROM helpdesk_social_deadline
                            WHERE ticket_id = t.id AND state = 'breached'
                              AND stage IN ('total', 'publish', 'final', 'manual'))
              FROM helpdesk_ticket t
             WHERE t.is_social AND t.company_id = %(company)s
               AND t.received_at >= %(start)s AND t.received_at < %(stop)s
             ORDER BY t.received_at, t.id
            """
        )

    def test_rows_are_those_received(self):
        self.population()
        expected = self.expected()
        self.assertGreater(len(expected), 10)
        header, *rows = self.table(self.wizard())
        self.assertEqual(header[0].value, "Number")
        self.assertEqual([row[0].value for row in rows], [e[0] for e in expected])
        for row, (_number, received, answered, late) in zip(
            rows, expected, strict=True
        ):
            self.assertEqual(row[1].value, received)
            self.assertEqual(row[9].value, answered)
            if answered:
                self.assertEqual(row[10].value == "no", late)
            else:
                self.assertFalse(row[10].value)
        words = self.words(self.wizard())
        headline = self.figures()["headline"]
        self.assertIn(f"Messages: {headline['received']['value']} .", words)
        for number, *_rest in expected:
            self.assertIn(number, words)

    def test_nothing_is_a_decent_register(self):
        empty = self.wizard(first="2019-03-01", last="2019-03-31")
        self.assertIn("No message was received in this period.", self.words(empty))
        self.assertEqual(len(self.table(empty)), 1)

    def test_formulas_are_words(self):
        """Whatever a citizen begins with, a spreadsheet computes nothing."""
        evil = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")']
        author = self.env["helpdesk.social.author"].create(
            {
                "name": "=cmd|'/c calc'!A0",
                "network": "vk",
                "external_id": "77",
                "company_id": self.company.id,
            }
        )
        for number, text in enumerate(evil):
            self.made_up(
                number,
                f"2024-03-05 10:0{number}:00",
                original_text=text,
                author_id=author.id,
            )
        _header, *rows = self.table(self.wizard())
        self.assertEqual(len(rows), len(evil))
        for row in rows:
            for cell in (row[3], row[6]):
                self.assertEqual(cell.data_type, "s")
                self.assertTrue(cell.value.startswith("'"), cell.value)

    def test_words_are_masked(self):
        self.made_up(
            1, "2024-03-05 10:00:00", original_text="Звоните +7 912 345-67-89, яма"
        )
        wizard = self.wizard()
        [_header, row] = self.table(wizard)
        self.assertNotIn("345-67-89", row[6].value)
        self.assertNotIn("345-67-89", self.words(wizard))

    def test_dates_have_a_filter_and_stay_in_sight(self):
        self.made_up(1, "2024-03-31 20:30:00")
        wizard = self.wizard()
        [_header, row] = self.table(wizard)
        # Half past eleven at night of Moscow is still March.
        self.assertEqual(row[1].value, datetime(2024, 3, 31, 23, 30))
        book = openpyxl.load_workbook(
            io.BytesIO(base64.b64decode(wizard.register_file))
        )
        self.assertEqual(book.active.freeze_panes, "A2")
        self.assertEqual(book.active.auto_filter.ref, "A1:L2")

    def test_only_what_one_may_read(self):
        private = self.made_up(1, "2024-03-05 10:00:00", kind="private")
        public = self.made_up(2, "2024-03-06 10:00:00")
        private.social_account_id = self.account
        self.account.curator_ids = self._user("r_other", "group_curator")
        numbers = [r[0].value for r in self.table(self.wizard(self.curator))[1:]]
        self.assertEqual(numbers, [public.number])
        numbers = [r[0].value for r in self.table(self.wizard(self.head))[1:]]
        self.assertEqual(numbers, [private.number, public.number])
        with self.assertRaises(AccessError):
            self.wizard(self.roads)

    def test_queries_do_not_grow(self):
        def queries():
            wizard = self.wizard()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.make_register_table()
            return self.env.cr.sql_log_count - before

        self.population(5)
        queries()
        few = queries()
        self.population(40, seed=8)
        self.assertLessEqual(queries(), few + 5)

    def test_too_many_for_paper(self):
        self.population(8)
        self.patch(register, "MOST_PRINTED", 1)
        with self.assertRaisesRegex(UserError, "Choose a shorter period"):
            self.words(self.wizard())

    def test_download(self):
        action = self.wizard().action_register_table()
        self.assertEqual(action["tag"], "helpdesk_mgmt_social.download_register")
        with self.assertRaisesRegex(UserError, "ends before"):
            self.wizard(first="2024-04-01", last="2024-03-01").action_register_table()
