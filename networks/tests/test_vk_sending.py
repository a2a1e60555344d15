"""Publishing, what failures of it mean, and reading back."""

import traceback
from datetime import timedelta

from ..errors import Consequence
from ..values import Upload
from ..vk.api import CONSEQUENCES
from ..vk.sending import random_id
from . import contract
from .case import VKCase
from .fake import (
    CITIZEN,
    GROUP,
    NOW,
    T0,
    TOKEN,
    Reply,
    comment,
    error,
    hurried,
    listed,
    message,
    paged,
    post,
)

WRITES = ("wall.createComment", "messages.send")


class TestSend(VKCase):
    def test_comment_from_the_community(self):
        self.vk.answers["wall.createComment"] = {
            "response": {"comment_id": 99, "parents_stack": [11]}
        }
        sent = self.client.send(self.outgoing())
        self.assertEqual(sent.external_id, "wall-1_10_r99")
        self.assertEqual(sent.permalink, "https://vk.com/wall-1_10?reply=99&thread=11")
        request = self.vk.exchanges[0].params
        self.assertEqual(
            request,
            {
                "owner_id": "-1",
                "post_id": "10",
                "from_group": "1",
                "message": "Яму заделаем",
                "reply_to_comment": "12",
                "guid": "row-77",
                "v": "5.199",
                "access_token": TOKEN,
            },
        )
        self.assertEqual(self.vk.exchanges[0].query, {})

    def test_answer_to_a_post(self):
        self.vk.answers["wall.createComment"] = {"response": {"comment_id": 99}}
        sent = self.client.send(
            self.outgoing(thread_id="wall-1_10", parent_id="wall-1_10")
        )
        self.assertEqual(sent.permalink, "https://vk.com/wall-1_10?reply=99")
        self.assertNotIn("reply_to_comment", self.vk.exchanges[0].params)

    def private(self, **values):
        return self.outgoing(
            kind="private", thread_id="im501", parent_id="im501_42", **values
        )

    def test_private_message(self):
        self.vk.answers["messages.send"] = {"response": 43}
        sent = self.client.send(self.private())
        self.assertEqual(sent.external_id, "im501_43")
        request = self.vk.exchanges[0].params
        self.assertEqual(request["peer_id"], "501")
        self.assertEqual(request["random_id"], str(random_id("row-77")))

    def test_private_message_answered_in_the_newer_form(self):
        answer = {"peer_id": 501, "message_id": 43, "conversation_message_id": 4}
        self.vk.answers["messages.send"] = {"response": [answer]}
        sent = self.client.send(self.private())
        self.assertEqual(sent.external_id, "im501_43")
        self.assertEqual(sent.permalink, "https://vk.com/gim1/convo/501?cmid=4")
        refusal = {"code": 901, "description": "No permission"}
        self.vk.answers["messages.send"] = {"response": [{**answer, "error": refusal}]}
        problem = self.refused(self.client.send, self.private())
        self.assertEqual(problem.consequence, Consequence.PERMISSION)

    def test_random_id_is_32_bits_and_the_same_for_the_same_key(self):
        numbers = {random_id(f"row-{n}") for n in range(1000)}
        self.assertEqual(len(numbers), 1000)
        self.assertTrue(all(0 < one < 2**31 for one in numbers))
        self.assertEqual(random_id("row-77"), random_id("row-77"))

    def test_oversize_is_refused_before_any_call(self):
        for values, code in (
            ({"text": "я" * 4097}, "text_too_long"),
            ({"text": " "}, "empty"),
            ({"attachments": (Upload("a", b""),) * 11}, "too_many_attachments"),
            ({"attachments": (Upload("a", b""),)}, "attachment_empty"),
            ({"attachments": (Upload("a.exe", b"MZ"),)}, "attachment_type"),
        ):
            problem = self.refused(self.client.send, self.outgoing(**values))
            self.assertEqual(problem.consequence, Consequence.CONTENT)
            self.assertEqual(problem.code, code)
        self.assertEqual(self.vk.exchanges, [])
        self.vk.answers["wall.createComment"] = {"response": {"comment_id": 99}}
        self.client.send(self.outgoing(text="я" * 4096))

    def test_targets_that_cannot_be_answered(self):
        problem = self.refused(
            self.client.send, self.outgoing(parent_id="topic-1_30_r5")
        )
        self.assertEqual(problem.code, "user_token_missing")
        for values in (
            {"parent_id": "x", "thread_id": "y"},
            {"kind": "private", "thread_id": "wall-1_10"},
        ):
            problem = self.refused(self.client.send, self.outgoing(**values))
            self.assertEqual(problem.code, "no_target")

    def test_outcome_unknown(self):
        self.enterContext(hurried(self.client))
        for answer in (
            Reply(delay=1.3),
            Reply(hang_up=True),
            Reply(status=502),
            Reply(body=b"<html>"),
            {"neither": 1},
            {"response": {}},
            {"response": None},
            error(1, "Unknown error occurred"),
            error(10, "Internal server error"),
        ):
            for method in WRITES:
                self.vk.answers[method] = answer
            for outgoing in (self.outgoing(), self.private()):
                problem = self.refused(self.client.send, outgoing)
                self.assertEqual(problem.consequence, Consequence.UNKNOWN, answer)
        self.described_answers = False

    def test_broken_down_while_reading(self):
        for code in (1, 10):
            self.vk.answers["wall.getComments"] = error(code)
            problem = self.refused(self.client.read_back, self.outgoing())
            self.assertEqual(problem.consequence, Consequence.RETRY)

    def test_not_connected_may_be_tried_again(self):
        self.vk.close()
        problem = self.refused(self.client.send, self.outgoing())
        self.assertEqual(problem.consequence, Consequence.RETRY)

    def test_every_documented_error(self):
        expected = {
            # VK broke down while it was publishing.
            "unknown": (1, 10),
            "retry": (36, 43),
            "slow_down": (6,),
            "slow_down_long": (9, 29, 32, 223, 601, 1105),
            "credentials": (4, 5, 27, 28, 42, 1117),
            "permission": (7, 15, 200, 203, 204, 210, 211, 212, 213, 900, 901, 902),
            "gone": (18, 19, 30, 100, 104, 125),
            "person": (14, 17, 24, 25, 3300, 3301, 3302, 3303, 3304),
            "content": (222, 910, 914),
            "too_late": (909, 924, 950),
        }
        for consequence, codes in expected.items():
            for code in codes:
                self.vk.answers["wall.createComment"] = error(code, "Why")
                problem = self.refused(self.client.send, self.outgoing())
                self.assertEqual(problem.consequence.value, consequence, code)
                self.assertEqual(problem.code, code)
                self.assertEqual(problem.method, "wall.createComment")
                self.assertIn("Why", str(problem))
        self.assertEqual(
            set(CONSEQUENCES), {one for codes in expected.values() for one in codes}
        )
        if contract.available():
            self.assertLessEqual(set(CONSEQUENCES), contract.errors())

    def test_other_errors_and_malformed_ones(self):
        self.described_answers = False
        for answer, consequence in (
            (error(945), "permission"),
            ({"error": "x"}, "unknown"),
            ({"error": {"error_code": None}}, "unknown"),
            (error("914"), "content"),
        ):
            self.vk.answers["wall.createComment"] = answer
            problem = self.refused(self.client.send, self.outgoing())
            self.assertEqual(problem.consequence.value, consequence)

    def test_no_error_tells_a_secret(self):
        self.enterContext(hurried(self.client))
        params = [{"key": "access_token", "value": TOKEN}]
        answers = [
            error(5, f"wrong token {TOKEN}", request_params=params),
            error(100, f"access_token={TOKEN}", error_text=TOKEN),
            Reply(status=500, body=TOKEN.encode()),
            Reply(body=TOKEN.encode()),
            Reply(delay=1.3),
        ]
        for answer in answers:
            self.vk.answers["wall.createComment"] = answer
            problem = self.refused(self.client.send, self.outgoing())
            told = "".join(traceback.format_exception(problem))
            told += repr(problem) + repr(vars(problem)) + repr(self.client)
            self.assertNotIn("SECRET", told)
            self.assertIsNone(problem.__context__)

    def test_missing_token(self):
        client = self.vk.client(access_token="")
        problem = self.refused(client.send, self.outgoing())
        self.assertEqual(problem.consequence, Consequence.CREDENTIALS)
        self.assertEqual(problem.code, "secret_missing")


