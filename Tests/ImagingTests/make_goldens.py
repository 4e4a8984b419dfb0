"""Writes Goldens/: what Pillow 13.0.0 and transformers 5.23.0 make of images.

    python3 -m pip install pillow==13.0.0 transformers==5.23.0 numpy==2.4.6 scikit-image==0.25.2
    python3 Tests/ImagingTests/make_goldens.py

Samples are kept as CRC-32 of their bytes: RGB, or little-endian float32 [channel, row, column].

- `generated.txt`: PNG files that `generate` makes of integers alone, as GeneratedPNG.swift does:
  the digest of each decoded, and of each resized with the six filters.
- `cases.json`: of the small PNG files beside it the digests; of the photos (public domain or CC0,
  from scikit-image, made smaller) those of several sizes and filters; of configurations the text,
  and the shape and the digest of the tensor that transformers' Pillow processors make of a photo.
"""

import io
import json
import random
import struct
import zlib
from pathlib import Path

import numpy as np
import skimage
from PIL import Image

from processors import CONFIGS, processor

GOLDENS = Path(__file__).parent / "Goldens"
noise_source = np.random.default_rng(0)
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PASSES = [
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def digest(array):
    return f"{zlib.crc32(np.ascontiguousarray(array).tobytes()):08x}"


def rgb(source):
    return Image.open(source).convert("RGB")


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, depth, colour, interlace, data, extra=b""):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
        + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def generate(colour, depth, interlace, palette, width, height, seed):
    """A PNG whose palette, filter types and filtered rows come from a linear congruential generator."""
    state = seed

    def byte():
        nonlocal state
        state = (state * 1664525 + 1013904223) % 2**32
        return state >> 24

    colours = bytes(byte() for _ in range(3 * palette))
    rows = bytearray()
    for left, top, across, down in PASSES if interlace else [(0, 0, 1, 1)]:
        columns = max(0, (width - left + across - 1) // across)
        count = (columns * CHANNELS[colour] * depth + 7) // 8
        for _ in range(max(0, (height - top + down - 1) // down) if columns else 0):
            rows.append(byte() % 5)
            rows.extend(byte() for _ in range(count))
    data = b"\x78\x01"
    for start in range(0, len(rows), 65535):
        block = rows[start:start + 65535]
        is_last = start + 65535 >= len(rows)
        data += struct.pack("<BHH", is_last, len(block), 65535 - len(block)) + block
    data += struct.pack(">I", zlib.adler32(rows))
    return png(
        width, height, depth, colour, interlace, data, chunk(b"PLTE", colours) if palette else b"")


def generated_lines():
    dice = random.Random(1)
    kinds = [(0, d) for d in (1, 2, 4, 8, 16)] + [(2, 8), (2, 16)] + [(3, d) for d in (1, 2, 4, 8)]
    kinds += [(4, 8), (4, 16), (6, 8), (6, 16)]
    for seed in range(12 * 2 * len(kinds)):
        colour, depth = kinds[seed % len(kinds)]
        interlace = seed // len(kinds) % 2
        palette = dice.randint(1, 2**depth) if colour == 3 else 0
        width, height, new_width, new_height = (
            dice.choice([1, 2, dice.randint(1, 16), *(dice.randint(1, 64) for _ in range(2))])
            for _ in range(4))
        if seed % 10 == 0:
            new_width = width
        case = (colour, depth, interlace, palette, width, height, seed)
        image = rgb(io.BytesIO(generate(*case)))
        digests = [digest(image.resize((new_width, new_height), filter)) for filter in range(6)]
        yield " ".join(map(str, [*case, new_width, new_height, digest(image), *digests]))


def noise(*shape):
    return noise_source.integers(0, 256, shape, dtype=np.uint8)


def write_png(name, colour, depth, samples, extra=b""):
    width = samples.shape[1] * 8 // depth // CHANNELS[colour]
    rows = b"".join(b"\0" + row.tobytes() for row in samples)
    (GOLDENS / f"{name}.png").write_bytes(
        png(width, len(samples), depth, colour, 0, zlib.compress(rows), extra))


def make_pngs():
    """Kinds with chunks that change nothing in Pillow: transparency and gamma."""
    gamma = chunk(b"gAMA", struct.pack(">I", 100000))
    palette = chunk(b"PLTE", noise(16, 3).tobytes())
    write_png("grey8", 0, 8, noise(5, 7))
    write_png("grey8-transparent", 0, 8, noise(5, 7), chunk(b"tRNS", b"\0\x07"))
    write_png("grey16-transparent", 0, 16, noise(5, 12), chunk(b"tRNS", b"\0\x07"))
    write_png("rgb8", 2, 8, noise(5, 21))
    write_png("rgb8-gamma", 2, 8, noise(5, 21), gamma)
    write_png("rgb8-transparent", 2, 8, noise(5, 21), chunk(b"tRNS", b"\0\x01\0\x02\0\x03"))
    write_png("rgb16-gamma", 2, 16, noise(5, 42), gamma)
    write_png("rgba8-gamma", 6, 8, noise(5, 28), gamma)
    write_png("palette4", 3, 4, noise(5, 4), palette)
    transparency = chunk(b"tRNS", noise(16).tobytes())
    write_png("palette4-transparent", 3, 4, noise(5, 4), palette + transparency)


def make_photos():
    """Photos of at most 200 pixels a side: kinds of JPEG, and a PNG."""
    def save(name, file, mode="RGB", **options):
        image = Image.open(Path(skimage.__file__).parent / "data" / file).convert(mode)
        image.thumbnail((160, 160) if name.endswith("png") else (200, 200))
        image.save(GOLDENS / "photos" / name, **options)

    save("astronaut.jpg", "astronaut.png", quality=85)
    save("camera.jpg", "camera.png", "L", quality=85)
    save("chelsea.jpg", "chelsea.png", quality=90, progressive=True)
    save("coffee.jpg", "coffee.png", quality=80, subsampling=0)
    save("rocket.jpg", "rocket.jpg", "CMYK", quality=80)
    save("hubble.jpg", "hubble_deep_field.jpg", quality=75, subsampling=1, restart_marker_rows=1)
    save("coins.png", "coins.png", "P")


def photo_case(path):
    image = rgb(path)
    sizes = [(224, 224), (64, 60), (31, 200), (image.width, 20), (300, 37)]
    resized = [
        {"width": width, "height": height, "filter": filter,
         "digest": digest(image.resize((width, height), filter))}
        for width, height in sizes for filter in range(6)]
    return {
        "file": path.name, "width": image.width, "height": image.height,
        "digest": digest(image), "resized": resized}


def processor_case(name, text, photo):
    pixels = processor(text)(rgb(photo), return_tensors="np")["pixel_values"][0]
    pixels = pixels.astype(np.float32)
    return {
        "name": name, "config": text, "photo": photo.name,
        "shape": list(pixels.shape), "digest": digest(pixels)}


def main():
    (GOLDENS / "photos").mkdir(parents=True, exist_ok=True)
    make_pngs()
    make_photos()
    (GOLDENS / "generated.txt").write_text("\n".join(generated_lines()) + "\n")
    photos = sorted((GOLDENS / "photos").iterdir())
    cases = {
        "decode": [
            {"file": path.name, "digest": digest(rgb(path))} for path in sorted(GOLDENS.glob("*.png"))],
        "photos": [photo_case(path) for path in photos],
        "processors": [
            processor_case(name, json.dumps(config), photos[number % len(photos)])
            for number, (name, config) in enumerate(CONFIGS.items())],
    }
    (GOLDENS / "cases.json").write_text(json.dumps(cases, indent=0) + "\n")


main()
