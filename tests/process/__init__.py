"""Odoo's processes, a real database and the sandbox over HTTP, with real commits.

Run by ``script/test process``; Odoo's own runner does not see these tests.
"""
