"""The Callback API: proof of the sender, envelope, subscription, events."""

import json
from unittest import mock

from ..errors import Consequence
from ..vk.checking import EVENTS
from .case import VKCase
from .fake import (
    CITIZEN,
    GROUP,
    SERVICE,
    TOKEN,
    WEBHOOK,
    Reply,
    comment,
    error,
    event,
    listed,
    message,
)

URL = "https://city.example/social/hook/1234567890"
CODE = "a1b2c3d4"


class Delivering(VKCase):
    def setUp(self):
        super().setUp()
        self.client = self.hook()

    def hook(self, **secrets):
        secrets = {"webhook_secret": WEBHOOK, "confirmation_code": CODE, **secrets}
        return self.vk.client(**secrets)

    @staticmethod
    def body(kind="wall_reply_new", subject=None, **more):
        what = event(kind, subject or comment(12))
        return json.dumps({**what, "secret": WEBHOOK, **more}).encode()


class TestDeliver(Delivering):
    def test_an_event(self):
        found = self.client.deliver(self.body(), {})
        self.assertEqual((found.answer, found.key), ("ok", "wall_reply_new-12"))
        self.assertEqual(found.payload, event("wall_reply_new", comment(12)))
        # What is kept holds no secret.
        self.assertNotIn("SECRET", json.dumps(found.payload))
        self.assertEqual(self.vk.exchanges, [])

    def test_confirmation(self):
        body = self.body("confirmation", {"id": 0})
        found = self.client.deliver(body, {})
        self.assertEqual((found.answer, found.payload, found.key), (CODE, None, ""))
        problem = self.refused(self.hook(confirmation_code="").deliver, body, {})
        self.assertEqual(problem.consequence, Consequence.CREDENTIALS)

    def test_events_that_are_none_of_ours_are_answered_and_not_kept(self):
        for kind in ("group_join", "like_add", "message_typing_state", "unheard_of"):
            found = self.client.deliver(self.body(kind), {})
            self.assertEqual((found.answer, found.payload), ("ok", None))

    def test_every_wrong_secret_is_refused_alike(self):
        refusals = [
            self.refused(self.client.deliver, self.body(kind, secret=secret), {})
            for kind in ("wall_reply_new", "confirmation")
            for secret in (
                "",
                None,
                "x",
                WEBHOOK + "x",
                WEBHOOK[:-1],
                7,
                [WEBHOOK],
                "я",
            )
        ]
        refusals.append(
            self.refused(self.hook(webhook_secret="").deliver, self.body(secret=""), {})
        )
        for problem in refusals:
            self.assertEqual(problem.consequence, Consequence.CREDENTIALS)
        self.assertEqual(len({str(problem) for problem in refusals}), 1)

    def test_the_comparison_takes_constant_time(self):
        with mock.patch("hmac.compare_digest", return_value=False) as compare:
            self.refused(self.client.deliver, self.body(), {})
        compare.assert_called_once_with(WEBHOOK.encode(), WEBHOOK.encode())

    def test_another_community(self):
        for group in (2, "x", None):
            problem = self.refused(self.client.deliver, self.body(group_id=group), {})
            self.assertEqual(problem.consequence, Consequence.CONTENT)
        self.assertEqual(self.client.deliver(self.body(group_id="1"), {}).answer, "ok")

    def test_bodies_that_are_not_of_this_network(self):
        for body in (
            b"",
            b"{",
            b"[]",
            b"null",
            b"7",
            b'"text"',
            b"{}",
            b'{"type": 5}',
            b"\xff\xfe\xfa",
            b"[" * 100_000,
            b'{"a":' * 100_000,
            b"9" * 10_000,
        ):
            problem = self.refused(self.client.deliver, body, {})
            self.assertEqual(problem.consequence, Consequence.CONTENT, body[:20])

    def test_what_cannot_be_stored_is_taken_out(self):
        deep = b'{"a":' * 300 + b"1" + b"}" * 300
        body = self.body(subject=comment(12, "\x00Яма\ud800"))
        body = body[:-1] + b', "x": 1e999, "y": NaN, "z": ' + deep + b"}"
        payload = self.client.deliver(body, {}).payload
        stored = json.dumps(payload, allow_nan=False)
        self.assertNotIn("\\u0000", stored)
        self.assertEqual(payload["object"]["text"], "Яма?")
        self.assertLess(stored.count("{"), 210)

    def test_keys(self):
        for given, key in ((None, ""), (7, ""), ("k" * 201, ""), ("abc", "abc")):
            found = self.client.deliver(self.body(event_id=given), {})
            self.assertEqual(found.key, key)


