from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

NETWORKS = [
    ("vk", "VK"),
    ("ok", "Odnoklassniki"),
    ("max", "MAX"),
    ("telegram", "Telegram"),
    ("facebook", "Facebook"),
    ("instagram", "Instagram"),
    ("x", "X"),
]
INTAKES = [
    ("page", "Official page"),
    ("incident", "Incident management"),
    ("monitoring", "Monitoring of social networks"),
    ("press_service", "Press service"),
    ("superior", "Superior curator"),
    ("pos", "Feedback platform (POS)"),
    ("manual", "Found by hand"),
]
PAGE_OWNERS = [
    ("head", "Head of the administration"),
    ("administration", "Administration"),
    ("unit", "Unit"),
    ("third_party", "Third party"),
]
KINDS = [("feed", "Feed"), ("private", "Private message")]
IMPORTANCES = [
    ("normal", "Normal"),
    ("high", "High"),
    ("life_safety", "Life and health"),
]
STATES = [
    ("to_triage", "To triage"),
    ("registered", "Needs routing"),
    ("assigned", "Awaiting acceptance"),
    ("in_progress", "Being drafted"),
    ("review", "To review"),
    ("agreement", "Being agreed by the management"),
    ("approved", "To publish"),
    ("published", "Published"),
    ("closed", "Closed"),
    ("no_reaction", "Needs no reaction"),
    ("excluded", "Excluded"),
]
#: States in which work is still to be done.
OPEN_STATES = ("to_triage", "registered", "assigned", "in_progress", "review")
OPEN_STATES += ("agreement", "approved")

#: Facts that norms may depend on; a change of one is an event.
FACTS = ("intake", "page_owner", "kind", "importance", "needs_photo", "network")

#: What a curator may change in a social ticket without a step of the procedure.
EDITABLE = {*FACTS, "name", "category_id", "territory_id", "tag_ids", "user_id"}
EDITABLE |= {"priority", "color", "author_id", "repeat_of_id"}

