"""What goes wrong on purpose, and what survives."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import requests

from sandbox import storage

from .common import COMMUNITY, SERVICE, GroundCase

REPOSITORY = Path(__file__).parents[2]


class TestFaults(GroundCase):
    """Faults strike the next calls and then are gone."""

    def setUp(self):
        super().setUp()
        self.post = self.add_post()
        self.values = {
            "v": "5.199",
            "access_token": COMMUNITY,
            "owner_id": -1,
            "post_id": self.post,
            "message": "ответ",
            "guid": "one",
        }
        self.url = f"{self.ground.url}/method/wall.createComment"

    def comments(self):
        return [
            c
            for c in self.world.group(1)["comments"].values()
            if c["post_id"] == self.post
        ]

    def test_error(self):
        fault = {"method": "users.get", "kind": "error", "code": 10, "times": 2}
        self.control("POST", "faults", fault)
        self.refused(10, "users.get", user_ids="101")
        self.vk("utils.getServerTime")
        self.refused(10, "users.get", user_ids="101")
        self.vk("users.get", user_ids="101")
        self.assertEqual(self.control("GET", "faults")["faults"], [])

    def test_http(self):
        self.control("POST", "faults", {"kind": "http", "code": 502})
        response = self.session.post(self.url, self.values, timeout=10)
        self.assertEqual(response.status_code, 502)
        self.assertEqual(self.comments(), [])

    def test_done_but_no_answer_in_time(self):
        fault = {"method": "wall.createComment", "kind": "hang", "seconds": 30}
        self.control("POST", "faults", fault)
        with self.assertRaises(requests.Timeout):
            self.session.post(self.url, self.values, timeout=0.5)
        self.assertEqual(len(self.comments()), 1)
        again = self.session.post(self.url, self.values, timeout=10).json()
        self.assertEqual(again["response"]["comment_id"], self.comments()[0]["id"])
        self.assertEqual(len(self.comments()), 1)

    def test_done_and_connection_cut(self):
        self.ground.faults.add("wall.createComment", "drop")
        with self.assertRaises(requests.ConnectionError):
            self.session.post(self.url, self.values, timeout=10)
        self.assertEqual(len(self.comments()), 1)
        self.assertEqual(self.ground.log.entries()[-1]["outcome"], "ok, drop")

    def test_wrong_faults(self):
        for fault in ({"kind": "fire"}, {"kind": "error", "times": "x"},
                      {"kind": "http", "code": 40}):  # fmt: skip
            self.control("POST", "faults", fault, status=400)

    def test_clearing(self):
        self.control("POST", "faults", {"kind": "error", "times": 5})
        self.control("DELETE", "faults")
        self.vk("utils.getServerTime")

    def test_time_shift(self):
        before = self.vk("utils.getServerTime", SERVICE)
        self.control("PATCH", "settings", {"time_shift": 86400})
        after = self.vk("utils.getServerTime", SERVICE)
        self.assertAlmostEqual(after - before, 86400, delta=5)
        comment = self.world.comment(1, self.add_comment(self.post))
        self.assertGreaterEqual(comment["date"], after)

    def test_same_guid_at_once(self):
        """Parallel tries with one key still write one comment."""

        def send():
            requests.post(self.url, self.values, timeout=10)

        threads = [threading.Thread(target=send) for _number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(self.comments()), 1)


class TestPersistence(GroundCase):
    """The world in a file."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "state", "world.json")
        super().setUp()

    def test_world_survives_a_restart(self):
        ground = self.start_ground(state_path=self.path)
        post = ground.world.add_post(1, -1, "останется")["id"]
        ground.stop()
        before = json.loads(Path(self.path).read_text(encoding="utf-8"))
        again = self.start_ground(state_path=self.path, seed=False)
        self.assertEqual(again.world.post(1, post)["text"], "останется")
        self.assertEqual(before["groups"], again.world.state["groups"])
        self.assertEqual(os.listdir(os.path.dirname(self.path)), ["world.json"])

    def test_long_poll_goes_on_after_a_restart(self):
        ground = self.start_ground(state_path=self.path)
        queue = ground.world.group(1)["long_poll"]
        ts = queue["ts"]
        ground.world.add_post(1, 101, "пока никто не читал")
        ground.stop()
        again = self.start_ground(state_path=self.path)
        answer = requests.get(
            f"{again.url}/whp/1",
            {"act": "a_check", "key": queue["key"], "ts": ts, "wait": 0},
            timeout=10,
        ).json()
        self.assertEqual(len(answer["updates"]), 1)

    def test_file_of_something_else(self):
        storage.write_state(self.path, {})
        Path(self.path).write_text("{", encoding="utf-8")
        command = [sys.executable, "-m", "sandbox", "--port", "0"]
        done = subprocess.run(
            [*command, "--state", self.path],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=20,
        )
        self.assertEqual(done.returncode, 2)
        self.assertIn("holds no saved world", done.stderr)
        self.assertEqual(Path(self.path).read_text(encoding="utf-8"), "{")

    def test_failed_writing_leaves_the_old_file(self):
        storage.write_state(self.path, {"a": 1})
        with self.assertRaises(TypeError):
            storage.write_state(self.path, {"a": object()})
        self.assertEqual(storage.read_state(self.path), {"a": 1})
        self.assertEqual(os.listdir(os.path.dirname(self.path)), ["world.json"])


class TestCommand(GroundCase):
    """`python -m sandbox`."""

    def test_start_and_end(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            command = [sys.executable, "-m", "sandbox", "--port", "0", "--empty"]
            process = subprocess.Popen(
                command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
            )
            try:
                line = process.stdout.readline().strip()
                self.assertRegex(line, r"^Sandbox: http://127\.0\.0\.1:\d+$")
                url = line.removeprefix("Sandbox: ")
                world = requests.get(f"{url}/sandbox/world", timeout=10).json()
                self.assertEqual(world["groups"]["1"]["posts"], {})
                process.send_signal(number)
                self.assertEqual(process.wait(20), 0)
            finally:
                process.kill()
                process.wait()
                process.stdout.close()
