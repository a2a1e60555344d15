"""The page and the control interface behind it."""

import base64
import re

from sandbox import pictures
from sandbox.server import STATIC

from .common import PIXEL, GroundCase


class TestPage(GroundCase):
    """What a browser gets."""

    def get(self, path):
        return self.session.get(f"{self.ground.url}{path}", timeout=10)

    def test_page(self):
        for address in ("/", "/max.html"):
            with self.subTest(address):
                self.check_page(self.get(address))

    def check_page(self, page):
        self.assertEqual(page.status_code, 200)
        self.assertIn("Учебная площадка", page.text)
        policy = page.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        for path in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
            self.assertEqual(self.get(path).status_code, 200, path)

    def test_nothing_from_elsewhere(self):
        for path in STATIC.iterdir():
            text = path.read_text(encoding="utf-8")
            text = text.replace("http://www.w3.org/2000/svg", "")
            self.assertNotRegex(text, r"https?://|//[a-z]+\.[a-z]", path.name)

    def test_scripts_never_parse_words_as_markup(self):
        for path in STATIC.glob("*.js"):
            text = path.read_text(encoding="utf-8")
            for danger in (
                "innerHTML",
                "outerHTML",
                "insertAdjacent",
                "document.write",
            ):
                self.assertNotIn(danger, text, path.name)

    def test_no_way_out_of_the_folder(self):
        for path in ("/static/../server.py", "/static/%2e%2e/server.py",
                     "/static//etc/passwd", "/static/", "/nothing",
                     "/nothing.html", "/max.html/x"):  # fmt: skip
            self.assertEqual(self.get(path).status_code, 404, path)

    def test_avatars(self):
        user = self.world.add_citizen("<script>", '"><b>')
        svg = self.get(f"/avatars/{user['id']}.svg")
        self.assertEqual(svg.headers["Content-Type"], "image/svg+xml")
        self.assertIn("&lt;&quot;", svg.text)
        self.assertNotIn('<"', svg.text)
        png = self.get("/avatars/-1.png?size=50")
        self.assertEqual(pictures.inspect(png.content), ("image/png", 50, 50))
        self.assertEqual(self.get("/avatars/7777.svg").status_code, 404)

    def test_files_need_their_key(self):
        record = self.world.add_file(PIXEL, 101)
        good = self.get(f"/files/{record['id']}/{record['key']}.png")
        self.assertEqual(good.content, PIXEL)
        self.assertEqual(good.headers["X-Content-Type-Options"], "nosniff")
        for key in ("wrong", "ключ"):
            path = f"/files/{record['id']}/{key}.png"
            self.assertEqual(self.get(path).status_code, 404)

    def test_scenes(self):
        for name in pictures.SCENES:
            kind = pictures.inspect(pictures.scene_png(name))
            self.assertEqual(kind, ("image/png", *pictures.SCENE_SIZE))


class TestControl(GroundCase):
    """The control interface."""

    def test_what_a_citizen_does(self):
        user = self.control("POST", "citizens", {"first_name": "Пётр"})
        photo = "data:image/png;base64," + base64.b64encode(PIXEL).decode()
        post = self.control(
            "POST",
            "posts",
            {"author_id": user["id"], "text": "Лифт", "photos": [photo]},
        )
        self.assertEqual(len(post["files"]), 1)
        base = {"post_id": post["id"], "author_id": user["id"]}
        comment = self.control("POST", "comments", {**base, "text": "<b>яма</b>"})
        reply = self.control(
            "POST", "comments", {**base, "text": "да", "reply_to": comment["id"]}
        )
        self.assertEqual(reply["thread"], comment["id"])
        path = f"comments/1/{comment['id']}"
        self.assertEqual(self.control("PATCH", path, {"text": "б"})["text"], "б")
        self.assertTrue(self.control("DELETE", path)["deleted"])
        self.assertFalse(self.control("POST", f"{path}/restore")["deleted"])
        message = self.control(
            "POST", "messages", {"author_id": user["id"], "text": "лично"}
        )
        edited = self.control("PATCH", f"messages/1/{message['id']}", {"text": "так"})
        self.assertTrue(edited["edited"])
        world = self.control("GET", "world")
        self.assertEqual(
            world["groups"]["1"]["comments"][str(comment["id"])]["text"], "б"
        )
        self.assertNotIn("data", str(world["files"].values()))

    def test_refusals(self):
        for path, body in (
            ("comments", {"post_id": 99999, "author_id": 101, "text": "а"}),
            ("comments", {"author_id": 101}),
            ("posts", {"author_id": 5555, "text": "а"}),
            ("posts", {"author_id": 101, "text": "а" * 4097}),
            ("posts", {"author_id": 101, "text": " "}),
            ("posts", {"author_id": 101, "photos": ["not base64!"]}),
            ("posts", {"author_id": 101, "photos": ["PHN2Zz4="]}),
            ("citizens", {"first_name": " "}),
            ("messages", {"author_id": 101}),
        ):
            answer = self.control("POST", path, body, status=400)
            self.assertTrue(answer["error"])
        self.control("PATCH", "settings", {"unknown": 1}, status=400)
        self.control("GET", "nothing", status=404)
        self.control("POST", "long-poll/1/explode", status=404)

    def test_forms_of_other_sites_are_refused(self):
        response = self.session.post(
            f"{self.ground.url}/sandbox/reset", data="{}", timeout=10
        )
        self.assertEqual(response.status_code, 415)

    def test_reset(self):
        self.ground.faults.add("*", "error", times=9)
        version = self.control("GET", "version")["version"]
        self.control("POST", "reset", {"seed": False})
        self.assertEqual(self.world.group(1)["posts"], {})
        self.control("POST", "reset", {})
        self.assertEqual(len(self.world.group(1)["posts"]), 7)
        self.assertEqual(self.ground.faults.waiting(), [])
        self.assertGreater(self.control("GET", "version")["version"], version)

    def test_seconds_ago(self):
        body = {"author_id": 101, "text": "давно", "seconds_ago": 3600}
        post = self.control("POST", "posts", body)
        self.assertAlmostEqual(self.world.now() - post["date"], 3600, delta=5)