#: What only the procedure writes.  Nobody sets it on a ticket of the base module
#: either: a page's next message would be led to that ticket.
PROCEDURE = {"is_social", "social_state", "social_account_id", "original_text"}
PROCEDURE |= {"permalink", "permalink_key", "thread_key", "received_at", "steps"}
PROCEDURE |= {"initial_facts", "regulation_id", "follow_up", "resolution_note"}
PROCEDURE |= {"no_reaction_reason_id", "exclusion_reason_id", "assignment_ids"}
PROCEDURE |= {"reply_ids", "event_ids", "deadline_ids", "social_message_ids"}
PROCEDURE |= {"next_due", "next_deadline_id", "no_term", "published_link"}
PROCEDURE |= {"waiting_since", "waiting_until", "close_proposed"}
PROCEDURE |= {"approval_ids", "source_state", "source_reference"}
PROCEDURE |= {"finding_ids", "list_text", "screening_failed", "threat_notified_ids"}
PROCEDURE |= {"exclusion_proposed_by_id", "exclusion_proposed_at"}
PROCEDURE |= {"exclusion_proposed_reason_id", "exclusion_proposed_note"}
PROCEDURE |= {"handed_over_at", "handed_over_by_id", "handed_over_to"}
PROCEDURE |= {"handed_over_how", "handed_over_number", "taken_back_id"}
PROCEDURE |= {"whole_text", "whole_by_id", "whole_at", "change_ids"}
PROCEDURE |= {"possible_repeat_id", "repeat_ids", "lead_id", "follower_ids"}
PROCEDURE |= {"intake_ids", "found_file_ids"}
PROCEDURE |= {"suggestion_data", "suggested_category_id", "suggested_territory_id"}
PROCEDURE |= {"is_significant", "significant_reason", "significant_by_id"}
PROCEDURE |= {"significant_at", "head_notice_ids"}


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    is_social = fields.Boolean("Social message", readonly=True, index=True, copy=False)
    social_state = fields.Selection(
        STATES,
        "State",
        readonly=True,
        index="btree_not_null",
        copy=False,
        group_expand="_group_expand_social_state",
    )
    social_account_id = fields.Many2one(
        "helpdesk.social.account",
        "Page",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        bypass_search_access=True,
    )
    network = fields.Selection(NETWORKS)
    intake = fields.Selection(INTAKES)
    page_owner = fields.Selection(PAGE_OWNERS, "Whose page")
    kind = fields.Selection(KINDS)
    importance = fields.Selection(IMPORTANCES, default="normal")
    needs_photo = fields.Boolean("Reply needs photographs")
    territory_id = fields.Many2one(
        "helpdesk.social.territory", "Location", index="btree_not_null"
    )
    author_id = fields.Many2one(
        "helpdesk.social.author", index="btree_not_null", ondelete="restrict"
    )
    author_name = fields.Char(related="author_id.name", string="Author's name")
    author_ticket_count = fields.Integer(related="author_id.ticket_count")
    original_text = fields.Text(
        "Citizen's words", readonly=True, copy=False, help="Verbatim, as received."
    )
    permalink = fields.Char("Link to the original", readonly=True, copy=False)
    permalink_key = fields.Char(readonly=True, copy=False)
    thread_key = fields.Char(readonly=True, copy=False)
    received_at = fields.Datetime("Received", readonly=True, copy=False)
    initial_facts = fields.Json(readonly=True, copy=False)
    regulation_id = fields.Many2one(
        "helpdesk.social.regulation",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    repeat_of_id = fields.Many2one(
        "helpdesk.ticket", "Repeats", copy=False, index="btree_not_null"
    )
    possible_repeat_id = fields.Many2one(
        "helpdesk.ticket",
        "Possibly repeats",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    follow_up = fields.Boolean(
        "New message of the author",
        readonly=True,
        copy=False,
        help="The author wrote again after the message was taken into work.",
    )
    resolution_note = fields.Text("Why there is no reply", readonly=True, copy=False)
    no_reaction_reason_id = fields.Many2one(
        "helpdesk.social.no.reaction.reason", readonly=True, copy=False
    )
    exclusion_reason_id = fields.Many2one(
        "helpdesk.social.exclusion.reason", readonly=True, copy=False
    )

    assignment_ids = fields.One2many(
        "helpdesk.social.assignment",
        "ticket_id",
        "Executors",
        readonly=True,
        bypass_search_access=True,
    )
    reply_ids = fields.One2many("helpdesk.social.reply", "ticket_id", readonly=True)
    event_ids = fields.One2many("helpdesk.social.event", "ticket_id", readonly=True)
    deadline_ids = fields.One2many(
        "helpdesk.social.deadline", "ticket_id", "Deadlines", readonly=True
    )
    social_message_ids = fields.One2many(
        "helpdesk.social.message", "ticket_id", "Conversation", readonly=True
    )
    photo_ids = fields.Many2many(
        "ir.attachment", string="Photos", compute="_compute_photo_ids"
    )
    next_due = fields.Datetime("Deadline", readonly=True, index="btree_not_null")
    next_deadline_id = fields.Many2one("helpdesk.social.deadline", readonly=True)
    next_stage = fields.Selection(related="next_deadline_id.stage", string="Step due")
    no_term = fields.Boolean(
        "No term set by the act",
        readonly=True,
        help="The act sets no term for the present step.",
    )
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    outbox_problem = fields.Char(compute="_compute_outbox_problem")
    outbox_pending = fields.Boolean(compute="_compute_outbox_problem")
    published_link = fields.Char("Published reply", readonly=True, copy=False)
    steps = fields.Integer("Steps so far", readonly=True, copy=False)
    executor_names = fields.Char(compute="_compute_executor_names")
    unit_ids = fields.Many2many(
        "helpdesk.ticket.team",
        "helpdesk_social_ticket_unit_rel",
        string="Units",
        compute="_compute_unit_ids",
        store=True,
        copy=False,
    )

    _social_number_uniq = models.UniqueIndex(
        "(company_id, number) WHERE is_social",
        "The number of a message is unique in an administration.",
    )
    _permalink_key_uniq = models.UniqueIndex(
        "(company_id, permalink_key) WHERE permalink_key IS NOT NULL",
        "This message has been received already.",
    )
    _social_due_idx = models.Index("(next_due) WHERE next_due IS NOT NULL")
    _thread_idx = models.Index(
        "(social_account_id, thread_key) WHERE thread_key IS NOT NULL"
    )

    # -- computes ----------------------------------------------------------------

    @api.model
    def _group_expand_social_state(self, states, domain):
        """Columns of the curators' board: all steps of open work."""
        return list(OPEN_STATES) + [s for s in states if s not in OPEN_STATES]

    @api.depends("next_due")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for ticket in self:
            ticket.is_overdue = bool(ticket.next_due and ticket.next_due < now)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = fields.Domain("next_due", "<", fields.Datetime.now())
        return fields.Domain.OR(
            overdue if wanted else ~overdue for wanted in set(value)
        )

    @api.depends("social_message_ids.attachment_ids")
    def _compute_photo_ids(self):
        # At once, not message by message.
        self.social_message_ids.fetch(["direction", "attachment_ids"])
        for ticket in self:
            incoming = ticket.social_message_ids.filtered(
                lambda message: message.direction == "in"
            )
            ticket.photo_ids = incoming.attachment_ids

    @api.depends("social_message_ids.outbox_state", "social_message_ids.problem")
    def _compute_outbox_problem(self):
        for ticket in self:
            stuck = ticket.social_message_ids.filtered(
                lambda message: message.outbox_state in ("failed", "unknown")
            )
            ticket.outbox_problem = stuck[-1:].problem
            ticket.outbox_pending = any(
                message.outbox_state in ("queued", "sending", "unknown")
                for message in ticket.social_message_ids
            )

    @api.depends("assignment_ids.state", "assignment_ids.unit_id")
    def _compute_executor_names(self):
        for ticket in self:
            live = ticket.assignment_ids.filtered(
                lambda a: a.state not in ("declined", "cancelled")
            )
            ticket.executor_names = ", ".join(live.mapped("display_name"))

    @api.depends("assignment_ids.state", "assignment_ids.unit_id")
    def _compute_unit_ids(self):
        """Units at work on the message, to group and filter by."""
        assigned = self.filtered("assignment_ids")
        # At once: these are all that come in.
        (self - assigned).unit_ids = False
        for ticket in assigned:
            live = ticket.assignment_ids.filtered(
                lambda a: a.state not in ("declined", "cancelled")
            )
            ticket.unit_ids = live.unit_id

    @api.depends("is_social")
    def _compute_stage_id(self):
        social = self.filtered("is_social")
        for ticket in social:
            # OCA's stages mean nothing here; the stage follows the state.
            ticket.stage_id = ticket._social_stage()
        return super(HelpdeskTicket, self - social)._compute_stage_id()

    @api.depends("is_social")
    def _compute_user_id(self):
        # The curator in charge need not be a member of the desk.
        social = self.filtered("is_social")
        for ticket in social:
            ticket.user_id = ticket.user_id
        return super(HelpdeskTicket, self - social)._compute_user_id()

    def _social_stage(self):
        """Stage of OCA's model that stands for the state; archived, so that it is
        offered on none of OCA's own screens."""
        self.ensure_one()
        name = "finished"
        if self.social_state in OPEN_STATES:
            name = "triage" if self.social_state == "to_triage" else "work"
        return self.env.ref(f"helpdesk_mgmt_social.stage_{name}")

    @api.depends("is_social")
    @api.depends_context("uid")
    def _compute_display_name(self):
        res = super()._compute_display_name()
        # Names of linked records are read as superuser.  Whoever may not see a
        # message must not get its title by linking something to it.
        if self.env.su and self.env.uid != SUPERUSER_ID:
            social = self.filtered("is_social")._origin
            seen = social.with_user(self.env.uid)._filtered_access("read")
            for ticket in self:
                if ticket._origin in social - seen:
                    ticket.display_name = ticket.number
        return res

    # -- create, write -----------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """No context and no saved default of a user says what the procedure writes."""
        return super().default_get([n for n in fields if n not in PROCEDURE])

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                if any(vals.get(name) for name in PROCEDURE):
                    raise UserError(
                        self.env._("Enter a message through «New message», please.")
                    )
        return super().create(vals_list)

    def _prepare_ticket_number(self, values):
        if not values.get("is_social"):
            return super()._prepare_ticket_number(values)
        company = self.env["res.company"].browse(values["company_id"])
        return company._social_sequence().next_by_id()

    def write(self, vals):
        social = self.filtered("is_social")
        if social and not self.env.su:
            social._check_written(vals)
        if PROCEDURE & set(vals) and not self.env.su:
            raise UserError(self.env._("A ticket cannot be turned into a message."))
        changed = social._changed_facts(vals) if social else {}
        res = super().write(vals)
        for ticket, facts in changed.items():
            ticket._record_event("facts_changed", facts=facts)
        return res

    def _check_written(self, vals):
        """Refuse direct changes of what only the procedure may change."""
        editable = set(EDITABLE)
        if self.social_account_id:
            # The page tells: a private message never becomes a public one.
            editable -= {"kind", "network"}
        locked = {
            name
            for name in set(vals) - editable
            if not name.startswith(("message_", "activity_", "my_activity_"))
        }
        if locked:
            known = [self._fields[n] for n in sorted(locked) if n in self._fields]
            labels = [field._description_string(self.env) for field in known]
            raise UserError(
                self.env._(
                    "These change only by the steps of the procedure: %s.",
                    ", ".join(sorted(labels)),
                )
            )

    def _changed_facts(self, vals):
        """Facts that ``vals`` changes, for each ticket where it changes any."""
        named = [name for name in FACTS if name in vals]
        changed = {}
        for ticket in self:
            if not ticket.initial_facts:
                continue
            facts = {n: vals[n] for n in named if ticket[n] != vals[n]}
            repeats = bool(vals.get("repeat_of_id"))
            if "repeat_of_id" in vals and repeats != bool(ticket.repeat_of_id):
                facts["repeated"] = repeats
            if facts:
                changed[ticket] = facts
        return changed

    def copy(self, default=None):
        if any(self.mapped("is_social")):
            raise UserError(
                self.env._("A citizen's message cannot be copied: it came once.")
            )
        return super().copy(default)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_social(self):
        if any(self.mapped("is_social")):
            raise UserError(
                self.env._(
                    "A citizen's message cannot be deleted. Exclude it with a reason "
                    "or mark that it needs no reaction."
                )
            )
