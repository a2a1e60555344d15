"""Two processes read at the same time, and everything is stored once."""

import threading

from .support import LiveCase

STORING = "helpdesk.social.account:_store_batch"
NOTING = "helpdesk.social.account:_note_success"


class TestTwoReaders(LiveCase):
    """The scheduled action in one process, ``poll()`` in the other."""

    def write_some(self, number, posts):
        """Comments, answers in threads, follow-ups and private messages."""
        for index in range(number):
            post = posts[index % len(posts)]
            author = self.citizen(f"Житель {index}")
            _id, top = self.comment(post, f"Комментарий {index}", author)
            if index % 3 == 0:
                self.comment(post, f"Ответ {index}", reply_to=top)
            if index % 4 == 0:
                self.comment(post, f"Ещё раз {index}", author, reply_to=top)
            if index % 5 == 0:
                self.private(f"Личное {index}", author)

    def begin_race(self):
        """Let both processes begin to read at once."""
        self.gates.close()
        self.one.do("change_page", page=1, next_poll="now")
        self.one.begin("fetch_by_action", at="start")
        self.two.begin("fetch_by_call", at="start")
        self.gates.wait("start", 2)
        self.gates.open("start")

    def assert_tickets(self, rows):
        """One ticket for each author in each thread: follow-ups join theirs."""
        tickets = {}
        for row in rows:
            talk = row["thread_id"], row["author_external_id"]
            tickets.setdefault(talk, set()).add(row["ticket_id"][0])
        self.assertEqual({len(ids) for ids in tickets.values()}, {1})
        self.assertEqual(len(set.union(*tickets.values())), len(tickets))

    def test_rounds(self):
        """Several rounds with new messages, some written while both read."""
        posts = [self.post(f"Запись {n}") for n in range(3)]
        for _round in range(4):
            self.write_some(12, posts)
            self.begin_race()
            writing = threading.Thread(target=self.write_some, args=(6, posts))
            writing.start()
            self.one.end()
            self.two.end()
            writing.join(30)
        self.fetch()
        self.assertGreater(len(self.said()), 60)
        self.assert_tickets(self.assert_all_stored_once())
        self.assert_no_errors()

    def test_old_snapshot(self):
        """The second reader's view of the database is older than the first's work."""
        posts = [self.post(f"Запись {n}") for n in range(2)]
        self.write_some(12, posts)
        self.two.begin("fetch_by_call", at="start")
        self.gates.wait("start")
        self.one.do("fetch_by_action")
        self.gates.open("start")
        self.assertEqual(self.two.end(), 0)
        self.assert_tickets(self.assert_all_stored_once())
        self.assert_no_errors()

    def test_lease_ran_out(self):
        """The scheduled action is so slow that another process reads the same.

        It has fetched the events already and comes to store them when the other
        one has; then it begins anew.
        """
        posts = [self.post(f"Запись {n}") for n in range(2)]
        self.fetch()
        self.write_some(12, posts)
        self.one.do("change_page", page=1, next_poll="now")
        self.one.begin("fetch_by_action", holds={STORING: "storing"})
        self.gates.wait("storing")
        page = self.two.do("read_page", page=1, names=["lease_until"])
        self.assertEqual(self.two.do("fetch_by_call"), 0, "the lease was not taken")
        self.assertTrue(page["lease_until"])
        self.two.do("expire", model="helpdesk.social.account", ids=[page["id"]])
        self.assertGreater(self.two.do("fetch_by_call"), 12)
        self.write_some(3, posts)
        self.gates.open("storing")
        self.one.end()
        self.one.do("change_page", page=1, next_poll="now")
        self.one.do("fetch_by_action")
        self.assert_tickets(self.assert_all_stored_once())
        page = self.one.do("read_page", page=1, names=["health", "lease_until"])
        self.assertEqual((page["health"], page["lease_until"]), ("ok", False))
        self.assert_no_errors()

    def test_killed_while_reading(self):
        """The page is read on at once, though it was claimed for minutes."""
        self.comment(self.post())
        self.one.do("change_page", page=1, next_poll="now")
        self.two.begin("fetch_by_action", holds={STORING: "storing"})
        self.gates.wait("storing")
        self.assertEqual(self.one.do("fetch_by_call"), 0, "the claim is respected")
        self.stage.kill_two()
        self.assertEqual(self.one.do("fetch_by_call"), 1)
        self.assert_all_stored_once()
        self.assert_no_errors()

    def test_same_link_by_hand(self):
        """A curator enters a message by its link while it is being fetched."""
        post = self.post()
        self.fetch()
        external_id, number = self.comment(post)
        self.comment(post, "Ещё одна яма")
        link = f"https://vk.com/wall-1_{post}?reply={number}"
        self.two.begin("fetch_by_call", holds={STORING: "storing"})
        self.gates.wait("storing")
        ticket = self.one.do("enter_by_hand", link=link, text="Яма на дороге")
        self.gates.open("storing")
        self.two.end()
        self.assert_all_stored_once()
        [row] = self.stored([external_id])
        self.assertEqual(row["ticket_id"][0], ticket)
        self.assert_no_errors()

    def test_ticket_changed_meanwhile(self):
        """A curator changes a ticket while a follow-up to it is being fetched."""
        post, author = self.post(), self.citizen()
        first, number = self.comment(post, author=author)
        self.fetch()
        [row] = self.stored([first])
        ticket = row["ticket_id"][0]
        self.comment(post, "Когда же?", author, reply_to=number)
        self.comment(post, "Другое")
        self.one.do("change_page", page=1, next_poll="now")
        self.one.begin("fetch_by_action", holds={STORING: "storing"})
        self.gates.wait("storing")
        self.two.do("change_ticket", ticket=ticket)
        self.gates.open("storing")
        self.one.end()
        # What could not be stored is read again by the next run.
        self.one.do("fetch_by_action")
        rows = self.assert_all_stored_once()
        self.assertEqual([r["ticket_id"][0] for r in rows].count(ticket), 2)
        page = self.one.do("read_page", page=1, names=["health", "lease_until"])
        self.assertEqual((page["health"], page["lease_until"]), ("ok", False))
        self.assert_no_errors()

    def test_page_changed_at_the_end(self):
        """An administrator changes the page between the last piece of its reading
        and the note that it was read."""
        self.comment(self.post())
        self.one.do("change_page", page=1, next_poll="now")
        self.one.begin("fetch_by_action", holds={NOTING: "noting"})
        self.gates.wait("noting")
        self.two.do("change_page", page=1, unread_minutes=31)
        self.gates.open("noting")
        # The lane ends well, and gives the page back.
        self.one.end()
        page = self.one.do("read_page", page=1, names=["lease_until"])
        self.assertFalse(page["lease_until"])
        self.one.do("fetch_by_action")
        self.assert_all_stored_once()
        self.assertEqual(
            self.one.do("read_page", page=1, names=["health"])["health"], "ok"
        )
        self.assert_no_errors()

    def test_calendar_changed_meanwhile(self):
        """The lane has moved all clocks to the new calendar before a message is
        stored whose reading began under the former one."""
        self.one.do("assign_within_a_day")
        self.addCleanup(self.one.do, "forget_assign_within_a_day")
        external_id, _number = self.comment(self.post())
        self.two.begin("fetch_by_call", holds={STORING: "storing"})
        self.gates.wait("storing")
        self.one.do("take_week_off")
        self.gates.open("storing")
        self.two.end()
        [row] = self.stored([external_id])
        clocks = self.one.do("clocks", ticket=row["ticket_id"][0])
        self.assertEqual(clocks["differences"], [])
        self.assertTrue(clocks["after_the_week"])
        self.assert_no_errors()


