"""Boards, photos, videos, mentions."""

from .common import COMMUNITY, HEAD, PIXEL, SERVICE, USER, GroundCase


class Places(GroundCase):
    """A page with a topic, a photo and a video; following its events."""

    seed = False

    def setUp(self):
        super().setUp()
        self.topic = self.world.add_topic(1, 101, "Двор", "Яма у подъезда")["id"]
        self.photo = self.world.add_scene("park", -1)["id"]
        self.video = self.world.add_video(1, "Парк")["id"]
        self.queue = self.world.group(1)["long_poll"]
        self.queue["events"].clear()

    def events(self):
        """Return `(type, object)` of the events so far and forget them."""
        found = [(e["type"], e["object"]) for _ts, e in self.queue["events"]]
        self.queue["events"].clear()
        return found


class TestBoard(Places):
    """Topics and what is written in them."""

    def setUp(self):
        super().setUp()
        self.where = {"group_id": 1, "topic_id": self.topic}

    def test_topics(self):
        fixed = self.world.add_topic(1, -1, "Важное", "Правила", fixed=True)["id"]
        late = self.world.add_topic(1, 102, "Позже", "Свет")["id"]
        self.world.add_comment(
            1, self.topic, 103, "ещё", None, (), self.world.now() + 60, "board"
        )
        answer = self.vk("board.getTopics", SERVICE, group_id=1, preview=3)
        ids = [topic["id"] for topic in answer["items"]]
        self.assertEqual(ids, [fixed, self.topic, late])
        topic = answer["items"][1]
        self.assertEqual((topic["comments"], topic["updated_by"]), (2, 103))
        self.assertEqual(topic["first_comment"], "Яма у подъезда")
        self.assertEqual(topic["last_comment"], "ещё")
        old = self.vk("board.getTopics", SERVICE, group_id=1, order=-2)["items"]
        self.assertEqual([t["id"] for t in old], [fixed, self.topic, late])
        self.assertNotIn("first_comment", old[0])
        some = self.vk("board.getTopics", SERVICE, group_id=1, topic_ids=late)
        self.assertEqual([t["id"] for t in some["items"]], [late])
        self.refused(27, "board.getTopics", COMMUNITY, group_id=1)

    def test_comments_and_pages(self):
        ids = [
            self.world.add_comment(1, self.topic, 102, str(n), where="board")["id"]
            for n in range(5)
        ]
        everything = self.vk("board.getComments", SERVICE, **self.where, extended=1)
        self.assertEqual(everything["count"], 6)
        self.assertEqual({p["id"] for p in everything["profiles"]}, {101, 102})
        self.assertNotIn("owner_id", everything["items"][0])
        from_id = self.vk(
            "board.getComments", SERVICE, **self.where, start_comment_id=ids[2]
        )
        self.assertEqual([c["id"] for c in from_id["items"]], ids[2:])
        self.assertEqual(from_id["real_offset"], 3)
        last = self.vk("board.getComments", SERVICE, **self.where, sort="desc", count=1)
        self.assertEqual(last["items"][0]["id"], ids[-1])
        self.refused(15, "board.getComments", SERVICE, group_id=1, topic_id=777)

    def test_deleted_are_not_shown(self):
        made = self.world.add_comment(1, self.topic, 102, "спам", where="board")["id"]
        own = {**self.where, "comment_id": made}
        self.assertEqual(self.vk("board.deleteComment", COMMUNITY, **own), 1)
        answer = self.vk("board.getComments", SERVICE, **self.where)
        self.assertEqual(answer["count"], 1)
        self.refused(100, "board.deleteComment", COMMUNITY, **own)
        self.assertEqual(self.vk("board.restoreComment", COMMUNITY, **own), 1)
        answer = self.vk("board.getComments", SERVICE, **self.where)
        self.assertEqual(answer["count"], 2)
        self.refused(15, "board.deleteComment", HEAD, **own)

    def test_deleted_topic(self):
        """It goes with its comments, and without an event."""
        other = self.world.add_topic(1, 102, "Позже", "Свет")["id"]
        self.events()
        self.control("DELETE", f"topics/1/{self.topic}")
        self.assertEqual(self.events(), [])
        for more in ({}, {"topic_ids": f"{self.topic},{other}"}):
            answer = self.vk("board.getTopics", SERVICE, group_id=1, **more)
            self.assertEqual([one["id"] for one in answer["items"]], [other])
        self.refused(15, "board.getComments", SERVICE, **self.where)
        comments = self.world.group(1)["board_comments"].values()
        self.assertEqual({one["topic_id"] for one in comments}, {other})

    def test_writing_needs_a_person(self):
        say = {**self.where, "message": "Засыплем", "from_group": 1}
        self.refused(27, "board.createComment", COMMUNITY, **say)
        self.refused(28, "board.createComment", SERVICE, **say)
        made = self.vk("board.createComment", USER, **say, guid="a")
        self.assertEqual(self.vk("board.createComment", USER, **say, guid="a"), made)
        record = self.world.comment(1, made, "board")
        self.assertEqual((record["from_id"], record["text"]), (-1, "Засыплем"))
        change = {**self.where, "comment_id": made, "message": "Засыпали"}
        self.assertEqual(self.vk("board.editComment", USER, **change), 1)
        self.assertEqual(self.world.comment(1, made, "board")["text"], "Засыпали")
        first = min(map(int, self.world.group(1)["board_comments"]))
        foreign = {**change, "comment_id": first}
        self.refused(15, "board.editComment", USER, **foreign)
        without = {**self.where, "message": "я"}
        personal = self.vk("board.createComment", USER, **without)
        self.assertEqual(self.world.comment(1, personal, "board")["from_id"], 900)

    def test_documents(self):
        url = self.vk("docs.getWallUploadServer", group_id=1)["upload_url"]
        sent = self.session.post(url, files={"file": ("а.png", PIXEL)}).json()
        doc = self.vk("docs.save", **sent)["doc"]
        name = f"doc{doc['owner_id']}_{doc['id']}"
        self.vk("board.createComment", USER, **self.where, attachments=name)
        last = self.vk("board.getComments", SERVICE, **self.where)["items"][-1]
        self.assertEqual(last["attachments"][0]["doc"]["id"], doc["id"])

    def test_closed(self):
        self.control("PATCH", f"topics/1/{self.topic}", {"closed": True})
        self.refused(15, "board.createComment", USER, **self.where, message="а")
        answer = self.vk("board.getTopics", SERVICE, group_id=1)["items"][0]
        self.assertEqual(answer["is_closed"], 1)

    def test_events(self):
        body = {"place": "board", "topic_id": self.topic, "author_id": 102}
        made = self.control("POST", "comments", {**body, "text": "и у нас"})["id"]
        path = f"comments/1/{made}"
        self.control("PATCH", path, {"text": "и здесь", "place": "board"})
        self.control("DELETE", path, {"place": "board"})
        self.control("POST", f"{path}/restore", {"place": "board"})
        (new, first), (edit, second), (gone, third), (back, _last) = self.events()
        self.assertEqual(
            (new, edit, gone, back),
            tuple(
                f"board_post_{kind}" for kind in ("new", "edit", "delete", "restore")
            ),
        )
        where = {"id": made, "topic_id": self.topic, "topic_owner_id": -1}
        for content in (first, second, third):
            self.assertEqual({k: content[k] for k in where}, where)
        self.assertEqual((first["text"], second["text"]), ("и у нас", "и здесь"))
        self.assertEqual(third["deleter_id"], 102)
        self.assertNotIn("text", third)

    def test_answering_is_a_mention(self):
        first = min(map(int, self.world.group(1)["board_comments"]))
        body = {"place": "board", "topic_id": self.topic, "author_id": 102}
        made = self.control(
            "POST", "comments", {**body, "text": "тоже", "reply_to": first}
        )
        self.assertEqual(made["text"], f"[id101:bp-1_{first}|Марина], тоже")
        self.assertIsNone(made["reply_to"])

    def test_new_topic(self):
        made = self.control(
            "POST", "topics", {"author_id": 103, "title": "Свет", "text": "Нет света"}
        )
        ((kind, content),) = self.events()
        self.assertEqual((kind, content["topic_id"]), ("board_post_new", made["id"]))
        self.control("POST", "topics", {"author_id": 103, "text": "а"}, status=400)
        self.assertEqual(len(self.world.group(1)["topics"]), 2)


