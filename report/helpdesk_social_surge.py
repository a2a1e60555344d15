from odoo import api, fields, models
from odoo.exceptions import UserError

#: The heads are told again when the messages are so many times more.
TELL_AGAIN = 2


class HelpdeskSocialSurge(models.Model):
    """An unusual number of messages on a topic, from a place, or both, within hours.

    One row for one event: while it goes on, the row grows.  Messages are counted
    without excluded ones, and several of one author as one.
    """

    _name = "helpdesk.social.surge"
    _description = "Surge of messages"
    _inherit = [
        "helpdesk.social.procedural",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_from desc, id desc"

    company_id = fields.Many2one(
        "res.company", "Administration", required=True, readonly=True, index=True
    )
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        "Topic",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    territory_id = fields.Many2one(
        "helpdesk.social.territory",
        "Location",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    date_from = fields.Datetime("First message", required=True, readonly=True)
    date_last = fields.Datetime("Last message", required=True, readonly=True)
    seen_at = fields.Datetime("Last found unusual", required=True, readonly=True)
    ended_at = fields.Datetime("Ended", readonly=True)
    state = fields.Selection(
        [("ongoing", "Going on"), ("over", "Over")],
        default="ongoing",
        required=True,
        readonly=True,
    )
    hours = fields.Integer(required=True, readonly=True)
    peak = fields.Integer(
        "Most within the hours", required=True, readonly=True, aggregator="max"
    )
    usual = fields.Integer("Usually at most", required=True, readonly=True)
    count = fields.Integer(
        "Messages so far",
        required=True,
        readonly=True,
        help="Since the first; excluded ones do not count, several of one author as "
        "one.",
    )
    explanation = fields.Char(compute="_compute_explanation")
    ticket_ids = fields.Many2many(
        "helpdesk.ticket",
        "helpdesk_social_surge_ticket_rel",
        string="Messages of the surge",
        readonly=True,
    )
    head_notice_ids = fields.One2many(
        "helpdesk.social.head.notice", "surge_id", "Notices to the head", readonly=True
    )
    told_at = fields.Datetime("Heads were told", readonly=True)
    told_count = fields.Integer("Messages when told", readonly=True)

    _ongoing_once = models.UniqueIndex(
        "(company_id, COALESCE(category_id, 0), COALESCE(territory_id, 0))"
        " WHERE state = 'ongoing'",
        "This surge is being watched already.",
    )
    _of_something = models.Constraint(
        "CHECK(category_id IS NOT NULL OR territory_id IS NOT NULL)",
        "A surge is of a topic, of a place, or of both.",
    )

    @api.depends("category_id", "territory_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        # sudo: names of topics and places, whoever may open them.
        for surge, own in zip(self, self.sudo(), strict=True):
            names = (own.category_id.display_name, own.territory_id.display_name)
            surge.display_name = ", ".join(name for name in names if name)

    @api.depends("peak", "usual", "hours", "category_id", "territory_id")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for surge in self:
            numbers = {
                "matter": surge._matter(),
                "hours": surge.hours,
                "count": surge.peak,
                "usual": surge.usual,
            }
            if surge.usual:
                words = self.env._(
                    "Messages within %(hours)s h %(matter)s: %(count)s; usually not "
                    "more than %(usual)s come in such a time.",
                    **numbers,
                )
            else:
                words = self.env._(
                    "Messages within %(hours)s h %(matter)s: %(count)s; usually none "
                    "come in such a time.",
                    **numbers,
                )
            surge.explanation = words

    def _matter(self):
        """What the messages are about, or where they come from, in words."""
        # sudo: names of topics and places, whoever may open them.
        own = self.sudo()
        topic, place = own.category_id.display_name, own.territory_id.display_name
        if topic and place:
            return self.env._(
                "on the topic «%(topic)s» from the location «%(place)s»",
                topic=topic,
                place=place,
            )
        if topic:
            return self.env._("on the topic «%s»", topic)
        return self.env._("from the location «%s»", place)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("Surges are found by the software alone."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and set(vals) - self._mail_fields():
            raise UserError(self.env._("Surges are found by the software alone."))
        return super().write(vals)

    def _mail_fields(self):
        prefixes = ("message_", "activity_", "my_activity_")
        return {name for name in self._fields if name.startswith(prefixes)}

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self.env.su:
            raise UserError(self.env._("Surges are kept: the report tells of them."))

    def action_tickets(self):
        """The messages of the surge that the reader may see."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_ticket_all"
        )
        # sudo: which they are; the list shows what its reader may read.
        action["domain"] = [("id", "in", self.sudo().ticket_ids.ids)]
        action["context"] = {}
        action["display_name"] = self.display_name
        return action

    # -- telling -----------------------------------------------------------------

    def _tell_heads(self, now):
        """Have the heads told of it, where the act asks for it and they do not know.

        They know of it until it is :data:`TELL_AGAIN` times what they were told.
        """
        for surge in self:
            known = surge.told_count and surge.count < TELL_AGAIN * surge.told_count
            acts = surge.company_id._social_acts_in_force(now)
            asking = acts.filtered("reports_significant")[:1]
            if known or not asking:
                continue
            notices = self.env["helpdesk.social.head.notice"]
            notices._ask(surge, asking.significant_clause, now)

    def _told(self, now):
        """The heads have just been told, at ``now``."""
        for surge in self:
            surge.write({"told_at": now, "told_count": surge.count})
