"""Pictures of a station, for lock screens, link previews and home screens: its roundel, drawn from its name.

The same drawing as the pages' (`ui/src/kit/roundel.ts`), for whom SVG is not enough. Pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from math import cos, radians, sin

from PIL import Image, ImageDraw

PNG = "image/png"
CARD = (1200, 630)
"""Width and height of the picture in a link's preview, as https://ogp.me and its readers expect."""
SUPERSAMPLED = 3
CURVE_STEPS = 12
COLOURS = 64

Point = tuple[float, float]

IVORY, MADDER, MARIGOLD, RED = "#f4f1ea", "#c4323a", "#f6b13d", "#b92f38"


@dataclass(frozen=True, slots=True)
class Ground:
    """The colours of a station, and what they are called, as `ui/src/tokens/tokens.css` has them."""

    name: str
    panel: str
    rim: str
    heart: str
    petals: str = RED


GROUNDS = (
    Ground("indigo", "#232a63", "#161b45", "#10143a"),
    Ground("emerald", "#0b4a43", "#06302b", "#042420"),
    Ground("plum", "#4a1545", "#300b2d", "#230720"),
    Ground("brick", "#5c1f1a", "#3a110e", "#2a0b09", "#2f3a8f"),
)

# Cubic curves: a start, and three points for each.
DROP = ((0, -88), (11, -77), (11, -68), (0, -58), (-11, -68), (-11, -77), (0, -88))
DIAMOND = ((0, -88), (10, -73), (0, -58), (-10, -73))
PAISLEY = (
    (6, -87), (14, -74), (9, -60), (0, -58), (-11, -59), (-12, -73), (-4, -77), (-1, -79), (4, -81), (6, -87),
)  # fmt: skip
LEAF = ((0, -37), (8, -30), (8, -20), (0, -13), (-8, -20), (-8, -30), (0, -37))
TOOTH = ((-4, -57), (0, -65), (4, -57))


def fnv1a(text: str) -> int:
    """Return the 32-bit FNV-1a hash over code points (http://www.isthe.com/chongo/tech/comp/fnv/)."""
    value = 0x811C9DC5
    for character in text:
        value = (value ^ ord(character)) * 0x01000193 & 0xFFFFFFFF
    return value


def ground_of(name: str) -> Ground:
    """Return the colours of a station."""
    return GROUNDS[(fnv1a(name) >> 12) % len(GROUNDS)]


def icon(name: str, side: int) -> bytes:
    """Return the roundel on its ground as a square PNG. It may be cut to any rounded shape."""
    image = Image.new("RGB", (side * SUPERSAMPLED, side * SUPERSAMPLED), ground_of(name).panel)
    _Pen(image, (image.width / 2, image.height / 2), image.width / 2 * 0.92 / 100).roundel(name)
    return _png(image, (side, side))


def card(name: str) -> bytes:
    """Return the picture of a link's preview as a PNG."""
    width, height = CARD
    image = Image.new("RGB", (width * 2, height * 2), ground_of(name).panel)
    _selvedge(image, 0)
    _selvedge(image, image.height - SELVEDGE)
    _Pen(image, (image.width / 2, image.height / 2), 4.7).roundel(name)
    return _png(image, CARD)


SELVEDGE = 56


def _selvedge(image: Image.Image, top: int) -> None:
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, top, image.width, top + SELVEDGE), fill=MADDER)
    middle, step = top + SELVEDGE / 2, SELVEDGE * 2
    for at in range(step // 2, image.width, step):
        draw.polygon([(at, middle - 22), (at + 28, middle), (at, middle + 22), (at - 28, middle)], fill=IVORY)
        draw.polygon([(at, middle - 11), (at + 14, middle), (at, middle + 11), (at - 14, middle)], fill=GROUNDS[0].rim)
        draw.ellipse((at + step / 2 - 7, middle - 7, at + step / 2 + 7, middle + 7), fill=MARIGOLD)


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws in the roundel's units, of which its radius has 100."""

    image: Image.Image
    centre: Point
    scale: float

    def roundel(self, name: str) -> None:
        seed, ground = fnv1a(name), ground_of(name)
        petals = (10, 12, 14, 16)[seed % 4]
        dots = petals * (3, 4)[(seed >> 4) % 2]
        petal = (tuple(_curve(DROP)), DIAMOND, tuple(_curve(PAISLEY)))[(seed >> 8) % 3]
        half = 180 / petals
        self.disc((0, 0), 98, ground.rim)
        self.dots(dots, 93.5, 1.7)
        self.line(89.5)
        for angle in _round(petals):
            self.shape(petal, angle, ground.petals, IVORY)
            self.disc(_turned((0, -73), angle), 2.3, IVORY)
            self.disc(_turned((0, -82), angle + half), 2, IVORY)
            self.shape(TOOTH, angle + half, IVORY)
        self.line(55)
        self.dots(petals * 2, 50.5, 1.3)
        self.disc((0, 0), 45.5, ground.heart)
        for angle in _round(8):
            self.shape(tuple(_curve(LEAF)), angle, ground.petals, IVORY)
            self.disc(_turned((0, -33), angle + 22.5), 1.5, IVORY)
        self.disc((0, 0), 6, IVORY)

    def disc(self, at: Point, radius: float, fill: str) -> None:
        ImageDraw.Draw(self.image).ellipse(self._box(at, radius), fill=fill)

    def line(self, radius: float) -> None:
        ImageDraw.Draw(self.image).ellipse(self._box((0, 0), radius), outline=IVORY, width=self._wide(1.2))

    def dots(self, count: int, distance: float, radius: float) -> None:
        for angle in _round(count):
            self.disc(_turned((0, -distance), angle), radius, IVORY)

    def shape(self, points: Iterable[Point], angle: float, fill: str, stroke: str = "") -> None:
        placed = [self._place(_turned(point, angle)) for point in points]
        draw = ImageDraw.Draw(self.image)
        draw.polygon(placed, fill=fill)
        if stroke:
            draw.line([*placed, placed[0], placed[1]], fill=stroke, width=self._wide(1.4), joint="curve")

    def _place(self, point: Point) -> Point:
        return self.centre[0] + point[0] * self.scale, self.centre[1] + point[1] * self.scale

    def _box(self, at: Point, radius: float) -> tuple[float, float, float, float]:
        x, y = self._place(at)
        return x - radius * self.scale, y - radius * self.scale, x + radius * self.scale, y + radius * self.scale

    def _wide(self, width: float) -> int:
        return max(1, round(width * self.scale))


def _round(count: int) -> Iterator[float]:
    return (number * 360 / count for number in range(count))


def _turned(point: Point, degrees: float) -> Point:
    angle, (x, y) = radians(degrees), point
    return x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)


def _curve(points: tuple[Point, ...]) -> Iterator[Point]:
    yield points[0]
    for first in range(0, len(points) - 1, 3):
        start, one, two, end = points[first : first + 4]
        for step in range(1, CURVE_STEPS + 1):
            t = step / CURVE_STEPS
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            parts = tuple(zip(weights, (start, one, two, end), strict=True))
            yield sum(w * p[0] for w, p in parts), sum(w * p[1] for w, p in parts)


def _png(image: Image.Image, size: tuple[int, int]) -> bytes:
    out = BytesIO()
    # There are five colours and what lies between them.
    image.resize(size, Image.Resampling.LANCZOS).quantize(COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()
