"""Stories of the procedure: several executors, rework by reasons, an interim reply,
an exclusion and its reversal, a substitute on a phone."""

import datetime
import re
import time
import unittest
from contextlib import ExitStack, contextmanager

from devenv import testkit
from playwright.sync_api import expect, sync_playwright

from .steps import COUNTDOWN, Steps
from .support import DESK, PHONE, Ground, screenshots

ROADS = "Отдел дорожного хозяйства"
LIGHTING = "Отдел уличного освещения"
ROADS_LEADER = "Игорь Самойлов"
LIGHTING_LEADER = "Марина Белоусова"
#: Distinct words for each run, since the town has a life of its own.
MARK = str(int(time.time()))[-6:]

PARTS = f"На проспекте Мира, 8, яма и не горит фонарь, сообщение {MARK}"
REWORK = f"На Садовой, 5, завалило тротуар снегом, сообщение {MARK}"
INTERIM = f"На Школьной, 3, нужен пешеходный переход, сообщение {MARK}"
#: Lists show this much of what an obscene message says.
DECENT = f"на Рабочей, 30, темно, сообщение {MARK}"
OBSCENE = f"Вы там охуели, {DECENT}"
ABSENT = f"В Ключах разбита дорога к школе, сообщение {MARK}"
#: Who writes what
SAID = {101: PARTS, 102: REWORK, 103: INTERIM, 106: OBSCENE, 105: ABSENT}

ROAD_PART = "Здравствуйте! Яму на проспекте Мира, 8, засыпали 10 марта."
LAMP_PART = "Фонарь у дома 8 отремонтируем до 20 марта."
WHOLE = f"{ROAD_PART} {LAMP_PART} Спасибо, что сообщили."

EMPTY_WORDS = "Здравствуйте! Благодарим за обращение."
ABBREVIATED = "Здравствуйте! Тротуар на Садовой, 5, очистил МБУ БД 12 марта."
MENDED = (
    "Здравствуйте! Тротуар на Садовой, 5, очистила служба благоустройства 12 марта."
)

NOT_YET = "Ждём заключения обследования перекрёстка."
PROMISED = datetime.date.today() + datetime.timedelta(days=10)
INTERIM_REPLY = (
    "Здравствуйте! Решение о переходе будет после обследования перекрёстка, сейчас"
    f" оно не закончено. Окончательный ответ дадим до {PROMISED:%d.%m.%Y}."
)
FINAL_REPLY = "Здравствуйте! Переход на Школьной, 3, нанесём до 1 июня."

STAND_IN_REPLY = "Здравствуйте! Дорогу к школе в Ключах отремонтируем до 25 августа."


