"""What is on no list is asked for by its id: posts, topics, videos, mentions."""

from datetime import timedelta

from ..vk.walk import PHASES
from .fake import CITIZEN, GROUP, NOW, T0, comment, error, event, post
from .test_vk_absent import Compared
from .test_vk_places import Places, said, topic
from .test_vk_reconcile import Wall


def changes(items, before):
    """What counts as changed, without what stands as it was."""
    return {
        item.external_id: item.change
        for item in items
        if item.deleted
        or item.external_id not in before
        or before[item.external_id].deleted
        or item.text != before[item.external_id].text
    }


class Posts(Wall):
    """Posts of citizens, compared once before the test."""

    def setUp(self):
        super().setUp()
        self.posts = [post(n, author=CITIZEN) for n in (30, 20, 10)]
        self.comments = {20: [comment(21, post_id=20)]}
        self.cursor, _items = self.reconcile()

    def compare(self, **cursor):
        before = dict(self.stored)
        del self.vk.exchanges[:]
        self.cursor, items = self.reconcile({**self.cursor, **cursor})
        return changes(items, before)

    def remove(self, number):
        self.posts = [one for one in self.posts if one["id"] != number]

    def asked(self):
        return [one["posts"] for one in self.calls("wall.getById")]


class TestPosts(Posts):
    def test_missing_in_two_comparisons_in_a_row(self):
        self.remove(10)
        self.assertEqual(self.compare(), {})
        self.assertEqual(self.asked(), ["-1_10"])
        self.assertEqual(self.compare(), {"wall-1_10": "delete"})
        gone = self.stored["wall-1_10"]
        self.assertEqual((gone.item_type, gone.kind), ("post", "feed"))
        self.assertEqual(self.compare(), {})
        self.assertEqual(self.asked(), [])

    def test_nothing_is_asked_while_all_are_listed(self):
        self.compare()
        self.assertEqual(self.asked(), [])

    def test_with_what_stood_below(self):
        """A deleted post takes the comments of others with it."""
        self.remove(20)
        self.compare()
        gone = {"wall-1_20": "delete", "wall-1_20_r21": "delete"}
        self.assertEqual(self.compare(), gone)
        self.assertEqual(self.stored["wall-1_20_r21"].item_type, "comment")

    def test_hidden_for_a_moment(self):
        everything = self.posts
        self.remove(10)
        self.compare()
        self.posts = everything
        self.assertEqual(self.compare(), {})
        self.remove(10)
        # Not the second time in a row.
        self.assertEqual(self.compare(), {})

    def test_left_out_of_the_list_alone(self):
        self.unlisted = {10, 20}
        self.posts[2]["text"] = "Исправлено"
        self.comments[20].append(comment(22, post_id=20))
        found = {"wall-1_10": "edit", "wall-1_20_r22": "new"}
        self.assertEqual(self.compare(), found)
        self.assertEqual(self.asked(), ["-1_10,-1_20"])
        for _time in range(2):
            self.assertEqual(self.compare(), {})

    def test_shown_as_deleted(self):
        self.unlisted = {20}
        self.posts[1] |= {"is_deleted": True, "text": ""}
        self.assertEqual(self.compare(), {"wall-1_20": "delete"})
        self.assertEqual(self.compare(), {"wall-1_20_r21": "delete"})

    def test_our_own_deleted_post_is_no_message_of_anybody(self):
        self.posts.append(post(5))
        self.comments[5] = [comment(6, post_id=5)]
        self.compare()
        self.unlisted = {5}
        self.posts[-1] |= {"is_deleted": True, "text": ""}
        self.assertEqual(self.compare(reconcile=True), {})
        self.assertEqual(self.compare(), {"wall-1_5_r6": "delete"})

    def test_restored_by_its_author(self):
        everything = self.posts
        self.remove(20)
        self.compare()
        self.compare()
        self.posts = everything
        back = {"wall-1_20": "restore", "wall-1_20_r21": "restore"}
        self.assertEqual(self.compare(), back)
        self.assertFalse(self.stored["wall-1_20"].deleted)

    def test_edited_without_an_event(self):
        self.posts[0]["text"] = "Исправлено"
        self.assertEqual(self.compare(), {"wall-1_30": "edit"})

    def test_suggested_posts_are_on_no_list(self):
        subject = post(40, author=CITIZEN, post_type="suggest")
        self.vk.events = [event("wall_post_new", subject)]
        self.updates()
        for _time in range(3):
            self.assertEqual(self.compare(reconcile=True), {})
        self.assertEqual(self.asked(), [])

    def test_written_and_deleted_between_two_comparisons(self):
        self.vk.events = [event("wall_post_new", post(40, author=CITIZEN))]
        self.updates()
        self.compare()
        self.assertEqual(self.compare(), {"wall-1_40": "delete"})

    def test_a_hundred_in_a_call(self):
        self.posts = [post(n, author=CITIZEN) for n in range(350, 103, -1)] + self.posts
        self.compare()
        self.posts = []
        first = next(self.client.reconcile(self.cursor, self, NOW.replace(year=2020)))
        self.assertEqual(first.remaining_hint, len(PHASES) + 3)
        self.compare()
        asked = [len(one.split(",")) for one in self.asked()]
        self.assertEqual(asked, [100, 100, 50])
        self.assertEqual(len(self.compare()), 250 + 1)

    def test_a_refusal_proves_nothing(self):
        self.remove(10)
        usual = self.vk.answers["wall.getById"]
        self.vk.answers["wall.getById"] = error(15, "Access denied")
        for _time in range(3):
            self.assertEqual(self.compare(), {})
        self.vk.answers["wall.getById"] = usual
        self.compare()
        self.assertEqual(self.compare(), {"wall-1_10": "delete"})

    def test_a_malformed_answer_proves_nothing(self):
        self.described_answers = False
        self.unlisted = {10}
        self.posts[2]["date"] = "?"
        for _time in range(3):
            self.assertEqual(self.compare(), {})

    def test_a_crash_after_any_batch(self):
        self.remove(10)
        self.remove(20)
        self.compare()
        self.assert_crashes_lose_nothing({"wall-1_10", "wall-1_20", "wall-1_20_r21"})


