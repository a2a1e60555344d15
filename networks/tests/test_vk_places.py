"""The comparison beyond the wall: topics, photos, videos, mentions."""

import json
from datetime import datetime, timezone

from .case import VKCase
from .fake import (
    CITIZEN,
    GROUP,
    T0,
    USER,
    comment,
    error,
    event,
    listed,
    named,
    numbered,
    paged,
    post,
    thread,
    topics,
)

T_START = datetime.fromtimestamp(T0 - 1, timezone.utc)


def topic(number, comments=1, updated=T0 + 50, **more):
    return {"id": number, "comments": comments, "updated": updated, **more}


def said(number, text="Когда почините?", author=CITIZEN, date=None, **more):
    """A comment on a topic, photo or video."""
    date = T0 + number if date is None else date
    return {"id": number, "from_id": author, "date": date, "text": text, **more}


class Places(VKCase):
    def setUp(self):
        super().setUp()
        self.client = self.vk.client(user_token=USER)
        self.topics, self.said = [], {}
        self.on_photos, self.videos, self.under, self.mentioned = [], [], {}, []
        #: numbers of topics that VK leaves out of the list; posts on other walls
        self.unlisted, self.elsewhere = set(), []
        self.vk.answers |= {
            "board.getTopics": self.get_topics,
            "board.getComments": lambda params: paged(
                self.said[int(params["topic_id"])]
            )(params),
            "photos.getAllComments": lambda params: paged(self.on_photos)(params),
            "video.get": self.get_videos,
            "video.getComments": lambda params: paged(
                self.under[int(params["video_id"]), int(params.get("comment_id", 0))]
            )(params),
            "newsfeed.getMentions": lambda params: paged(self.mentioned)(params),
            "wall.getById": lambda params: {"response": named(self.elsewhere, params)},
        }

    def get_topics(self, params):
        if "topic_ids" in params:
            return topics(numbered(self.topics, params["topic_ids"]))({})
        listed = [one for one in self.topics if one["id"] not in self.unlisted]
        return topics(listed)(params)

    def get_videos(self, params):
        if "videos" in params:
            return listed(named(self.videos, params)["items"])
        return paged(self.videos)(params)

    def problems(self, cursor=None):
        batches = list(self.client.reconcile(cursor or {"ts": "0"}, self, T_START))
        self.assertEqual(batches[-1].remaining_hint, 0)
        told = [verdict.code for batch in batches for verdict in batch.problems]
        return batches[-1].cursor, told

    def compared(self, cursor=None, since=T_START):
        cursor, items = self.reconcile(cursor, since)
        # Stored as the database would: through JSON.
        return json.loads(json.dumps(cursor)), {one.external_id: one for one in items}

    def calls(self, method):
        return [one.params for one in self.vk.calls(method)]


