"""Odnoklassniki: the REST interface, the graph of messages, webhooks, uploads."""
