"""Editing, deleting and looking at what we published."""

from ..errors import Consequence
from .case import ManagedCase
from .fake import (
    GROUP,
    SERVICE,
    TOKEN,
    USER,
    Reply,
    comment,
    error,
    listed,
    message,
    ours,
    paged,
    post,
    published,
)

OK = {"response": 1}


class TestAbilities(ManagedCase):
    def test_by_the_keys_entered(self):
        everything = {"reply", "edit", "delete", "look", "fetch"}
        for secrets, feed in (
            ({}, {"reply", "look", "fetch"}),
            ({"service_token": ""}, {"reply"}),
            ({"user_token": USER}, everything),
            ({"user_token": USER, "service_token": ""}, everything),
        ):
            client = self.vk.client(**secrets)
            self.assertEqual(client.abilities("feed"), feed)
            self.assertEqual(
                client.abilities("private"), {"reply", "edit", "delete", "look"}
            )


class TestChange(ManagedCase):
    COMMENTS = (
        ("wall", "wall-1_10_r99", {"owner_id": "-1", "post_id": "10"}),
        ("board", "topic-1_30_r99", {"group_id": "1", "topic_id": "30"}),
        ("photos", "photo-1_20_r99", {"owner_id": "-1"}),
        ("video", "video-1_40_r99", {"owner_id": "-1"}),
    )

    def test_edit_of_comments(self):
        for family, external_id, where in self.COMMENTS:
            self.vk.answers[f"{family}.editComment"] = OK
            self.client.edit(published(external_id), self.outgoing(text="Иначе"))
            self.assertEqual(
                self.params(),
                {
                    **where,
                    "comment_id": "99",
                    "message": "Иначе",
                    "attachments": "",
                    "access_token": USER,
                },
            )

    def test_edit_of_messages(self):
        self.vk.answers["messages.edit"] = OK
        for external_id, peer, name, number in (
            ("im501_42", "501", "message_id", "42"),
            ("im2000000001_c7", "2000000001", "cmid", "7"),
        ):
            self.client.edit(
                published(external_id, kind="private"),
                self.outgoing(kind="private", thread_id=f"im{peer}"),
            )
            self.assertEqual(self.params()["peer_id"], peer)
            self.assertEqual(self.params()[name], number)
            self.assertEqual(self.params()["access_token"], TOKEN)
        self.vk.answers["messages.edit"] = error(909, "Too old")
        problem = self.refused(
            self.client.edit, published("im501_42", kind="private"), self.outgoing()
        )
        self.assertEqual(problem.consequence, Consequence.TOO_LATE)

    def test_an_unclear_outcome_of_an_edit_is_a_retry(self):
        for answer in (Reply(hang_up=True), Reply(status=502)):
            self.vk.answers["wall.editComment"] = answer
            problem = self.refused(
                self.client.edit, published("wall-1_10_r99"), self.outgoing()
            )
            self.assertEqual(problem.consequence, Consequence.RETRY)

    def test_what_cannot_be_edited(self):
        target = published("wall-1_10_r99")
        problem = self.refused(self.client.edit, target, self.outgoing(text="я" * 4097))
        self.assertEqual(problem.code, "text_too_long")
        for external_id, kind in (("wall-1_10", "feed"), ("im501", "private")):
            problem = self.refused(
                self.client.edit, published(external_id, kind=kind), self.outgoing()
            )
            self.assertEqual(problem.code, "no_target")
        self.client = self.vk.client()
        for change in (
            lambda: self.client.edit(target, self.outgoing()),
            lambda: self.client.delete(target),
        ):
            self.assertEqual(self.refused(change).code, "user_token_missing")
        self.assertEqual(self.vk.exchanges, [])

    def test_deletion(self):
        for family, external_id, where in self.COMMENTS:
            self.vk.answers[f"{family}.deleteComment"] = OK
            self.client.delete(published(external_id))
            token = TOKEN if family == "board" else USER
            expected = {**where, "comment_id": "99", "access_token": token}
            self.assertEqual(self.params(), expected)
        answer = {"peer_id": 501, "message_id": 42, "response": 1}
        self.vk.answers["messages.delete"] = {"response": [answer]}
        self.client.delete(published("im501_42", kind="private"))
        self.assertEqual(self.params()["message_ids"], "42")
        self.assertEqual(self.params()["delete_for_all"], "1")
        self.client.delete(published("im2000000001_c7", kind="private"))
        self.assertEqual(self.params()["cmids"], "7")
        self.assertEqual(self.params()["peer_id"], "2000000001")

    def test_what_is_gone_already_is_fine(self):
        target = published("wall-1_10_r99", "wall-1_10_r99")
        self.vk.answers["wall.deleteComment"] = error(104, "Not found")
        self.client.delete(target)
        # VK also says "denied" of what is not there; then it is looked at.
        self.vk.answers["wall.deleteComment"] = error(211, "Access denied")
        self.vk.answers["wall.getComments"] = listed([comment(5)])
        self.client.delete(target)
        self.vk.answers["wall.getComments"] = listed([comment(99)])
        problem = self.refused(self.client.delete, target)
        self.assertEqual((problem.code, problem.consequence.value), (211, "permission"))

    def test_a_message_that_stays_is_told(self):
        target = published("im501_42", kind="private")
        answer = {"peer_id": 501, "message_id": 42, "response": 0}
        shown = {"count": 1, "items": [message(42, author=-GROUP)]}
        self.vk.answers["messages.getById"] = {"response": shown}
        refusal = {"code": 924, "description": "Can't delete for all"}
        self.vk.answers["messages.delete"] = {
            "response": [{**answer, "error": refusal}]
        }
        problem = self.refused(self.client.delete, target)
        self.assertEqual(problem.consequence, Consequence.TOO_LATE)
        self.vk.answers["messages.delete"] = {"response": [answer]}
        self.assertEqual(self.refused(self.client.delete, target).code, "not_deleted")
        self.vk.answers["messages.getById"] = listed([])
        self.client.delete(target)


