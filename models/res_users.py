from odoo import models

#: States in which an assignment gives its holder sight of the ticket.
LIVE_STATES = ("assigned", "accepted", "submitted", "rework", "approved")

GROUP_EXECUTOR = "helpdesk_mgmt_social.group_executor"
GROUP_CURATOR = "helpdesk_mgmt_social.group_curator"
GROUP_HEAD = "helpdesk_mgmt_social.group_head"
GROUP_ADMIN = "helpdesk_mgmt_social.group_admin"


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
        return [
            ("state", "in", LIVE_STATES),
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
            holder = ("assignment_ids", "any", self._social_holder_domain())
            domain = ["|", *domain, holder]
        return domain

    def _social_child_domain(self):
        """Domain of the records that hang on a ticket this user may read."""
        return [("ticket_id", "any", self._social_ticket_domain("read"))]

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
        conversation is closed to heads: they read the ticket made of it.
        """
        self.ensure_one()
        with_ticket = ("ticket_id", "any", self._social_ticket_domain("read"))
        if self.has_group(GROUP_CURATOR):
            page = ["|", ("account_id.curator_ids", "=", False)]
            page += [("account_id.curator_ids", "in", [self.id])]
            loose = ["&", ("ticket_id", "=", False), "|", ("kind", "=", "feed"), *page]
            return ["|", with_ticket, *loose]
        if self.has_group(GROUP_ADMIN):
            loose = ["&", ("ticket_id", "=", False), ("kind", "=", "feed")]
            return ["|", *loose, "&", ("kind", "!=", "private"), with_ticket]
        if self.has_group(GROUP_HEAD):
            held = ("ticket_id.assignment_ids", "any", self._social_holder_domain())
            return ["&", with_ticket, "|", ("kind", "!=", "private"), held]
        return [with_ticket]

    def _social_message_version_domain(self):
        """Domain of the earlier texts of the messages this user may read."""
        return [("message_id", "any", self._social_message_domain())]