class TestEvents(Delivering):
    def payload(self, kind, subject):
        return self.client.deliver(self.body(kind, subject), {}).payload

    def test_the_same_items_as_over_the_long_poll(self):
        self.vk.events = [
            event("wall_reply_new", comment(12, parents_stack=[11])),
            event("wall_reply_edit", comment(12, "Иначе", parents_stack=[11])),
            event("wall_reply_delete", {"owner_id": -1, "id": 12, "post_id": 10}),
            event("message_new", {"message": message(42), "client_info": {}}),
            event("message_edit", message(42, "Исправлено")),
        ]
        _cursor, polled = self.updates()
        payloads = [self.payload(one["type"], one["object"]) for one in self.vk.events]
        cursor = {"ts": "7", "budget": {}, "posts": {"1": 2}}
        batch = self.client.events(payloads, cursor)
        self.assertEqual(list(batch.items), polled)
        self.assertEqual(batch.cursor, cursor)
        self.assertEqual(batch.author_ids, {str(CITIZEN)})

    def test_what_is_broken_stops_nothing(self):
        good = self.payload("wall_reply_new", comment(12))
        bad = [None, "x", 5, [], {"type": "wall_reply_new", "object": {"id": "x"}}]
        batch = self.client.events([*bad, good], {})
        self.assertEqual([one.external_id for one in batch.items], ["wall-1_10_r12"])
        self.assertEqual([raw for raw, _why in batch.broken], bad)

    def test_nothing(self):
        batch = self.client.events([], {"ts": "1"})
        self.assertEqual((batch.items, batch.cursor), ((), {"ts": "1"}))

    def cropped(self, *numbers, peer=CITIZEN):
        return [
            event(
                "message_new",
                {"message": message(n, "Пол", peer=peer, is_cropped=True)},
            )
            for n in numbers
        ]

    def answer_in_full(self):
        def answer(params):
            numbers = map(int, params["conversation_message_ids"].split(","))
            peer = int(params["peer_id"])
            return listed([message(n, "Полный текст", peer=peer) for n in numbers])

        self.vk.answers["messages.getByConversationMessageId"] = answer

    def test_cropped_messages_are_read_in_full_a_dialogue_at_a_time(self):
        self.answer_in_full()
        payloads = [
            *self.cropped(*range(1, 151)),
            event("wall_reply_new", comment(12)),
            *self.cropped(5, 6, peer=777),
        ]
        batch = self.client.events(payloads, {})
        self.assertEqual(len(batch.items), 153)
        self.assertEqual(
            {one.text for one in batch.items}, {"Полный текст", "Яма на дороге"}
        )
        self.assertEqual(batch.items[150].external_id, "wall-1_10_r12")
        self.assertEqual(len(self.vk.exchanges), 3)

    def test_half_a_message_is_better_than_none(self):
        self.vk.answers["messages.getByConversationMessageId"] = error(15)
        batch = self.client.events(self.cropped(1), {})
        self.assertEqual(batch.items[0].text, "Пол")

    def test_trouble_and_an_empty_budget_leave_it_for_later(self):
        self.vk.answers["messages.getByConversationMessageId"] = Reply(status=502)
        problem = self.refused(self.client.events, self.cropped(1), {})
        self.assertEqual(problem.consequence, Consequence.RETRY)
        self.answer_in_full()
        self.client.RATES = {**self.client.RATES, "access_token": (1, 0.5)}
        payloads = self.cropped(1) + self.cropped(2, peer=777)
        problem = self.refused(self.client.events, payloads, {})
        self.assertEqual(problem.consequence, Consequence.SLOW_DOWN)
        self.assertEqual(problem.retry_after, 2.0)


