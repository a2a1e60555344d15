from datetime import date

from freezegun import freeze_time
from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import MODULE, comment, utc
from .head_notices import HeadNoticeCase

#: The week looked at: 11 to 17 March 2024, of Moscow.
MONDAY = date(2024, 3, 11)
FRIDAY = "2024-03-15 08:00:00"


def post(number, at, **kwargs):
    """A post on the page's own wall."""
    external_id = f"wall-1_{number}"
    return comment(
        external_id,
        item_type="post",
        root_id=external_id,
        thread=external_id,
        parent_id=None,
        posted_at=utc(at),
        **{"own": True, "author": "-1", **kwargs},
    )


@tagged("post_install", "-at_install")
class TestOwnPosts(HeadNoticeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account.health = "ok"

    def posts(self):
        return self.env["helpdesk.social.own.post"].search(
            [("account_id", "=", self.account.id)], order="posted_at"
        )

    def read(self, *items):
        self.network.inbox += items
        self.account.poll()
        self.account.health = "ok"

    def remind(self, at=FRIDAY):
        with self.lane(at):
            self.env["helpdesk.social.own.week"]._cron_remind()
        return self.env["helpdesk.social.own.week"].search(
            [("account_id", "=", self.account.id)], order="monday"
        )

    def reminders(self, user=None):
        kind = self.env.ref(f"{MODULE}.activity_own_posts")
        return self.env["mail.activity"].search(
            [
                ("user_id", "=", (user or self.curator).id),
                ("activity_type_id", "=", kind.id),
            ]
        )

    def figures(self, first="2024-03-01", last="2024-03-31", **filters):
        Figures = self.env["helpdesk.social.figures"].with_user(self.head)
        with freeze_time("2024-04-15 08:00:00"):
            return Figures.figures(first, last, filters)["own_posts"]

    def test_counted_once_without_words(self):
        tickets = self.env["helpdesk.ticket"].search_count([("is_social", "=", True)])
        self.read(post(20, "2024-03-12 10:00"), comment("wall-1_10_r5", own=True))
        self.read(post(20, "2024-03-12 10:00", text="Исправлено", change="edit"))
        self.assertEqual(len(self.posts()), 1)
        self.assertEqual(self.posts().link, post(20, "2024-03-12 10:00").permalink)
        after = self.env["helpdesk.ticket"].search_count([("is_social", "=", True)])
        self.assertEqual(after, tickets)
        # Somebody else's post on our wall is a message and not ours.
        self.read(post(21, "2024-03-12 11:00", own=False, author="501"))
        self.assertEqual(len(self.posts()), 1)

    def test_deleted_does_not_count(self):
        self.read(post(20, "2024-03-12 10:00"), post(21, "2024-03-13 10:00"))
        gone = {"own": False, "author": "", "deleted": True, "change": "delete"}
        self.read(post(20, "2024-03-14 10:00", **gone))
        self.assertEqual(self.posts().mapped("is_deleted"), [True, False])
        [row] = [r for r in self.figures() if r["count"]]
        self.assertEqual((row["count"], row["fulfilled"]), (1, False))

    def test_graph_of_weeks_by_page(self):
        """The week, then the page, of posts that count."""
        self.read(post(20, "2024-03-12 10:00"), post(21, "2024-03-13 10:00"))
        self.posts()[:1].is_deleted = True
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"{MODULE}.action_social_own_post"
        )
        self.assertIn("graph", [kind for _view, kind in action["views"]])
        Post = self.env[action["res_model"]].with_user(self.head)
        views = Post.get_views([(False, "search"), (False, "graph")])["views"]
        search, graph = (
            etree.fromstring(views[kind]["arch"]) for kind in ("search", "graph")
        )
        self.assertEqual(
            graph.xpath("//field/@name"),
            ["posted_at", "account_id"],
        )
        context = safe_eval(action["context"])
        defaults = {
            name: search.xpath(f"//filter[@name='{name}']")[0]
            for name in ("counted", "by_week", "by_page")
        }
        ranks = [context[f"search_default_{name}"] for name in ("by_week", "by_page")]
        self.assertEqual(ranks, [1, 2])
        self.assertTrue(context["search_default_counted"])
        domain = safe_eval(defaults["counted"].get("domain"))
        shown = Post.search([("account_id", "=", self.account.id), *domain])
        self.assertEqual(len(shown), 1)

    def test_weeks_of_the_zone(self):
        """Sunday 23:30 and Monday 00:30 of Moscow are different weeks."""
        self.read(post(20, "2024-03-10 20:30"), post(21, "2024-03-10 21:30"))
        counts = {row["week"]: row["count"] for row in self.figures()}
        self.assertEqual(
            counts,
            {
                "26 Feb – 3 Mar": 0,
                "4 Mar – 10 Mar": 1,
                "11 Mar – 17 Mar": 1,
                "18 Mar – 24 Mar": 0,
                "25 Mar – 31 Mar": 0,
            },
        )

    def test_reminded_on_friday_once(self):
        self.read(post(18, "2024-03-05 10:00"), post(19, "2024-03-06 10:00"))
        self.read(post(20, "2024-03-12 10:00"))
        self.assertFalse(self.remind("2024-03-14 08:00:00"))
        week = self.remind()
        self.assertEqual((week.monday, week.asked, week.count_then), (MONDAY, 2, 1))
        self.assertEqual((week.clause, week.user_ids), ("6", self.curator))
        self.assertEqual(self.reminders().date_deadline, date(2024, 3, 17))
        for at in (FRIDAY, "2024-03-16 08:00:00", "2024-03-18 08:00:00"):
            self.assertEqual(self.remind(at), week)
        self.assertEqual(len(self.reminders()), 1)

    def test_done_in_time(self):
        self.read(post(18, "2024-03-05 10:00"), post(19, "2024-03-06 10:00"))
        self.remind()
        self.assertEqual(len(self.reminders()), 1)
        self.read(post(20, "2024-03-15 10:00"), post(21, "2024-03-16 10:00"))
        self.remind("2024-03-16 08:00:00")
        self.assertFalse(self.reminders())

    def test_reminded_after_the_week(self):
        """The server was down on Friday."""
        self.read(post(20, "2024-03-12 10:00"))
        weeks = self.remind("2024-03-18 08:00:00")
        self.assertEqual(weeks.monday, MONDAY)
        self.assertIn("last week", self.reminders().summary)

    def test_who_is_reminded(self):
        keeper = self._user("s_keeper", "group_curator")
        self.account.curator_ids = keeper
        self.remind()
        self.assertTrue(self.reminders(keeper))
        self.assertFalse(self.reminders())

    def test_what_is_not_asked(self):
        """Other people's pages, pages that are not read, acts that ask nothing."""
        self.account.page_owner = "third_party"
        self.assertFalse(self.remind())
        self.account.write({"page_owner": "administration", "health": "failing"})
        self.assertFalse(self.remind())
        # Read only since Wednesday: the week is not known.
        self.account.write({"health": "ok", "since": "2024-03-13 08:00:00"})
        self.assertFalse(self.remind())
        self.account.since = "2024-01-01 08:00:00"
        self.act.posts_per_week = 0
        self.assertFalse(self.remind())
        self.assertEqual(self.figures(), [])
        self.act.posts_per_week = 2
        self.assertTrue(self.remind())

    def test_figures(self):
        self.read(post(20, "2024-03-12 10:00"), post(21, "2024-03-13 10:00"))
        rows = {row["week"]: row for row in self.figures()}
        self.assertEqual(len(rows), 5)
        row = rows["11 Mar – 17 Mar"]
        self.assertEqual(
            (row["page"], row["count"], row["asked"], row["clause"], row["fulfilled"]),
            (self.account.name, 2, 2, "6", True),
        )
        self.assertIs(rows["18 Mar – 24 Mar"]["fulfilled"], False)
        self.assertEqual(self.figures(network="ok"), [])
        self.assertEqual(self.figures(unit_id=self.unit_roads.id), [])
        # The present week may yet be fulfilled.
        self.assertEqual(len(self.figures("2024-04-15", "2024-04-21")), 1)
        [row] = self.figures("2024-04-15", "2024-04-21")
        self.assertIsNone(row["fulfilled"])

    def test_monthly_report(self):
        self.read(post(20, "2024-03-12 10:00"), post(21, "2024-03-13 10:00"))
        Report = self.env["ir.actions.report"].with_user(self.head)
        wizard = self.env["helpdesk.social.report"].with_user(self.head)
        wizard = wizard.create({"first": "2024-03-01", "last": "2024-03-31"})

        def html():
            report = "helpdesk_mgmt_social.report_month"
            return Report._render_qweb_html(report, wizard.ids)[0].decode()

        self.assertIn("5. Own posts", html())
        self.assertIn("11 Mar – 17 Mar", html())
        wizard.own_posts = False
        self.assertNotIn("5. Own posts", html())
        wizard.own_posts = True
        self.act.posts_per_week = 0
        self.assertNotIn("5. Own posts", html())

    def test_presets(self):
        asked = {
            code: self.env.ref(f"{MODULE}.regulation_{code}").posts_per_week
            for code in ("perm", "purovsky", "myasnikovsky", "palana", "vereshchagino")
        }
        self.assertEqual({code for code, n in asked.items() if n}, {"myasnikovsky"})
        self.assertEqual(asked["myasnikovsky"], 2)
