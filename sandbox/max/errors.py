"""Errors of the MAX interface: a status of HTTP and a code in words."""

CODES = {
    400: ("proto.payload", "Bad request"),
    401: ("verify.token", "Invalid access_token"),
    403: ("access.denied", "Access denied"),
    404: ("not.found", "Not found"),
    405: ("method.not.allowed", "Method is not allowed"),
    422: ("unprocessable", "Unprocessable request"),
    429: ("too.many.requests", "Too many requests"),
    500: ("internal.error", "Internal error"),
    503: ("service.unavailable", "Service is unavailable"),
}


class MaxError(Exception):
    """A refusal; `code` and `message` have defaults by the status."""

    def __init__(self, status, message="", code=""):
        super().__init__(status, message, code)
        default, words = CODES.get(status, CODES[500])
        self.status = status
        self.code = code or default
        self.message = message or words

    def payload(self):
        """Return the answer that tells a client of this error."""
        return {"code": self.code, "message": self.message}
