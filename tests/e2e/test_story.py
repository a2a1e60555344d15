"""A citizen's comment becomes a ticket and comes back as a published reply."""

import signal
import time
import unittest
from contextlib import ExitStack

from devenv import processes, testkit
from playwright.sync_api import expect, sync_playwright

from .steps import Steps
from .support import (
    PHONE,
    Ground,
    commands,
    descendants,
    runs,
    screenshots,
)

ROADS = "Отдел дорожного хозяйства"
LIGHTING = "Отдел уличного освещения"
TOPIC = "Ямы и выбоины"
#: Distinct words for each run, since the town has a life of its own.
MARK = str(int(time.time()))[-6:]
POTHOLE = f"На Рабочей, 17, яма у самой остановки, обращение {MARK}"
STRAY = f"Во дворе бегают собаки, обращение {MARK}"
BEGINNING = "Здравствуйте! Яма на улице Рабочей, 17, "
MIDDLE = "внесена в план ремонта. "
PROMISE = "Засыплем её до 15 марта."
FIRST_DRAFT = BEGINNING + MIDDLE
FINAL = f"{FIRST_DRAFT}{PROMISE}"
REMARK = "Назовите день, когда яму засыплют."
#: What only a curator may do
ROUTING = [
    "action_register",
    "action_assign",
    "action_publish",
    "action_approve",
    "action_approve_publish",
    "action_rework",
    "action_no_reaction",
    "action_exclude",
    "action_restore",
    "action_close",
]


