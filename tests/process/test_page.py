"""A page of the network: what goes wrong with it, and what comes through."""

import base64

from sandbox.pictures import scene_png

from .support import LiveCase

MESSAGE = "helpdesk.social.message"


class TestLane(LiveCase):
    """The lane of reading does not stop, and nothing stays behind."""

    def health(self, page):
        names = ["health", "advice", "last_error", "failures"]
        return self.one.do("read_page", page=page, names=names)

    def test_other_page_refused(self):
        """Error 5 (a bad key) on one page: the other one is read all the same."""
        self.one.do("change_page", page=2, receive=True)
        self.one.do("set_secrets", page=2, access_token="no-longer-valid")
        for group in (1, 2):
            self.comment(self.post(group=group), group=group)
        self.one.do("fetch_by_action")
        self.assert_all_stored_once(1)
        self.assertFalse(self.stored(self.said(2)))
        self.assertEqual(self.health(1)["health"], "ok")
        stopped = self.health(2)
        self.assertEqual(stopped["health"], "stopped")
        self.assertTrue(stopped["advice"])
        self.assertNotIn("no-longer-valid", stopped["last_error"])
        # A stopped page is left alone until somebody has acted.
        calls = len(self.ground.log.entries(method="groups.getLongPollServer"))
        for page in (1, 2):
            self.one.do("change_page", page=page, next_poll="now")
        self.one.do("fetch_by_action")
        after = len(self.ground.log.entries(method="groups.getLongPollServer"))
        self.assertEqual(after, calls + 1)
        self.one.do("set_secrets", page=2, access_token="sandbox-community-token-2")
        self.one.do("fetch_by_action")
        self.assert_all_stored_once(2)
        self.assertEqual(self.health(2)["health"], "ok")
        self.assert_no_errors()

    def test_network_fails_and_comes_back(self):
        """Gateway errors count as failures in a row; the lane goes on."""
        self.comment(self.post())
        self.ground.faults.add("*", "http", times=3, code=502)
        for _try in range(3):
            self.one.do("change_page", page=1, next_poll="now")
            self.one.do("fetch_by_action")
        failing = self.health(1)
        self.assertEqual((failing["health"], failing["failures"]), ("failing", 3))
        self.assertTrue(failing["advice"])
        self.one.do("change_page", page=1, next_poll="now")
        self.one.do("fetch_by_action")
        self.assertEqual(self.health(1)["health"], "ok")
        self.assert_all_stored_once()
        self.assert_no_errors()

    def test_long_poll_fails(self):
        """``failed`` 1, 2, 3 of the long poll, and events that vanish silently."""
        post = self.post()
        self.fetch()
        queue = self.control("long-poll/1")
        for verb in ("forget", "expire", "lose", "drop"):
            with self.subTest(verb):
                self.comment(post, f"До: {verb}")
                self.private(f"До: {verb}")
                if verb != "drop":
                    queue(verb)
                else:
                    queue(verb, count=2)
                self.comment(post, f"После: {verb}")
                self.private(f"После: {verb}")
                if verb == "drop":
                    # Nobody tells of these; the full comparison finds them.
                    self.one.do("change_page", page=1, next_reconcile="now")
                self.one.do("change_page", page=1, next_poll="now")
                self.one.do("fetch_by_action")
                self.assert_all_stored_once()
        self.assertEqual(self.health(1)["health"], "ok")
        self.assert_no_errors()

    def control(self, path):
        """Call the sandbox's control interface at ``path``."""

        def call(verb, **body):
            self.ground.application.control.handle("POST", f"{path}/{verb}", {}, body)

        return call

    def test_frequency_limits(self):
        """With the network's limits on, a long comparison goes on in later runs."""
        self.world.state["settings"]["rate_limit"] = True
        for number in range(6):
            post = self.post(f"Запись {number}")
            for index in range(3):
                self.comment(post, f"Комментарий {number}.{index}")
        for _run in range(40):
            self.one.do("change_page", page=1, next_poll="now")
            self.one.do("fetch_by_action")
            if len(self.stored(self.said())) == 18:
                break
        self.assert_all_stored_once()
        self.assert_no_errors()