class TestTopics(Places):
    def test_comments_of_topics(self):
        self.topics = [topic(30, 2), topic(31, 1)]
        self.said = {30: [said(5), said(6, author=-GROUP)], 31: [said(7)]}
        cursor, items = self.compared()
        self.assertEqual(
            set(items), {"topic-1_30_r5", "topic-1_30_r6", "topic-1_31_r7"}
        )
        item = items["topic-1_30_r5"]
        self.assertEqual(item.item_type, "board_comment")
        self.assertEqual((item.root_id, item.parent_id), ("topic-1_30", "topic-1_30"))
        self.assertEqual(item.thread_id, "topic-1_30_r5")
        self.assertEqual(item.permalink, "https://vk.com/topic-1_30?post=5")
        self.assertTrue(items["topic-1_30_r6"].own)
        self.assertEqual(cursor["topics"], {"30": 2, "31": 1})
        tokens = {one["access_token"] for one in self.calls("board.getComments")}
        self.assertEqual(tokens, {"service-SECRET-0815"})

    def test_the_same_item_as_its_event(self):
        self.topics, self.said = [topic(30)], {30: [said(5)]}
        _cursor, items = self.compared()
        subject = said(5, topic_id=30, topic_owner_id=-GROUP)
        self.vk.events = [event("board_post_new", subject)]
        _cursor, (from_event,) = self.updates()
        known = items["topic-1_30_r5"]
        for name in ("external_id", "thread_id", "parent_id", "root_id", "permalink"):
            self.assertEqual(getattr(from_event, name), getattr(known, name))
        # The description of the event has the owner without its minus.
        self.vk.events = [event("board_post_new", {**subject, "topic_owner_id": GROUP})]
        self.assertEqual(self.updates()[1][0].external_id, "topic-1_30_r5")

    def test_an_answer_names_the_comment_in_its_text(self):
        self.topics = [topic(30)]
        self.said = {30: [said(8, "[id501:bp-1_5|Анна], уже починили", author=7)]}
        item = self.compared()[1]["topic-1_30_r8"]
        self.assertEqual(item.parent_id, "topic-1_30_r5")
        self.assertEqual(item.thread_id, "topic-1_30_r5")
        self.assertEqual(item.permalink, "https://vk.com/topic-1_30?post=8")

    def test_only_changed_topics_are_read_again_and_old_ones_never(self):
        self.topics = [topic(30, 150), topic(31, 1), topic(32, 1, updated=T0 - 99)]
        self.topics.insert(0, topic(33, 1, updated=T0 - 99, is_fixed=1))
        self.said = {
            30: [said(n) for n in range(100, 250)],
            31: [said(7)],
            33: [said(3, date=T0 - 99)],
        }
        cursor, items = self.compared()
        self.assertEqual(len(items), 151)
        self.assertEqual(len(self.calls("board.getComments")), 2 + 1 + 1)
        del self.vk.exchanges[:]
        self.topics[2]["comments"] = 2
        self.said[31].append(said(8))
        _cursor, items = self.compared(cursor)
        self.assertEqual(set(items), {"topic-1_31_r7", "topic-1_31_r8"})
        self.assertEqual(items["topic-1_31_r7"].change, "edit")
        self.assertEqual(len(self.calls("board.getComments")), 1)

    def test_topics_that_cannot_be_read_are_told_once(self):
        self.vk.answers["board.getTopics"] = error(15, "Access denied")
        cursor, told = self.problems()
        self.assertEqual(told, ["topics_denied"])
        cursor, told = self.problems(cursor)
        self.assertEqual(told, [])
        self.vk.answers["board.getTopics"] = topics([])
        cursor, told = self.problems(cursor)
        self.vk.answers["board.getTopics"] = error(15, "Access denied")
        self.assertEqual(self.problems(cursor)[1], ["topics_denied"])

    def test_one_closed_topic_does_not_hide_the_others(self):
        self.topics, self.said = [topic(30), topic(31)], {31: [said(7)]}
        usual = self.vk.answers["board.getComments"]
        self.vk.answers["board.getComments"] = lambda params: (
            error(15) if params["topic_id"] == "30" else usual(params)
        )
        self.assertEqual(set(self.compared()[1]), {"topic-1_31_r7"})

    def test_a_user_token_reads_in_place_of_the_service_key(self):
        self.client = self.vk.client(service_token="", user_token=USER)
        self.topics, self.said = [topic(30)], {30: [said(5)]}
        self.vk.answers["wall.get"] = listed([post(10)])
        cursor, items = self.compared()
        self.assertEqual(set(items), {"wall-1_10", "topic-1_30_r5"})
        self.assertEqual(self.problems(cursor)[1], [])


