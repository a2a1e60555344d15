"""MAX: edits and deletions of messages that no event told of."""

import json

from ..max.walk_stored import SELDOM
from ..walk_absent import MOST
from .fake import NOW, Reply
from .max_case import MAXCase
from .max_fake import BOT, DAY, DIALOGUE, MS, refusal


def answer(body):
    return Reply(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


class Compared(MAXCase):
    """A page that was compared; its events are lost from then on."""

    def begin(self):
        """What stands there is stored, and no chat has just had its turn."""
        self.cursor, _items = self.follow()
        for _round in range(SELDOM):
            self.compare()
        del self.max.exchanges[:]

    def compare(self, lost=False):
        """Compare again: what changed, without what stands as it was."""
        before = dict(self.stored)
        if lost:
            self.cursor["reconcile"] = True
        self.cursor, items = self.reconcile(self.cursor)
        return {
            item.external_id: (item.change, item.text)
            for item in items
            if item.deleted
            or item.external_id not in before
            or item.text != before[item.external_id].text
        }

    def several(self, rounds, **how):
        """What the comparisons that follow each other find, one by one."""
        return [self.compare(**how) for _round in range(rounds)]

    def asked(self):
        """The questions for messages by their ids."""
        return [
            one.query["message_ids"].split(",")
            for one in self.max.calls("GET messages")
            if "message_ids" in one.query
        ]

    @staticmethod
    def name(raw):
        return f"im/{raw['recipient']['chat_id']}/{raw['body']['mid']}"

    def remove(self, raw):
        self.max.dialogues[raw["recipient"]["chat_id"]].remove(raw)


class TestPrivate(Compared):
    def setUp(self):
        super().setUp()
        self.first = self.max.add_private("Нет воды", at=MS - 5 * DAY)
        self.second = self.max.add_private("И света", at=MS - 5 * DAY + 1)
        self.max.add_private("Примем меры", BOT)
        self.begin()

    def test_deleted_after_events_were_lost(self):
        self.remove(self.first)
        self.assertEqual(self.compare(lost=True), {})
        self.assertEqual(self.compare(), {self.name(self.first): ("delete", "")})
        gone = self.stored[self.name(self.first)]
        self.assertEqual((gone.kind, gone.item_type), ("private", "message"))
        self.assertEqual(gone.root_id, f"im/{DIALOGUE}")
        self.assertEqual(self.several(SELDOM + 1), [{}] * (SELDOM + 1))

    def test_edited_after_events_were_lost(self):
        self.first["body"]["text"] = "Нет горячей воды"
        edit = ("edit", "Нет горячей воды")
        self.assertEqual(self.compare(lost=True), {self.name(self.first): edit})
        self.assertEqual(self.stored[self.name(self.first)].edited_at, None)

    def test_nobody_knows_that_events_were_lost(self):
        """A chat has its turn in one comparison out of several."""
        self.remove(self.first)
        self.second["body"]["text"] = "И света нет"
        found = self.several(SELDOM + 1)
        self.assertIn({self.name(self.second): ("edit", "И света нет")}, found)
        self.assertIn({self.name(self.first): ("delete", "")}, found)
        self.assertEqual(len([one for one in found if one]), 2)

    def test_calls_are_few(self):
        self.several(SELDOM)
        ours = {self.first["body"]["mid"], self.second["body"]["mid"]}
        self.assertEqual([set(ids) for ids in self.asked()], [ours])

    def test_the_only_one(self):
        """MAX may refuse what it does not find, or answer with nothing."""
        for strict in (True, False):
            with self.subTest(strict=strict):
                self.max.all_or_none = strict
                raw = self.max.add_private("Нет воды", chat=5)
                self.compare()
                self.remove(raw)
                gone = {self.name(raw): ("delete", "")}
                self.assertEqual(self.several(2, lost=True), [{}, gone])

    def test_hidden_for_a_moment(self):
        everything = list(self.max.dialogues[DIALOGUE])
        self.remove(self.first)
        self.compare(lost=True)
        self.max.dialogues[DIALOGUE] = everything
        self.assertEqual(self.compare(), {})
        self.remove(self.first)
        self.assertEqual(self.compare(lost=True), {}, "not twice in a row")

    def test_told_by_an_event_meanwhile(self):
        self.remove(self.first)
        self.compare(lost=True)
        mid = self.first["body"]["mid"]
        self.max.happen("message_removed", chat_id=DIALOGUE, message_id=mid)
        self.cursor, (gone,) = self.updates(self.cursor)
        self.assertEqual(gone.external_id, self.name(self.first))
        self.assertEqual(self.compare(), {})

    def test_a_citizen_who_stopped_the_bot_deleted_nothing(self):
        """Whether MAX refuses the messages then, or leaves them out."""
        self.max.stopped.add(DIALOGUE)
        self.assertEqual(self.several(3, lost=True), [{}] * 3)
        denied = refusal(403, "dialog.suspended", "User suspended bot")
        self.max.by_ids = lambda _wanted: denied
        self.assertEqual(self.several(3, lost=True), [{}] * 3)
        self.assertLessEqual(len(self.asked()), 6)

    def test_answers_that_prove_nothing(self):
        other = self.max.message(DIALOGUE, "Не то")
        for body in (
            {},
            {"messages": [other]},
            {"messages": [{"timestamp": MS}]},
        ):
            with self.subTest(body):
                self.max.by_ids = lambda _wanted, body=body: answer(body)
                found = self.several(3, lost=True)
                deletions = [one for each in found for one in each.values()]
                self.assertNotIn(("delete", ""), deletions)

    def test_older_ones_are_left(self):
        old = self.max.add_private("Давно", at=MS - 20 * DAY)
        self.cursor = {}
        self.begin()
        self.remove(old)
        self.assertEqual(self.several(2, lost=True), [{}, {}])


class TestMany(Compared):
    def setUp(self):
        super().setUp()
        self.raws = [
            self.max.add_private(str(n), at=MS - 3 * DAY + n) for n in range(130)
        ]
        self.begin()

    def gone(self, *numbers):
        for number in numbers:
            self.remove(self.raws[number])
        return {self.name(self.raws[number]): ("delete", "") for number in numbers}

    def test_in_parts(self):
        gone = self.gone(0, 49, 50, 129)
        self.assertEqual(self.several(2, lost=True), [{}, gone])
        self.assertEqual([len(one) for one in self.asked()][:3], [50, 50, 30])

    def test_smaller_parts_where_max_refuses(self):
        gone = self.gone(3, 77)
        for limit, strict in ((20, False), (100, True)):
            with self.subTest(limit=limit):
                self.max.ids_at_once, self.max.all_or_none = limit, strict
                stored, cursor = dict(self.stored), json.dumps(self.cursor)
                self.assertEqual(self.several(2, lost=True), [{}, gone])
                self.assertLess(len(self.asked()), 70)
                self.stored, self.cursor = stored, json.loads(cursor)
                del self.max.exchanges[:]

    def test_a_crash_after_any_batch(self):
        gone = self.gone(3, 77, 129)
        self.compare(lost=True)
        begun, stored = json.dumps(self.cursor), dict(self.stored)
        walk = self.client.reconcile(self.cursor, self, NOW.replace(year=2020))
        for stop in range(1, len(list(walk)) + 1):
            self.stored, self.cursor = dict(stored), json.loads(begun)
            batches = self.client.reconcile(self.cursor, self, NOW.replace(year=2020))
            first = [b for _n, b in zip(range(stop), batches, strict=False)]
            self.cursor, _items = self.store(first)
            if self.client.reconcile_needed(self.cursor):
                self.reconcile(self.cursor)
            deleted = {one.external_id for one in self.stored.values() if one.deleted}
            self.assertEqual(deleted, set(gone), stop)

    def test_the_network_slows_down_in_the_midst(self):
        gone = self.gone(3, 129)
        self.compare(lost=True)
        usual, slow = self.max.by_ids, [True]

        def by_ids(wanted):
            if slow and len(wanted) == 30:
                slow.pop()
                return refusal(429, "too.many.requests")
            return usual(wanted)

        self.max.by_ids = by_ids
        self.assertEqual(list(self.compare()), [self.name(self.raws[3])])
        self.assertTrue(self.cursor["walk"])
        self.assertEqual(list(self.compare()), [self.name(self.raws[129])])
        self.assertEqual(len(gone), 2)

    def test_what_was_just_read_is_not_asked_for(self):
        self.stored.clear()
        self.cursor, _items = self.follow()
        self.assertEqual(len(self.stored), 130)
        self.assertEqual(self.asked(), [])

    def test_each_chat_has_its_turn(self):
        for chat in range(1, 13):
            self.max.add_private("Я", chat=chat)
        self.compare()
        del self.max.exchanges[:]
        shares = []
        for _round in range(SELDOM):
            before = len(self.asked())
            self.compare()
            shares.append(len(self.asked()) - before)
        # Twelve chats with one question each, one with three.
        self.assertEqual(sum(shares), 15)
        self.assertLessEqual(max(shares), 5)

    def test_what_the_cursor_remembers_is_bounded(self):
        more = [self.max.add_private(str(n), at=MS - 2 * DAY + n) for n in range(MOST)]
        self.compare()
        for raw in [*self.raws, *more]:
            self.remove(raw)
        self.compare(lost=True)
        self.assertEqual(len(self.cursor["absent"][str(DIALOGUE)]), MOST)
        self.assertEqual([len(self.compare()) for _n in range(3)], [MOST, 130, 0])


class TestGroup(Compared):
    """What citizens write in a group; answers are comments there."""

    def setUp(self):
        super().setUp()
        self.max.chat_type = "chat"
        self.post = self.max.add_post("Когда уберут снег?", 7, at=MS - 4 * DAY)
        self.answer = self.max.add_post("И мусор", 8, at=MS - 4 * DAY + 1)
        self.answer["link"] = {"type": "reply", "message": self.post["body"]}
        self.max.add_post("Завтра", BOT)
        self.begin()

    @staticmethod
    def name(raw):
        return f"post/{raw['body']['mid']}"

    def test_deleted(self):
        types = {}
        for raw in (self.post, self.answer):
            types[self.name(raw)] = self.stored[self.name(raw)].item_type
            self.max.posts.remove(raw)
        self.assertEqual(sorted(types.values()), ["comment", "post"])
        found = self.several(2, lost=True)
        self.assertEqual(found, [{}, dict.fromkeys(types, ("delete", ""))])
        gone = self.stored[self.name(self.post)]
        self.assertEqual((gone.kind, gone.item_type), ("feed", "post"))

    def test_beside_a_dialogue(self):
        raw = self.max.add_private("Нет воды")
        self.compare()
        self.max.posts.remove(self.post)
        self.remove(raw)
        gone = {self.name(self.post), f"im/{DIALOGUE}/{raw['body']['mid']}"}
        self.assertEqual(list(map(set, self.several(2, lost=True))), [set(), gone])

    def test_edited(self):
        self.answer["body"]["text"] = "И мусор тоже"
        edit = ("edit", "И мусор тоже")
        found = self.several(SELDOM)
        self.assertEqual(
            [one for one in found if one], [{self.name(self.answer): edit}]
        )
        # Whom the answer answers is stored and was not asked for.
        self.assertEqual(self.max.calls("GET messages/*"), [])

    def test_a_bot_that_was_sent_away_deletes_nothing(self):
        self.max.by_ids = lambda _wanted: answer({"messages": []})
        listed = self.max.GET_messages
        # After the group was listed, before it is judged what is missing.
        self.max.GET_messages = lambda parts, query, body: (
            refusal(404, "not.found")
            if query.get("count") == "1"
            else listed(parts, query, body)
        )
        self.assertEqual(self.several(3, lost=True), [{}] * 3)
        self.max.GET_messages = listed
        self.assertEqual(len(self.several(2, lost=True)[1]), 2)


class TestComments(Compared):
    """Those of posts that are too old to be read whole each time."""

    def setUp(self):
        super().setUp()
        self.post = self.max.add_post(at=MS - 20 * DAY)
        self.below = self.max.comments[self.post["body"]["mid"]] = []
        for text, days in (("давно", 19), ("раз", 3), ("два", 2)):
            self.max.add_comment(self.post, text, at=MS - days * DAY)
        self.begin()

    def name(self, raw):
        return f"post/{self.post['body']['mid']}/{raw['body']['mid']}"

    def asked(self):
        return [
            one.query["comment_ids"].split(",")
            for one in self.max.calls("GET messages/*/comments")
            if "comment_ids" in one.query
        ]

    def test_deleted_and_edited(self):
        _old, first, second = self.below
        first["body"]["text"] = "Раз и навсегда"
        self.below.remove(second)
        found = [one for one in self.several(SELDOM + 1) if one]
        edit = {self.name(first): ("edit", "Раз и навсегда")}
        gone = {self.name(second): ("delete", "")}
        self.assertCountEqual(found, [gone, edit])
        self.assertEqual(self.stored[self.name(second)].item_type, "comment")
        root = f"post/{self.post['body']['mid']}"
        self.assertEqual(self.stored[self.name(second)].root_id, root)
        # Shown again, it is told by the next look at the post.
        self.below.append(second)
        self.assertTrue(self.stored[self.name(second)].deleted)
        self.several(SELDOM)
        self.assertFalse(self.stored[self.name(second)].deleted)

    def test_calls_are_few(self):
        self.several(SELDOM)
        young = {one["body"]["mid"] for one in self.below[1:]}
        self.assertEqual([set(ids) for ids in self.asked()], [young])

    def test_with_their_post(self):
        """What is gone with the page's own post was not taken back by its author."""
        self.max.posts.remove(self.post)
        self.max.comments.clear()
        self.assertEqual(self.several(3, lost=True), [{}] * 3)


class TestYoungComments(Compared):
    def setUp(self):
        super().setUp()
        self.post = self.max.add_post()
        self.comment = self.max.add_comment(self.post)
        self.begin()

    def test_read_with_their_post_they_are_not_asked_for(self):
        self.several(SELDOM, lost=True)
        calls = self.max.calls("GET messages/*/comments")
        self.assertFalse([one for one in calls if "comment_ids" in one.query])

    def test_more_than_the_cursor_remembers(self):
        self.max.comments[self.post["body"]["mid"]].remove(self.comment)
        self.cursor["seen"] = {}
        found = self.several(2, lost=True)
        name = f"post/{self.post['body']['mid']}/{self.comment['body']['mid']}"
        self.assertEqual(found, [{}, {name: ("delete", "")}])


class TestChannel(Compared):
    def test_its_posts_are_nobodys_to_lose(self):
        post = self.max.add_post()
        self.max.add_comment(post)
        self.begin()
        self.several(SELDOM, lost=True)
        self.assertEqual(self.asked(), [])

    def test_a_walk_begun_by_an_earlier_version(self):
        """It has no place for what is asked now: it begins anew."""
        self.max.add_private("Нет воды")
        self.begin()
        self.cursor["walk"] = {"phase": "history", "dialogues": [], "before": []}
        self.assertEqual(self.compare(), {})
        self.assertFalse(self.client.reconcile_needed(self.cursor))
