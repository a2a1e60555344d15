"""Posts, comments, threads."""

from .common import COMMUNITY, HEAD, PIXEL, SERVICE, USER, GroundCase


class TestWall(GroundCase):
    """What can be read on a wall."""

    def test_seed(self):
        answer = self.vk("wall.get", SERVICE, owner_id=-1, extended=1)
        self.assertEqual(answer["count"], 7)
        self.assertEqual({g["id"] for g in answer["groups"]}, {1})
        self.assertEqual([p["id"] for p in answer["profiles"]], [105])
        self.assertEqual(answer["items"][0]["is_pinned"], 1)
        comments = sum(post["comments"]["count"] for post in answer["items"])
        self.assertGreaterEqual(comments, 25)
        by_name = self.vk("wall.get", SERVICE, domain="zarechensk_adm")
        self.assertEqual(by_name["count"], 7)

    def test_filters_and_pages(self):
        for chosen, number in (("owner", 6), ("others", 1), ("suggests", 0)):
            answer = self.vk("wall.get", SERVICE, owner_id=-1, filter=chosen)
            self.assertEqual(answer["count"], number)
        first = self.vk("wall.get", SERVICE, owner_id=-1, count=2)["items"]
        rest = self.vk("wall.get", SERVICE, owner_id=-1, offset=2, count=100)["items"]
        self.assertEqual(len({p["id"] for p in first + rest}), 7)
        self.refused(100, "wall.get", SERVICE, owner_id=-1, count="many")
        self.refused(100, "wall.get", SERVICE, owner_id=-1, filter="worst")

    def test_ids_of_walls_collide(self):
        ids = [set(self.world.group(number)["comments"]) for number in (1, 2)]
        self.assertTrue(ids[0] & ids[1])

    def test_get_by_id_leaves_out_unknown(self):
        post = self.add_post()
        answer = self.vk("wall.getById", SERVICE, posts=f"-1_{post},-1_99999,-9_1")
        self.assertEqual([item["id"] for item in answer["items"]], [post])

    def test_what_its_author_does_to_a_post(self):
        """None of it makes an event."""
        post = self.add_post("Яма [club1|Город]", author=101, group=3)
        made = self.world.add_comment(3, post, 102, "[club1|Город], и у нас")["id"]
        events = len(self.world.group(3)["long_poll"]["events"])
        where = {"owner_id": -3, "post_id": post}

        def read():
            items = self.vk("wall.get", SERVICE, owner_id=-3, count=100)["items"]
            return {item["id"]: item for item in items}.get(post)

        def mentions():
            answer = self.vk("newsfeed.getMentions", USER, owner_id=-1, start_time=1)
            return {item["id"] for item in answer["items"]} & {post, made}

        self.control("PATCH", f"posts/3/{post}", {"text": "Ямы [club1|Город]"})
        self.assertEqual(read()["text"], "Ямы [club1|Город]")
        self.assertGreaterEqual(read()["edited"], read()["date"])
        self.assertEqual(mentions(), {post, made})
        self.control("DELETE", f"posts/3/{post}")
        self.assertIsNone(read())
        self.assertEqual(mentions(), set())
        by_id = {"posts": f"-3_{post}"}
        [shown] = self.vk("wall.getById", SERVICE, **by_id)["items"]
        self.assertEqual((shown["is_deleted"], shown["text"]), (True, ""))
        self.control("PATCH", "settings", {"hide_deleted": True})
        self.assertEqual(self.vk("wall.getById", SERVICE, **by_id)["items"], [])
        self.refused(15, "wall.getComments", SERVICE, **where)
        self.refused(211, "wall.getComment", USER, owner_id=-3, comment_id=made)
        self.refused(100, "wall.createComment", USER, **where, message="а")
        body = {"group_id": 3, "post_id": post, "author_id": 101, "text": "а"}
        self.control("POST", "comments", body, status=400)
        self.control("PATCH", f"posts/3/{post}", {"text": "а"}, status=400)
        self.control("DELETE", f"posts/3/{post}", status=400)
        self.control("POST", f"posts/3/{post}/restore")
        self.assertEqual(read()["comments"]["count"], 1)
        self.assertEqual(mentions(), {post, made})
        self.control("POST", f"posts/3/{post}/restore", status=400)
        self.assertEqual(len(self.world.group(3)["long_poll"]["events"]), events)

    def test_threads(self):
        post = self.add_post()
        top = self.add_comment(post, "первый")
        replies = [self.add_comment(post, str(n), reply_to=top) for n in range(12)]
        deep = self.add_comment(post, "ответ", author=102, reply_to=replies[0])
        where = {"owner_id": -1, "post_id": post}
        answer = self.vk("wall.getComments", SERVICE, **where, thread_items_count=10)
        self.assertEqual((answer["count"], answer["current_level_count"]), (14, 1))
        thread = answer["items"][0]["thread"]
        self.assertEqual((thread["count"], len(thread["items"])), (13, 10))
        self.refused(100, "wall.getComments", SERVICE, **where, thread_items_count=11)
        rest = self.vk("wall.getComments", SERVICE, **where, comment_id=top, offset=10)
        self.assertEqual(len(rest["items"]), 3)
        last = rest["items"][-1]
        self.assertEqual(last["id"], deep)
        self.assertEqual(last["parents_stack"], [top])
        self.assertEqual(last["reply_to_comment"], replies[0])
        self.assertEqual(last["reply_to_user"], 101)

    def test_order_and_start(self):
        post = self.add_post()
        ids = [self.add_comment(post, str(number)) for number in range(5)]
        where = {"owner_id": -1, "post_id": post}

        def read(**more):
            items = self.vk("wall.getComments", SERVICE, **where, **more)["items"]
            return [item["id"] for item in items]

        self.assertEqual(read(), ids)
        self.assertEqual(read(sort="desc"), ids[::-1])
        self.assertEqual(read(start_comment_id=ids[2]), ids[2:])
        self.assertEqual(read(start_comment_id=ids[2], offset=-1, count=2), ids[1:3])
        self.assertEqual(read(offset=4), ids[4:])
        self.refused(100, "wall.getComments", SERVICE, **where, offset=-1)

    def test_deleted_comments(self):
        post = self.add_post()
        leaf, top = self.add_comment(post, "лист"), self.add_comment(post, "ветка")
        self.add_comment(post, "ответ", reply_to=top)
        for comment in (leaf, top):
            self.world.delete_comment(1, comment)
        where = {"owner_id": -1, "post_id": post}
        items = self.vk("wall.getComments", SERVICE, **where)["items"]
        self.assertEqual([item["id"] for item in items], [leaf, top])
        self.assertTrue(all(item["deleted"] for item in items))
        self.assertEqual({(i["text"], i["from_id"]) for i in items}, {("", 0)})
        count = self.vk("wall.getById", SERVICE, posts=f"-1_{post}")["items"][0]
        self.assertEqual(count["comments"]["count"], 1)
        self.control("PATCH", "settings", {"hide_deleted": True})
        items = self.vk("wall.getComments", SERVICE, **where)["items"]
        self.assertEqual([item["id"] for item in items], [top])

    def test_missing_post(self):
        self.refused(15, "wall.getComments", SERVICE, owner_id=-1, post_id=99999)
        self.refused(100, "wall.getComments", SERVICE, owner_id=-1)
        self.refused(100, "wall.createComment", owner_id=-1, post_id=9999, message="а")


