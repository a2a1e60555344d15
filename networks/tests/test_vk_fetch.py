"""The item a link leads to."""

from ..errors import Consequence
from .case import ManagedCase
from .fake import (
    CITIZEN,
    USER,
    Reply,
    comment,
    error,
    listed,
    ours,
    paged,
    post,
    thread,
)


class TestFetch(ManagedCase):
    def setUp(self):
        super().setUp()
        person = {"id": CITIZEN, "first_name": "Анна", "last_name": "Петрова"}
        self.vk.answers["users.get"] = {"response": [person]}
        self.client = self.vk.client()

    def fetched(self, url):
        found = self.client.fetch(url)
        return found and (found[0].external_id, found[1].name)

    def test_post_of_any_wall(self):
        shown = post(5, "Где свет?", owner_id=501, author=CITIZEN)
        self.vk.answers["wall.getById"] = {"response": {"items": [shown]}}
        item, author = self.client.fetch("https://m.vk.com/feed?w=wall501_5")
        self.assertEqual((item.external_id, item.text), ("wall501_5", "Где свет?"))
        self.assertEqual(author.name, "Анна Петрова")
        self.assertEqual(self.vk.exchanges[0].params["posts"], "501_5")

    def test_comment_and_comment_within_a_thread(self):
        below = [comment(n, parents_stack=[11]) for n in range(12, 40)]
        top = {**comment(11), "thread": thread(below[:10], len(below))}

        def respond(params):
            if params.get("comment_id") == "11":
                return paged(below[::-1])(params)
            wanted = int(params.get("start_comment_id", 0))
            if wanted:
                return listed([top] if wanted == 11 else [])
            return paged([top])(params)

        self.vk.answers["wall.getComments"] = respond
        self.assertEqual(
            self.fetched("https://vk.com/wall-1_10?reply=11"),
            ("wall-1_10_r11", "Анна Петрова"),
        )
        self.assertEqual(len(self.vk.calls("wall.getComments")), 1)
        for url in (
            "https://vk.com/wall-1_10?reply=35&thread=11",
            "https://vk.com/wall-1_10?reply=35",
            "https://vk.com/wall-1_10?reply=15",
        ):
            item, _author = self.client.fetch(url)
            self.assertEqual(item.thread_id, "wall-1_10_r11")
            self.assertTrue(
                url.replace("&thread=11", "").endswith(
                    item.external_id.partition("_r")[2]
                )
            )
        self.assertIsNone(self.client.fetch("https://vk.com/wall-1_10?reply=77"))

    def test_with_a_user_token_one_call_finds_it(self):
        self.client = self.vk.client(user_token=USER)
        shown = comment(35, parents_stack=[11])
        self.vk.answers["wall.getComment"] = {"response": {"items": [shown]}}
        item, _author = self.client.fetch("https://vk.com/wall-1_10?reply=35")
        self.assertEqual(item.thread_id, "wall-1_10_r11")
        self.assertEqual(self.vk.calls("wall.getComments"), [])
        # The token has expired: the long way.
        self.vk.answers["wall.getComment"] = error(5)
        self.vk.answers["wall.getComments"] = listed([shown])
        self.assertTrue(self.client.fetch("https://vk.com/wall-1_10?reply=35"))

    def test_comments_in_topics_on_photos_and_videos(self):
        self.vk.answers["board.getComments"] = listed([ours(5, author=CITIZEN)])
        self.assertEqual(
            self.fetched("https://vk.com/topic-1_30?post=5"),
            ("topic-1_30_r5", "Анна Петрова"),
        )
        photo = "https://vk.com/photo-1_20?reply=5"
        self.assertEqual(
            self.refused(self.client.fetch, photo).code, "user_token_missing"
        )
        self.client = self.vk.client(user_token=USER)
        self.vk.answers["photos.getComments"] = listed([ours(5, author=CITIZEN)])
        self.assertEqual(self.fetched(photo)[0], "photo-1_20_r5")

    def test_what_the_interface_does_not_show(self):
        for posts in ([], [post(10, is_deleted=True)]):
            self.vk.answers["wall.getById"] = {"response": {"items": posts}}
            self.assertIsNone(self.client.fetch("https://vk.com/wall-1_10"))
        for code in (15, 18, 100, 212):
            self.vk.answers["wall.getById"] = error(code)
            self.assertIsNone(self.client.fetch("https://vk.com/wall-1_10"))
        del self.vk.exchanges[:]
        for url in (
            "https://vk.com/zarechensk",
            "https://vk.com/topic-1_30",
            "https://vk.com/gim1/convo/501?cmid=3",
            "https://example.org/wall-1_10",
            "",
        ):
            self.assertIsNone(self.client.fetch(url))
        self.assertEqual(self.vk.exchanges, [])

    def test_failures_are_told(self):
        self.vk.answers["wall.getById"] = Reply(status=502)
        problem = self.refused(self.client.fetch, "https://vk.com/wall-1_10")
        self.assertEqual(problem.consequence, Consequence.RETRY)
        self.client = self.vk.client(service_token="")
        problem = self.refused(self.client.fetch, "https://vk.com/wall-1_10")
        self.assertEqual(problem.code, "not_offered")
