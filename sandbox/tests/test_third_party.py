"""An independent client, `vk-api` from PyPI, talks to the ground as to VK."""

import io
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from .common import COMMUNITY, PIXEL, SERVICE, GroundCase

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