class TestUploads(VKCase):
    def setUp(self):
        super().setUp()
        self.vk.answers |= {
            "wall.createComment": {"response": {"comment_id": 99}},
            "messages.send": {"response": 43},
            "upload": {"file": "F", "photo": "P", "server": 7, "hash": "H"},
            "docs.save": {"response": {"type": "doc", "doc": self.doc()}},
            "photos.saveMessagesPhoto": {"response": [self.photo()]},
        }
        where = {"upload_url": f"{self.vk.url}/upload"}
        self.vk.answers["docs.getWallUploadServer"] = {"response": where}
        self.vk.answers["docs.getMessagesUploadServer"] = {"response": where}
        self.vk.answers["photos.getMessagesUploadServer"] = {
            "response": {**where, "album_id": 1, "user_id": 0}
        }
        self.picture = Upload("яма.jpg", b"\xff\xd8", "image/jpeg")

    @staticmethod
    def doc():
        common = {"title": "x", "size": 2, "ext": "jpg", "date": T0, "type": 4}
        return {"id": 9, "owner_id": -GROUP, **common}

    @staticmethod
    def photo():
        common = {"album_id": -64, "date": T0, "has_tags": False}
        return {"id": 8, "owner_id": -GROUP, "access_key": "abc", **common}

    def test_picture_in_a_comment_goes_as_a_document(self):
        self.client.send(self.outgoing(attachments=(self.picture, self.picture)))
        request = self.vk.exchanges[-1]
        self.assertEqual(request.params["attachments"], "doc-1_9,doc-1_9")
        self.assertIn(b"\xff\xd8", self.vk.calls("upload")[0].body)

    def test_picture_and_document_in_a_private_message(self):
        self.client.send(
            self.outgoing(
                kind="private",
                thread_id="im501",
                text="",
                attachments=(self.picture, Upload("a.pdf", b"%PDF", "application/pdf")),
            )
        )
        request = self.vk.exchanges[-1]
        self.assertEqual(request.params["attachment"], "photo-1_8_abc,doc-1_9")
        self.assertNotIn("message", request.params)

    def test_failure_of_an_upload_publishes_nothing(self):
        for answer, consequence in (
            (Reply(status=502), "retry"),
            ({"error": "too big"}, "content"),
            ([[]], "content"),
        ):
            self.vk.answers["upload"] = answer
            outgoing = self.outgoing(attachments=(self.picture,))
            problem = self.refused(self.client.send, outgoing)
            self.assertEqual(problem.consequence.value, consequence)
        self.assertEqual(self.vk.calls("wall.createComment"), [])


