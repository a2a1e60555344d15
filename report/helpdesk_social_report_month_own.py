from odoo import api, models


class HelpdeskSocialReportMonth(models.AbstractModel):
    """The part on own posts, where the act asks for any."""

    _inherit = "report.helpdesk_mgmt_social.report_month"

    @api.model
    def _report(self, wizard):
        report = super()._report(wizard)
        report["own_posts"] = []
        if "own_posts" in report["parts"]:
            Figures = self.env["helpdesk.social.figures"]
            company = wizard.company_id
            period = Figures._period(company, wizard.first, wizard.last)
            words = {
                True: self.env._("yes"),
                False: self.env._("no"),
                None: self.env._("the week goes on"),
            }
            report["own_posts"] = [
                {**row, "fulfilled": words[row["fulfilled"]]}
                for row in Figures._own_posts(company, period, wizard._filters())
            ]
        return report
