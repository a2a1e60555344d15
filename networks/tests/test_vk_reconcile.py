"""The full comparison: walls, comments, threads, dialogues, and its interruption."""

import json
from datetime import datetime, timezone

from ..errors import Consequence
from .case import VKCase
from .fake import (
    CITIZEN,
    GROUP,
    T0,
    Reply,
    comment,
    conversation,
    error,
    listed,
    message,
    named,
    numbered,
    paged,
    post,
    thread,
)

T_START = datetime.fromtimestamp(T0 - 1, timezone.utc)


class Wall(VKCase):
    """A wall with comments that answers as VK does."""

    def setUp(self):
        super().setUp()
        self.posts = []
        self.comments = {}
        #: numbers of posts that VK leaves out of the list; posts on other walls
        self.unlisted, self.elsewhere = set(), []
        self.vk.answers["wall.get"] = lambda params: paged(
            [one for one in self.counted() if one["id"] not in self.unlisted]
        )(params)
        self.vk.answers["wall.getById"] = lambda params: {
            "response": named([*self.counted(), *self.elsewhere], params)
        }
        self.vk.answers["wall.getComments"] = self.get_comments

    def counted(self):
        for one in self.posts:
            one["comments"]["count"] = len(self.comments.get(one["id"], []))
        return self.posts

    def get_comments(self, params):
        everything = self.comments.get(int(params["post_id"]), [])
        top = int(params.get("comment_id", 0))
        level = [one for one in everything if (one["parents_stack"] or [0])[0] == top]
        count = len(level) if top else len(everything)
        answer = paged(level, current_level_count=len(level))(params)
        answer["response"]["count"] = count
        if not top:
            shown = int(params.get("thread_items_count", 0))
            answer["response"]["items"] = [
                {**one, "thread": self.thread_of(one, everything, shown)}
                for one in answer["response"]["items"]
            ]
        return answer

    @staticmethod
    def thread_of(top, everything, shown):
        below = [one for one in everything if one["parents_stack"] == [top["id"]]]
        return thread(below[:shown], len(below))

    def ids(self, items):
        return [item.external_id for item in items]

    def calls(self, method):
        return [one.params for one in self.vk.calls(method)]


