"""Writes Goldens/jpeg/: small JPEG files, and what Pillow 13.0.0 makes of them.

    python3 -m pip install pillow==13.0.0 numpy==2.4.6
    python3 Tests/ImagingTests/make_jpegs.py

cases.json lists the files with their RGB samples as base64; those of EXIF's eight orientations as
`ImageOps.exif_transpose` turns them. Benchmarks/compare_images.py compares several hundred more.
"""

import base64
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

GOLDENS = Path(__file__).parent / "Goldens" / "jpeg"
MODES = {"L": 1, "RGB": 3, "CMYK": 4}
random = np.random.default_rng(0)


def picture(height, width, mode):
    """Waves and noise: edges, gradients and grain."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [
        np.sin(x / (7 + i)) * 60 + np.cos(y / (5 + 2 * i)) * 60 + 128 for i in range(MODES[mode])]
    noisy = np.stack(planes, -1) + random.normal(0, 20, (height, width, MODES[mode]))
    samples = np.clip(noisy, 0, 255).astype(np.uint8)
    return Image.fromarray(samples[..., 0] if mode == "L" else samples, mode)


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    return data


def expected(path):
    image = Image.open(path)
    if path.stem.startswith("exif"):
        image = ImageOps.exif_transpose(image)
    return np.asarray(image.convert("RGB"))


def keep():
    GOLDENS.mkdir(parents=True, exist_ok=True)
    for mode in MODES:
        for progressive in False, True:
            kind = "progressive" if progressive else "baseline"
            picture(21, 18, mode).save(
                GOLDENS / f"{mode.lower()}-{kind}.jpg", quality=80, progressive=progressive)
    for sampling in range(3):
        picture(19, 33, "RGB").save(GOLDENS / f"sampling{sampling}.jpg", subsampling=sampling)
    picture(24, 40, "RGB").save(GOLDENS / "restart.jpg", restart_marker_blocks=2, quality=60)
    picture(1, 1, "RGB").save(GOLDENS / "pixel.jpg")
    turned = picture(6, 9, "RGB")
    for orientation in range(1, 9):
        turned.save(GOLDENS / f"exif{orientation}.jpg", exif=exif(orientation), quality=90)
    turned.save(GOLDENS / "exif6.png", exif=exif(6))
    turned.save(GOLDENS / "exif-xmp8.jpg", xmp=b'<x tiff:Orientation="8"/>', quality=90)
    picture(9, 14, "RGB").save(GOLDENS / "rgb-stored.jpg", keep_rgb=True, subsampling=0)
    cmyk = bytearray((GOLDENS / "cmyk-baseline.jpg").read_bytes())
    cmyk[cmyk.index(b"Adobe") + 11] = 2  # says that the inks are stored as brightness and colour
    (GOLDENS / "ycck.jpg").write_bytes(cmyk)
    cases = []
    for path in sorted(GOLDENS.glob("*.[jp]*g")):
        samples = expected(path)
        height, width, _ = samples.shape
        text = base64.b64encode(samples.tobytes()).decode()
        cases.append({"file": path.name, "width": width, "height": height, "samples": text})
    (GOLDENS / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")


keep()