class TestPhotos(Places):
    """Photos of a page and what is written under them."""

    def setUp(self):
        super().setUp()
        self.where = {"owner_id": -1, "photo_id": self.photo}

    def test_photos_of_a_page(self):
        post = self.world.add_file(PIXEL, -1)["id"]
        self.world.add_post(1, -1, "с фото", [post])
        self.world.add_file(PIXEL, 101)
        album = self.vk("photos.get", SERVICE, owner_id=-1, album_id="wall")
        self.assertEqual([p["id"] for p in album["items"]], [self.photo, post])
        self.world.add_comment(1, self.photo, 101, "да", where="photo")
        every = self.vk("photos.getAll", USER, owner_id=-1, extended=1)["items"]
        self.assertEqual([p["comments"]["count"] for p in every], [0, 1])
        found = self.vk("photos.getById", SERVICE, photos=f"-1_{self.photo},-1_1")
        self.assertEqual([p["id"] for p in found], [self.photo])

    def test_comments(self):
        first = self.world.add_comment(1, self.photo, 101, "тут яма", where="photo")
        body = {"place": "photo", "photo_id": self.photo, "author_id": 102}
        second = self.control(
            "POST", "comments", {**body, "text": "да", "reply_to": first["id"]}
        )
        items = self.vk("photos.getComments", USER, **self.where)["items"]
        self.assertEqual([i["id"] for i in items], [first["id"], second["id"]])
        self.assertEqual(items[1]["reply_to_comment"], first["id"])
        self.assertEqual(items[1]["parents_stack"], [])
        every = self.vk("photos.getAllComments", USER, owner_id=-1)
        self.assertEqual([i["id"] for i in every["items"]], [second["id"], first["id"]])
        self.assertEqual({i["pid"] for i in every["items"]}, {self.photo})
        self.refused(27, "photos.getComments", COMMUNITY, **self.where)
        self.refused(28, "photos.getComments", SERVICE, **self.where)
        self.refused(200, "photos.getComments", USER, owner_id=-1, photo_id=1)

    def test_answering_and_changing(self):
        top = self.world.add_comment(1, self.photo, 101, "яма", where="photo")["id"]
        self.refused(27, "photos.createComment", COMMUNITY, **self.where, message="а")
        made = self.vk(
            "photos.createComment", USER, **self.where, message="Засыплем",
            from_group=1, reply_to_comment=top, guid="b",
        )  # fmt: skip
        record = self.world.comment(1, made, "photo")
        self.assertEqual((record["from_id"], record["reply_to"]), (-1, top))
        own = {"owner_id": -1, "comment_id": made}
        self.assertEqual(self.vk("photos.editComment", USER, **own, message="Да"), 1)
        self.assertEqual(self.vk("photos.deleteComment", USER, **own), 1)
        self.assertEqual(self.vk("photos.deleteComment", USER, **own), 0)
        items = self.vk("photos.getComments", USER, **self.where)["items"]
        self.assertEqual([i["id"] for i in items], [top])
        self.assertEqual(self.vk("photos.restoreComment", USER, **own), 1)
        self.assertEqual(self.vk("photos.restoreComment", USER, **own), 0)

    def test_events(self):
        made = self.world.add_comment(1, self.photo, 101, "яма", where="photo")["id"]
        self.world.delete_comment(1, made, where="photo")
        (new, content), (gone, rest) = self.events()
        self.assertEqual((new, gone), ("photo_comment_new", "photo_comment_delete"))
        self.assertEqual(content["photo_owner_id"], -1)
        self.assertEqual(content["photo_id"], self.photo)
        self.assertEqual((rest["owner_id"], rest["photo_id"]), (-1, self.photo))
        self.assertEqual((rest["user_id"], rest["deleter_id"]), (101, 101))

    def test_same_id_in_every_place(self):
        post = self.add_post()
        ids = [
            self.world.add_comment(1, parent, 101, where, where=where)["id"]
            for where, parent in (
                ("wall", post),
                ("board", self.topic),
                ("photo", self.photo),
                ("video", self.video),
            )
        ]
        self.assertLess(len(set(ids)), 4)