class TestWall(Wall):
    def test_comments_on_posts_from_before_the_beginning(self):
        """Under a post of yesterday citizens write today."""
        old = T0 - 5 * 86400
        self.posts = [post(20), post(10, date=old), post(5, date=T0 - 90 * 86400)]
        self.comments = {
            10: [comment(11, date=old + 60), comment(12)],
            5: [comment(6, date=old)],
        }
        cursor, items = self.reconcile(since=T_START)
        self.assertEqual(self.ids(items), ["wall-1_20", "wall-1_10_r12"])
        self.comments[10].append(comment(13))
        cursor, items = self.reconcile(cursor, since=T_START)
        self.assertIn("wall-1_10_r13", self.ids(items))

    def test_posts_and_comments_with_the_service_key(self):
        self.posts = [post(20, author=CITIZEN), post(10)]
        self.comments = {10: [comment(11), comment(12, author=-GROUP)]}
        cursor, items = self.reconcile()
        self.assertEqual(
            self.ids(items),
            ["wall-1_20", "wall-1_10", "wall-1_10_r11", "wall-1_10_r12"],
        )
        self.assertEqual([one.own for one in items], [False, True, False, True])
        self.assertEqual(cursor["posts"], {"20": 0, "10": 2})
        self.assertIsNone(cursor["walk"])
        self.assertFalse(self.client.reconcile_needed(cursor))
        request = self.calls("wall.get")[0]
        self.assertEqual((request["owner_id"], request["count"]), ("-1", "100"))
        request = self.calls("wall.getComments")[0]
        self.assertEqual(
            (request["owner_id"], request["post_id"], request["sort"]),
            ("-1", "10", "asc"),
        )
        self.assertEqual(request["preview_length"], "0")
        self.assertEqual(request["thread_items_count"], "10")
        self.assertNotIn("comment_id", request)

    def test_unchanged_counts_are_not_looked_into(self):
        self.posts = [post(20), post(10)]
        self.comments = {10: [comment(11)]}
        cursor, _items = self.reconcile()
        del self.vk.exchanges[:]
        self.reconcile(cursor)
        self.assertEqual(self.calls("wall.getComments"), [])
        self.comments[10].append(comment(12))
        self.reconcile(cursor)
        self.assertEqual(len(self.calls("wall.getComments")), 1)

    def test_stored_items_come_as_edits_and_others_as_new(self):
        self.posts = [post(10)]
        self.comments = {10: [comment(11)]}
        cursor, _items = self.reconcile()
        self.comments[10] = [comment(11, "Исправлено"), comment(12)]
        _cursor, items = self.reconcile(cursor)
        self.assertEqual([one.change for one in items], ["edit", "edit", "new"])

    def test_gap_behind_newer_stored_items_is_found(self):
        self.posts = [post(n, author=CITIZEN) for n in range(250, 0, -1)]
        self.reconcile()
        del self.stored["wall-1_30"], self.vk.exchanges[:]
        _cursor, items = self.reconcile()
        new = [one.external_id for one in items if one.change == "new"]
        self.assertEqual(new, ["wall-1_30"])
        self.assertEqual(len(self.calls("wall.get")), 3)

    def test_since_ends_the_walk_but_for_a_pinned_post(self):
        since = datetime.fromtimestamp(T0, timezone.utc)
        self.posts = [post(1, date=T0 - 900, is_pinned=1)]
        self.posts += [post(n, date=T0 + n) for n in range(300, 250, -1)]
        month = 31 * 86400
        self.posts += [post(n, date=T0 - month + n) for n in range(250, 1, -1)]
        self.comments = {
            1: [comment(500, post_id=1, date=T0 - 5), comment(501, post_id=1)],
            100: [comment(502, post_id=100)],
        }
        _cursor, items = self.reconcile(since=since)
        self.assertEqual(len(self.calls("wall.get")), 1)
        self.assertIn("wall-1_1_r501", self.ids(items))
        self.assertNotIn("wall-1_1", self.ids(items))
        self.assertNotIn("wall-1_1_r500", self.ids(items))
        self.assertEqual(len(items), 51)

    def test_many_comments_are_paged_to_the_end(self):
        self.posts = [post(10)]
        self.comments = {10: [comment(n) for n in range(100, 350)]}
        _cursor, items = self.reconcile()
        self.assertEqual(len(set(self.ids(items))), 251)
        offsets = [one["offset"] for one in self.calls("wall.getComments")]
        self.assertEqual(offsets, ["0", "100", "200"])

    def test_long_threads_are_read_to_the_end(self):
        below = [
            comment(n, parents_stack=[11], reply_to_comment=11) for n in range(100, 330)
        ]
        short = [comment(n, parents_stack=[12], reply_to_comment=12) for n in (50, 51)]
        self.posts = [post(10)]
        self.comments = {10: [comment(11), comment(12), *below, *short]}
        _cursor, items = self.reconcile()
        self.assertEqual(len(set(self.ids(items))), 1 + 2 + 230 + 2)
        rest = [one for one in self.calls("wall.getComments") if "comment_id" in one]
        self.assertEqual([one["comment_id"] for one in rest], ["11"] * 3)
        self.assertEqual([one["offset"] for one in rest], ["0", "100", "200"])
        item = self.stored["wall-1_10_r300"]
        self.assertEqual(item.thread_id, "wall-1_10_r11")
        self.assertEqual(item.parent_id, "wall-1_10_r11")

    def test_a_page_shortened_by_hidden_comments_is_not_the_end(self):
        self.posts = [post(10, comments=6)]
        pages = [[comment(1), comment(2)], [comment(3)], []]
        self.vk.answers["wall.getComments"] = [
            {"response": {"count": 6, "items": page}} for page in pages
        ]
        self.vk.answers["wall.get"] = listed(self.posts)
        _cursor, items = self.reconcile()
        self.assertEqual(len(items), 4)
        offsets = [one["offset"] for one in self.calls("wall.getComments")]
        self.assertEqual(offsets, ["0", "2", "3"])

    def test_deleted_comments_become_deletions(self):
        self.described_answers = False
        gone = {"id": 12, "deleted": True, "date": T0, "post_id": 10}
        bare = {"id": 13, "deleted": True}
        self.posts = [post(10)]
        self.comments = {
            10: [
                {**comment(11), "deleted": False},
                {**gone, "parents_stack": []},
                {**bare, "parents_stack": []},
            ]
        }
        _cursor, items = self.reconcile()
        self.assertEqual(
            [(one.external_id, one.change, one.author_id) for one in items[1:]],
            [
                ("wall-1_10_r11", "new", "501"),
                ("wall-1_10_r12", "delete", ""),
                ("wall-1_10_r13", "delete", ""),
            ],
        )

    def test_a_post_that_cannot_be_read_is_passed_over(self):
        self.posts = [post(20), post(10)]
        self.comments = {10: [comment(11)], 20: [comment(21, post_id=20)]}
        usual = self.get_comments
        for code in (212, 15, 18, 100):
            self.vk.answers["wall.getComments"] = lambda params, code=code: (
                error(code) if params["post_id"] == "20" else usual(params)
            )
            _cursor, items = self.reconcile()
            self.assertIn("wall-1_10_r11", self.ids(items))

    def test_a_post_deleted_from_the_wall(self):
        self.posts = [post(20, is_deleted=True), post(10)]
        _cursor, items = self.reconcile()
        self.assertEqual([one.change for one in items], ["delete", "new"])

    def test_malformed_objects_are_set_aside(self):
        self.described_answers = False
        self.vk.answers["wall.get"] = listed([None, {"id": "x"}, post(10, comments=2)])
        self.vk.answers["wall.getComments"] = listed(
            [{"id": None}, 5, {**comment(11), "thread": thread([3, {}], "x")}]
        )
        batches = list(self.client.reconcile({}, self, T_START))
        items = [item for batch in batches for item in batch.items]
        self.assertEqual(self.ids(items), ["wall-1_10", "wall-1_10_r11"])
        self.assertEqual(sum(len(batch.broken) for batch in batches), 5)

    def test_without_a_service_key_the_messages_are_still_compared(self):
        self.client = self.vk.client(service_token="")
        last = message(1)
        self.vk.answers["messages.getConversations"] = listed([conversation(last)])
        batches = list(self.client.reconcile({}, self, T_START))
        self.assertEqual(batches[0].problems[0].code, "service_key_missing")
        self.assertEqual(self.ids(batches[1].items), ["im501_1"])
        self.assertEqual(self.calls("wall.get"), [])

    def test_wrong_service_key_is_an_error_of_the_page(self):
        self.vk.answers["wall.get"] = error(5, "User authorization failed")
        problem = self.refused(self.reconcile)
        self.assertEqual(problem.consequence, Consequence.CREDENTIALS)
        self.assertIn("service_token", str(problem))


