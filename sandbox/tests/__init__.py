"""Tests of the training ground; they need no Odoo and no database."""