class TestVideo(Places):
    """Videos of a page and what is written under them."""

    def setUp(self):
        super().setUp()
        self.where = {"owner_id": -1, "video_id": self.video}

    def test_threads(self):
        top = self.world.add_comment(1, self.video, 101, "тёмно", where="video")["id"]
        below = self.world.add_comment(
            1, self.video, 102, "да", top, where="video"
        )["id"]  # fmt: skip
        answer = self.vk("video.getComments", USER, **self.where, thread_items_count=5)
        self.assertEqual((answer["count"], answer["current_level_count"]), (2, 1))
        thread = answer["items"][0]["thread"]
        self.assertEqual([item["id"] for item in thread["items"]], [below])
        rest = self.vk("video.getComments", USER, **self.where, comment_id=top)
        self.assertEqual([item["id"] for item in rest["items"]], [below])
        shown = self.vk("video.get", USER, owner_id=-1)["items"][0]
        self.assertEqual((shown["comments"], shown["owner_id"]), (2, -1))
        self.refused(27, "video.get", COMMUNITY, owner_id=-1)
        self.refused(28, "video.getComments", SERVICE, **self.where)
        self.refused(204, "video.getComments", USER, owner_id=-1, video_id=777)

    def test_answering_and_changing(self):
        top = self.world.add_comment(1, self.video, 101, "тёмно", where="video")["id"]
        made = self.vk(
            "video.createComment", USER, **self.where, message="Поставим фонарь",
            from_group=1, reply_to_comment=top,
        )  # fmt: skip
        self.assertEqual(self.world.comment(1, made, "video")["thread"], top)
        own = {"owner_id": -1, "comment_id": made}
        self.assertEqual(self.vk("video.editComment", USER, **own, message="Да"), 1)
        self.assertEqual(self.vk("video.deleteComment", USER, **own), 1)
        self.refused(100, "video.deleteComment", USER, **own)
        self.assertEqual(self.vk("video.restoreComment", USER, **own), 1)
        self.assertEqual(self.vk("video.restoreComment", USER, **own), 0)

    def test_events(self):
        made = self.world.add_comment(1, self.video, 101, "тёмно", where="video")["id"]
        self.world.delete_comment(1, made, 900, where="video")
        (new, content), (gone, rest) = self.events()
        self.assertEqual((new, gone), ("video_comment_new", "video_comment_delete"))
        where = (content["video_owner_id"], content["video_id"])
        self.assertEqual(where, (-1, self.video))
        self.assertEqual((rest["owner_id"], rest["video_id"]), (-1, self.video))
        self.assertEqual(rest["deleter_id"], 900)


