from freezegun import freeze_time

from .common import MODULE, SocialCommon

STEP = "helpdesk.social.escalation.step"
#: Monday, 10:00 in Perm.  A message posted then is to be assigned within an hour.
POSTED = "2024-06-03 05:00:00"
#: A draft on the head's page takes four hours.
ASSIGNED = "2024-06-03 05:10:00"
DUE = "2024-06-03 09:10:00"


class EscalationCase(SocialCommon):
    """A regulation of the administration's own, without steps, on the head's page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regulation = cls.regulation.copy()
        cls.regulation.escalation_step_ids.unlink()
        cls.account.write({"regulation_id": cls.regulation.id, "page_owner": "head"})
        cls.unit_roads.user_id = cls.roads
        for user in cls.env["res.users"].search([("login", "=like", "s_%")]):
            user.write({"notification_type": "inbox", "email": f"{user.login}@x.test"})

    def step(self, recipient="executor", moment="at", **vals):
        return self.env[STEP].create(
            {
                "regulation_id": self.regulation.id,
                "recipient": recipient,
                "moment": moment,
                "channel": "inbox",
                "stage": "draft",
                **vals,
            }
        )

    def work(self, *units, at=ASSIGNED, **item):
        """A message with a draft to be written by ``units`` (roads)."""
        with freeze_time(at):
            return self.assigned(*units, at=at[:16], **item)

    def clock(self, ticket, stage="draft"):
        return ticket.sudo().deadline_ids.filtered(lambda d: d.stage == stage)

    def run_lane(self, at):
        """Run the lane at ``at``, its commits replaced by flushes."""
        with freeze_time(at), self.sending():
            self.env["helpdesk.social.deadline"]._cron_alert()

    def alerts(self, ticket=None):
        domain = [("ticket_id", "=", ticket.id)] if ticket else []
        return self.env["helpdesk.social.alert"].search(domain, order="id")

    def inbox(self, user):
        """Bodies of the notifications of ``user``, oldest first."""
        notifications = self.env["mail.notification"].search(
            [
                ("res_partner_id", "=", user.partner_id.id),
                ("mail_message_id.message_type", "=", "user_notification"),
                ("mail_message_id.body", "like", "mail/view"),
            ],
            order="id",
        )
        return notifications.mapped("mail_message_id.body")

    def activities(self, user):
        kind = self.env.ref(f"{MODULE}.activity_alert")
        return self.env["mail.activity"].search(
            [("user_id", "=", user.id), ("activity_type_id", "=", kind.id)], order="id"
        )