class TestProcedure(Steps, unittest.TestCase):
    """Each story has a message of its own; server and browsers are shared."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        cls.server = stack.enter_context(testkit.live_server())
        cls.ground = Ground(cls.server.sandbox)
        cls.pictures = screenshots()
        playwright = stack.enter_context(sync_playwright())
        cls.browser = playwright.chromium.launch(**testkit.chromium())
        stack.callback(cls.browser.close)
        cls.people = []
        cls.known = {}
        self = cls()
        citizen = self.person("citizen", base=cls.server.sandbox)
        for number, text in SAID.items():
            self.say(citizen, [text], number)

    def somebody(self, name, device=DESK):
        """A person who has logged in, with the same browser in all stories."""
        key = (name, "phone" if device is PHONE else "desk")
        if key not in self.known:
            self.known[key] = self.person(name, device)
            self.known[key].log_in()
        return self.known[key]

    @contextmanager
    def story(self, name):
        """Keep pictures of a failure; the browsers have nothing to complain of."""
        try:
            yield
        except BaseException:
            for index, person in enumerate(self.people):
                person.picture(f"failed-{name}-{index}-{person.name}")
            raise
        errors = [error for person in self.people for error in person.errors]
        for person in self.people:
            person.errors.clear()
        self.assertEqual(errors, [])

    # -- what stories share

    def taken(self, curator, text, *units, picture):
        """Take a message into work and assign it; returns its address."""
        url = self.open_ticket(curator, text, f"{picture}-inbox")
        curator.do("action_register", ".o_statusbar_buttons")
        expect(curator.button("action_register")).to_have_count(0)
        self.assign(curator, *units, picture=f"{picture}-assign")
        return url

    def accepted(self, executor, text, picture):
        """Accept one's assignment; returns its address."""
        url = self.open_assignment(executor, text, picture)
        executor.do("action_accept")
        expect(self.editor(executor)).to_be_visible()
        return url

    # -- the stories

    def test_1_parts_of_two_executors(self):
        with self.story("parts"):
            curator = self.somebody("curator")
            roads = self.somebody("roads", PHONE)
            lighting = self.somebody("lighting")
            url = self.taken(curator, PARTS, ROADS, LIGHTING, picture="20-parts")
            curator.press(
                self.share(curator, ROADS).locator("button[name=action_lead]")
            )
            expect(
                self.share(curator, ROADS).locator("button[name=action_lead]")
            ).to_have_count(0)
            expect(
                self.share(curator, LIGHTING).locator("button[name=action_lead]")
            ).to_have_count(1)
            curator.picture("21-parts-lead")
            leading = self.accepted(roads, PARTS, "22-parts")
            self.write(roads, ROAD_PART)
            self.assert_fits(roads)
            roads.picture("23-parts-draft-phone")
            self.submit(roads)
            self.accepted(lighting, PARTS, "22-parts")
            self.write(lighting, LAMP_PART)
            lighting.picture("23-parts-draft-desk")
            self.submit(lighting)
            self.open_form(curator, url, ".o_social_ticket_form")
            curator.picture("24-parts-review")
            # Nothing is put together before all parts are approved.
            expect(curator.button("action_merge")).to_have_count(0)
            for unit in (ROADS, LIGHTING):
                approve = self.share(curator, unit).locator(
                    "button[name=action_approve]"
                )
                curator.press(approve)
                expect(approve).to_have_count(0)
            expect(curator.button("action_merge")).to_be_visible()
            curator.picture("25-parts-approved")
            self.open_form(roads, leading, ".o_social_assignment_form")
            roads.do("action_merge")
            dialog = roads.page.locator(".modal .o_social_merge")
            for part in (ROAD_PART, LAMP_PART):
                expect(dialog.locator(".o_kanban_record", has_text=part)).to_have_count(
                    1
                )
            whole = dialog.locator("textarea.o_social_draft_input")
            expect(whole).to_have_value(f"{ROAD_PART}\n\n{LAMP_PART}")
            self.assert_fits(roads)
            roads.picture("26-parts-merge-phone")
            whole.fill(WHOLE)
            self.confirm(roads)
            self.open_form(curator, url, ".o_social_ticket_form")
            expect(curator.page.locator(".o_social_whole")).to_contain_text(WHOLE)
            curator.picture("27-parts-whole")
            self.publish(
                curator,
                "action_publish",
                ".o_statusbar_buttons",
                WHOLE,
                "28-parts-publish",
            )
            self.published(curator, url)
            curator.picture("29-parts-published")
            self.assertEqual(self.answers(PARTS), [WHOLE])

    def test_2_rework_with_reasons_from_checks(self):
        with self.story("rework"):
            curator = self.somebody("curator")
            roads = self.somebody("roads", PHONE)
            url = self.taken(curator, REWORK, ROADS, picture="30-rework")
            assignment = self.accepted(roads, REWORK, "31-rework")
            self.refused_in_words(roads)
            # What is only advised against may be submitted.
            self.write(roads, ABBREVIATED)
            advice = self.remarks(roads, "warn").filter(has_text="БД")
            expect(advice.first).to_contain_text("3.7.4")
            expect(self.remarks(roads, "block")).to_have_count(0)
            roads.picture("33-rework-advice")
            self.submit(roads)
            self.open_form(curator, url, ".o_social_ticket_form")
            kept = self.share(curator, ROADS).locator(".o_social_remark")
            expect(kept.filter(has_text="БД").first).to_contain_text("3.7.4")
            curator.picture("34-rework-review")
            self.sent_back(curator)
            self.open_form(roads, assignment, ".o_social_assignment_form")
            remarks = roads.page.locator(".o_social_remarks")
            expect(remarks).to_contain_text("БД")
            expect(remarks.locator(".o_tag, .badge")).to_have_count(1)
            self.assert_fits(roads)
            roads.picture("36-rework-remarks")
            self.write(roads, MENDED)
            expect(self.remarks(roads, "warn")).to_have_count(0)
            roads.picture("37-rework-mended")
            self.submit(roads)
            self.open_form(curator, url, ".o_social_ticket_form")
            share = self.share(curator, ROADS)
            expect(share).to_contain_text(MENDED)
            expect(share.locator(".o_social_remark")).to_have_count(0)
            curator.picture("38-rework-again")

    def refused_in_words(self, executor):
        """What blocks is shown while typing, and submission is refused in words."""
        self.write(executor, EMPTY_WORDS)
        blocking = self.remarks(executor, "block")
        expect(blocking).to_have_count(1)
        expect(blocking).to_contain_text("3.7.1")
        executor.do("action_submit")
        refusal = executor.page.locator(".modal .modal-body")
        expect(refusal).to_contain_text("3.7.1")
        executor.picture("32-rework-refused")
        executor.press(executor.page.locator(".modal .modal-footer button").first)
        expect(executor.page.locator(".modal")).to_have_count(0)
        expect(self.editor(executor)).to_have_value(EMPTY_WORDS)

    def sent_back(self, curator):
        """The reasons that the checks give are chosen when the window opens."""
        curator.do("action_rework", ".o_social_executors")
        reasons = curator.page.locator(".modal [name=reason_ids] input[type=checkbox]")
        expect(reasons).to_have_count(4)
        chosen = [reasons.nth(index).is_checked() for index in range(4)]
        self.assertEqual(chosen, [False, False, False, True])
        words = curator.page.locator(".modal [name=remarks] textarea")
        expect(words).to_have_value(re.compile("БД"))
        curator.picture("35-rework-window")
        self.confirm(curator)

    def test_3_interim_reply_with_promise(self):
        with self.story("interim"):
            curator = self.somebody("curator")
            roads = self.somebody("roads", PHONE)
            url = self.taken(curator, INTERIM, ROADS, picture="40-interim")
            assignment = self.accepted(roads, INTERIM, "41-interim")
            self.write(roads, INTERIM_REPLY)
            self.promise(roads)
            self.submit(roads)
            self.open_form(curator, url, ".o_social_ticket_form")
            share = self.share(curator, ROADS)
            expect(share).to_contain_text(NOT_YET)
            expect(share).to_contain_text(f"{PROMISED:%d.%m.%Y}")
            curator.picture("43-interim-review")
            self.publish(
                curator,
                "action_approve_publish",
                ".o_social_executors",
                INTERIM_REPLY,
                "44-interim-publish",
            )
            clock = curator.page.locator(".o_social_clocks .o_kanban_record").filter(
                has_text=re.compile("Обещ|Promise")
            )
            self.wait_for(curator, url, clock, "clock of the promise")
            expect(clock.locator(COUNTDOWN)).to_be_visible()
            curator.picture("45-interim-clock")
            self.assertEqual(self.answers(INTERIM), [INTERIM_REPLY])
            self.open_form(roads, assignment, ".o_social_assignment_form")
            expect(self.editor(roads)).to_have_value("")
            promised = roads.page.locator(".o_social_promised")
            expect(promised).to_contain_text(str(PROMISED.day))
            roads.picture("46-interim-final")
            self.write(roads, FINAL_REPLY)
            self.submit(roads)
            self.open_form(curator, url, ".o_social_ticket_form")
            self.publish(
                curator,
                "action_approve_publish",
                ".o_social_executors",
                FINAL_REPLY,
                "47-interim-publish-final",
            )
            self.wait_for(curator, url, curator.button("action_close"), "final reply")
            curator.picture("48-interim-done")
            self.assertEqual(self.answers(INTERIM), [INTERIM_REPLY, FINAL_REPLY])

    def promise(self, executor):
        """Mark the draft as interim, with the reason and the date of the final one."""
        kind = executor.page.locator("[name=draft_kind] input[type=radio]")
        executor.press(kind.nth(1))
        self.enter(executor, "draft_promised_date", f"{PROMISED:%d.%m.%Y}")
        reason = executor.page.locator("[name=draft_interim_reason]")
        reason.locator("input, textarea").first.fill(NOT_YET)
        self.assert_fits(executor)
        executor.picture("42-interim-draft")

    def test_4_exclusion_and_its_reversal(self):
        with self.story("exclusion"):
            curator = self.somebody("curator")
            url = self.open_ticket(curator, DECENT, "50-exclusion-inbox")
            hint = curator.page.locator(".o_social_exclusion_hint")
            expect(hint).to_be_visible()
            curator.picture("51-exclusion-hint")
            curator.do("action_exclude", ".o_statusbar_buttons")
            grounds = curator.page.locator(
                ".modal [name=exclusion_reason_id] input[type=radio]"
            )
            expect(grounds.first).to_be_checked()
            words = curator.page.locator(".modal [name=note] textarea")
            expect(words).not_to_have_value("")
            curator.picture("52-exclusion-window")
            self.confirm(curator)
            expect(curator.button("action_restore")).to_be_visible()
            curator.picture("53-exclusion-done")
            curator.go("/odoo/social-messages")
            curator.ready()
            inbox = curator.page.locator(".o_social_inbox")
            expect(inbox).to_be_visible()
            self.in_inbox(curator, ABSENT)
            expect(curator.page.get_by_text(DECENT)).to_have_count(0)
            curator.picture("54-exclusion-hidden")
            self.open_form(curator, url, ".o_social_ticket_form")
            # What the citizen wrote is kept as it was.
            original = curator.page.locator("[name=original_text]").first
            expect(original).to_contain_text(OBSCENE)
            curator.do("action_restore", ".o_statusbar_buttons")
            expect(curator.button("action_register")).to_be_visible()
            self.in_inbox(curator, DECENT)
            curator.picture("55-exclusion-restored")

    def test_5_substitute_on_a_phone(self):
        with self.story("substitute"):
            curator = self.somebody("curator")
            roads = self.somebody("roads", PHONE)
            stand_in = self.somebody("lighting", PHONE)
            self.names_stand_in(roads)
            url = self.open_ticket(curator, ABSENT, "61-substitute-inbox")
            curator.do("action_register", ".o_statusbar_buttons")
            expect(curator.button("action_register")).to_have_count(0)
            dialog = self.ask_to_assign(curator, [ROADS])
            warning = dialog.locator("[name=absence_note]")
            expect(warning).to_contain_text(LIGHTING_LEADER)
            curator.picture("62-substitute-warned")
            self.confirm(curator)
            self.open_assignment(stand_in, ABSENT, "63-substitute")
            note = stand_in.page.locator("[name=stand_in_note]")
            expect(note).to_contain_text(ROADS_LEADER)
            self.assert_fits(stand_in)
            stand_in.picture("64-substitute-phone")
            stand_in.do("action_accept")
            self.write(stand_in, STAND_IN_REPLY)
            self.assert_fits(stand_in)
            stand_in.picture("65-substitute-draft")
            self.submit(stand_in)
            stand_in.picture("66-substitute-submitted")
            self.open_form(curator, url, ".o_social_ticket_form")
            history = curator.page.locator(".o_social_history .o_social_event")
            done = history.filter(has_text=LIGHTING_LEADER)
            expect(done).to_have_count(2)
            for index in range(2):
                expect(done.nth(index)).to_contain_text(
                    re.compile(rf"за .*{ROADS_LEADER}")
                )
            done.first.scroll_into_view_if_needed()
            curator.picture("67-substitute-history")
            self.publish(
                curator,
                "action_approve_publish",
                ".o_social_executors",
                STAND_IN_REPLY,
                "68-substitute-publish",
            )
            self.published(curator, url)
            self.assertEqual(self.answers(ABSENT), [STAND_IN_REPLY])

    def names_stand_in(self, executor):
        """Name who stands in: from now on, until further notice."""
        executor.go("/odoo/social-substitutions/new")
        executor.ready()
        executor.choose("substitute_id", LIGHTING_LEADER, ".o_form_view")
        self.assert_fits(executor)
        executor.picture("60-substitute-new")
        executor.press(executor.page.locator(".o_form_button_save:visible").first)
        executor.address()