class Talks(Wall):
    """Private dialogues besides."""

    def setUp(self):
        super().setUp()
        self.dialogues = {}
        self.vk.answers["messages.getConversations"] = self.get_conversations
        self.vk.answers["messages.getHistory"] = lambda params: paged(
            self.dialogues[int(params["peer_id"])][::-1]
        )(params)
        self.vk.answers["messages.getById"] = self.get_by_id

    def get_by_id(self, params):
        if "cmids" in params:
            found = numbered(
                self.dialogues[int(params["peer_id"])],
                params["cmids"],
                "conversation_message_id",
            )
        else:
            everything = [one for said in self.dialogues.values() for one in said]
            found = numbered(everything, params["message_ids"])
        return listed(found)

    def get_conversations(self, params):
        last = [messages[-1] for messages in self.dialogues.values() if messages]
        last.sort(key=lambda one: -one["date"])
        return paged([conversation(one) for one in last])(params)


class TestMessages(Talks):
    def test_a_dialogue_is_read_back_to_where_it_was_compared(self):
        self.dialogues = {CITIZEN: [message(n) for n in range(1, 451)]}
        cursor, items = self.reconcile()
        self.assertEqual(len(set(self.ids(items))), 450)
        self.assertEqual(cursor["chats"], {"501": 450})
        del self.vk.exchanges[:]
        self.dialogues[CITIZEN] += [message(451), message(452, author=-GROUP)]
        _cursor, items = self.reconcile(cursor)
        self.assertEqual(len(self.calls("messages.getHistory")), 1)
        new = {one.external_id: one.own for one in items if one.change == "new"}
        self.assertEqual(new, {"im501_451": False, "im501_452": True})

    def test_one_new_message_needs_no_history(self):
        self.dialogues = {5: [message(1, peer=5)], 6: [message(2, peer=6)]}
        cursor, _items = self.reconcile()
        self.dialogues[5] += [message(2, peer=5, id=77)]
        del self.vk.exchanges[:]
        _cursor, items = self.reconcile(cursor)
        self.assertEqual(self.calls("messages.getHistory"), [])
        self.assertIn("im5_77", self.ids(items))

    def test_many_dialogues_and_the_bound_of_time(self):
        self.dialogues = {
            peer: [message(1, peer=peer, author=peer, date=T0 + peer)]
            for peer in range(1000, 1450)
        }
        since = datetime.fromtimestamp(T0 + 1200, timezone.utc)
        _cursor, items = self.reconcile(since=since)
        self.assertEqual(len(items), 250)
        self.assertEqual(len(self.calls("messages.getConversations")), 3)

    def test_old_messages_of_a_living_dialogue_are_left(self):
        self.dialogues = {CITIZEN: [message(n) for n in range(1, 300)]}
        since = datetime.fromtimestamp(T0 + 250, timezone.utc)
        _cursor, items = self.reconcile(since=since)
        self.assertEqual(len(set(self.ids(items))), 50)

    def test_messages_not_permitted_leave_the_wall_compared(self):
        self.posts = [post(10)]
        self.vk.answers["messages.getConversations"] = error(15, "Access denied")
        batches = list(self.client.reconcile({}, self, T_START))
        self.assertEqual(batches[-1].problems[0].code, "messages_denied")
        self.assertEqual(batches[-1].remaining_hint, 0)
        self.assertEqual(batches[-1].cursor["posts"], {"10": 0})

    def test_one_closed_dialogue_does_not_hide_the_others(self):
        self.dialogues = {
            peer: [message(n, peer=peer, author=peer) for n in (1, 2)]
            for peer in (5, 6)
        }
        usual = self.vk.answers["messages.getHistory"]
        self.vk.answers["messages.getHistory"] = lambda params: (
            error(917) if params["peer_id"] == "5" else usual(params)
        )
        cursor, items = self.reconcile()
        self.assertIn("im6_1", self.ids(items))
        self.assertIsNone(cursor["walk"])

    def test_service_messages_are_nothing(self):
        joined = message(2, action={"type": "chat_invite_user"})
        self.described_answers = False
        self.dialogues = {CITIZEN: [message(1), joined, message(3)]}
        _cursor, items = self.reconcile()
        self.assertEqual(set(self.ids(items)), {"im501_1", "im501_3"})


