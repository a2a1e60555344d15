from odoo import models

from .helpdesk_ticket import OPEN_STATES

#: States in which an assignment gives its holder sight of the ticket.
LIVE_STATES = ("assigned", "accepted", "sign_off", "submitted", "rework", "approved")

GROUP_EXECUTOR = "helpdesk_mgmt_social.group_executor"
GROUP_CURATOR = "helpdesk_mgmt_social.group_curator"
GROUP_HEAD = "helpdesk_mgmt_social.group_head"
GROUP_ADMIN = "helpdesk_mgmt_social.group_admin"
GROUP_APPROVER = "helpdesk_mgmt_social.group_approver"
GROUP_INTEGRATION = "helpdesk_mgmt_social.group_integration"


class ResUsers(models.Model):
    _inherit = "res.users"

    # The methods below are called by record rules.  They return plain domains
    # that look memberships up in the database, because the result is cached per user
    # and a unit's members change without that cache being told.

    def _social_holder_domain(self):
        """Domain of the live assignments that this user holds.

        As the named person, as substitute, as leader of the unit, or as a member of
        it.  In a private conversation a member sees only what names nobody else.
        """
        self.ensure_one()
        # What only follows the share of another message is held by nobody.
        own = ("mirror_of_id", "=", False)
        return [("state", "in", LIVE_STATES), "&", own, *self._social_held_domain()]

    def _social_held_domain(self):
        """What makes this user the holder of an assignment, as one condition."""
        self.ensure_one()
        return [
            "|",
            "|",
            ("user_id", "=", self.id),
            ("substitute_id", "=", self.id),
            "|",
            ("unit_id.user_id", "=", self.id),
            "&",
            ("unit_id.user_ids", "in", [self.id]),
            "|",
            ("user_id", "=", False),
            ("ticket_kind", "!=", "private"),
        ]

    def _social_part_domain(self):
        """Domain of the assignments that give this user sight of the message."""
        return self._social_holder_domain()

    def _social_curator_domain(self):
        """Domain of the tickets that a curator may work with.

        Private messages are for the curators of their page, where it names any.
        """
        self.ensure_one()
        return [
            "|",
            "|",
            ("kind", "!=", "private"),
            ("social_account_id.curator_ids", "=", False),
            ("social_account_id.curator_ids", "in", [self.id]),
        ]

    def _social_ticket_domain(self, mode="read"):
        """Domain of the tickets this user may read or write, social or not.

        For tickets that are not social it says nothing: the rules of the base
        module go on to decide about them.
        """
        self.ensure_one()
        curator = self.has_group(GROUP_CURATOR)
        if mode != "read":
            if curator:
                return ["|", ("is_social", "=", False), *self._social_curator_domain()]
            return [("is_social", "=", False)]
        if self.has_group(GROUP_HEAD):
            return [(1, "=", 1)]
        domain = [("is_social", "=", False)]
        if curator:
            domain = ["|", *domain, *self._social_curator_domain()]
        elif self.has_group(GROUP_ADMIN):
            domain = ["|", *domain, ("kind", "!=", "private")]
        if self.has_group(GROUP_EXECUTOR):
            part = ("assignment_ids", "any", self._social_part_domain())
            domain = ["|", *domain, part]
        if self.has_group(GROUP_APPROVER):
            domain = ["|", *domain, *self._social_approver_domain()]
        # Whoever was told of a threat sees that message.
        return ["|", ("threat_notified_ids", "in", [self.id]), *domain]

    def _social_asked_domain(self):
        """Domain of the agreements that this user is asked for, as one condition."""
        self.ensure_one()
        return [("approver_ids", "in", [self.id])]

    def _social_approver_domain(self):
        """Domain of the tickets whose reply this user agrees.

        Those that wait for the user, and those the user has decided on while work
        goes on: a refused reply comes back.
        """
        self.ensure_one()
        waiting = [("state", "=", "waiting"), *self._social_asked_domain()]
        decided = [("outside", "=", False), ("decided_by_id", "=", self.id)]
        return [
            "|",
            "&",
            ("social_state", "=", "agreement"),
            ("approval_ids", "any", waiting),
            "&",
            ("social_state", "in", OPEN_STATES),
            ("approval_ids", "any", decided),
        ]

    def _social_child_domain(self):
        """Domain of the records that hang on a ticket this user may read."""
        return [("ticket_id", "any", self._social_ticket_domain("read"))]

    def _social_flaw_domain(self):
        """Domain of the flaws this user may read: with the message, or one's own to
        explain, also when the message itself is out of sight."""
        own = ("responsible_id", "=", self.id)
        return ["|", own, *self._social_child_domain()]

    def _social_repeat_domain(self):
        """Domain of the proposed repeats of which this user may read both messages."""
        seen = self._social_ticket_domain("read")
        return [("ticket_id", "any", seen), ("earlier_id", "any", seen)]

    def _social_assignment_domain(self):
        """Domain of the assignments on which this user may draft."""
        return self._social_holder_domain()

    def _social_reply_domain(self):
        """Domain of the replies this user may draft: those of assignments held."""
        return [("assignment_id", "any", self._social_holder_domain())]

    def _social_author_domain(self):
        """Domain of the authors this user may see: those of messages seen."""
        self.ensure_one()
        if self.has_group(GROUP_HEAD):
            return [(1, "=", 1)]
        seen = ("ticket_ids", "any", self._social_ticket_domain("read"))
        return ["|", seen, ("message_ids", "any", self._social_message_domain())]

    def _social_message_domain(self):
        """Domain of the network messages this user may read.

        A message that has no ticket yet concerns curators and administrators; where
        it is not known to be public, the curators of its page alone.  A private
        conversation is closed to heads and approvers: they read the ticket made of it.
        """
        self.ensure_one()
        with_ticket = ("ticket_id", "any", self._social_ticket_domain("read"))
        told = ("ticket_id.threat_notified_ids", "in", [self.id])
        if self.has_group(GROUP_CURATOR):
            page = ["|", ("account_id.curator_ids", "=", False)]
            page += [("account_id.curator_ids", "in", [self.id])]
            loose = ["&", ("ticket_id", "=", False), "|", ("kind", "=", "feed"), *page]
            # A public message has private rows where the author was asked in private.
            held = ("ticket_id.assignment_ids", "any", self._social_holder_domain())
            seen = ["&", with_ticket, "|", ("kind", "!=", "private"), "|", held, *page]
            return ["|", *seen, *loose]
        if self.has_group(GROUP_ADMIN):
            loose = ["&", ("ticket_id", "=", False), ("kind", "=", "feed")]
            public = ["&", ("kind", "!=", "private"), with_ticket]
            return ["|", told, "|", *loose, *public]
        if self.has_group(GROUP_HEAD) or self.has_group(GROUP_APPROVER):
            part = ("ticket_id.assignment_ids", "any", self._social_part_domain())
            known = ["|", ("kind", "!=", "private"), "|", part, told]
            return ["&", with_ticket, *known]
        return [with_ticket]

    def _social_message_version_domain(self):
        """Domain of the earlier texts of the messages this user may read."""
        return [("message_id", "any", self._social_message_domain())]