class TestTwoPages(LiveCase):
    """Two processes read two pages of one administration at once."""

    def test_first_reading(self):
        """Numbers are given for the first time, and one citizen writes on both."""
        self.one.do("forget_numbers")
        author = self.citizen()
        for group in (1, 2):
            self.one.do("change_page", page=group, receive=True)
            post = self.post(group=group)
            for number in range(5):
                self.comment(post, f"Комментарий {number}", group=group)
            self.comment(post, "Пишу на обе страницы", author, group=group)
        holds = {STORING: "storing"}
        self.one.begin("fetch_by_call", page=1, holds=holds)
        self.two.begin("fetch_by_call", page=2, holds=holds)
        self.gates.wait("storing", 2)
        self.gates.open("storing")
        self.one.end()
        self.two.end()
        for group in (1, 2):
            with self.subTest(page=group):
                rows = self.assert_all_stored_once(group)
                self.assertEqual(len(rows), 6)
        rows = self.stored(self.said(1) + self.said(2))
        tickets = self.one.do(
            "search_read",
            model="helpdesk.ticket",
            domain=[("id", "in", [row["ticket_id"][0] for row in rows])],
            names=["number", "author_id"],
        )
        self.assertEqual(len({ticket["number"] for ticket in tickets}), 12)
        self.assertEqual(len({ticket["author_id"] for ticket in tickets}), 11)
        self.assert_no_errors()
