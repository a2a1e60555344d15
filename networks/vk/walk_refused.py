"""What a refusal of VK's means for the part of a walk that it stops."""

from __future__ import annotations

from ..errors import Consequence, NetworkError
from ..values import Verdict
from .api import USER

#: an object that answers with one of these is passed over
PASSED_OVER = (Consequence.GONE, Consequence.PERMISSION)
#: codes that speak of the token and not of the object
_OF_THE_TOKEN = ("user_token_missing", "user_token_denied")


def denial(phase: str, error: NetworkError) -> Verdict:
    """Why a phase was left out."""
    if error.code in _OF_THE_TOKEN:
        return Verdict(False, "user_token", error.code, error.message)
    return Verdict(False, phase, f"{phase}_denied", error.message)


def refuses(error: NetworkError, token: str) -> bool:
    """Whether VK refuses what was asked. A person who must confirm the optional
    user token is no reason to stop the page."""
    return error.consequence in PASSED_OVER or _person(error, token)


def refuses_token(error: NetworkError, token: str) -> bool:
    """Whether the token is refused, so that nothing else of a phase can be read."""
    return error.code in _OF_THE_TOKEN or _person(error, token)


def _person(error: NetworkError, token: str) -> bool:
    return token == USER and error.consequence is Consequence.PERSON
