"""Writes Goldens/: what Pillow 13.0.0 and transformers 5.23.0 make of small images.

    python3 -m pip install pillow==13.0.0 transformers==5.23.0 numpy==2.4.6
    python3 Tests/ImagingTests/make_goldens.py

cases.json lists the cases; each has its expected bytes (RGB samples, or little-endian float32
pixels) at an offset in expected.bin.
"""

import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

GOLDENS = Path(__file__).parent / "Goldens"
random = np.random.default_rng(0)
expected = bytearray()


def store(array):
    offset = len(expected)
    expected.extend(np.ascontiguousarray(array).tobytes())
    return {"offset": offset, "count": int(array.size)}


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def write_png(name, colour_type, depth, samples, extra=b""):
    """A PNG of rows of bytes as the format has them, for the kinds that Pillow does not write."""
    height, row = samples.shape
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour_type]
    width = row * 8 // depth // channels
    rows = b"".join(b"\0" + samples[y].tobytes() for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    (GOLDENS / f"{name}.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def noise(*shape):
    return random.integers(0, 256, shape, dtype=np.uint8)


def make_pngs():
    palette = chunk(b"PLTE", noise(16, 3).tobytes())
    gamma = chunk(b"gAMA", struct.pack(">I", 100000))
    write_png("grey1", 0, 1, noise(5, 2))
    write_png("grey2", 0, 2, noise(5, 3))
    write_png("grey4", 0, 4, noise(5, 4))
    write_png("grey8", 0, 8, noise(5, 7))
    write_png("grey8-transparent", 0, 8, noise(5, 7), chunk(b"tRNS", b"\0\x07"))
    write_png("grey16", 0, 16, noise(5, 12))
    write_png("grey-alpha8", 4, 8, noise(5, 14))
    write_png("rgb8", 2, 8, noise(5, 21))
    write_png("rgb8-gamma", 2, 8, noise(5, 21), gamma)
    write_png("rgb8-transparent", 2, 8, noise(5, 21), chunk(b"tRNS", b"\0\x01\0\x02\0\x03"))
    write_png("rgb16", 2, 16, noise(5, 42))
    write_png("rgb16-gamma", 2, 16, noise(5, 42), gamma)
    write_png("rgba8", 6, 8, noise(5, 28))
    write_png("rgba8-gamma", 6, 8, noise(5, 28), gamma)
    write_png("rgba16", 6, 16, noise(5, 56))
    write_png("palette4", 3, 4, noise(5, 4), palette)
    transparency = chunk(b"tRNS", noise(16).tobytes())
    write_png("palette4-transparent", 3, 4, noise(5, 4), palette + transparency)
    photo = noise(37, 45, 3)
    photo[:, 20:] = np.where(photo[:, 20:] < 128, 0, 255)
    photo[10:20, :20] = np.linspace(0, 255, 600).reshape(10, 20, 3).astype(np.uint8)
    Image.fromarray(photo).save(GOLDENS / "photo.png")


def decode_case(path):
    image = Image.open(path)
    rgb = np.array(image.convert("RGB"))
    if path.stem == "grey16":
        rgb = np.repeat((np.array(image) >> 8).astype(np.uint8)[..., None], 3, axis=2)
    return {"image": path.stem, "width": image.width, "height": image.height, **store(rgb)}


def resize_case(filter, width, height):
    resized = Image.open(GOLDENS / "photo.png").resize((width, height), filter)
    return {"filter": filter, "width": width, "height": height, **store(np.array(resized))}


def processor_case(config):
    processor = ViTImageProcessorPil(**config)
    image = Image.open(GOLDENS / "photo.png")
    pixels = processor(image, return_tensors="np")["pixel_values"][0].astype(np.float32)
    text = json.dumps({"image_processor_type": "ViTImageProcessor", **config})
    return {"config": text, "shape": list(pixels.shape), **store(pixels)}


CONFIGS = [
    {"size": 16},
    {"size": {"height": 12, "width": 20}, "resample": 3},
    {"size": {"shortest_edge": 18}, "resample": 1, "do_center_crop": True, "crop_size": 15},
    {"size": {"shortest_edge": 13}},
    {"size": 10, "do_center_crop": True, "crop_size": {"height": 13, "width": 7}},
    {"do_resize": False, "do_center_crop": True, "crop_size": {"height": 8, "width": 50}},
    {"size": 9, "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]},
    {"size": 9, "do_normalize": False, "resample": 0},
    {"size": 9, "do_rescale": False, "image_mean": [120, 110, 100], "image_std": [60, 61, 62]},
    {"size": 9, "rescale_factor": 0.0078431372549, "image_mean": [1, 1, 1], "image_std": [1, 1, 1]},
]


def main():
    GOLDENS.mkdir(exist_ok=True)
    make_pngs()
    sizes = [(28, 28), (64, 60), (7, 70), (45, 20), (100, 37), (1, 1)]
    cases = {
        "decode": [decode_case(path) for path in sorted(GOLDENS.glob("*.png"))],
        "resize": [resize_case(f, *size) for f in range(6) for size in sizes],
        "processor": [processor_case(config) for config in CONFIGS],
    }
    (GOLDENS / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    (GOLDENS / "expected.bin").write_bytes(expected)


main()
