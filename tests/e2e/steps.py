"""Steps that several stories take: through the inbox, to the editor, and back."""

from playwright.sync_api import expect

from .support import DESK, FETCH_SECONDS, Person

COUNTDOWN = ".o_field_social_countdown [data-status]"


class Steps:
    """For test cases with a browser, the server, the sandbox, pictures and people."""

    def person(self, name, device=DESK, base=None):
        """Somebody with a browser of their own, not logged in yet."""
        person = Person(
            self.browser, name, base or self.server.odoo, device, self.pictures
        )
        self.people.append(person)
        return person

    # -- the citizen

    def say(self, citizen, texts, number=104):
        """Write comments below the newest post as the citizen of this number."""
        page = citizen.page
        citizen.go(f"/?citizen={number}")
        page.wait_for_selector("body[data-ready]")
        post = page.get_by_test_id("post").first.get_attribute("data-post")
        form = page.get_by_test_id(f"comment-form-{post}")
        for text in texts:
            form.get_by_test_id("comment-text").fill(text)
            form.get_by_test_id("send-comment").click()
            said = page.get_by_test_id("comment-body").filter(has_text=text)
            expect(said).to_have_count(1)

    # -- the curator

    def in_inbox(self, curator, text):
        """The card of a message in the inbox, as soon as it has come."""
        card = curator.page.locator(".o_social_inbox .o_kanban_record", has_text=text)
        curator.reload_until(
            "/odoo/social-messages",
            lambda: curator.shows(card),
            FETCH_SECONDS,
            "message in the inbox",
        )
        return card.first

    def open_ticket(self, curator, text, picture="02-inbox"):
        """Find a message in the inbox and open it; returns its address."""
        card = self.in_inbox(curator, text)
        expect(card.locator(COUNTDOWN).first).to_be_visible()
        curator.picture(picture)
        # Not in the middle, where a suggestion would be taken.
        curator.press(card.locator(".o_social_clamp").first)
        form = curator.page.locator(".o_social_ticket_form")
        expect(form.locator("[name=original_text]").first).to_contain_text(text)
        expect(form.locator(COUNTDOWN).first).to_be_visible()
        return curator.address()

    def ask_to_assign(self, curator, units, topic=None):
        """Fill the window that assigns executors; returns it."""
        curator.do("action_assign", ".o_statusbar_buttons")
        dialog = curator.page.locator(".modal .o_social_dialog")
        expect(dialog).to_be_visible()
        for number, unit in enumerate(units, 1):
            dialog.locator(
                ".o_field_x2many_list_row_add a, .o_list_button_add"
            ).first.click()
            expect(dialog.locator(".o_data_row")).to_have_count(number)
            curator.choose("unit_id", unit)
        if topic:
            curator.choose("category_id", topic)
        return dialog

    def assign(self, curator, *units, topic=None, picture="03-assign"):
        """Assign the open message to units."""
        self.ask_to_assign(curator, units, topic)
        curator.picture(picture)
        self.confirm(curator)
        executors = curator.page.locator(".o_social_executors")
        for unit in units:
            expect(executors).to_contain_text(unit)

    def confirm(self, person):
        """Press the button of the open window, which closes."""
        person.do("action_confirm", ".modal")
        expect(person.page.locator(".modal")).to_have_count(0)

    def open_form(self, person, url, form):
        person.page.goto(url)
        person.ready()
        expect(person.page.locator(form)).to_be_visible()

    def wait_for(self, curator, url, locator, what, seconds=60):
        """Open a message again and again until something shows on its form."""
        form = curator.page.locator(".o_social_ticket_form")

        def shown():
            expect(form).to_be_visible()
            return curator.shows(locator, 1000)

        path = url.removeprefix(self.server.odoo)
        curator.reload_until(path, shown, seconds, what)

    def published(self, curator, url):
        """Wait for the reply to stand on the network; returns the link to it."""
        link = curator.page.locator("[name=published_link] a")
        self.wait_for(curator, url, link, "published reply")
        return link

    def share(self, curator, unit):
        """The card of one executor on the message's form."""
        cards = curator.page.locator(".o_social_executors .o_kanban_record")
        return cards.filter(has_text=unit)

    def answers(self, text):
        """The texts with which the page answered a comment."""
        comment = self.ground.comment_with(text)
        found = self.ground.official_answers(comment)
        return [answer["text"] for answer in sorted(found, key=lambda a: a["id"])]

    def publish(self, curator, button, within, text, picture):
        """Publish what the window of publishing proposes."""
        curator.do(button, within)
        dialog = curator.page.locator(".modal .o_social_publish")
        expect(dialog.locator(".o_social_preview_answer")).to_contain_text(text)
        curator.picture(picture)
        self.confirm(curator)

    # -- the executors

    def open_assignment(self, executor, text, picture="05-assignments"):
        """Find an assignment among one's own and open it; returns its address."""
        executor.go("/odoo/my-assignments")
        executor.ready()
        card = executor.page.locator(".o_social_mine .o_kanban_record", has_text=text)
        expect(card.locator(COUNTDOWN).first).to_be_visible()
        executor.picture(f"{picture}-{executor.name}")
        executor.press(card.first)
        form = executor.page.locator(".o_social_assignment_form")
        expect(form.locator("[name=ticket_text]").first).to_contain_text(text)
        return executor.address()

    def editor(self, person):
        """Where a reply is written."""
        return person.page.locator("textarea.o_social_draft_input")

    def wait_draft(self, person, *statuses):
        """Wait until the editor is in one of these states."""
        wanted = ", ".join(f".o_social_draft[data-status={s}]" for s in statuses)
        expect(person.page.locator(wanted).first).to_be_visible()

    def write(self, executor, text):
        """Replace the draft, and wait until the server has it."""
        self.editor(executor).fill(text)
        self.wait_draft(executor, "saved")

    def remarks(self, person, severity):
        """The remarks of the checks beside the editor."""
        return person.page.locator(
            f".o_social_draft .o_social_remark[data-severity={severity}]"
        )

    def enter(self, person, field, text):
        """Type a date or an instant."""
        box = person.page.locator(f"[name={field}]")
        # What has a value shows it on a button until it is pressed.
        person.press(box.locator("input, button").first)
        box.locator("input").first.fill(text)
        box.locator("input").first.press("Enter")

    def submit(self, executor):
        """Send the draft to the curator."""
        executor.do("action_submit")
        expect(self.editor(executor)).to_have_count(0)
        expect(executor.button("action_submit")).to_have_count(0)

    def assert_fits(self, person):
        """Nothing sticks out of the screen sideways."""
        wide = person.page.evaluate(
            "document.documentElement.scrollWidth - window.innerWidth"
        )
        self.assertLessEqual(wide, 0)