class TestLook(ManagedCase):
    def look(self, *targets):
        return {one.external_id: one for one in self.client.look(targets)}

    def states(self, *targets):
        return {name: one.state for name, one in self.look(*targets).items()}

    def test_comments_of_one_post_are_looked_at_together(self):
        below = {"parents_stack": [11]}
        levels = {
            0: [comment(n) for n in (300, 200, 99)],
            11: [comment(98, "Иначе", author=-GROUP, **below)]
            + [{**comment(97, **below), "deleted": True}],
        }
        self.vk.answers["wall.getComments"] = lambda params: paged(
            levels[int(params.get("comment_id", 0))]
        )(params)
        found = self.look(
            published("wall-1_10_r99", "wall-1_10", "wall-1_10"),
            published("wall-1_10_r100", "wall-1_10_r100", "wall-1_10"),
            published("wall-1_10_r98", "wall-1_10_r11", "wall-1_10_r12"),
            published("wall-1_10_r97", "wall-1_10_r11", "wall-1_10_r12"),
        )
        self.assertEqual(
            {name: one.state for name, one in found.items()},
            {
                "wall-1_10_r99": "there",
                "wall-1_10_r100": "gone",
                "wall-1_10_r98": "there",
                "wall-1_10_r97": "gone",
            },
        )
        self.assertEqual(found["wall-1_10_r98"].text, "Иначе")
        self.assertEqual(len(self.vk.exchanges), 2)
        # As any reader would, not as the manager.
        tokens = {one.params["access_token"] for one in self.vk.exchanges}
        self.assertEqual(tokens, {SERVICE})

    def test_old_pages_are_not_asked_for(self):
        self.vk.answers["wall.getComments"] = paged(
            [comment(n) for n in range(2000, 1000, -1)]
        )
        target = published("wall-1_10_r1950", "wall-1_10_r1950")
        gone = published("wall-1_10_r5000", "wall-1_10_r5000")
        self.assertEqual(
            self.states(target, gone),
            {"wall-1_10_r1950": "there", "wall-1_10_r5000": "gone"},
        )
        self.assertEqual(len(self.vk.exchanges), 1)

    def test_more_comments_than_can_be_looked_through_is_unknown(self):
        self.described_answers = False
        self.vk.answers["wall.getComments"] = lambda params: {
            "response": {"items": [comment(int(params["offset"]) + 1)]}
        }
        self.vk.answers["wall.getById"] = listed([post(10)])
        self.assertEqual(
            self.states(published("wall-1_10_r9999")), {"wall-1_10_r9999": "unknown"}
        )

    def test_the_post_is_gone_or_closed(self):
        target = published("wall-1_10_r99")
        for code, posts, state in (
            (15, [], "gone"),
            (15, [post(10, is_deleted=True)], "gone"),
            (212, [post(10)], "unknown"),
            (100, [post(10)], "unknown"),
        ):
            self.vk.answers["wall.getComments"] = error(code)
            self.vk.answers["wall.getById"] = {"response": {"items": posts}}
            self.assertEqual(self.states(target), {"wall-1_10_r99": state}, code)
        self.vk.answers["wall.getComments"] = Reply(status=500)
        problem = self.refused(self.client.look, [target])
        self.assertEqual(problem.consequence, Consequence.RETRY)

    def test_elsewhere(self):
        self.vk.answers |= {
            "board.getComments": paged([ours(99)]),
            "photos.getComments": paged([ours(98)]),
            "video.getComments": paged([ours(99)]),
        }
        names = ("topic-1_30_r99", "photo-1_20_r99", "video-1_40_r99")
        targets = [published(name) for name in names]
        self.assertEqual(
            self.states(*targets),
            dict(zip(names, ["there", "gone", "there"], strict=True)),
        )
        self.client = self.vk.client()
        self.assertEqual(
            self.states(*targets),
            dict(zip(names, ["there", "unknown", "unknown"], strict=True)),
        )
        self.assertEqual(self.states(published("rubbish")), {"rubbish": "unknown"})

    def test_messages_a_hundred_at_a_time(self):
        shown = [message(n, "Да", author=-GROUP) for n in range(1, 251)]
        gone = {**message(60), "deleted": 1}
        shown[59] = gone

        def respond(params):
            wanted = set(map(int, params["message_ids"].split(",")))
            return listed([one for one in shown if one["id"] in wanted])

        self.vk.answers["messages.getById"] = respond
        targets = [
            published(f"im501_{number}", kind="private") for number in range(1, 253)
        ]
        states = self.states(*targets)
        away = {name for name, state in states.items() if state == "gone"}
        self.assertEqual(away, {"im501_60", "im501_251", "im501_252"})
        self.assertEqual(len(self.vk.exchanges), 3)

    def test_messages_of_a_chat(self):
        shown = message(0, "Да", peer=2_000_000_001, conversation_message_id=7)
        self.vk.answers["messages.getById"] = listed([shown])
        states = self.states(
            published("im2000000001_c7", kind="private"),
            published("im2000000001_c8", kind="private"),
        )
        self.assertEqual(list(states.values()), ["there", "gone"])
        self.assertEqual(self.params()["cmids"], "7,8")
        self.assertEqual(self.params()["peer_id"], "2000000001")
