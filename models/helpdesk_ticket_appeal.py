from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_social_assignment import ACTIVITY

HOW = [
    ("registry", "Registry of documents"),
    ("email", "E-mail"),
    ("paper", "On paper"),
    ("other", "Another way"),
]


class HelpdeskTicket(models.Model):
    """A message that is really an appeal under 59-FZ goes the way of appeals.

    That ends its work here.  It cannot be undone, since the other procedure has
    begun; should that come to nothing, the words are taken in as a new message.
    """

    _inherit = "helpdesk.ticket"

    handed_over_at = fields.Datetime("Handed over", readonly=True, copy=False)
    handed_over_by_id = fields.Many2one(
        "res.users", "Handed over by", readonly=True, copy=False
    )
    handed_over_to = fields.Char("Handed over to", readonly=True, copy=False)
    handed_over_how = fields.Selection(HOW, "How", readonly=True, copy=False)
    handed_over_number = fields.Char("Registration number", readonly=True, copy=False)
    taken_back_id = fields.Many2one(
        "helpdesk.ticket", "Taken in again as", readonly=True, copy=False
    )
    appeal_handover = fields.Boolean(compute="_compute_appeal_handover")

    @api.depends("regulation_id")
    def _compute_appeal_handover(self):
        for ticket in self:
            # sudo: one switch of the act, for whoever may read the message.
            ticket.appeal_handover = ticket.regulation_id.sudo().appeal_handover

    def action_hand_over(self):
        """Ask to whom the message goes as an appeal."""
        self.ensure_one()
        self._require_handover()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_appeal"
        )
        action["context"] = {"default_ticket_id": self.id}
        return action

    def _require_handover(self):
        self._check_curator()
        self._require_open(self.env._("Handing over as an appeal"))
        self._check_not_publishing()
        if not all(self.mapped("appeal_handover")):
            raise UserError(
                self.env._("The regulation hands no message over as an appeal.")
            )

    def hand_over(self, to, how=None, number=None, note=None):
        """Close the message as handed over ``to`` a person or body as an appeal.

        :param how: a key of ``HOW``
        :param number: of its registration there, if known already
        """
        self.ensure_one()
        self._require_handover()
        to, number = (to or "").strip(), (number or "").strip()
        if not to:
            raise UserError(self.env._("Name who the message is handed over to."))
        how = how or "registry"
        if how not in dict(HOW):
            raise UserError(self.env._("Choose how the message is handed over."))
        now = fields.Datetime.now()
        labels = dict(self._fields["handed_over_how"]._description_selection(self.env))
        parts = [self.env._("Handed over as an appeal under 59-FZ: %s", to)]
        parts.append(labels[how])
        if number:
            parts.append(self.env._("no. %s", number))
        if note:
            parts.append(note)
        # sudo: written by the procedure alone.
        ticket = self.sudo()
        ticket.write(
            {
                "handed_over_at": now,
                "handed_over_by_id": self.env.uid,
                "handed_over_to": to,
                "handed_over_how": how,
                "handed_over_number": number or False,
                "resolution_note": note or False,
            }
        )
        self._record_event("closed", at=now, note=", ".join(parts))
        live = ticket.assignment_ids.filtered("is_live")
        live.activity_unlink([ACTIVITY])
        live.state = "cancelled"
        ticket._forget_blind()
        return True

    def action_print_appeal(self):
        """The card that goes with the appeal, as PDF."""
        self.ensure_one()
        report = self.env.ref("helpdesk_mgmt_social.report_appeal_action")
        return report.report_action(self)

    def action_take_back(self):
        """Take the words of a message handed over in again, as a new message.

        Once: the next time it opens the message that came of it.
        """
        self.ensure_one()
        self._check_curator()
        if not self._may_be_taken_back():
            raise UserError(
                self.env._("This message was not handed over, and its reply stands.")
            )
        self._take_turn()
        # sudo: the link between the two is written by the procedure alone.
        if not self.taken_back_id:
            self.sudo().taken_back_id = self._taken_back()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.taken_back_id.id,
            "views": [(False, "form")],
        }

    def _may_be_taken_back(self):
        """Whether the words may be taken in again; a hook."""
        self.ensure_one()
        return bool(self.handed_over_at)

    def _taken_back(self):
        """The new message with the words of this one."""
        return self._social_create(
            {
                "company_id": self.company_id.id,
                # Who may read a private message hangs on its page.
                "social_account_id": self.social_account_id.id,
                "team_id": self.team_id.id,
                "regulation_id": self.regulation_id.id,
                "network": self.network,
                "intake": self.intake,
                "page_owner": self.page_owner,
                "kind": self.kind,
                "author_id": self.author_id.id,
                "original_text": self.original_text,
                # The key of the link stays with the first of the two.
                "permalink": self.permalink,
                "possible_repeat_id": self.id,
            },
            fields.Datetime.now(),
        )