class TestPhotos(Places):
    def test_comments_on_all_photos(self):
        self.on_photos = [said(n, pid=20 + n % 2) for n in range(250, 100, -1)]
        self.on_photos[0]["reply_to_comment"] = 101
        cursor, items = self.compared()
        self.assertEqual(len(items), 150)
        item = items["photo-1_20_r250"]
        self.assertEqual(item.item_type, "photo_comment")
        self.assertEqual(item.parent_id, "photo-1_20_r101")
        self.assertEqual(item.permalink, "https://vk.com/photo-1_20?reply=250")
        self.assertEqual(len(self.calls("photos.getAllComments")), 2)
        del self.vk.exchanges[:]
        _cursor, items = self.compared(cursor)
        self.assertEqual(items, {})
        self.assertEqual(len(self.calls("photos.getAllComments")), 1)

    def test_a_change_in_the_middle_is_found(self):
        self.on_photos = [said(n, pid=20) for n in range(250, 100, -1)]
        cursor, _items = self.compared()
        self.on_photos.insert(120, said(9999, pid=20, date=T0 + 130))
        self.assertIn("photo-1_20_r9999", self.compared(cursor)[1])

    def test_older_ones_are_left(self):
        self.on_photos = [said(n, pid=20) for n in range(500, 0, -1)]
        since = datetime.fromtimestamp(T0 + 420, timezone.utc)
        cursor, items = self.compared(since=since)
        self.assertEqual(len(items), 81)
        self.assertEqual(len(self.calls("photos.getAllComments")), 1)
        # Once the beginning is set further back, they are looked for.
        _cursor, items = self.compared(cursor)
        self.assertEqual(len(items), 500)

    def test_the_same_item_as_its_event(self):
        self.on_photos = [said(5, pid=20)]
        _cursor, items = self.compared()
        for subject in (
            said(5, photo_id=20, photo_owner_id=-GROUP),
            said(5, pid=20, photo_owner_id=GROUP),
        ):
            self.vk.events = [event("photo_comment_new", subject)]
            _cursor, (found,) = self.updates()
            self.assertEqual(found.external_id, "photo-1_20_r5")
            self.assertEqual(found.thread_id, items["photo-1_20_r5"].thread_id)


class TestVideos(Places):
    def test_comments_and_long_threads(self):
        below = [said(n, parents_stack=[5], reply_to_comment=5) for n in range(10, 150)]
        self.videos = [
            {"id": 40, "owner_id": -GROUP, "comments": 141},
            {"id": 41, "owner_id": -GROUP, "comments": 0},
            {"id": 42, "owner_id": 777, "comments": 9},
        ]
        top = said(5, parents_stack=[], thread=thread(below[:10], len(below)))
        self.under = {(40, 0): [top], (40, 5): below}
        cursor, items = self.compared()
        self.assertEqual(len(items), 141)
        item = items["video-1_40_r77"]
        self.assertEqual(item.item_type, "video_comment")
        self.assertEqual(item.thread_id, "video-1_40_r5")
        self.assertEqual(item.permalink, "https://vk.com/video-1_40?reply=77&thread=5")
        self.assertEqual(cursor["videos"], {"40": 141, "41": 0})
        del self.vk.exchanges[:]
        self.assertEqual(self.compared(cursor)[1], {})
        self.assertEqual(self.calls("video.getComments"), [])

    def test_comments_switched_off_on_one_video(self):
        self.videos = [{"id": n, "owner_id": -GROUP, "comments": 1} for n in (40, 41)]
        self.under = {(41, 0): [said(5)]}
        usual = self.vk.answers["video.getComments"]
        self.vk.answers["video.getComments"] = lambda params: (
            error(801) if params["video_id"] == "40" else usual(params)
        )
        self.assertEqual(set(self.compared()[1]), {"video-1_41_r5"})


