"""Make Russian the interface language of a database with demo data."""

env = globals()["env"]

russian = env["res.lang"]._activate_lang("ru_RU")
env["ir.default"].set("res.partner", "lang", russian.code)
env["res.users"].with_context(active_test=False).search([]).write({"lang": "ru_RU"})
env["res.company"].search([]).partner_id.write({"lang": "ru_RU"})
env.cr.commit()
