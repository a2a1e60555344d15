from datetime import date, timedelta
from random import Random
from statistics import median

from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime
from odoo.tests import tagged

from .common import SocialCommon

MONTH = ("2024-03-01", "2024-03-31")
#: March of Moscow, which is three hours ahead of UTC
START, STOP = "2024-02-29 21:00:00", "2024-03-31 21:00:00"


class FiguresCase(SocialCommon):
    """A population of messages whose history is made up and known."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.account.company_id
        cls.company.social_regulation_id = cls.regulation
        # Zones differ by act; this one's makes the borders of a month visible.
        cls.regulation.tz = "Europe/Moscow"
        cls.topics = cls.env["helpdesk.ticket.category"].create(
            [{"name": "Дороги"}, {"name": "Освещение"}]
        )
        cls.places = cls.env["helpdesk.social.territory"].create(
            [{"name": "Центр"}, {"name": "Заречье"}]
        )

    def figures(self, first=MONTH[0], last=MONTH[1], user=None, **filters):
        Figures = self.env["helpdesk.social.figures"].with_user(user or self.head)
        return Figures.figures(first, last, filters)

    def made_up(self, number, received, answered=None, clocks=(), **vals):
        """A message and its history as rows; ``clocks``: (stage, start, due, done,
        state)."""
        ticket = self.env["helpdesk.ticket"]._social_create(
            {
                "company_id": self.company.id,
                "team_id": self.desk.id,
                "network": "vk",
                "intake": "page",
                "page_owner": "administration",
                "kind": "feed",
                "original_text": f"Сообщение {number}",
                "regulation_id": self.regulation.id,
            },
            Datetime.to_datetime(received),
        )
        ticket.write(vals)
        ticket.deadline_ids.sudo().unlink()
        state = vals.get("social_state") or ("published" if answered else "to_triage")
        ticket.social_state = state
        if answered:
            self.env["helpdesk.social.event"].sudo().create(
                {"ticket_id": ticket.id, "type": "published", "at": answered}
            )
        for stage, start, due, done, clock_state in clocks:
            self.env["helpdesk.social.deadline"].sudo().create(
                {
                    "ticket_id": ticket.id,
                    "norm_code": f"made.{stage}",
                    "stage": stage,
                    "start": start,
                    "due": due,
                    "done": done,
                    "state": clock_state,
                }
            )
        return ticket

    def population(self, count=60, seed=4):
        """Messages of February, March and April with answers, terms and reworks."""
        rng = Random(seed)
        for number in range(count):
            received = Datetime.to_datetime("2024-02-20 00:00:00") + timedelta(
                minutes=rng.randrange(50 * 24 * 60)
            )
            spent = timedelta(minutes=rng.randrange(10, 6000))
            answered = received + spent if rng.random() < 0.7 else None
            due = received + timedelta(minutes=2000)
            clocks = []
            if rng.random() < 0.8:
                late = not answered or answered > due
                state = "breached" if late else "met"
                clocks.append(("total", received, due, answered, state))
            if rng.random() < 0.3:
                clocks.append(("promise", received, due, due, "breached"))
            ticket = self.made_up(
                number,
                received,
                answered,
                clocks,
                network=rng.choice(["vk", "ok"]),
                category_id=rng.choice([*self.topics.ids, False]),
                territory_id=rng.choice([*self.places.ids, False]),
            )
            if rng.random() < 0.3:
                self.env["helpdesk.social.event"].sudo().create(
                    {
                        "ticket_id": ticket.id,
                        "type": "rework_requested",
                        "at": received + timedelta(minutes=5),
                    }
                )

    def sql(self, query, **args):
        self.env.flush_all()
        args.update(company=self.company.id, start=START, stop=STOP)
        self.env.cr.execute(query, args)
        return self.env.cr.fetchall()


@tagged("post_install", "-at_install")
class TestFigures(FiguresCase):
    """Figures against SQL written anew from their definition."""

    ANSWERS = """
        SELECT t.id, t.network, t.category_id, t.received_at, min(e.at) AS at
          FROM helpdesk_ticket t JOIN helpdesk_social_event e ON e.ticket_id = t.id
         WHERE t.is_social AND t.company_id = %(company)s AND e.type = 'published'
         GROUP BY t.id HAVING min(e.at) >= %(start)s AND min(e.at) < %(stop)s
    """

    def test_headline(self):
        self.population()
        found = {k: v["value"] for k, v in self.figures()["headline"].items()}
        [[received]] = self.sql(
            "SELECT count(*) FROM helpdesk_ticket WHERE is_social"
            " AND company_id = %(company)s"
            " AND received_at >= %(start)s AND received_at < %(stop)s"
        )
        answers = self.sql(self.ANSWERS)
        minutes = sorted((at - got).total_seconds() / 60 for *_x, got, at in answers)
        self.assertGreater(len(answers), 10)
        self.assertEqual(found["received"], received)
        self.assertEqual(found["answered"], len(answers))
        self.assertAlmostEqual(found["median"], median(minutes), places=4)
        position = 0.9 * (len(minutes) - 1)
        low = int(position)
        p90 = minutes[low] + (position - low) * (minutes[low + 1] - minutes[low])
        self.assertAlmostEqual(found["p90"], p90, places=4)
        [[met, late]] = self.sql(
            f"SELECT count(*) FILTER (WHERE d.state = 'met'),"
            f" count(*) FILTER (WHERE d.state = 'breached') FROM ({self.ANSWERS}) a"
            f" JOIN helpdesk_social_deadline d ON d.ticket_id = a.id"
            f" WHERE d.stage = 'total'"
        )
        self.assertEqual(found["late"], late)
        self.assertEqual(found["in_time"], round(100 * met / (met + late), 1))
        [[again]] = self.sql(
            f"SELECT count(DISTINCT a.id) FROM ({self.ANSWERS}) a"
            f" JOIN helpdesk_social_event e ON e.ticket_id = a.id"
            f" WHERE e.type = 'rework_requested'"
        )
        self.assertEqual(found["reworked"], round(100 * again / len(answers), 1))
        [[broken]] = self.sql(
            "SELECT count(*) FROM helpdesk_social_deadline d"
            " WHERE d.company_id = %(company)s AND d.stage = 'promise'"
            " AND d.due >= %(start)s AND d.due < %(stop)s"
        )
        self.assertEqual(found["broken_promises"], broken)

    def test_every_figure_opens_its_messages(self):
        self.population()
        figures = self.figures()
        Ticket = self.env["helpdesk.ticket"].with_user(self.head)
        for name in ("received", "answered", "late"):
            figure = figures["headline"][name]
            self.assertEqual(
                Ticket.search_count(figure["domain"]), figure["value"], name
            )
        for row in figures["heat"]["rows"]:
            for cell in row["cells"]:
                self.assertEqual(Ticket.search_count(cell["domain"]), cell["value"])

    def test_parts_add_up(self):
        self.population()
        figures = self.figures()
        headline = {k: v["value"] for k, v in figures["headline"].items()}
        for part in ("networks", "topics", "places"):
            rows = figures[part]
            for name in ("received", "answered", "late"):
                self.assertEqual(sum(r[name] for r in rows), headline[name], part)
        cells = [c["value"] for r in figures["heat"]["rows"] for c in r["cells"]]
        self.assertEqual(sum(cells), headline["received"])
        [vk] = [row for row in figures["networks"] if row["key"] == "vk"]
        answers = self.sql(f"SELECT a.* FROM ({self.ANSWERS}) a WHERE network = 'vk'")
        minutes = [(at - got).total_seconds() / 60 for *_x, got, at in answers]
        self.assertAlmostEqual(vk["median"], median(minutes), places=4)

    def test_each_counts_in_one_period(self):
        """What a month and the next count adds up to both together."""
        self.population()
        march = self.figures()["headline"]
        april = self.figures("2024-04-01", "2024-04-30")["headline"]
        both = self.figures("2024-03-01", "2024-04-30")["headline"]
        for name in ("received", "answered", "broken_promises"):
            together = march[name]["value"] + april[name]["value"]
            self.assertEqual(together, both[name]["value"], name)
            self.assertEqual(april[name]["previous"], march[name]["value"], name)

    def test_the_day_is_the_organisations(self):
        # Ten minutes before and after midnight in Moscow.
        self.made_up(1, "2024-03-31 20:50:00")
        self.made_up(2, "2024-03-31 21:10:00")
        self.assertEqual(self.figures()["headline"]["received"]["value"], 1)
        self.company.social_regulation_id.tz = "Asia/Kamchatka"
        self.assertEqual(self.figures()["headline"]["received"]["value"], 0)

    def test_previous_period(self):
        figures = self.figures("2024-03-01", "2024-03-31")
        self.assertEqual(figures["previous"], ["2024-02-01", "2024-02-29"])
        figures = self.figures("2024-01-01", "2024-03-31")
        self.assertEqual(figures["previous"], ["2023-10-01", "2023-12-31"])
        figures = self.figures("2024-03-04", "2024-03-10")
        self.assertEqual(figures["previous"], ["2024-02-26", "2024-03-03"])

    def test_nothing_is_no_error(self):
        figures = self.figures("2019-03-01", "2019-03-31")
        self.assertEqual(figures["headline"]["received"]["value"], 0)
        self.assertIsNone(figures["headline"]["in_time"]["value"])
        self.assertIsNone(figures["headline"]["median"]["value"])
        self.assertEqual(figures["heat"], {"topics": [], "rows": [], "most": 0})
        self.assertEqual(figures["units"], [])

    def test_units_and_steps(self):
        ticket = self.approved(at="2024-03-07 09:10")
        share = ticket.assignment_ids
        at = Datetime.to_datetime("2024-03-07 10:00:00")
        self.env.cr.execute(
            "UPDATE helpdesk_social_assignment SET assigned_at = %s WHERE id = %s",
            [at, share.id],
        )
        self.env.cr.execute(
            "UPDATE helpdesk_social_event SET at = %s WHERE assignment_id = %s"
            " AND type = 'draft_submitted'",
            [at + timedelta(minutes=90), share.id],
        )
        clock = ticket.sudo().deadline_ids.filtered(lambda d: d.stage == "draft")
        self.env.cr.execute(
            "UPDATE helpdesk_social_deadline SET due = %s, state = 'met' WHERE id = %s",
            [at, clock.id],
        )
        self.env.invalidate_all()
        figures = self.figures(unit_id=self.unit_roads.id)
        [row] = figures["units"]
        self.assertEqual((row["name"], row["shares"]), ("Roads", 1))
        self.assertEqual((row["median"], row["met"], row["late"]), (90, 1, 0))
        self.assertEqual(figures["headline"]["received"]["value"], 1)
        self.assertIn("draft", [step["key"] for step in figures["stages"]])
        empty = self.figures(unit_id=self.unit_light.id)
        self.assertEqual(empty["headline"]["received"]["value"], 0)
        self.assertEqual(empty["units"], [])

    def test_quality(self):
        reason = self.env["helpdesk.social.rework.reason"].search([], limit=1)
        ticket = self.assigned(at="2024-03-07 09:10")
        share = self.drafted(ticket)
        wizard = (
            self.env["helpdesk.social.rework"]
            .with_user(self.curator)
            .create(
                {
                    "assignment_id": share.id,
                    "reason_ids": [(6, 0, reason.ids)],
                    "remarks": "Нет сроков",
                }
            )
        )
        wizard.action_confirm()
        today = date.today()
        quality = self.figures(today - timedelta(2), today + timedelta(2))["quality"]
        [row] = quality["reworks"]
        self.assertEqual((row["name"], row["value"]), (reason.name, 1))
        Ticket = self.env["helpdesk.ticket"].with_user(self.head)
        self.assertEqual(Ticket.search(row["domain"]).ids, ticket.ids)
        checks = share.sudo().reply_id.version_ids[:1].checks or []
        self.assertEqual(sum(r["value"] for r in quality["checks"]), len(checks))

    def test_course(self):
        self.population()
        figures = self.figures()
        course, headline = figures["course"], figures["headline"]
        self.assertEqual(len(course), 31)
        for name in ("received", "answered"):
            self.assertEqual(sum(d[name] for d in course), headline[name]["value"])
        # The ninth of March of Moscow begins three hours before that of UTC.
        [[ninth]] = self.sql(
            "SELECT count(*) FROM helpdesk_ticket WHERE is_social"
            " AND company_id = %(company)s AND received_at >= '2024-03-08 21:00'"
            " AND received_at < '2024-03-09 21:00'"
        )
        self.assertEqual(course[8]["received"], ninth)
        weeks = self.figures("2024-02-01", "2024-04-30")["course"]
        months = self.figures("2024-01-01", "2024-12-31")["course"]
        self.assertEqual((len(weeks), len(months)), (14, 12))

    def test_late_answers(self):
        due = "2024-03-10 10:00:00"
        clock = ("total", "2024-03-09 10:00:00", due, "2024-03-10 11:30:00", "breached")
        late = self.made_up(1, "2024-03-09 10:00:00", "2024-03-10 11:30:00", [clock])
        met = ("total", "2024-03-09 10:00:00", due, "2024-03-10 09:00:00", "met")
        self.made_up(2, "2024-03-09 10:00:00", "2024-03-10 09:00:00", [met])
        # Never answered, and the term is over.
        running = ("total", "2024-03-09 10:00:00", due, False, "running")
        open_one = self.made_up(3, "2024-03-09 10:00:00", None, [running])
        Figures = self.env["helpdesk.social.figures"].with_user(self.head)
        rows = Figures._late_answers(
            self.company, Figures._period(self.company, *MONTH), {}
        )
        self.assertEqual(
            [(row["number"], bool(row["done"])) for row in rows],
            [(late.number, True), (open_one.number, False)],
        )
        self.assertEqual(rows[0]["minutes"], 90)

    def test_who_may(self):
        for user in (self.curator, self.head, self.social_admin):
            self.assertIn("headline", self.figures(user=user))
        with self.assertRaises(AccessError):
            self.figures(user=self.roads)
        with self.assertRaises(AccessError):
            self.env["helpdesk.social.statistic"].with_user(self.roads).search([])
        other = self.env["res.company"].create({"name": "Другая"})
        Figures = self.env["helpdesk.social.figures"].with_user(self.head)
        with self.assertRaises(AccessError):
            Figures.figures(*MONTH, company_id=other.id)

    def test_bad_wishes(self):
        with self.assertRaisesRegex(UserError, "ends before"):
            self.figures("2024-03-31", "2024-03-01")
        with self.assertRaisesRegex(UserError, "three years"):
            self.figures("2004-03-31", "2024-03-01")
        with self.assertRaisesRegex(UserError, "Unknown filter"):
            self.figures(company_id=1, author_id=3)

    def test_queries_do_not_grow(self):
        self.population(count=12)
        self.figures()
        self.env.invalidate_all()
        with self.assertQueryCount(120):
            self.figures()
