"""An independent client, `vk-api` from PyPI, talks to the ground as to VK."""

import io
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from .common import COMMUNITY, PIXEL, SERVICE, USER, GroundCase

try:
    import vk_api
    from vk_api.bot_longpoll import VkBotEventType, VkBotLongPoll
except ImportError:  # pragma: no cover
    vk_api = None


class ToSandbox(HTTPAdapter):
    """Sends what is meant for VK to the ground."""

    def __init__(self, url):
        super().__init__()
        self.url = url

    def send(self, request, **options):
        request.url = self.url + request.url[len("https://") :].partition("/")[2]
        return super().send(request, **options)


class TestThirdParty(GroundCase):
    """Reading, answering and following with somebody else's code."""

    def setUp(self):
        if not vk_api:
            self.skipTest("vk-api is not installed")
        super().setUp()

    def client(self, token):
        session = requests.Session()
        session.trust_env = False
        for host in ("api.vk.com", "api.vk.ru"):
            session.mount(f"https://{host}/", ToSandbox(self.ground.url + "/"))
        self.addCleanup(session.close)
        return vk_api.VkApi(token=token, api_version="5.199", session=session)

    def test_wall(self):
        reader = self.client(SERVICE).get_api()
        posts = reader.wall.get(owner_id=-1, count=10)["items"]
        post = max(posts, key=lambda item: item["comments"]["count"])
        comments = reader.wall.getComments(
            owner_id=-1, post_id=post["id"], thread_items_count=10, count=100
        )
        self.assertGreater(comments["current_level_count"], 3)
        writer = self.client(COMMUNITY).get_api()
        made = writer.wall.createComment(
            owner_id=-1,
            post_id=post["id"],
            from_group=1,
            message="Здравствуйте. Яму на улице Лесной засыплем до пятницы.",
            reply_to_comment=comments["items"][0]["id"],
            guid="third-party",
        )
        self.assertEqual(made["parents_stack"], [comments["items"][0]["id"]])

    def test_error(self):
        with self.assertRaises(vk_api.exceptions.ApiError) as caught:
            self.client(COMMUNITY).get_api().wall.get(owner_id=-1)
        self.assertEqual(caught.exception.code, 27)

    def test_every_comment_through_its_paging_tool(self):
        post = self.add_post()
        for number in range(230):
            self.add_comment(post, str(number))
        tools = vk_api.VkTools(self.client(SERVICE))
        found = list(
            tools.get_all_slow_iter(
                "wall.getComments", 100, {"owner_id": -1, "post_id": post}
            )
        )
        self.assertEqual([c["text"] for c in found], [str(n) for n in range(230)])

    def test_uploads(self):
        session = self.client(COMMUNITY)
        upload = vk_api.VkUpload(session)
        photo = upload.photo_messages(io.BytesIO(PIXEL), peer_id=104)[0]
        session.get_api().messages.send(
            peer_id=104,
            random_id=vk_api.utils.get_random_id(),
            message="Схема объезда",
            attachment=f"photo{photo['owner_id']}_{photo['id']}",
        )
        sent = self.world.group(1)["conversations"]["104"]["messages"][-1]
        self.assertEqual(sent["files"], [photo["id"]])
        doc = upload.document_wall(io.BytesIO(PIXEL), title="схема.png", group_id=1)
        self.assertEqual(doc["doc"]["title"], "схема.png")

    def test_board(self):
        reader = self.client(SERVICE).get_api()
        topic = reader.board.getTopics(group_id=1, preview=2)["items"][0]
        writer = self.client(USER).get_api()
        made = writer.board.createComment(
            group_id=1,
            topic_id=topic["id"],
            message="Крышу дома Мира, 22 чинят в декабре.",
            from_group=1,
            guid="board",
        )
        found = reader.board.getComments(
            group_id=1, topic_id=topic["id"], start_comment_id=made
        )["items"]
        self.assertEqual([(c["id"], c["from_id"]) for c in found], [(made, -1)])
        where = {"group_id": 1, "topic_id": topic["id"], "comment_id": made}
        self.assertEqual(writer.board.editComment(**where, message="В мае."), 1)
        keeper = self.client(COMMUNITY).get_api()
        self.assertEqual(keeper.board.deleteComment(**where), 1)
        with self.assertRaises(vk_api.exceptions.ApiError) as caught:
            keeper.board.getComments(group_id=1, topic_id=topic["id"])
        self.assertEqual(caught.exception.code, 27)

    def test_photos_and_videos(self):
        api = self.client(USER).get_api()
        latest = api.photos.getAllComments(owner_id=-1, count=1)["items"][0]
        made = api.photos.createComment(
            owner_id=-1,
            photo_id=latest["pid"],
            message="Переставим знак.",
            reply_to_comment=latest["id"],
            from_group=1,
        )
        comments = api.photos.getComments(owner_id=-1, photo_id=latest["pid"])
        self.assertEqual(comments["items"][-1]["id"], made)
        self.assertEqual(api.photos.deleteComment(owner_id=-1, comment_id=made), 1)
        video = api.video.get(owner_id=-1)["items"][0]
        where = {"owner_id": -1, "video_id": video["id"]}
        top = api.video.getComments(**where)["items"][0]["id"]
        made = api.video.createComment(
            **where, message="Ограждение поставим.", reply_to_comment=top
        )
        thread = api.video.getComments(**where, comment_id=top)["items"]
        self.assertEqual(thread[-1]["id"], made)

    def test_mentions(self):
        api = self.client(USER).get_api()
        found = api.newsfeed.getMentions(owner_id=-1, start_time=1)
        self.assertEqual([i["owner_id"] for i in found["items"]], [-3, -3])

    def test_messages_are_changed(self):
        api = self.client(COMMUNITY).get_api()
        sent = api.messages.send(peer_id=104, random_id=8, message="Засыплем")
        self.assertEqual(
            api.messages.edit(peer_id=104, message_id=sent, message="Засыпали"), 1
        )
        known = api.messages.getById(message_ids=[sent])["items"][0]
        self.assertEqual(known["text"], "Засыпали")
        result = api.messages.delete(message_ids=[sent], delete_for_all=True)
        self.assertEqual(result[0]["response"], 1)

    def test_callback_servers(self):
        api = self.client(COMMUNITY).get_api()
        where = {"url": "http://127.0.0.1:9/", "title": "Приём", "secret_key": "а"}
        number = api.groups.addCallbackServer(group_id=1, **where)["server_id"]
        own = {"group_id": 1, "server_id": number}
        api.groups.setCallbackSettings(**own, wall_reply_new=1, api_version="5.199")
        settings = api.groups.getCallbackSettings(**own)
        self.assertEqual(settings["events"]["wall_reply_new"], 1)
        self.assertEqual(api.groups.getCallbackServers(group_id=1)["count"], 1)
        self.assertEqual(api.groups.deleteCallbackServer(**own), 1)

    def test_events_of_all_places(self):
        poll = VkBotLongPoll(self.client(COMMUNITY), 1, wait=1)
        group = self.world.group(1)
        parents = {
            "board": min(group["topics"]),
            "photo": self.world.photos(1)[0]["id"],
            "video": min(group["videos"]),
        }
        for where, parent in parents.items():
            self.world.add_comment(1, parent, 101, where, where=where)
        kinds = [event.type for event in poll.check()]
        self.assertEqual(
            kinds,
            [
                VkBotEventType.BOARD_POST_NEW,
                VkBotEventType.PHOTO_COMMENT_NEW,
                VkBotEventType.VIDEO_COMMENT_NEW,
            ],
        )

    def test_long_poll(self):
        post = self.add_post()
        poll = VkBotLongPoll(self.client(COMMUNITY), 1, wait=1)
        self.assertEqual(urlsplit(poll.server).netloc, urlsplit(self.ground.url).netloc)
        self.add_comment(post, "первый")
        self.world.add_message(1, 101, "лично")
        first, second = poll.check()
        self.assertEqual(first.type, VkBotEventType.WALL_REPLY_NEW)
        self.assertEqual(first.object.text, "первый")
        self.assertEqual(second.type, VkBotEventType.MESSAGE_NEW)
        self.assertTrue(second.from_user)
        self.assertEqual(second.message.text, "лично")
        for verb in ("expire", "forget", "lose"):
            self.control("POST", f"long-poll/1/{verb}")
            self.assertEqual(poll.check(), [])
            self.add_comment(post, verb)
            self.assertEqual([e.object.text for e in poll.check()], [verb])