class TestReadBack(VKCase):
    def found(self, **values):
        items = self.client.read_back(self.outgoing(**values))
        return [item.external_id for item in items]

    def own(self, number, minutes=0, **more):
        date = int((NOW + timedelta(minutes=minutes)).timestamp())
        return comment(number, "Ответ", author=-GROUP, date=date, **more)

    def test_own_answers_to_the_same_comment_since_the_attempt(self):
        inside = {"parents_stack": [11], "reply_to_comment": 12}
        others = [comment(n, parents_stack=[11]) for n in range(100, 230)]
        self.vk.answers["wall.getComments"] = paged(
            [
                self.own(50, -60, **inside),
                *others,
                self.own(300, -1, **inside),
                self.own(301, 1, **inside),
                self.own(302, 1, parents_stack=[11], reply_to_comment=13),
                self.own(303, 2, parents_stack=[11]),
                {"id": 304, "deleted": True, "date": T0, "from_id": -GROUP, "text": ""},
            ]
        )
        self.assertEqual(
            self.found(), ["wall-1_10_r300", "wall-1_10_r301", "wall-1_10_r303"]
        )
        request = self.vk.calls("wall.getComments")[0].params
        self.assertEqual(request["comment_id"], "11")
        self.assertEqual(len(self.vk.calls("wall.getComments")), 3)

    def test_below_a_post(self):
        self.vk.answers["wall.getComments"] = paged([comment(1), self.own(2)])
        found = self.found(thread_id="wall-1_10", parent_id="wall-1_10")
        self.assertEqual(found, ["wall-1_10_r2"])
        self.assertNotIn("comment_id", self.vk.exchanges[0].params)

    def private(self, messages):
        self.vk.answers["messages.getHistory"] = paged(messages[::-1])
        return self.found(kind="private", thread_id="im501", parent_id="im501_1")

    def test_private_messages_until_older_ones(self):
        start = int(NOW.timestamp())
        ours = {"author": -GROUP, "peer": CITIZEN}
        messages = [message(n) for n in range(1, 1001)]
        messages += [
            message(1001, **ours, date=start + 1),
            message(1002, **ours, date=start + 1, random_id=random_id("row-77")),
            message(1003, **ours, date=start + 1, random_id=random_id("row-78")),
            message(1004, date=start + 2),
        ]
        self.assertEqual(self.private(messages), ["im501_1002"])
        self.assertEqual(len(self.vk.calls("messages.getHistory")), 1)
        # Without the number that proves it, whatever is not proved another's.
        del messages[1001]
        messages.append(message(1005, **ours, date=start + 1))
        self.assertEqual(self.private(messages), ["im501_1001", "im501_1005"])

    def test_nothing_found(self):
        self.assertEqual(self.private([message(1)]), [])
        self.vk.answers["wall.getComments"] = listed([])
        self.assertEqual(self.found(), [])

    def test_what_was_sent_is_read_back_under_the_same_id(self):
        self.vk.answers["wall.createComment"] = {"response": {"comment_id": 99}}
        sent = self.client.send(self.outgoing())
        inside = {"parents_stack": [11], "reply_to_comment": 12}
        self.vk.answers["wall.getComments"] = paged([self.own(99, **inside)])
        item = self.client.read_back(self.outgoing())[0]
        self.assertEqual(item.external_id, sent.external_id)
        self.assertEqual(item.permalink, sent.permalink)

    def test_failure_of_reading_is_not_unknown(self):
        self.vk.answers["wall.getComments"] = Reply(status=500)
        problem = self.refused(self.client.read_back, self.outgoing())
        self.assertEqual(problem.consequence, Consequence.RETRY)
        client = self.vk.client(service_token="")
        problem = self.refused(client.read_back, self.outgoing())
        self.assertEqual(problem.consequence, Consequence.CREDENTIALS)