class TestStory(Steps, unittest.TestCase):
    """One story, told in the order of its steps by people with their own browsers."""

    def setUp(self):
        super().setUp()
        stack = ExitStack()
        self.addCleanup(stack.close)
        self.server = stack.enter_context(testkit.live_server())
        self.ground = Ground(self.server.sandbox)
        self.pictures = screenshots()
        playwright = stack.enter_context(sync_playwright())
        self.browser = playwright.chromium.launch(**testkit.chromium())
        stack.callback(self.browser.close)
        self.people = []

    def test_story(self):
        try:
            self.story()
        except BaseException:
            for person in self.people:
                person.picture(f"failed-{person.name}")
            raise
        self.assertEqual([e for person in self.people for e in person.errors], [])
        self.browser.close()
        self.assert_stops()

    def story(self):
        citizen = self.person("citizen", base=self.server.sandbox)
        self.citizen_writes(citizen)
        curator = self.person("curator")
        ticket = self.curator_routes(curator)
        executor = self.person("roads", PHONE)
        assignment = self.executor_drafts(executor)
        self.curator_sends_back(curator, ticket)
        self.executor_reworks(executor, assignment)
        self.curator_publishes(curator, ticket)
        self.citizen_reads(citizen)
        self.other_executor_declines(curator)
        self.head_reads()

    # -- the citizen

    def citizen_writes(self, citizen):
        self.say(citizen, [POTHOLE, STRAY])
        citizen.picture("01-citizen")

    def citizen_reads(self, citizen):
        comment = self.ground.comment_with(POTHOLE)
        answers = self.ground.official_answers(comment)
        self.assertEqual([answer["text"] for answer in answers], [FINAL])
        shown = citizen.page.get_by_test_id("official-reply").filter(has_text=PROMISE)
        expect(shown).to_have_count(1)
        shown.scroll_into_view_if_needed()
        citizen.picture("12-citizen-answered")

    # -- the curator

    def curator_routes(self, curator):
        curator.log_in()
        url = self.open_ticket(curator, POTHOLE)
        curator.do("action_register", ".o_statusbar_buttons")
        expect(curator.button("action_register")).to_have_count(0)
        self.assign(curator, ROADS, topic=TOPIC)
        curator.picture("04-assigned")
        return url

    def curator_sends_back(self, curator, ticket):
        self.open_form(curator, ticket, ".o_social_ticket_form")
        executors = curator.page.locator(".o_social_executors")
        expect(executors).to_contain_text(FIRST_DRAFT.strip())
        curator.picture("07-review")
        curator.do("action_rework", ".o_social_executors")
        reasons = curator.page.locator(".modal [name=reason_ids] input[type=checkbox]")
        reasons.first.check()
        curator.page.locator(".modal [name=remarks] textarea").fill(REMARK)
        self.confirm(curator)
        expect(executors).to_contain_text(REMARK)

    def curator_publishes(self, curator, ticket):
        self.open_form(curator, ticket, ".o_social_ticket_form")
        curator.do("action_approve_publish", ".o_social_executors")
        dialog = curator.page.locator(".modal .o_social_publish")
        expect(dialog.locator(".o_social_preview_answer")).to_contain_text(PROMISE)
        curator.picture("10-publish")
        self.confirm(curator)
        link = self.published(curator, ticket)
        answer = self.ground.official_answers(self.ground.comment_with(POTHOLE))[0]
        self.assertIn(f"reply={answer['id']}", link.get_attribute("href"))
        expect(curator.button("action_close")).to_be_visible()
        curator.picture("11-published")

    # -- the executors

    def executor_drafts(self, executor):
        executor.log_in()
        url = self.open_assignment(executor, POTHOLE)
        self.assert_fits(executor)
        executor.do("action_accept")
        editor = self.editor(executor)
        editor.press_sequentially(BEGINNING, delay=5)
        self.wait_draft(executor, "saved")
        executor.lose_connection()
        editor.press_sequentially(MIDDLE[:10], delay=5)
        self.wait_draft(executor, "offline")
        executor.picture("06-offline")
        executor.find_connection()
        self.wait_draft(executor, "saved")
        # The next time the phone goes out before the connection is back.
        executor.lose_connection()
        editor.press_sequentially(MIDDLE[10:], delay=5)
        self.wait_draft(executor, "typing", "saving", "offline")
        executor.open_page()
        executor.find_connection()
        self.open_form(executor, url, ".o_social_assignment_form")
        # Kept by the device, or sent with the tab's last breath: it is all there.
        expect(self.editor(executor)).to_have_value(FIRST_DRAFT)
        self.wait_draft(executor, "saved", "clean")
        executor.cut = False
        executor.picture("06-restored")
        self.submit(executor)
        return url

    def executor_reworks(self, executor, url):
        self.open_form(executor, url, ".o_social_assignment_form")
        remarks = executor.page.locator(".o_social_remarks")
        expect(remarks).to_contain_text(REMARK)
        executor.picture("08-rework")
        editor = self.editor(executor)
        expect(editor).to_have_value(FIRST_DRAFT)
        editor.fill(FINAL)
        self.wait_draft(executor, "saved")
        self.submit(executor)
        executor.picture("09-submitted")

    def other_executor_declines(self, curator):
        """Who declines loses sight of the message."""
        self.open_ticket(curator, STRAY)
        self.assign(curator, LIGHTING, picture="12-assign")
        executor = self.person("lighting", PHONE)
        executor.log_in()
        url = self.open_assignment(executor, STRAY)
        executor.do("action_decline")
        executor.page.locator(".modal [name=reason] textarea").fill("Это не фонари.")
        self.confirm(executor)
        executor.go("/odoo/my-assignments")
        executor.ready()
        expect(executor.page.locator(".o_social_mine")).to_be_visible()
        expect(executor.page.get_by_text(STRAY)).to_have_count(0)
        # Nor by the address of what was open a moment ago.
        seen = len(executor.errors)
        executor.page.goto(url)
        expect(executor.page.locator(".modal, .o_notification").first).to_be_visible()
        expect(executor.page.get_by_text(STRAY)).to_have_count(0)
        del executor.errors[seen:]
        executor.picture("13-declined")

    # -- the head

    def head_reads(self):
        head = self.person("head")
        head.log_in()
        head.go("/odoo/social-messages-all")
        head.ready()
        row = head.page.locator(".o_data_row", has_text=MARK).filter(
            has_text=POTHOLE[:20]
        )
        row.locator("td[name=name]").click()
        form = head.page.locator(".o_social_ticket_form")
        expect(form.locator("[name=original_text]").first).to_contain_text(POTHOLE)
        expect(form.locator("[name=published_link] a")).to_be_visible()
        for name in ROUTING:
            with self.subTest(name):
                expect(head.button(name)).to_have_count(0)
        head.picture("14-head")

    # -- the end

    def assert_stops(self):
        """Ctrl-C ends the script and all that it has started."""
        script = self.server.script
        started = descendants(script.pid)
        self.assertIn(self.server.odoo_pid, started)
        self.assertIn(self.server.sandbox_pid, started)
        self.assertIn("curator", self.server.script_log.read_text(encoding="utf-8"))
        script.process.send_signal(signal.SIGINT)
        self.assertEqual(script.wait(30), 0)
        left = [pid for pid in started if runs(pid)]
        self.assertEqual(left, [], commands(left))
        for url in (self.server.odoo, self.server.sandbox):
            self.assertTrue(processes.port_is_free(int(url.rpartition(":")[2])))
