"""Files that are not what they say: attachments a careless client stumbles over.

A record of a file may hold `trap`; what its other fields tell of it (`size`, `width`,
`height`, `title`, `mime`) need not be true.
"""

from werkzeug.wrappers import Response

from . import pictures

CHUNK = 64 * 1024

#: redirect: to the address in `to`. html: a page with a script under the name of a
#: picture. huge: `bytes` of a picture that says it is small. endless: more bytes than
#: its Content-Length says. slow: a byte every `seconds`. missing: 404. failing: 500.
KINDS = ("redirect", "html", "huge", "endless", "slow", "missing", "failing")

PAGE = "<!doctype html><script>document.title = 'run'</script><h1>no picture</h1>"


def check(trap):
    """Return the trap, checked; raise ValueError."""
    kind = trap.get("kind")
    if kind not in KINDS:
        raise ValueError(f"trap: {', '.join(KINDS)}")
    result = {"kind": kind}
    if kind == "redirect":
        result["to"] = str(trap["to"])
    if kind == "huge":
        result["bytes"] = min(int(trap.get("bytes", 64_000_000)), 1_000_000_000)
    if kind == "slow":
        result["seconds"] = min(max(float(trap.get("seconds", 1)), 0.01), 30.0)
    return result


def _picture_of(size):
    """Yield a PNG head and zeros, `size` bytes in all."""
    head = pictures.avatar_png("#808080", 16)[:64]
    yield head
    left = size - len(head)
    while left > 0:
        yield bytes(min(left, CHUNK))
        left -= CHUNK


def _slowly(data, seconds, stopping):
    """Yield a byte, wait, and so on, until all is sent or the server stops."""
    for number in range(len(data)):
        yield data[number : number + 1]
        if stopping.wait(seconds):
            return


def spring(trap, mime, stopping):
    """Return the response of a trap."""
    kind = trap["kind"]
    if kind == "redirect":
        return Response("", 302, {"Location": trap["to"]})
    if kind == "html":
        return Response(PAGE, content_type=mime)
    if kind == "huge":
        # No length is told: the client has to count.
        return Response(_picture_of(trap["bytes"]), content_type=mime)
    if kind == "endless":
        data = pictures.avatar_png("#808080", 64)
        headers = {"Content-Length": str(len(data) // 2)}
        return Response(data, headers=headers, content_type=mime)
    if kind == "slow":
        data = pictures.avatar_png("#808080", 64)
        return Response(_slowly(data, trap["seconds"], stopping), content_type=mime)
    return Response("", 404 if kind == "missing" else 500, content_type="text/html")