class TestCheck(VKCase):
    def setUp(self):
        super().setUp()
        from ..vk.checking import EVENTS, RIGHTS

        self.settings = {name: 1 for name in EVENTS}
        self.rights = [{"name": name, "setting": 1} for name in RIGHTS]
        self.vk.answers |= {
            "groups.getById": {
                "response": {"groups": [{"id": GROUP, "name": "Город"}]}
            },
            "groups.getTokenPermissions": lambda _params: {
                "response": {"mask": 1, "permissions": self.rights}
            },
            "groups.getLongPollSettings": lambda _params: {
                "response": {"is_enabled": True, "events": self.settings}
            },
            "wall.get": listed([post(1)]),
        }
        # The schema flags every event as always there, the real answers vary.
        self.described_answers = False

    def codes(self):
        return [verdict.code for verdict in self.client.check()]

    def test_all_well(self):
        verdicts = self.client.check()
        self.assertTrue(all(verdict.ok for verdict in verdicts))
        self.assertEqual(
            [(verdict.subject, verdict.code) for verdict in verdicts],
            [
                ("community_token", "token_valid"),
                ("rights", "rights_sufficient"),
                ("long_poll", "long_poll_enabled"),
                ("private_messages", "messages_readable"),
                ("service_key", "wall_readable"),
            ],
        )
        contract.check(
            one
            for one in self.vk.exchanges
            if one.method != "groups.getLongPollSettings"
        )

    def test_wrong_token(self):
        self.vk.answers["groups.getById"] = error(5, "User authorization failed")
        self.assertEqual(self.codes(), ["token_invalid", "wall_readable"])

    def test_token_of_another_community(self):
        self.vk.answers["groups.getById"] = {
            "response": {"groups": [{"id": 2, "name": "Другой"}]}
        }
        verdict = self.client.check()[0]
        self.assertEqual(verdict.code, "token_other_community")
        self.assertEqual(verdict.detail, "Другой (2)")

    def test_community_not_told(self):
        for answer in (error(100, "group_id is undefined"), {"response": {}}):
            self.vk.answers["groups.getById"] = answer
            self.assertTrue(self.client.check()[0].ok)

    def test_switching_on_asks_for_every_event(self):
        self.vk.answers["groups.setLongPollSettings"] = {"response": 1}
        self.client.switch_on()
        (exchange,) = self.vk.exchanges
        self.assertEqual(exchange.params["enabled"], "1")
        self.assertEqual(exchange.params["api_version"], "5.199")
        for event in self.settings:
            self.assertEqual(exchange.params[event], "1")
        contract.check(self.vk.exchanges)

    def test_what_is_missing_is_named(self):
        self.rights.pop()
        self.settings["wall_reply_new"] = 0
        verdicts = {one.code: one for one in self.client.check()}
        self.assertEqual(verdicts["rights_missing"].detail, "docs")
        detail = verdicts["long_poll_events_missing"].detail
        self.assertEqual(detail, "wall_reply_new")

    def test_refusals(self):
        self.vk.answers["groups.getTokenPermissions"] = error(7)
        self.vk.answers["groups.getLongPollSettings"] = error(15)
        self.vk.answers["messages.getConversations"] = error(15)
        self.vk.answers["wall.get"] = error(5)
        self.assertEqual(
            self.codes(),
            [
                "token_valid",
                "rights_unknown",
                "long_poll_denied",
                "messages_denied",
                "wall_denied",
            ],
        )

    def test_long_poll_switched_off(self):
        self.vk.answers["groups.getLongPollSettings"] = {
            "response": {"is_enabled": False, "events": {}}
        }
        self.assertIn("long_poll_disabled", self.codes())

    def test_secrets_not_given(self):
        self.client = self.vk.client(access_token="", service_token="")
        self.assertEqual(self.codes(), ["token_missing", "service_key_missing"])

    def test_trouble_of_the_connection_says_nothing_of_the_settings(self):
        self.vk.answers["groups.getById"] = Reply(status=502)
        problem = self.refused(self.client.check)
        self.assertEqual(problem.consequence, Consequence.RETRY)


