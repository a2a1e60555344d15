"""A real browser before what ``script/server`` serves.

Run by ``script/test e2e``; Odoo's own runner does not see these tests. Pictures of all
steps go to the folder that ``E2E_SCREENSHOTS`` names, by default one in the cache.
"""
