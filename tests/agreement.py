from odoo import fields

from .common import MODULE, SocialCommon

LINK = "https://vk.com/wall-7_10?reply=9"
DAY = "2024-06-03"


class AgreementCommon(SocialCommon):
    """The act whose replies three people agree in turn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.act = cls.env.ref(f"{MODULE}.regulation_myasnikovsky")
        cls.account.regulation_id = cls.act
        cls.env.company.social_regulation_id = cls.act
        cls.env.company.social_superior_email = "curator@region.example"
        cls.director = cls._user("s_director", "group_approver")
        cls.superior = cls._user("s_superior", "group_approver")
        cls.env["helpdesk.social.appointment"].search([]).unlink()
        cls.appoint(cls.director, "managing_director")

    @classmethod
    def appoint(cls, user, role, **vals):
        return cls.env["helpdesk.social.appointment"].create(
            {
                "user_id": user.id,
                "role": role,
                "act_number": "17",
                "act_date": "2024-01-10",
                "date_from": "2024-01-10",
                **vals,
            }
        )

    def from_superior(self, *units):
        """A publication that came from the superior curator, sent to ``units``."""
        Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        ticket = Ticket.enter_by_hand(
            {"original_text": "Яма", "intake": "superior", "network": "vk"}
        )
        none = self.env["res.users"]
        ticket.assign([(unit, none) for unit in units or (self.unit_roads,)])
        return ticket

    def asked(self, ticket, user):
        """What ``user`` is asked to decide on ``ticket``, in that user's hands."""
        mine = self.env["helpdesk.social.approval"].with_user(user)
        return mine.search([("ticket_id", "=", ticket.id), ("is_mine", "=", True)])

    def waiting(self, ticket):
        return ticket.approval_ids.filtered(lambda row: row.state == "waiting")

    def sent_up(self, text="Яму засыплем до 15 марта.", **item):
        """A message whose only draft is approved and whose text is on its way."""
        ticket = self.approved(**item)
        ticket.send_to_agreement(text)
        return ticket

    def at_superior(self):
        """The same, agreed by the managing director."""
        ticket = self.sent_up()
        self.asked(ticket, self.director).action_approve()
        return ticket

    def clock(self, ticket, code):
        rows = ticket.deadline_ids.filtered(lambda d: d.norm_code == code)
        return [
            (fields.Datetime.to_string(row.due), row.state) for row in rows.sorted("id")
        ]

    def check(self, ticket):
        self.assertEqual(ticket._replay_differences(), [])
