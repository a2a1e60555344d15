from odoo.tests import new_test_user

from .common import comment
from .rpc import RpcCase

PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00"
    b"\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
#: Says that it has 900 million points: more than the server could draw.
BOMB = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200007530000075300802000000e9456fed"
) + (b"\x00\x00\x00\x00IDAT5\xaf\x06\x1e")
OCA_GROUPS = {
    "oca_own": "helpdesk_mgmt.group_helpdesk_user_own",
    "oca_team": "helpdesk_mgmt.group_helpdesk_user_team",
    "oca_user": "helpdesk_mgmt.group_helpdesk_user",
    "oca_manager": "helpdesk_mgmt.group_helpdesk_manager",
    "plain": "base.group_user",
    "portal": "base.group_portal",
}
#: Whose groups open nothing here, however they are tied to a message.
OUTSIDERS = tuple(OCA_GROUPS)
CURATORS = {"curator", "curator_2"}
HOLDERS = {"roads", "roads_2", "stand_in"}

#: The messages each role sees: one on the wall, one private.  Who is not named here
#: sees none: another unit's executor, the decliner, all outsiders.
SEEN = {
    "curator": {"feed", "private"},
    "curator_2": {"feed"},  # not among the curators of the page
    "roads": {"feed", "private"},  # the person named
    "roads_2": {"feed"},  # a member of the unit
    "stand_in": {"feed"},  # the substitute
    "head": {"feed", "private"},
    "head_2": {"feed", "private"},  # holds an assignment of the one on the wall
    "social_admin": {"feed"},
}
#: Who connects pages, and how.
CONNECTS = ("social_admin", "create")
#: Of a private conversation a head reads the ticket alone.
SEEN_CONVERSATION = {**SEEN, "head": {"feed"}, "head_2": {"feed"}}


class AccessCase(RpcCase):
    """Two messages under work, and everybody who has, had or never had a part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.curator_2 = cls._user("s_curator_2", "group_curator")
        cls.stand_in = cls._user("s_stand_in", "group_executor")
        cls.parks = cls._user("s_parks", "group_executor")
        cls.head_2 = cls._user("s_head_2", "group_head")
        for login, group in OCA_GROUPS.items():
            setattr(cls, login, new_test_user(cls.env, f"s_{login}", group))
        export = cls.env.ref("base.group_allow_export")
        cls.env.ref("base.group_user").implied_ids += export
        Team = cls.env["helpdesk.ticket.team"]
        cls.unit_parks, cls.unit_office = Team.create(
            [
                {"name": name, "is_social_unit": True, "user_ids": [(6, 0, ids)]}
                for name, ids in (
                    ("Parks", cls.parks.ids),
                    ("Office", cls.head_2.ids),
                )
            ]
        )
        cls.account.curator_ids = cls.curator
        cls.account.set_secrets({"access_token": "vk1.a.SECRET"})
        cls.roles = [*SEEN, "light", "parks", *OUTSIDERS]

    def setUp(self):
        super().setUp()
        self.nobody = self.env["res.users"]
        self.feed = self.work("wall-1_10_r1", "501", "feed")
        self.private = self.work("im1-2", "502", "private")
        self.tickets = self.feed | self.private

    def work(self, external_id, author, kind):
        """A message with everything that can hang on one."""
        ticket = self.receive(
            comment(external_id, author=author, text=f"Secret of {kind}", kind=kind)
        ).with_user(self.curator)
        ticket.assign([(self.unit_roads, self.roads)])
        if kind == "feed":
            ticket.assign(
                [(self.unit_light, self.nobody), (self.unit_office, self.head_2)]
            )
            self.holding(ticket, self.light).decline("Not ours")
            self.share(ticket).with_user(self.curator).substitute(self.stand_in)
        ticket = ticket.with_user(self.env.user)
        share = self.share(ticket).with_user(self.roads)
        share.draft_text = f"Draft of {kind}: засыплем."
        share.action_submit()
        share.with_user(self.curator).request_rework(self.env[REASON], "Why?")
        message = ticket.social_message_ids
        message._keep_version("Earlier secret", message.posted_at)
        message._store_photo(PIXEL)
        ticket.message_post(body="Secret of the chatter")
        return ticket

    def share(self, ticket):
        """The roads' assignment of ``ticket``."""
        return ticket.assignment_ids.filtered(lambda a: a.unit_id == self.unit_roads)

    def tie(self, user):
        """Tie an outsider to the messages in every way the base module honours."""
        self.desk.user_ids |= user
        for ticket in self.tickets.sudo():
            ticket.write({"user_id": user.id, "partner_id": user.partner_id.id})
            self.force_follow(ticket, user)
            for assignment in ticket.assignment_ids:
                self.force_follow(assignment, user)

    def force_follow(self, record, user):
        """Make ``user`` a follower, as if it had become one before."""
        self.env["mail.followers"].create(
            {
                "res_model": record._name,
                "res_id": record.id,
                "partner_id": user.partner_id.id,
                "subtype_ids": [(4, self.env.ref("mail.mt_comment").id)],
            }
        )

    def each_role(self, roles=None):
        """Every role in turn with its client; what it does is undone after it."""
        for role in roles or self.roles:
            with self.subTest(role=role), self.env.cr.savepoint() as savepoint:
                if role in OUTSIDERS:
                    self.tie(self[role])
                yield role, self.as_user(self[role])
                self.undo(savepoint)

    def undo(self, savepoint):
        self.env.invalidate_all()
        savepoint.rollback()

    def __getitem__(self, role):
        return getattr(self, role)


REASON = "helpdesk.social.rework.reason"