class TestBelow(Compared):
    """Comments whose post is on the list no more, or counts none."""

    def test_the_only_comment_was_written_and_deleted_meanwhile(self):
        self.posts.append(post(9))
        self.compare()
        self.vk.events = [event("wall_reply_new", comment(50, post_id=9))]
        self.updates()
        self.assertEqual(self.compare(), {})
        self.assertEqual(self.compare(lost=True), {})
        self.assertEqual(self.compare(), {"wall-1_9_r50": "delete"})

    def test_our_own_post_was_deleted(self):
        self.posts, self.comments = [], {}
        self.assertEqual(self.compare(), {})
        self.assertEqual(self.calls("wall.getById"), [])
        self.assertEqual(self.compare(lost=True), {})
        deletions = self.compare()
        self.assertEqual(len(deletions), 132)
        self.assertEqual(set(deletions.values()), {"delete"})

    def test_a_post_older_than_the_list(self):
        """Its comments come by events alone; it is asked for by its id."""
        old = post(5, date=T0 - 90 * 86400)
        written = [comment(n, post_id=5) for n in (50, 51)]
        self.vk.events = [event("wall_reply_new", one) for one in written]
        self.updates()
        self.elsewhere = [old]
        self.comments[5] = [{**written[0], "text": "Исправлено"}]
        since = NOW - timedelta(days=10)
        seen = {}
        for lost in (False, True, False):
            del self.vk.exchanges[:]
            cursor = {**self.cursor, "reconcile": lost}
            before = dict(self.stored)
            self.cursor, items = self.reconcile(cursor, since)
            seen |= changes(items, before)
        self.assertEqual(seen, {"wall-1_5_r50": "edit", "wall-1_5_r51": "delete"})

    def test_reposts(self):
        repost = post(77, "Смотрите", owner_id=CITIZEN, author=CITIZEN)
        other = {**repost, "id": 78}
        self.vk.events = [event("wall_repost", one) for one in (repost, other)]
        self.updates()
        # A closed wall shows nothing: that proves nothing.
        for _time in range(3):
            self.assertEqual(self.compare(lost=True), {})
        self.elsewhere = [
            {**repost, "text": "Исправлено"},
            {**other, "is_deleted": True},
        ]
        self.assertEqual(self.compare(), {})
        found = {"wall501_77": "edit", "wall501_78": "delete"}
        self.assertEqual(self.compare(lost=True), found)
        self.assertEqual(self.stored["wall501_77"].item_type, "repost")


