"""Errors of Odnoklassniki with the words it uses for them."""

MESSAGES = {
    1: "UNKNOWN : Unknown error",
    2: "SERVICE : Service temporary unavailable",
    3: "METHOD : Unknown method",
    7: "PERMISSION : Operation is not permitted",
    8: "METHOD : Calls limit reached",
    9: "ACTION_BLOCKED : Operation is blocked",
    10: "PERMISSION_DENIED : Operation is not permitted",
    11: "LIMIT_REACHED : Limit reached",
    100: "PARAM : Missing required parameter",
    101: "PARAM_API_KEY : No application key",
    102: "PARAM_SESSION_EXPIRED : Session expired",
    103: "PARAM_SESSION_KEY : Invalid session key",
    104: "PARAM_SIGNATURE : Invalid signature",
    105: "PARAM_RESIGNATURE : Invalid re-signature",
    200: "PERMISSION_DENIED : Permission required",
    300: "NOT_FOUND : Requested object is not found",
    401: "AUTH_LOGIN : Authentication error",
    402: "AUTH_LOGIN_CAPTCHA : Captcha required",
    453: "SESSION_REQUIRED : Session is required for this method",
    454: "CENSOR_MATCH : Text rejected by censor",
    455: "FRIEND_RESTRICTION : Action is restricted",
    9999: "SYSTEM : Critical system error",
}


class ApiError(Exception):
    """A refusal: `code` as documented, `detail` in place of the usual words."""

    def __init__(self, code, detail=""):
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def envelope(self):
        """Return the answer that tells a client of this error."""
        text = MESSAGES.get(self.code, MESSAGES[1])
        if self.detail:
            text = f"{text.partition(' : ')[0]} : {self.detail}"
        return {"error_code": self.code, "error_msg": text, "error_data": None}


def invalid(detail):
    """Return error 100 about a parameter."""
    return ApiError(100, detail)