class TestMentions(Places):
    """newsfeed.getMentions for the editor of the pages."""

    def mentions(self, owner=-1, **more):
        return self.vk("newsfeed.getMentions", USER, owner_id=owner, **more)

    def test_posts_and_comments_of_other_walls(self):
        post = self.world.add_post(3, 102, "Спросим @zarechensk_adm (город)?")
        self.assertEqual(post["text"], "Спросим [club1|город]?")
        top = self.world.add_comment(3, post["id"], 103, "без упоминания")
        said = self.world.add_comment(
            3, post["id"], 104, "[club1|Администрация], ответьте", top["id"]
        )
        self.world.add_comment(3, post["id"], 104, "@zarechensk_glava и [club11|чужое]")
        answer = self.mentions()
        self.assertEqual(answer["count"], 2)
        comment, shown = answer["items"]
        self.assertEqual((shown["post_type"], shown["id"]), ("post", post["id"]))
        self.assertEqual(shown["owner_id"], -3)
        self.assertEqual((comment["post_type"], comment["id"]), ("reply", said["id"]))
        self.assertEqual(comment["post_id"], post["id"])
        self.assertEqual(comment["parents_stack"], [top["id"]])
        self.assertEqual(self.mentions(-2)["count"], 1)

    def test_what_is_left_out(self):
        post = self.add_post()
        now = self.world.now()
        old = self.world.add_post(3, 102, "@zarechensk_adm", (), now - 90000)
        self.world.add_comment(1, post, -1, "Мы — [club1|Администрация]")
        gone = self.add_comment(post, "[club1|адм] удалят")
        self.world.delete_comment(1, gone)
        self.assertEqual(self.mentions()["count"], 0)
        found = self.mentions(start_time=old["date"])
        self.assertEqual([i["id"] for i in found["items"]], [old["id"]])
        self.assertEqual(self.mentions(start_time=1, end_time=now - 99999)["count"], 0)

    def test_who_may_ask(self):
        self.refused(27, "newsfeed.getMentions", COMMUNITY, owner_id=-1)
        self.refused(15, "newsfeed.getMentions", USER, owner_id=-3)
        self.refused(15, "newsfeed.getMentions", USER, owner_id=101)

    def test_the_other_community_is_not_managed(self):
        post = self.world.add_post(3, 102, "Темно на Речной")["id"]
        where = {"owner_id": -3, "post_id": post, "message": "Чиним"}
        self.refused(15, "wall.createComment", USER, **where, from_group=3)
        made = self.vk("wall.createComment", USER, **where, from_group=1)
        record = self.world.comment(3, made["comment_id"])
        self.assertEqual(record["from_id"], -1)
        foreign = self.world.add_comment(3, post, 103, "ага")["id"]
        self.refused(211, "wall.deleteComment", USER, owner_id=-3, comment_id=foreign)
        self.refused(15, "groups.getLongPollServer", USER, group_id=3)