class TestMentions(Places):
    def test_posts_and_comments_that_name_the_community(self):
        reply = post(9, "и вам, [club1|Город]", owner_id=-77, post_type="reply")
        self.mentioned = [
            post(5, "[club1|Город], ответьте", owner_id=CITIZEN, author=CITIZEN),
            {**reply, "post_id": 8, "parents_stack": [7], "from_id": CITIZEN},
            post(10, "На своей стене", owner_id=-GROUP, author=CITIZEN),
            {**reply, "id": 3},
        ]
        batches = list(self.client.reconcile({"ts": "0"}, self, T_START))
        items = {one.external_id: one for batch in batches for one in batch.items}
        self.assertEqual(set(items), {"wall501_5", "wall-77_8_r9"})
        item = items["wall501_5"]
        self.assertEqual((item.item_type, item.kind), ("mention", "feed"))
        self.assertEqual((item.thread_id, item.parent_id), ("wall501_5", None))
        item = items["wall-77_8_r9"]
        self.assertEqual(item.item_type, "mention")
        self.assertEqual(item.thread_id, "wall-77_8_r7")
        self.assertEqual(item.permalink, "https://vk.com/wall-77_8?reply=9&thread=7")
        # A comment that does not say under which post cannot be used.
        self.assertEqual(sum(len(batch.broken) for batch in batches), 1)
        (request,) = self.calls("newsfeed.getMentions")
        self.assertEqual(request["start_time"], str(T0 - 1))
        self.assertEqual(request["owner_id"], "-1")

    def test_pages(self):
        self.mentioned = [
            post(n, owner_id=CITIZEN, author=CITIZEN) for n in range(120, 0, -1)
        ]
        self.assertEqual(len(self.compared()[1]), 120)
        self.assertEqual(len(self.calls("newsfeed.getMentions")), 3)


class TestUserToken(Places):
    METHODS = ("photos.getAllComments", "video.get", "newsfeed.getMentions")

    def test_without_one_the_rest_is_compared_and_it_is_told_once(self):
        self.client = self.vk.client()
        self.vk.answers["wall.get"] = listed([post(10)])
        cursor, told = self.problems()
        self.assertEqual(told, ["user_token_missing"])
        self.assertEqual(self.problems(cursor)[1], [])
        self.client = self.vk.client(user_token=USER)
        cursor, told = self.problems(cursor)
        self.assertEqual(told, [])
        self.client = self.vk.client()
        self.assertEqual(self.problems(cursor)[1], ["user_token_missing"])
        for method in self.METHODS:
            self.assertEqual(len(self.calls(method)), 1)

    def test_an_expired_one_stops_nothing(self):
        for method in self.METHODS:
            self.vk.answers[method] = error(5, "User authorization failed: expired")
        self.vk.answers["wall.get"] = listed([post(10)])
        batches = list(self.client.reconcile({"ts": "0"}, self, T_START))
        items = [item.external_id for batch in batches for item in batch.items]
        self.assertEqual(items, ["wall-1_10"])
        told = [verdict for batch in batches for verdict in batch.problems]
        self.assertEqual({one.subject for one in told}, {"user_token"})
        self.assertEqual({one.code for one in told}, {"user_token_denied"})
        self.assertNotIn("SECRET", str(told))
        self.assertEqual(self.problems(batches[-1].cursor)[1], [])

    def test_a_captcha_for_it_stops_nothing(self):
        for method in self.METHODS:
            self.vk.answers[method] = error(14, "Captcha needed")
        _cursor, told = self.problems()
        self.assertEqual(told, ["photos_denied", "videos_denied", "mentions_denied"])

    def test_expired_in_the_middle_leaves_what_is_unread_for_the_next_time(self):
        self.videos = [{"id": n, "owner_id": -GROUP, "comments": 1} for n in (40, 41)]
        self.under = {(40, 0): [said(5)], (41, 0): [said(6)]}
        usual = self.vk.answers["video.getComments"]
        self.vk.answers["video.getComments"] = lambda params: (
            error(1117, "Expired") if params["video_id"] == "41" else usual(params)
        )
        cursor, items = self.compared()
        self.assertEqual(set(items), {"video-1_40_r5"})
        self.vk.answers["video.getComments"] = usual
        self.assertIn("video-1_41_r6", self.compared(cursor)[1])

    def test_trouble_of_the_connection_is_a_retry(self):
        for code, consequence in ((10, "retry"), (29, "slow_down_long")):
            self.vk.answers["photos.getAllComments"] = error(code)
            problem = self.refused(self.reconcile)
            self.assertEqual(problem.consequence.value, consequence)