class TestAuthors(VKCase):
    def test_people_and_communities(self):
        self.vk.answers["users.get"] = {
            "response": [
                {
                    "id": 501,
                    "first_name": "Анна",
                    "last_name": "Петрова",
                    "photo_100": "https://x/a.jpg",
                },
                {"id": 502, "first_name": "DELETED", "deactivated": "deleted"},
            ]
        }
        self.vk.answers["groups.getById"] = {
            "response": {"groups": [{"id": 7, "name": "Соседи"}], "profiles": []}
        }
        found = self.client.authors(["501", "502", "-7", "x", "", "501", "0", "--1"])
        self.assertEqual(
            [(one.external_id, one.name, one.url) for one in found],
            [
                ("501", "Анна Петрова", "https://vk.com/id501"),
                ("502", "DELETED", "https://vk.com/id502"),
                ("-7", "Соседи", "https://vk.com/club7"),
            ],
        )
        self.assertEqual(found[0].avatar_url, "https://x/a.jpg")
        self.assertTrue(found[2].is_community)
        self.assertEqual(self.vk.calls("users.get")[0].params["user_ids"], "501,502")

    def test_a_thousand_at_a_time(self):
        self.vk.answers["users.get"] = {"response": []}
        self.assertEqual(self.client.authors(map(str, range(1, 2002))), [])
        sizes = [
            one.params["user_ids"].count(",") + 1 for one in self.vk.calls("users.get")
        ]
        self.assertEqual(sizes, [1000, 1000, 1])

    def test_nobody(self):
        self.assertEqual(self.client.authors([]), [])
        self.assertEqual(self.vk.exchanges, [])
