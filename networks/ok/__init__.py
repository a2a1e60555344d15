"""Odnoklassniki: groups through the REST API (discussions) and the Graph API
(private messages)."""

from .client import OKClient

__all__ = ["OKClient"]