class TestRoundTrip(LiveCase):
    """From the citizen's words to the reply on the network."""

    def message(self, external_id, *names):
        [row] = self.stored([external_id], *names)
        return row

    def test_photo(self):
        picture = scene_png("pothole")
        author = self.citizen()
        file = self.world.add_file(picture, author)
        external_id, _number = self.comment(
            self.post(), author=author, files=[file["id"]]
        )
        self.fetch()
        row = self.message(external_id, "attachment_ids")
        attachments = self.one.do(
            "search_read",
            model="ir.attachment",
            domain=[("id", "in", row["attachment_ids"])],
            names=["datas", "mimetype"],
        )
        self.assertEqual(len(attachments), 1)
        self.assertEqual(attachments[0]["mimetype"], "image/png")
        self.assertEqual(base64.b64decode(attachments[0]["datas"]), picture)
        self.assert_no_errors()

    def test_edit_and_delete(self):
        """Earlier words become a version, a deletion a tombstone with the words."""
        external_id, number = self.comment(self.post(), "Яма у дома 5")
        self.fetch()
        self.world.edit_comment(1, number, "Яма у дома 7")
        self.fetch()
        row = self.message(external_id, "text", "edited_at", "version_ids")
        self.assertEqual(row["text"], "Яма у дома 7")
        self.assertTrue(row["edited_at"])
        versions = self.one.do(
            "search_read",
            model="helpdesk.social.message.version",
            domain=[("id", "in", row["version_ids"])],
            names=["text"],
        )
        self.assertEqual([version["text"] for version in versions], ["Яма у дома 5"])
        self.world.delete_comment(1, number)
        self.fetch()
        row = self.message(external_id, "text", "deleted_at", "version_ids")
        self.assertTrue(row["deleted_at"])
        self.assertEqual(row["text"], "Яма у дома 7")
        self.world.restore_comment(1, number)
        self.fetch()
        self.assertFalse(self.message(external_id, "deleted_at")["deleted_at"])
        self.assert_no_errors()

    def test_thread(self):
        """The author's further words join the ticket, another's open a new one."""
        post, author = self.post(), self.citizen()
        first, top = self.comment(post, "Яма у дома 5", author)
        self.fetch()
        again, _number = self.comment(post, "Когда засыпете?", author, reply_to=top)
        other, _number = self.comment(post, "И у нас яма", reply_to=top)
        self.fetch()
        ticket = self.message(first)["ticket_id"]
        self.assertEqual(self.message(again)["ticket_id"], ticket)
        self.assertNotEqual(self.message(other)["ticket_id"], ticket)
        self.assert_no_errors()

    def test_reply_on_the_wall(self):
        external_id, number = self.comment(self.post())
        self.fetch()
        text = "Яму засыплем до 15 марта."
        row = self.one.do("answer", external_id=external_id, text=text)
        self.one.do("send_by_action")
        [reply] = self.official(text)
        self.assertEqual(reply["reply_to"], number)
        [sent] = self.one.do(
            "search_read",
            model=MESSAGE,
            domain=[("id", "=", row)],
            names=["outbox_state", "permalink"],
        )
        self.assertEqual(sent["outbox_state"], "sent")
        self.assertIn(f"reply={reply['id']}", sent["permalink"])
        # Our own words come back as an event and are no message of a citizen.
        self.fetch()
        self.assert_all_stored_once()
        self.assertFalse(self.stored([f"wall-1_{reply['post_id']}_r{reply['id']}"]))
        self.assert_no_errors()

    def test_private_reply(self):
        author = self.citizen()
        external_id = self.private("Когда дадут отопление?", author)
        self.fetch()
        text = "Отопление включат 15 октября."
        self.one.do("answer", external_id=external_id, text=text)
        self.one.do("send_by_action")
        talk = self.world.dump()["groups"]["1"]["conversations"][str(author)]
        sent = [message["text"] for message in talk["messages"] if message["out"]]
        self.assertEqual(sent, [text])
        self.assertFalse(self.official())
        self.assert_no_errors()

    def test_check(self):
        """«Check connection»: right keys work, swapped and foreign ones say why."""
        lines = self.one.do("check", page=1)
        self.assertTrue(lines)
        self.assertEqual([line for line in lines if not line.startswith("✓")], [])
        self.one.do(
            "set_secrets",
            page=1,
            access_token="sandbox-service-key",
            service_token="sandbox-community-token-1",
            user_token="",
        )
        lines = self.one.do("check", page=1)
        # That the network takes the key proves nothing, what it can do does.
        self.assertEqual([line for line in lines[1:] if not line.startswith("✗")], [])
        self.assert_clear(lines)
        self.one.do(
            "set_secrets",
            page=1,
            access_token="sandbox-community-token-2",
            service_token="",
        )
        lines = self.one.do("check", page=1)
        self.assertTrue(lines[0].startswith("✗"))
        self.assertIn("(2)", lines[0])
        self.assert_clear(lines)
        self.assert_no_errors()

    def assert_clear(self, lines):
        """Words for people: no key of the program, no secret."""
        for line in lines:
            self.assertNotRegex(line, r"[a-z]+_[a-z]+_|token_|_key\b|sandbox-")