class TestWriting(GroundCase):
    """Comments of communities and of the editor."""

    seed = False

    def setUp(self):
        super().setUp()
        self.post = self.add_post()
        self.where = {"owner_id": -1, "post_id": self.post}

    def comment(self, message="Здравствуйте", token=COMMUNITY, **more):
        return self.vk(
            "wall.createComment", token, **self.where, message=message, **more
        )

    def test_author(self):
        record = self.world.comment(1, self.comment(from_group=1)["comment_id"])
        self.assertEqual(record["from_id"], -1)
        record = self.world.comment(1, self.comment()["comment_id"])
        self.assertEqual(record["from_id"], -1)
        record = self.world.comment(1, self.comment(token=HEAD)["comment_id"])
        self.assertEqual(record["from_id"], -2)
        record = self.world.comment(1, self.comment(token=USER)["comment_id"])
        self.assertEqual(record["from_id"], 900)
        self.refused(15, "wall.createComment", **self.where, message="а", from_group=2)

    def test_reply_joins_the_thread(self):
        top = self.add_comment(self.post)
        below = self.add_comment(self.post, reply_to=top, author=102)
        answer = self.comment(reply_to_comment=below)
        self.assertEqual(answer["parents_stack"], [top])
        self.refused(
            100, "wall.createComment", **self.where, message="а", reply_to_comment=5555
        )

    def test_guid(self):
        first = self.comment(guid="one")["comment_id"]
        self.assertEqual(self.comment("иначе", guid="one")["comment_id"], first)
        self.assertNotEqual(self.comment(guid="two")["comment_id"], first)
        self.control("PATCH", "settings", {"guid_memory": False})
        self.assertNotEqual(self.comment(guid="one")["comment_id"], first)

    def test_text_limits(self):
        self.comment("а" * 4096)
        self.refused(100, "wall.createComment", **self.where, message="а" * 4097)
        self.refused(100, "wall.createComment", **self.where, message="  ")

    def test_document_on_the_wall(self):
        url = self.vk("docs.getWallUploadServer", group_id=1)["upload_url"]
        files = {"file": ("схема.png", PIXEL, "image/png")}
        sent = self.session.post(url, files=files, timeout=10).json()
        saved = self.vk("docs.save", **sent, title="схема.png")["doc"]
        self.assertEqual(saved["owner_id"], -1)
        self.refused(105, "docs.save", **sent)
        attachment = f"doc{saved['owner_id']}_{saved['id']}_{saved['access_key']}"
        created = self.comment("", attachments=attachment)["comment_id"]
        item = self.vk("wall.getComments", SERVICE, **self.where)["items"][-1]
        self.assertEqual(item["id"], created)
        picture = self.session.get(item["attachments"][0]["doc"]["url"], timeout=10)
        self.assertEqual(picture.content, PIXEL)

    def test_wrong_attachments(self):
        for text in ("photo-1_5", "nonsense", ",".join(["doc-1_1"] * 11)):
            self.refused(
                100, "wall.createComment", **self.where, message="а", attachments=text
            )

    def test_editing_and_deleting(self):
        own = self.comment()["comment_id"]
        other = self.add_comment(self.post)
        change = {"owner_id": -1, "comment_id": own}
        self.refused(27, "wall.editComment", **change, message="б")
        self.assertEqual(self.vk("wall.editComment", USER, **change, message="б"), 1)
        self.assertEqual(self.world.comment(1, own)["text"], "б")
        foreign = {"owner_id": -1, "comment_id": other}
        self.refused(211, "wall.editComment", USER, **foreign, message="б")
        self.assertEqual(self.vk("wall.deleteComment", USER, **foreign), 1)
        self.refused(211, "wall.getComment", USER, **foreign)
        self.assertEqual(self.vk("wall.restoreComment", USER, **foreign), 1)
        self.refused(243, "wall.restoreComment", USER, **foreign)
