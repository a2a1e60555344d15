"""Errors of the VK interface with the words VK uses for them."""

MESSAGES = {
    1: "Unknown error occurred",
    3: "Unknown method passed",
    5: "User authorization failed",
    6: "Too many requests per second",
    7: "Permission to perform this action is denied",
    8: "Invalid request",
    9: "Flood control",
    10: "Internal server error",
    14: "Captcha needed",
    15: "Access denied",
    17: "Validation required",
    18: "User was deleted or banned",
    27: "Group authorization failed",
    28: "Application authorization failed",
    29: "Rate limit reached",
    36: "Method execution was interrupted due to timeout",
    43: "This section is temporary unavailable",
    100: "One of the parameters specified was missing or invalid",
    104: "Not found",
    105: "Couldn't save file",
    113: "Invalid user id",
    121: "Invalid hash",
    125: "Invalid group id",
    129: "Invalid photo",
    200: "Access denied",
    204: "Access denied",
    211: "Access to wall's comment denied",
    212: "Access to post comments denied",
    213: "Access to status replies denied",
    222: "Hyperlinks are forbidden",
    223: "Too many replies",
    243: "Comment has not been deleted",
    900: "Can't send messages for users from blacklist",
    901: "Can't send messages for users without permission",
    902: "Can't send messages to this user due to their privacy settings",
    909: "Can't edit this message, because it's too old",
    914: "Message is too long",
    924: "Can't delete this message for everybody",
    950: "Can't send message, reply timed out",
    1117: "Access token has expired",
    2000: "Servers number limit is reached",
}

#: Request parameters that are never repeated in an answer.
HIDDEN_PARAMETERS = {"access_token", "v"}


class ApiError(Exception):
    """A refusal: `code` as in errors.json of the schema, `detail` after the colon."""

    def __init__(self, code, detail=""):
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def envelope(self, method, parameters):
        """Return the answer that tells a client of this error."""
        text = MESSAGES.get(self.code, "Unknown error occurred")
        if self.detail:
            text = f"{text}: {self.detail}"
        repeated = {"method": method, "oauth": "1"}
        repeated.update(
            (k, v) for k, v in parameters.items() if k not in HIDDEN_PARAMETERS
        )
        error = {
            "error_code": self.code,
            "error_msg": text,
            "request_params": [{"key": k, "value": v} for k, v in repeated.items()],
        }
        if self.code == 14:
            error["captcha_sid"] = "1"
            error["captcha_img"] = "http://sandbox.invalid/avatars/900.png"
        if self.code == 17:
            error["redirect_uri"] = "http://sandbox.invalid/"
        return {"error": error}


def invalid(detail):
    """Return error 100 about a parameter."""
    return ApiError(100, detail)