class TestInterruption(Wall):
    def setUp(self):
        super().setUp()
        self.posts = [post(n) for n in range(140, 0, -1)]
        below = [comment(n, parents_stack=[900]) for n in range(1000, 1130)]
        self.comments = {
            10: [comment(900), *below],
            20: [comment(n, post_id=20) for n in range(2000, 2150)],
        }
        self.expected = 140 + 131 + 150

    def test_a_crash_after_any_batch_loses_nothing(self):
        whole = len(list(self.client.reconcile({}, self, T_START)))
        for stop in range(1, whole + 1):
            self.stored = {}
            cursor = {}
            batches = self.client.reconcile(cursor, self, T_START)
            for _number, batch in zip(range(stop), batches, strict=False):
                # Stored as the database would: through JSON.
                cursor = json.loads(json.dumps(batch.cursor))
                self.stored.update((one.external_id, one) for one in batch.items)
            if self.client.reconcile_needed(cursor):
                self.reconcile(cursor, T_START)
            self.assertEqual(len(self.stored), self.expected, stop)

    def test_the_cursor_of_a_batch_stays_as_it_was(self):
        batches = self.client.reconcile({}, self, T_START)
        pairs = [(batch.cursor, json.dumps(batch.cursor)) for batch in batches]
        for cursor, as_given in pairs:
            self.assertEqual(json.dumps(cursor), as_given)

    def test_an_error_in_between_is_continued_from_the_last_batch(self):
        usual = self.get_comments
        answers = iter([usual, lambda _params: Reply(status=500)])
        self.vk.answers["wall.getComments"] = lambda params: next(answers, usual)(
            params
        )
        cursor = {}
        batches = self.client.reconcile({}, self, T_START)
        with self.assertRaises(Exception) as caught:
            for batch in batches:
                cursor = batch.cursor
                self.stored.update((one.external_id, one) for one in batch.items)
        self.assertEqual(caught.exception.consequence, Consequence.RETRY)
        self.reconcile(cursor, T_START)
        self.assertEqual(len(self.stored), self.expected)

    def test_events_lost_meanwhile_ask_for_another_comparison(self):
        batches = self.client.reconcile({}, self, T_START)
        cursor = {**next(batches).cursor, "reconcile": True}
        cursor, _items = self.reconcile(cursor, T_START)
        self.assertIsNone(cursor["walk"])
        self.assertTrue(self.client.reconcile_needed(cursor))

    def test_calls_too_fast_end_the_run_in_order(self):
        usual = self.get_comments
        answers = iter([usual, lambda _params: error(6, "Too many requests")])
        self.vk.answers["wall.getComments"] = lambda params: next(answers, usual)(
            params
        )
        batches = list(self.client.reconcile({}, self, T_START))
        self.assertEqual(batches[-1].items, ())
        self.assertEqual(batches[-1].retry_after, 1.0)
        self.assertGreater(batches[-1].remaining_hint, 0)
        for batch in batches:
            self.stored.update((one.external_id, one) for one in batch.items)
        self.reconcile(batches[-1].cursor, T_START)
        self.assertEqual(len(self.stored), self.expected)

    def test_the_budget_is_kept_from_run_to_run(self):
        self.client.RATES = {**self.client.RATES, "service_token": (3, 0.5)}
        batches = list(self.client.reconcile({}, self, T_START))
        self.assertEqual(len(batches), 4)
        self.assertEqual(batches[-1].retry_after, 2.0)
        again = list(self.client.reconcile(batches[-1].cursor, self, T_START))
        self.assertEqual(len(again), 1)
        self.assertEqual(
            len(self.vk.calls("wall.get") + self.vk.calls("wall.getComments")), 3
        )