class TestSubscription(Delivering):
    def setUp(self):
        super().setUp()
        self.servers = []
        self.vk.answers |= {
            "groups.getCallbackConfirmationCode": {"response": {"code": CODE}},
            "groups.getCallbackServers": lambda _params: listed(self.servers),
            "groups.addCallbackServer": self.add,
            "groups.editCallbackServer": self.edit,
            "groups.deleteCallbackServer": self.remove,
            "groups.setCallbackSettings": {"response": 1},
        }

    def server(self, number=1, **values):
        return {
            "id": number,
            "title": "Helpdesk",
            "creator_id": 5,
            "url": URL,
            "secret_key": WEBHOOK,
            "status": "ok",
            **values,
        }

    def add(self, params):
        self.servers.append(self.server(len(self.servers) + 1, url=params["url"]))
        return {"response": {"server_id": len(self.servers)}}

    def edit(self, params):
        (server,) = [
            one for one in self.servers if str(one["id"]) == params["server_id"]
        ]
        server.update(secret_key=params["secret_key"], title=params["title"])
        server["status"] = "ok"
        return {"response": 1}

    def remove(self, params):
        kept = [one for one in self.servers if str(one["id"]) != params["server_id"]]
        if len(kept) == len(self.servers):
            return error(104, "Not found")
        self.servers = kept
        return {"response": 1}

    def methods(self):
        names = [one.method.removeprefix("groups.") for one in self.vk.exchanges]
        del self.vk.exchanges[:]
        return names

    def test_secrets(self):
        self.client = self.vk.client()
        self.assertTrue(self.client.DELIVERED)
        found = self.client.delivery_secrets()
        self.assertEqual(found["confirmation_code"], CODE)
        self.assertRegex(found["webhook_secret"], r"^[0-9a-zA-Z]{40,50}$")
        other = self.vk.client().delivery_secrets()
        self.assertNotEqual(other["webhook_secret"], found["webhook_secret"])
        # One that is stored stays.
        self.assertEqual(self.hook().delivery_secrets()["webhook_secret"], WEBHOOK)
        self.assertIn("***", self.client.transport.redact(found["webhook_secret"]))
        self.vk.answers["groups.getCallbackConfirmationCode"] = {"response": {}}
        self.described_answers = False
        problem = self.refused(self.client.delivery_secrets)
        self.assertEqual(problem.consequence, Consequence.RETRY)

    def test_switched_on_once(self):
        self.client.delivery_on(URL)
        self.assertEqual(self.servers[0]["url"], URL)
        request = self.vk.calls("groups.addCallbackServer")[0].params
        self.assertEqual(request["secret_key"], WEBHOOK)
        self.assertLessEqual(len(request["title"]), 14)
        settings = self.vk.calls("groups.setCallbackSettings")[0].params
        self.assertEqual({settings[name] for name in EVENTS}, {"1"})
        self.assertEqual(settings["server_id"], "1")
        self.assertEqual(settings["api_version"], "5.199")
        self.methods()
        self.client.delivery_on(URL)
        self.assertEqual(self.methods(), ["getCallbackServers", "setCallbackSettings"])
        self.assertEqual(len(self.servers), 1)

    def test_a_server_that_is_not_well_is_set_right(self):
        for wrong in ({"secret_key": "old"}, {"status": "failed"}, {"title": "x"}):
            self.servers = [self.server(3, **wrong), self.server(4, url="https://x/")]
            self.client.delivery_on(URL)
            self.assertIn("editCallbackServer", self.methods())
            self.assertEqual(self.servers[0], self.server(3))

    def test_of_two_with_our_address_one_stays(self):
        self.servers = [self.server(3), self.server(4)]
        self.client.delivery_on(URL)
        self.assertEqual([one["id"] for one in self.servers], [3])

    def test_switched_off(self):
        self.servers = [self.server(3), self.server(4, url="https://other/")]
        self.client.delivery_off(URL)
        self.client.delivery_off(URL)
        self.assertEqual([one["id"] for one in self.servers], [4])
        self.servers = [self.server(3)]
        self.vk.answers["groups.deleteCallbackServer"] = error(104, "Not found")
        self.client.delivery_off(URL)

    def test_refusals_are_told(self):
        problem = self.refused(self.vk.client().delivery_on, URL)
        self.assertEqual(problem.code, "secret_missing")
        self.vk.answers["groups.addCallbackServer"] = error(2000, "Limit is reached")
        problem = self.refused(self.client.delivery_on, URL)
        self.assertEqual(problem.consequence, Consequence.PERMISSION)
        self.assertIn("Limit", str(problem))
        self.vk.answers["groups.addCallbackServer"] = {"response": {}}
        self.described_answers = False
        problem = self.refused(self.client.delivery_on, URL)
        self.assertEqual(problem.consequence, Consequence.RETRY)

    def test_the_community_token_is_enough(self):
        self.client.delivery_on(URL)
        self.client.delivery_off(URL)
        tokens = {one.params["access_token"] for one in self.vk.exchanges}
        self.assertEqual(tokens, {TOKEN})
        self.assertNotIn(SERVICE, tokens)

    def test_in_the_check(self):
        people = [{"id": 5, "first_name": "Ирина", "last_name": "Ким"}]
        for servers, code in (
            ([], "callback_missing"),
            ([self.server(status="failed")], "callback_unconfirmed"),
            ([self.server()], "callback_confirmed"),
        ):
            self.servers = servers
            self.vk.answers |= {
                "groups.getById": {"response": {"groups": [{"id": GROUP}]}},
                "users.get": {"response": people},
            }
            self.described_answers = False
            client = self.hook(user_token="user-SECRET-1")
            verdicts = {one.subject: one for one in client.check()}
            self.assertEqual(verdicts["callback"].code, code)
            self.assertEqual(verdicts["user_token"].code, "user_token_valid")
        self.vk.answers["users.get"] = error(5)
        verdicts = {one.subject: one for one in client.check()}
        self.assertEqual(verdicts["user_token"].code, "user_token_denied")