class TestElsewhere(Places):
    """Topics, videos, mentions."""

    def compare(self, cursor, **changed):
        before = dict(self.stored)
        del self.vk.exchanges[:]
        cursor, items = self.compared({**cursor, **changed})
        return cursor, changes(items.values(), before)

    def deletions(self, cursor):
        """Compare thrice, at first after a loss: what the last two told."""
        cursor, first = self.compare(cursor, reconcile=True)
        self.assertEqual(first, {})
        cursor, second = self.compare(cursor)
        _cursor, third = self.compare(cursor)
        self.assertEqual(third, {})
        return second

    def test_a_deleted_topic(self):
        self.topics, self.said = (
            [topic(30, 2), topic(31)],
            {
                30: [said(5), said(6)],
                31: [said(7)],
            },
        )
        cursor, _items = self.compared()
        del self.topics[0]
        gone = {"topic-1_30_r5": "delete", "topic-1_30_r6": "delete"}
        self.assertEqual(self.deletions(cursor), gone)

    def test_a_topic_that_fell_out_of_the_list(self):
        """Its last comment was deleted: it counts as changed long ago."""
        self.topics, self.said = [topic(30, 2)], {30: [said(5), said(6)]}
        cursor, _items = self.compared()
        self.unlisted, self.said[30] = {30}, [said(5)]
        self.topics[0] |= {"comments": 1, "updated": T0 - 99}
        self.assertEqual(self.deletions(cursor), {"topic-1_30_r6": "delete"})

    def test_a_deleted_video(self):
        self.videos = [{"id": n, "owner_id": -GROUP, "comments": 1} for n in (40, 41)]
        self.under = {(n, 0): [said(n, parents_stack=[])] for n in (40, 41)}
        cursor, _items = self.compared()
        del self.videos[0]
        self.assertEqual(self.deletions(cursor), {"video-1_40_r40": "delete"})

    def test_mentions(self):
        reply = post(9, "и вам, [club1|Город]", owner_id=-77, post_type="reply")
        reply |= {"post_id": 8, "parents_stack": [7], "from_id": CITIZEN}
        self.mentioned = [
            reply,
            {**reply, "id": 4},
            *(post(n, "[club1|Г]", owner_id=7, author=7) for n in (3, 2, 1)),
        ]
        cursor, _items = self.compared()
        self.mentioned = self.mentioned[3:4]
        # One names the page no longer, one is left out, one is shown as deleted.
        self.elsewhere = [
            post(3, "Уже не вам", owner_id=7, author=7),
            post(1, "", owner_id=7, author=7, is_deleted=True),
        ]
        there = comment(4, "Исправлено", post_id=8, owner_id=-77)
        self.vk.answers["wall.getComment"] = lambda params: (
            {"response": {"items": [there]}}
            if params["comment_id"] == "4"
            else error(211)
        )
        cursor, first = self.compare(cursor)
        self.assertEqual(
            first,
            {"wall7_3": "edit", "wall7_1": "delete", "wall-77_8_r4": "edit"},
        )
        self.assertEqual(self.stored["wall7_1"].item_type, "mention")
        self.assertEqual(len(self.calls("wall.getById")), 1)
        self.assertEqual(len(self.calls("wall.getComment")), 2)
        cursor, second = self.compare(cursor)
        self.assertEqual(second, {"wall-77_8_r9": "delete"})
        _cursor, third = self.compare(cursor)
        self.assertEqual(third, {})

    def test_mentions_that_cannot_be_asked_for_are_left(self):
        self.mentioned = [post(1, "[club1|Г]", owner_id=7, author=7)]
        cursor, _items = self.compared()
        self.mentioned = []
        told = {15: [], 5: ["user_token_denied"], 14: ["mentions_denied"]}
        for code, problems in told.items():
            self.vk.answers["wall.getById"] = error(code)
            again = {**cursor, "told": [], "reconcile": True}
            self.assertEqual(self.problems(again)[1], problems)
            for _time in range(3):
                cursor, found = self.compare(cursor, reconcile=True)
                self.assertEqual(found, {})

    def test_videos_that_cannot_be_asked_for_are_left(self):
        self.videos = [{"id": 40, "owner_id": -GROUP, "comments": 1}]
        self.under = {(40, 0): [said(5, parents_stack=[])]}
        cursor, _items = self.compared()
        self.videos = []
        usual = self.vk.answers["video.get"]
        told = {204: [], 1117: ["user_token_denied"], 14: ["videos_denied"]}
        for code, problems in told.items():
            self.vk.answers["video.get"] = lambda params, code=code: (
                error(code) if "videos" in params else usual(params)
            )
            again = {**cursor, "told": [], "reconcile": True}
            self.assertEqual(self.problems(again)[1], problems)
            for _time in range(3):
                cursor, found = self.compare(cursor, reconcile=True)
                self.assertEqual(found, {})
