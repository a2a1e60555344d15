"""Answers cut in the middle, and faults by chance."""

import json

import requests

from sandbox.faults import Chaos, Faults

from .common import COMMUNITY, SERVICE, GroundCase


class TestTruncate(GroundCase):
    """The action is done, the answer is no JSON."""

    def test_cut_in_the_middle(self):
        post = self.add_post()
        values = {"v": "5.199", "access_token": COMMUNITY, "owner_id": -1}
        values.update(post_id=post, message="ответ", guid="one")
        self.control("POST", "faults", {"kind": "truncate"})
        url = f"{self.ground.url}/method/wall.createComment"
        response = self.session.post(url, values, timeout=10)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(int(response.headers["Content-Length"]), len(response.content))
        with self.assertRaises(ValueError):
            json.loads(response.content)
        (record,) = self.world.comments_under(1, "wall", post)
        self.assertEqual(record["text"], "ответ")
        again = self.session.post(url, values, timeout=10).json()
        self.assertEqual(again["response"]["comment_id"], record["id"])
        self.assertEqual(self.ground.log.entries()[0]["outcome"], "ok, truncate")


class TestChance(GroundCase):
    """`POST /sandbox/chaos`."""

    WISH = {"seed": 7, "http_500": 0.2, "rate_limit": 0.2, "drop": 0.2, "truncate": 0.2}

    def outcomes(self, number):
        """Return what the client sees of so many calls."""
        found = []
        for _number in range(number):
            try:
                response = requests.post(
                    f"{self.ground.url}/method/utils.getServerTime",
                    {"v": "5.199", "access_token": SERVICE},
                    timeout=10,
                )
                answer = response.json()
                found.append(answer.get("error", {}).get("error_code", "ok"))
            except requests.JSONDecodeError:
                cut = response.status_code == 200
                found.append("cut" if cut else response.status_code)
            except requests.ConnectionError:
                found.append("drop")
        return found

    def test_every_kind_strikes_and_is_counted(self):
        self.control("POST", "chaos", self.WISH)
        seen = self.outcomes(60)
        state = self.control("DELETE", "chaos")
        self.assertFalse(state["active"])
        self.assertEqual(state["calls"], 60)
        names = {"http_500": 500, "rate_limit": 6, "drop": "drop", "truncate": "cut"}
        for name, outcome in names.items():
            self.assertEqual(state["struck"][name], seen.count(outcome), name)
            self.assertGreater(seen.count(outcome), 2)
        self.assertEqual(self.outcomes(10), ["ok"] * 10)

    def test_the_seed_repeats(self):
        self.control("POST", "chaos", self.WISH)
        first = self.outcomes(25)
        self.control("POST", "chaos", self.WISH)
        self.assertEqual(self.outcomes(25), first)
        self.control("POST", "chaos", {**self.WISH, "seed": 8})
        self.assertNotEqual(self.outcomes(25), first)

    def test_prepared_faults_come_first(self):
        self.control("POST", "chaos", {"http_500": 1})
        self.control("POST", "faults", {"kind": "error", "code": 29})
        self.assertEqual(self.outcomes(2), [29, 500])

    def test_other_networks_name_their_limit(self):
        faults = Faults()
        faults.rage(1, {"rate_limit": 1})
        self.assertEqual(faults.take("wall.get")["code"], 6)
        fault = faults.take("GET /updates", rate_limit=("http", 429))
        self.assertEqual((fault["kind"], fault["code"]), ("http", 429))

    def test_events_fail_all_three_ways(self):
        self.control("POST", "chaos", {"seed": 1, "failed": 0.5})
        seen, server = set(), None
        for _number in range(60):
            server = server or self.vk("groups.getLongPollServer", group_id=1)
            answer = self.session.get(
                server["server"],
                params={"act": "a_check", "key": server["key"], "ts": server["ts"]},
                timeout=10,
            ).json()
            seen.add(answer.get("failed", 0))
            if answer.get("failed"):
                server = None
        self.assertEqual(seen, {0, 1, 2, 3})
        self.assertGreater(self.control("GET", "chaos")["struck"]["failed"], 10)

    def test_star_spares_those_who_wait_for_events(self):
        self.ground.faults.add("*", "error")
        self.assertIsNone(self.ground.faults.take("a_check"))
        self.assertTrue(self.ground.faults.take("wall.get"))

    def test_wrong_wishes(self):
        for wish in ({"fire": 1}, {"drop": 2}, {"drop": -1}, {"drop": "x"},
                     {"drop": 0.6, "truncate": 0.6}):  # fmt: skip
            self.control("POST", "chaos", wish, status=400)
        with self.assertRaises(ValueError):
            Chaos(1, {"drop": float("nan")})
        self.assertFalse(self.control("GET", "chaos")["active"])

    def test_reset_ends_it(self):
        self.control("POST", "chaos", {"http_500": 1})
        self.control("POST", "reset", {})
        self.assertFalse(self.control("GET", "chaos")["active"])
