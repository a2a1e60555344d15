import json
import re
import shlex
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import requests

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import MODULE, SocialCommon, comment

PAGE = Path(__file__).parent.parent / "docs" / "api.md"
METHODS = ("receive_message", "message_standing", "export_answers", "answers_taken")


def blocks(language):
    """The examples of the page in ``language``."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@tagged("post_install", "-at_install")
class TestApiExample(SocialCommon, HttpCase):
    """The examples of docs/api.md, executed with a key of the least role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        act = cls.env.ref(f"{MODULE}.regulation_vereshchagino")
        cls.env.company.social_regulation_id = act
        cls.system = cls._user("s_system", "group_integration")
        cls.other_system = cls._user("s_system_2", "group_integration")

    def setUp(self):
        super().setUp()
        self.key = self.key_of(self.system)

    def key_of(self, user):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        return (
            self.env["res.users.apikeys"]
            .with_user(user)
            ._generate(None, "system", tomorrow)
        )

    def post(self, method, arguments, key=None, model="helpdesk.ticket"):
        """(status, answer) of one call."""
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            answer = self.url_open(
                f"/json/2/{model}/{method}",
                data=json.dumps(arguments),
                headers={
                    "Authorization": f"bearer {key or self.key}",
                    "Content-Type": "application/json",
                },
            )
        self.env.invalidate_all()
        return answer.status_code, answer.json()

    def curl(self, block):
        """What the command of the page asks for, and its answer."""
        words = shlex.split(block.replace("\\\n", " "))
        self.assertEqual(words[:4], ["curl", "-sS", "-X", "POST"])
        headers = [b for a, b in zip(words, words[1:], strict=False) if a == "-H"]
        self.assertEqual(
            headers, ["Authorization: bearer $KEY", "Content-Type: application/json"]
        )
        method = re.fullmatch(r"\$URL/json/2/helpdesk\.ticket/(\w+)", words[4])[1]
        status, answer = self.post(method, json.loads(words[words.index("-d") + 1]))
        self.assertEqual(status, 200, answer)
        return method, answer

    def answer(self, ticket):
        ticket = ticket.with_user(self.curator)
        ticket.assign([(self.unit_roads, self.env["res.users"])])
        self.unit_roads.user_id = self.roads
        self.drafted(ticket).with_user(self.curator).action_approve()
        ticket.publish_by_hand(
            ticket._merged_text(), "https://vk.com/wall-1_10?reply=9"
        )

    def test_commands(self):
        entering, standing, answers = blocks("bash")
        shown = json.loads(blocks("json")[0])
        method, told = self.curl(entering)
        self.assertEqual(method, "receive_message")
        # The page shows what is answered: but for numbers and the language.
        for name in ("id", "number", "state_label", "overdue"):
            shown.pop(name)
            self.assertIn(name, told)
        self.assertEqual({name: told[name] for name in shown}, shown)
        ticket = self.env["helpdesk.ticket"].browse(told["id"])
        self.assertEqual(ticket.network, "vk")
        self.assertEqual(ticket.author_id.name, "Иван Петров")
        self.assertFalse(ticket.partner_id)
        # Sent again, it is known.
        self.assertEqual(self.curl(entering)[1]["outcome"], "known")
        method, found = self.curl(standing)
        self.assertEqual(method, "message_standing")
        self.assertEqual([one["id"] for one in found], ticket.ids)
        self.assertEqual(self.curl(answers), ("export_answers", []))
        self.answer(ticket)
        (answer,) = self.curl(answers)[1]
        self.assertEqual(answer["source_number"], "И-2024-00077")
        self.assertEqual(answer["text"], "Яму засыплем до 15 марта.")
        self.assertEqual(answer["units"], "Roads")
        self.assertFalse(answer["on_time"])
        # Handed out until it has arrived.
        self.assertEqual(len(self.curl(answers)[1]), 1)
        self.assertEqual(
            self.post("answers_taken", {"answer_ids": [answer["id"]]}), (200, 1)
        )
        self.assertEqual(self.curl(answers)[1], [])

    def test_python(self):
        printed = []
        (code,) = blocks("python")
        self.env.flush_all()
        names = {"URL": self.base_url(), "KEY": self.key, "print": printed.append}
        names["print"] = lambda *words: printed.append(words)
        # The server of the tests answers this session alone.
        with patch.object(requests, "post", self.opener.post):
            exec(compile(code, str(PAGE), "exec"), names)  # noqa: S102 (our own page)
        self.env.invalidate_all()
        row = self.env["helpdesk.social.intake"].search(
            [("source_number", "=", "И-2024-00078")]
        )
        self.assertEqual(len(row), 1)
        self.assertEqual((row.how, row.user_id), ("api", self.system))
        self.assertEqual(printed[0][:2], (row.ticket_id.number, "created"))
        self.assertEqual(printed[1][0], "to_triage")

    def test_least_right(self):
        """The key opens these methods and one's own messages, nothing else."""
        status, told = self.post(
            "receive_message", {"text": "Яма", "source_number": "1", "intake": "pos"}
        )
        self.assertEqual(status, 200)
        arguments = {"domain": [["is_social", "=", True]]}
        self.assertEqual(self.post("search_read", arguments), (200, []))
        for model in (
            "helpdesk.social.intake",
            "helpdesk.social.event",
            "helpdesk.social.message",
            "helpdesk.social.author",
            "helpdesk.social.account",
        ):
            with self.subTest(model=model):
                status, _answer = self.post("search_read", {"domain": []}, model=model)
                self.assertEqual(status, 403)
        for method in ("action_register", "action_export_answers"):
            status, _answer = self.post(method, {"ids": [told["id"]]})
            self.assertEqual(status, 403, method)
        other = self.key_of(self.other_system)
        for arguments in ({"source_numbers": ["1"]}, {"numbers": [told["number"]]}):
            self.assertEqual(self.post("message_standing", arguments, other), (200, []))
            found = self.post("message_standing", arguments)[1]
            self.assertEqual([one["id"] for one in found], [told["id"]])
        # Whoever sends the same message may ask how it stands.
        again = {"text": "Яма", "source_number": "1", "intake": "pos"}
        self.assertEqual(
            self.post("receive_message", again, other)[1]["outcome"], "known"
        )
        arguments = {"source_numbers": ["1"]}
        self.assertEqual(len(self.post("message_standing", arguments, other)[1]), 1)

    def test_private_message_of_a_page(self):
        """Whoever guesses the link of a conversation is not told the answer."""
        link = "https://vk.com/gim4242?sel=501&msgid=3"
        item = comment("im501_3", "Справка", kind="private", permalink=link)
        ticket = self.receive(replace(item, item_type="message"))
        status, told = self.post("receive_message", {"link": link, "intake": "pos"})
        self.assertEqual((status, told["outcome"]), (200, "recorded"))
        self.answer(ticket)
        self.assertEqual(self.post("export_answers", {}), (200, []))
        numbers = {"numbers": [ticket.number]}
        self.assertEqual(self.post("message_standing", numbers), (200, []))
        # One's own is told.
        own = {"text": "Яма", "kind": "private", "source_number": "1"}
        self.post("receive_message", own)
        self.post("receive_message", own)
        found = self.post("message_standing", {"source_numbers": ["1"]})[1]
        self.assertEqual(len(found), 1)

    def test_who_may_call(self):
        calls = {
            "receive_message": {"text": "Яма"},
            "message_standing": {"numbers": ["1"]},
            "export_answers": {},
            "answers_taken": {"answer_ids": [1]},
        }
        self.assertEqual(tuple(calls), METHODS)
        plain = new_test_user(self.env, "s_plain_api", "base.group_user")
        for user in (self.roads, self.head, self.social_admin, plain):
            key = self.key_of(user)
            for method, arguments in calls.items():
                with self.subTest(user=user.login, method=method):
                    self.assertEqual(self.post(method, arguments, key)[0], 403)
        key = self.key_of(self.curator)
        for method, arguments in calls.items():
            self.assertEqual(self.post(method, arguments, key)[0], 200, method)
        self.assertEqual(self.post("export_answers", {}, "wrong" * 8)[0], 401)

    def test_refusals_say_what_to_mend(self):
        cases = (
            ({}, "link or the text"),
            ({"text": "Яма", "intake": "telepathy"}, "intake"),
            ({"text": "Яма", "intake": "page"}, "intake"),
            ({"text": "Яма", "importance": "huge"}, "life_safety"),
            ({"text": "Яма", "received_at": "yesterday"}, "ISO 8601"),
            ({"text": "Яма", "received_at": "2124-01-01"}, "future"),
            ({"text": "Яма", "received_at": "0024-01-01"}, "ISO 8601"),
            ({"text": "Яма", "due": "9999-12-31T23:59:59-12:00"}, "ISO 8601"),
            ({"link": "javascript:alert(1)"}, "https://"),
        )
        before = self.env["helpdesk.ticket"].search_count([])
        for arguments, words in cases:
            with self.subTest(arguments=arguments):
                status, answer = self.post("receive_message", arguments)
                self.assertEqual(status, 422)
                self.assertIn(words, answer["message"])
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)
        status, _answer = self.post("receive_message", {"text": "Яма", "sql": 1})
        self.assertEqual(status, 422)

    def test_what_no_database_stores(self):
        """A call that is refused as a breakdown is sent again for ever."""
        sent = {"text": "Яма\x00 тут", "author": "Анна\x00", "source_number": 77}
        status, told = self.post("receive_message", {**sent, "topic": 5})
        self.assertEqual(status, 200, told)
        ticket = self.env["helpdesk.ticket"].browse(told["id"])
        self.assertEqual(ticket.original_text, "Яма тут")
        self.assertEqual(ticket.author_id.name, "Анна")
        self.assertEqual(ticket.intake_ids.source_number, "77")

    def test_other_administration(self):
        other = self.env["res.company"].create({"name": "Another town"})
        status, _answer = self.post(
            "receive_message", {"text": "Яма", "company_id": other.id}
        )
        self.assertEqual(status, 403)

    def test_fields_of_a_call(self):
        topic = self.env["helpdesk.ticket.category"].create({"name": "Дороги_и 100%"})
        status, told = self.post(
            "receive_message",
            {
                "text": "Яма",
                "received_at": "2024-06-03T10:00:00",
                "due": "2124-06-03T12:00:00+05:00",
                "topic": "дороги_и 100%",
                "place": "нет такого",
                "importance": "high",
                "page_owner": "unit",
                "author": "Анна",
                "author_url": "javascript:alert(1)",
            },
        )
        self.assertEqual(status, 200, told)
        ticket = self.env["helpdesk.ticket"].browse(told["id"])
        self.assertEqual(ticket.category_id, topic)
        self.assertFalse(ticket.territory_id)
        self.assertEqual((ticket.importance, ticket.page_owner), ("high", "unit"))
        # In the organisation's zone, which is Yekaterinburg's.
        self.assertEqual(told["received_at"], "2024-06-03T05:00:00+00:00")
        self.assertEqual(told["next_due"], "2124-06-03T07:00:00+00:00")
        self.assertFalse(ticket.author_id.url)