class TestInterruption(Places):
    def setUp(self):
        super().setUp()
        self.vk.answers["wall.get"] = listed([post(10, comments=1)])
        self.vk.answers["wall.getComments"] = listed([comment(11)])
        self.topics = [topic(30, 120)]
        self.said = {30: [said(n) for n in range(100, 220)]}
        self.on_photos = [said(n, pid=20) for n in range(250, 100, -1)]
        self.videos = [{"id": 40, "owner_id": -GROUP, "comments": 3}]
        below = [said(6), said(7)]
        self.under = {
            (40, 0): [said(5, thread=thread(below[:1], 2))],
            (40, 5): below,
        }
        self.mentioned = [
            post(n, owner_id=CITIZEN, author=CITIZEN) for n in range(60, 0, -1)
        ]
        self.expected = 2 + 120 + 150 + 3 + 60

    def test_a_crash_after_any_batch_loses_nothing(self):
        whole = len(list(self.client.reconcile({}, self, T_START)))
        self.assertGreater(whole, 10)
        for stop in range(1, whole + 1):
            self.stored = {}
            cursor = {}
            batches = self.client.reconcile(cursor, self, T_START)
            for _number, batch in zip(range(stop), batches, strict=False):
                cursor = json.loads(json.dumps(batch.cursor))
                self.stored.update((one.external_id, one) for one in batch.items)
            if self.client.reconcile_needed(cursor):
                self.compared(cursor)
            self.assertEqual(len(self.stored), self.expected, stop)

    def test_the_budget_of_each_token_is_kept(self):
        self.client.RATES = {**self.client.RATES, "user_token": (2, 0.5)}
        batches = list(self.client.reconcile({}, self, T_START))
        self.assertEqual(batches[-1].retry_after, 2.0)
        self.assertGreater(batches[-1].remaining_hint, 0)
        self.assertEqual(len(self.calls("photos.getAllComments")), 2)
        self.assertEqual(self.calls("video.get"), [])

    def test_a_walk_stored_by_another_version_is_begun_anew(self):
        cursor = {"walk": {"phase": "comments", "queue": [["10", 1]]}}
        self.compared(cursor)
        self.assertEqual(len(self.stored), self.expected)

    def test_a_server_that_repeats_itself_does_not_hold_the_walk(self):
        self.described_answers = False
        lists = {
            "wall.get": [post(10, comments=500)],
            "wall.getComments": [comment(11)],
            "board.getTopics": [topic(30, 500)],
            "board.getComments": [said(5)],
            "photos.getAllComments": [said(6, pid=20)],
            "video.get": self.videos,
            "video.getComments": [said(7)],
            "newsfeed.getMentions": self.mentioned[:1],
        }
        for method, items in lists.items():
            self.vk.answers[method] = {"response": {"items": items}}
        batches = list(self.client.reconcile({}, self, T_START))
        self.assertEqual(batches[-1].remaining_hint, 0)
        self.assertLess(len(self.vk.exchanges), 20)

    def test_calls_too_fast_end_the_run_in_order(self):
        usual = self.vk.answers["video.getComments"]
        answers = iter([lambda _params: error(6, "Too many requests")])
        self.vk.answers["video.getComments"] = lambda params: next(answers, usual)(
            params
        )
        batches = list(self.client.reconcile({}, self, T_START))
        self.assertEqual(batches[-1].retry_after, 1.0)
        for batch in batches:
            self.stored.update((one.external_id, one) for one in batch.items)
        self.compared(batches[-1].cursor)
        self.assertEqual(len(self.stored), self.expected)
