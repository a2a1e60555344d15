import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.helpdesk_ticket import INTAKES
from ..tables import write_xlsx


class HelpdeskSocialAnswers(models.TransientModel):
    """A file of answers for the system that the messages came from."""

    _name = "helpdesk.social.answers"
    _description = "Export of answers"

    ticket_ids = fields.Many2many("helpdesk.ticket", string="Messages")
    intake = fields.Selection(INTAKES, "Only those that came by")
    only_new = fields.Boolean(
        "Only what was not exported yet",
        default=True,
        help="A message answered anew after the export is new again.",
    )
    line_count = fields.Integer("Answers", compute="_compute_line_count")
    told_count = fields.Integer("Sources to be told", compute="_compute_line_count")
    file = fields.Binary(readonly=True, attachment=False)
    filename = fields.Char(readonly=True)
    untold_ids = fields.Many2many(
        "helpdesk.ticket",
        "helpdesk_social_answers_untold_rel",
        string="Sources not told yet",
        readonly=True,
    )

    @api.depends("ticket_ids", "intake", "only_new")
    def _compute_line_count(self):
        for wizard in self:
            lines = wizard._lines()
            wizard.line_count = len(lines)
            wizard.told_count = sum(line["to_do"] == "notify" for line in lines)

    def _lines(self):
        self.ensure_one()
        # Only what this person may read, whatever the window was given.
        tickets = self.ticket_ids._origin._filtered_access("read")
        return tickets.filtered("is_social")._answer_lines(self.intake, self.only_new)

    def action_export(self):
        """Make the file, and keep that these answers were handed out."""
        self.ensure_one()
        Ticket = self.env["helpdesk.ticket"]
        Ticket._check_curator()
        lines = self._lines()
        if not lines:
            raise UserError(self.env._("There is no answer to be exported."))
        self.file = base64.b64encode(self._workbook(lines))
        today = fields.Date.context_today(self)
        self.filename = f"{self.env._('answers')} {today}.xlsx"
        notify = [line["ticket"].id for line in lines if line["to_do"] == "notify"]
        self.untold_ids = [(6, 0, notify)]
        Ticket._mark_exported(lines)
        return self._again()

    def action_told(self):
        """Record that the sources of the exported answers were told of them."""
        self.ensure_one()
        for ticket in self.untold_ids.filtered(lambda t: t.source_state == "pending"):
            number = ticket.intake_ids.filtered("source_number")[:1].source_number
            ticket.confirm_source(
                fields.Datetime.now(), number or self.filename or ticket.number
            )
        self.untold_ids = False
        return {"type": "ir.actions.act_window_close"}

    def _again(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Export of answers"),
        }

    def _workbook(self, lines):
        env = self.env
        intakes = dict(
            env["helpdesk.ticket"]._fields["intake"]._description_selection(env)
        )
        to_do = {
            "answer": env._("place the answer"),
            "notify": env._("tell of the answer"),
        }
        header = [
            env._("Number in the source"),
            env._("Intake"),
            env._("Number here"),
            env._("Link to the message"),
            env._("Received"),
            env._("Answered"),
            env._("Link to the reply"),
            env._("Text of the reply"),
            env._("Executor"),
            env._("In time"),
            env._("To do in the source"),
        ]
        rows = []
        for line in lines:
            tz = line["ticket"]._social_tz()
            on_time = env._("yes") if line["on_time"] else env._("no")
            rows.append(
                [
                    line["source_number"],
                    intakes.get(line["intake"], ""),
                    line["number"],
                    line["link"],
                    self._local(line["received_at"], tz),
                    self._local(line["answered_at"], tz),
                    line["published_link"],
                    line["text"],
                    line["units"],
                    on_time if line["answered_at"] else "",
                    to_do.get(line["to_do"], ""),
                ]
            )
        widths = (18, 20, 14, 36, 17, 17, 36, 70, 28, 10, 20)
        return write_xlsx(env._("Answers"), header, rows, widths)

    def _local(self, instant, tz):
        """An instant as the organisation's clock showed it."""
        if not instant:
            return None
        return fields.Datetime.context_timestamp(self.with_context(tz=tz), instant)
