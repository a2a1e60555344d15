"""Pictures without libraries: sizes of uploads, drawn scenes, avatars.

A scene is painted row by row into a PNG, so that clients receive a real raster picture
and the repository holds none.
"""

import functools
import html
import struct
import zlib

SCENE_SIZE = (640, 400)


def inspect(data):
    """Return `(mime, width, height)` in pixels; 0 where the size is unknown.

    Only the leading bytes decide, never a name: a page must not serve as a picture
    what is something else.
    """
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        return ("image/png", *struct.unpack(">II", data[16:24]))
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        return ("image/gif", *struct.unpack("<HH", data[6:10]))
    if data[:3] == b"\xff\xd8\xff":
        return ("image/jpeg", *_jpeg_size(data))
    if data[:5] == b"%PDF-":
        return "application/pdf", 0, 0
    return "application/octet-stream", 0, 0


def _jpeg_size(data):
    """Walk the segments of a JPEG to the frame header."""
    position = 2
    while position + 9 < len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        length = struct.unpack(">H", data[position + 2 : position + 4])[0]
        # Start-of-frame markers, without the three that only look like them.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            return width, height
        position += 2 + length
    return 0, 0


def _colour(text):
    return bytes.fromhex(text.lstrip("#"))


class Canvas:
    """An RGB picture with the few shapes that the scenes need."""

    def __init__(self, width, height, top, bottom):
        """Fill with a vertical gradient from colour `top` to `bottom`."""
        self.width, self.height = width, height
        first, last = _colour(top), _colour(bottom)
        self.rows = []
        for y in range(height):
            share = y / max(height - 1, 1)
            pixel = bytes(
                round(a + (b - a) * share) for a, b in zip(first, last, strict=True)
            )
            self.rows.append(bytearray(pixel * width))

    def span(self, y, left, right, colour):
        """Paint one row from `left` to `right`, clipped to the picture."""
        left, right = max(int(left), 0), min(int(right), self.width)
        if 0 <= y < self.height and left < right:
            self.rows[y][left * 3 : right * 3] = colour * (right - left)

    def box(self, left, top, right, bottom, colour):
        """Paint a rectangle."""
        pixel = _colour(colour)
        for y in range(int(top), int(bottom)):
            self.span(y, left, right, pixel)

    def oval(self, x, y, radius_x, radius_y, colour):
        """Paint an ellipse around `(x, y)`."""
        pixel = _colour(colour)
        for row in range(int(y - radius_y), int(y + radius_y) + 1):
            rest = 1 - ((row - y) / radius_y) ** 2
            if rest > 0:
                half = radius_x * rest**0.5
                self.span(row, x - half, x + half, pixel)

    def slope(self, top, bottom, colour):
        """Paint a quadrilateral: `top` and `bottom` are `(y, left, right)`."""
        pixel = _colour(colour)
        height = max(bottom[0] - top[0], 1)
        for row in range(int(top[0]), int(bottom[0])):
            share = (row - top[0]) / height
            left = top[1] + (bottom[1] - top[1]) * share
            right = top[2] + (bottom[2] - top[2]) * share
            self.span(row, left, right, pixel)

    def png(self):
        """Return the picture as the bytes of a PNG."""

        def chunk(kind, body):
            tail = struct.pack(">I", zlib.crc32(kind + body))
            return struct.pack(">I", len(body)) + kind + body + tail

        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        body = zlib.compress(b"".join(b"\0" + bytes(row) for row in self.rows), 6)
        return (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", header)
            + chunk(b"IDAT", body)
            + chunk(b"IEND", b"")
        )


def _houses(canvas, base, wall="#b9a58c", dark="#7f8c99", lit="#f3dd9a"):
    """A row of apartment houses standing on the line `base`."""
    for number, (left, width, height) in enumerate(
        ((0, 150, 150), (165, 120, 190), (300, 160, 130), (475, 165, 175))
    ):
        canvas.box(left, base - height, left + width, base, wall)
        canvas.box(left, base - height - 8, left + width, base - height, "#6f6256")
        for row, top in enumerate(range(int(base - height) + 14, int(base) - 20, 30)):
            for column, x in enumerate(range(left + 12, left + width - 18, 28)):
                glow = (row * 3 + column * 5 + number) % 4 == 0
                canvas.box(x, top, x + 14, top + 16, lit if glow else dark)


def _road(canvas, top=230, colour="#5a5e63"):
    canvas.slope((top, 250, 390), (400, 20, 620), colour)
    for y, size in ((250, 4), (285, 7), (330, 11)):
        canvas.slope(
            (y, 320 - size / 2, 320 + size / 2),
            (y + size * 3, 320 - size, 320 + size),
            "#e9e6da",
        )


def _pothole(canvas):
    _houses(canvas, 230)
    canvas.box(0, 230, 640, 400, "#7d8a5c")
    _road(canvas)
    canvas.oval(300, 345, 118, 34, "#43474b")
    canvas.oval(306, 349, 98, 25, "#2c3033")
    canvas.oval(312, 354, 70, 14, "#6d8aa3")
    canvas.oval(330, 351, 26, 4, "#a9c0d2")


def _lamp(canvas):
    _houses(canvas, 260, "#2a3348", "#1b2233", "#d9b45c")
    canvas.box(0, 260, 640, 400, "#1a2130")
    _road(canvas, 260, "#262d3b")
    canvas.box(118, 90, 126, 330, "#5d6676")
    canvas.box(118, 90, 190, 97, "#5d6676")
    canvas.oval(190, 102, 22, 9, "#3c4452")


