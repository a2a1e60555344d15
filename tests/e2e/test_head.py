"""The head's way: figures of the last month, the messages behind one, the paper."""

import io
import re
import unittest
from contextlib import ExitStack

from devenv import testkit
from playwright.sync_api import expect, sync_playwright
from pypdf import PdfReader

from .steps import Steps
from .support import DESK, PHONE, screenshots

#: Messages of the middle of the last month, by the organisation's clock
MESSAGES = """
from datetime import datetime, timedelta
from odoo import fields
middle = fields.Datetime.now().replace(day=1, hour=9) - timedelta(15)
page = env["helpdesk.social.account"].search([("network", "=", "vk")], limit=1)
for number in range(7):
    env["helpdesk.ticket"]._social_create(
        {
            "company_id": page.company_id.id,
            "team_id": page.team_id.id,
            "social_account_id": page.id,
            "regulation_id": page.regulation_id.id,
            "network": "vk",
            "intake": "page",
            "page_owner": "administration",
            "kind": "feed",
            "original_text": f"На Лесной, {number + 1}, не горит фонарь",
        },
        middle + timedelta(minutes=number),
    )
env.cr.commit()
"""
RECEIVED = re.compile(r"(?:Messages received|Поступило сообщений)\s+(\d+)")
PREPARED = re.compile("The report is being prepared…|Отчёт готовится…")


class TestHead(Steps, unittest.TestCase):
    """The same on a desktop and on a phone; server and browser are shared."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        cls.server = stack.enter_context(testkit.live_server())
        with testkit.database(cls.server.database, fresh=False) as database:
            database.run(MESSAGES)
        cls.pictures = screenshots()
        playwright = stack.enter_context(sync_playwright())
        cls.browser = playwright.chromium.launch(**testkit.chromium())
        stack.callback(cls.browser.close)
        cls.people = []

    def test_desktop(self):
        self.figures_and_paper(DESK, "desk")

    def test_phone(self):
        self.figures_and_paper(PHONE, "phone")

    def figures_and_paper(self, device, name):
        head = self.person("head", device)
        try:
            self.walk(head, name)
        except BaseException:
            head.picture(f"failed-head-{name}")
            raise
        self.assertEqual(head.errors, [])

    def walk(self, head, name):
        head.log_in()
        value = self.last_month(head)
        self.assertGreaterEqual(value, 7)
        head.picture(f"70-dashboard-{name}")
        self.assert_fits(head)
        head.press(self.tile(head))
        rows = head.page.locator(
            ".o_list_view .o_data_row, .o_kanban_record:not(.o_kanban_ghost)"
        )
        expect(rows).to_have_count(value)
        head.picture(f"71-drill-down-{name}")
        head.page.go_back()
        self.assertEqual(self.last_month(head), value)
        head.do("print", ".o_social_dashboard")
        expect(head.page.locator(".modal [name=first]").first).to_be_visible()
        head.picture(f"72-print-{name}")
        held = []
        # A function of ours: Playwright marks it, which a built-in does not bear.
        head.page.route("**/report/download", lambda route: held.append(route))
        with head.page.expect_download(timeout=60_000) as download:
            head.do("action_print", ".modal")
            # For as long as the server is at it, the screen says so.
            expect(head.page.locator(".o_blockUI")).to_contain_text(PREPARED)
            head.picture(f"73-prepared-{name}")
            for _ in range(400):
                if held:
                    break
                head.page.wait_for_timeout(50)
            held[0].continue_()
        expect(head.page.locator(".o_blockUI")).to_have_count(0)
        paper = download.value.path().read_bytes()
        self.assertTrue(paper.startswith(b"%PDF"))
        words = " ".join(
            page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages
        )
        self.assertEqual(int(RECEIVED.search(" ".join(words.split()))[1]), value)

    def tile(self, head):
        return head.page.locator(".o_social_dashboard [data-figure=received]")

    def last_month(self, head):
        """Open the dashboard, choose the last month; returns the figure received."""
        if not head.shows(head.page.locator(".o_social_dashboard"), 2000):
            head.go("/odoo/social-summary")
        expect(self.tile(head)).to_be_visible()
        head.press(head.page.locator("[data-period=last_month]"))
        expect(head.page.locator("[data-period=last_month].active")).to_be_visible()
        expect(head.page.locator(".o_social_dashboard_bar .fa-spinner")).to_have_count(
            0
        )
        return int(self.tile(head).locator("[data-value]").inner_text())
