from odoo import api, fields, models


class HelpdeskSocialSuperiorSend(models.TransientModel):
    """The letter that asks a superior curator outside to agree a reply."""

    _name = "helpdesk.social.superior.send"
    _description = "Send a reply to the superior curator"

    approval_id = fields.Many2one("helpdesk.social.approval", required=True)
    mode = fields.Selection(
        [("email", "By e-mail from here"), ("other", "Otherwise")],
        "How",
        required=True,
        default="email",
    )
    address = fields.Char("E-mail")
    subject = fields.Char()
    body = fields.Text("Letter")
    way = fields.Char(
        "How it was sent", help="The system or the number under which it went out."
    )

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        approval = self.env["helpdesk.social.approval"].browse(
            defaults.get("approval_id")
        )
        if approval:
            # Not as superuser: whoever opens the wizard names the row.
            ticket = approval.ticket_id
            company = ticket.company_id
            defaults.setdefault("address", company.social_superior_email)
            if not company.social_superior_email:
                defaults.setdefault("mode", "other")
            defaults.setdefault(
                "subject", self.env._("Reply to message %s to be agreed", ticket.number)
            )
            defaults.setdefault("body", self._letter(approval))
        return defaults

    @api.model
    def _letter(self, approval):
        """The letter's text: the message, where it stands, the reply."""
        ticket = approval.ticket_id
        parts = [
            self.env._("Please agree the reply to a citizen's message."),
            self.env._("Message %s:", ticket.number)
            + f"\n{ticket.original_text or ''}".rstrip(),
            ticket.permalink or "",
            self.env._("Reply:") + f"\n{approval.text}",
            *self._letter_promise(approval),
            f"{self.env.user.name}\n{ticket.company_id.name}",
        ]
        return "\n\n".join(part for part in parts if part)

    @api.model
    def _letter_promise(self, approval):
        """What an interim reply promises, and why: it is agreed with the text."""
        lines = []
        if approval.promised_date:
            day = approval.promised_date.strftime("%d.%m.%Y")
            lines.append(self.env._("The final reply is promised by %s.", day))
        if approval.interim_reason:
            lines.append(
                self.env._("Why it cannot be given yet: %s", approval.interim_reason)
            )
        return lines

    def action_confirm(self):
        self.ensure_one()
        if self.mode == "email":
            self.approval_id.send_by_email(self.address, self.subject, self.body)
        else:
            self.approval_id.mark_sent(self.way)
        return {"type": "ir.actions.act_window_close"}