def _garbage(canvas):
    _houses(canvas, 220)
    canvas.box(0, 220, 640, 400, "#8f9a76")
    canvas.box(0, 300, 640, 400, "#8b8d90")
    for left, colour in ((110, "#2f7a4f"), (270, "#2f6a8a"), (430, "#2f7a4f")):
        canvas.slope((205, left, left + 120), (330, left + 12, left + 108), colour)
        canvas.box(left - 4, 196, left + 124, 208, "#3b4247")
    for x, y, size, colour in (
        (150, 192, 34, "#30343a"),
        (205, 186, 26, "#d9d4c8"),
        (312, 190, 30, "#3d434b"),
        (90, 338, 38, "#30343a"),
        (240, 345, 42, "#454b54"),
        (300, 352, 26, "#d8cdb6"),
        (395, 344, 36, "#30343a"),
        (480, 188, 32, "#4a505a"),
        (545, 346, 40, "#3a3f47"),
    ):
        canvas.oval(x, y, size, size * 0.7, colour)
    canvas.box(330, 330, 390, 372, "#b98f5d")


def _snow(canvas):
    _houses(canvas, 240, "#a89a8c")
    canvas.box(0, 240, 640, 400, "#eef3f8")
    _road(canvas, 240, "#aab4bf")
    canvas.oval(70, 330, 170, 60, "#ffffff")
    canvas.oval(590, 330, 160, 62, "#f8fbff")
    canvas.box(395, 235, 520, 300, "#e08a2e")
    canvas.box(470, 205, 520, 240, "#e08a2e")
    canvas.box(478, 212, 512, 236, "#bcd6e8")
    canvas.slope((270, 375, 398), (318, 350, 396), "#d9c531")
    for x in (420, 495):
        canvas.oval(x, 302, 24, 24, "#2b2e33")
        canvas.oval(x, 302, 9, 9, "#9aa0a8")


def _park(canvas):
    canvas.box(0, 230, 640, 400, "#79a35b")
    canvas.slope((230, 300, 340), (400, 150, 470), "#d9c7a0")
    for x, y, size in ((70, 170, 62), (190, 190, 44), (450, 185, 48), (575, 165, 66)):
        canvas.box(x - 7, y, x + 7, y + size + 44, "#6b4d35")
        canvas.oval(x, y, size, size, "#3f7a45")
        canvas.oval(x - size / 4, y - size / 4, size * 0.6, size * 0.6, "#529155")
    canvas.box(405, 318, 530, 328, "#8a5a34")
    canvas.box(405, 295, 530, 304, "#8a5a34")
    canvas.box(415, 328, 423, 352, "#4a4f55")
    canvas.box(512, 328, 520, 352, "#4a4f55")


def _works(canvas):
    _houses(canvas, 220)
    canvas.box(0, 220, 640, 400, "#8a8d86")
    _road(canvas, 220, "#4a4d52")
    canvas.slope((300, 200, 440), (400, 110, 530), "#2f3235")
    canvas.box(215, 190, 330, 262, "#e5b32a")
    canvas.box(225, 150, 290, 195, "#e5b32a")
    canvas.box(233, 158, 282, 188, "#bcd6e8")
    canvas.oval(240, 274, 32, 32, "#33363a")
    canvas.oval(325, 274, 32, 32, "#33363a")
    for x in (90, 520, 575):
        canvas.slope((318, x - 3, x + 3), (368, x - 20, x + 20), "#e8622c")
        canvas.box(x - 12, 338, x + 12, 348, "#ffffff")


SCENES = {
    "pothole": (_pothole, "#a9bccb", "#e3e6e4"),
    "lamp": (_lamp, "#10172a", "#2c3757"),
    "garbage": (_garbage, "#9fc0dc", "#e9eef0"),
    "snow": (_snow, "#b7c7d8", "#eef2f6"),
    "park": (_park, "#8fc4ea", "#eaf4f7"),
    "works": (_works, "#9cc3e6", "#eef1ee"),
}


@functools.lru_cache(maxsize=16)
def scene_png(name):
    """Return the drawn scene `name` as the bytes of a PNG."""
    paint, top, bottom = SCENES[name]
    canvas = Canvas(*SCENE_SIZE, top, bottom)
    paint(canvas)
    return canvas.png()


@functools.lru_cache(maxsize=256)
def avatar_png(colour, size):
    """Return a square portrait (a silhouette) for clients that expect a raster."""
    canvas = Canvas(size, size, colour, colour)
    canvas.oval(size / 2, size * 0.4, size * 0.19, size * 0.21, "#ffffff")
    canvas.oval(size / 2, size * 1.02, size * 0.36, size * 0.37, "#ffffff")
    return canvas.png()


def avatar_svg(initials, colour):
    """Return a round portrait with initials for the page."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        '<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">'
        f'<stop offset="0" stop-color="{html.escape(colour)}" stop-opacity=".78"/>'
        f'<stop offset="1" stop-color="{html.escape(colour)}"/></linearGradient></defs>'
        '<rect width="100" height="100" fill="#fff"/>'
        '<rect width="100" height="100" fill="url(#g)"/>'
        '<text x="50" y="51" fill="#fff" font-family="sans-serif" font-size="38" '
        'font-weight="600" text-anchor="middle" dominant-baseline="central">'
        f"{html.escape(initials)}</text></svg>"
    )
