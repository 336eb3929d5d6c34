"""Reads a stranger's picture: `python -m controlplane.features.library.picture FILE [UID GID]`.

A program of its own, as `probe` is. It prints one JSON object: `sha256`, and JPEGs of our sizes in base64, by side.
"""

import base64
import io
import json
import sys
from hashlib import sha256
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from controlplane.features.library.confinement import confine
from controlplane.kernel.tracks import ART_SIDES

MEMORY_BYTES = 512 * 1024 * 1024
CPU_S = 5
MAX_PICTURE_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000


def main(path: Path, account: tuple[int, int] | None) -> None:
    """Print a picture in our sizes; raise SystemExit with the reason if it is none."""
    Image.init()
    # Another account could not open it; reading it does no harm yet.
    picture = path.read_bytes()
    confine(MEMORY_BYTES, CPU_S, 0, account)
    try:
        made = art_of(picture)
    except UnidentifiedImageError:
        sys.exit("it isn't a JPEG, PNG, WebP or GIF")
    except Image.DecompressionBombError:
        sys.exit(f"it has more than {MAX_PIXELS // 1_000_000} million pixels")
    except MemoryError:
        sys.exit("it needs too much memory")
    except (OSError, SyntaxError, ValueError):
        sys.exit("it is damaged")
    sys.stdout.write(json.dumps(made))


def art_of(picture: bytes) -> dict[str, str]:
    """Return a picture as JPEGs of our sizes, by side, and its SHA-256; metadata and what follows the picture go."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # Pillow itself refuses twice that
    with Image.open(io.BytesIO(picture), formats=["JPEG", "PNG", "WEBP", "GIF"]) as opened:
        opened.draft("RGB", (ART_SIDES[0], ART_SIDES[0]))
        whole = opened.convert("RGB")
    # Turned when it is small: a copy of all pixels would not fit into the memory.
    whole.thumbnail((ART_SIDES[0], ART_SIDES[0]))
    whole = ImageOps.exif_transpose(whole)
    made = {}
    for side in ART_SIDES:
        small = whole.copy()
        small.thumbnail((side, side))
        out = io.BytesIO()
        small.save(out, "JPEG", quality=85, optimize=True)
        made[str(side)] = base64.b64encode(out.getvalue()).decode()
    return {"sha256": sha256(picture).hexdigest(), **made}


if __name__ == "__main__":
    main(Path(sys.argv[1]), (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 2 else None)  # noqa: PLR2004
