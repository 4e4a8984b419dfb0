"""Compares vitq's images with Pillow's and transformers', over real photos and all kinds of files.

    python3 -m pip install -r Benchmarks/requirements-images.txt
    swift build -c release --product image-bytes
    python3 Benchmarks/compare_images.py .build/release/image-bytes [--cjpeg CJPEG]

Prints how many results are equal: JPEG files of all kinds that Pillow writes and, with
libjpeg-turbo's `cjpeg` (Debian's libjpeg-turbo-progs), those that it does not write; orientations;
damaged files, where it counts which of the two refuses a file; photos decoded, resized and made
into tensors.
"""

import argparse
import itertools
import json
import random
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import sklearn
import skimage
from PIL import Image, ImageOps

sys.path.insert(0, str(Path(__file__).parent.parent / "Tests" / "ImagingTests"))
from processors import CONFIGS, processor  # noqa: E402

SIZES = [(224, 224), (97, 301), (1, 1), (640, 480), (1000, 33)]
MODES = {"L": 1, "RGB": 3, "CMYK": 4}
SAMPLINGS = ["1x1", "2x1", "1x2", "2x2", "4x1", "1x4", "4x2", "2x4"]
CODINGS = [
    "-baseline", "-progressive", "-arithmetic", "-progressive -arithmetic", "-restart 1",
    "-optimize -quality 30", "-dct float"]
CJPEG_OPTIONS = [
    f"-sample {sampling} {coding}" for sampling in SAMPLINGS for coding in CODINGS]
CJPEG_OPTIONS += ["-rgb", "-rgb -progressive", "-grayscale", "-smooth 20"]


class Program:
    """The other side: lines in, bytes out."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, *fields, dtype=np.uint8):
        """The array that came of it, or None where the program named an error."""
        self.process.stdin.write(("\t".join(map(str, fields)) + "\n").encode())
        self.process.stdin.flush()
        words = self.process.stdout.readline().decode().split()
        if not words:
            raise SystemExit(f"the program ended at {fields}")
        if words[0] == "error":
            return None
        *shape, count = map(int, words)
        return np.frombuffer(self.process.stdout.read(count), dtype).reshape(shape)


class Count:
    """How many results were equal, and the first that were not."""

    def __init__(self, subject):
        self.subject, self.equal, self.different = subject, 0, []

    def compare(self, ours, theirs, name):
        if ours is not None and ours.shape == theirs.shape and np.array_equal(ours, theirs):
            self.equal += 1
        else:
            self.different.append(name)

    def show(self):
        print(
            f"{self.subject}: {self.equal} equal, {len(self.different)} different",
            *self.different[:5], flush=True)


def rgb(path):
    return np.asarray(Image.open(path).convert("RGB"))


def photos():
    """What the packages bring along."""
    folders = [
        Path(sklearn.__file__).parent / "datasets" / "images",
        Path(skimage.__file__).parent / "data"]
    files = [path for folder in folders for path in folder.iterdir()]
    return sorted(path for path in files if path.suffix in (".jpg", ".png"))


def compare_photos(program, folder):
    decoded, resized, processed = map(Count, ("photos decoded", "photos resized", "tensors"))
    files = {name: folder / f"{name.replace('/', '-')}.json" for name in CONFIGS}
    for name, path in files.items():
        path.write_text(json.dumps(CONFIGS[name]))
    for path in photos():
        image = Image.open(path).convert("RGB")
        decoded.compare(program("decode", path), np.asarray(image), path.name)
        for (width, height), filter in itertools.product(SIZES, range(6)):
            theirs = np.asarray(image.resize((width, height), filter))
            ours = program("resize", path, width, height, filter)
            resized.compare(ours, theirs, (path.name, width, height, filter))
        for name, config in CONFIGS.items():
            theirs = processor(json.dumps(config))(image, return_tensors="np")["pixel_values"]
            ours = program("process", path, files[name], dtype=np.float32)
            processed.compare(ours, theirs[0].astype(np.float32), (path.name, name))
    for count in decoded, resized, processed:
        count.show()


def picture(height, width, mode, noise):
    """Waves and noise: edges, gradients and grain."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [
        np.sin(x / (7 + i)) * 60 + np.cos(y / (5 + 2 * i)) * 60 + 128 for i in range(MODES[mode])]
    noisy = np.stack(planes, -1) + noise.normal(0, 20, (height, width, MODES[mode]))
    samples = np.clip(noisy, 0, 255).astype(np.uint8)
    return Image.fromarray(samples[..., 0] if mode == "L" else samples, mode)


def compare_jpegs(program, folder, noise):
    count = Count("JPEG files that Pillow writes")
    sizes = [(1, 1), (7, 5), (8, 8), (16, 17), (33, 64), (100, 75), (240, 320)]
    kinds = itertools.product(sizes, MODES, (10, 50, 75, 95, 100), range(3), (False, True))
    for number, (size, mode, quality, sampling, progressive) in enumerate(kinds):
        options = {"quality": quality, "progressive": progressive}
        if mode == "RGB":
            options["subsampling"] = sampling
            options["keep_rgb"] = number % 7 == 0 and sampling == 0
        if number % 5 == 0:
            options["restart_marker_blocks"] = 3
        path = folder / f"{number}.jpg"
        try:
            picture(*size, mode, noise).save(path, **options)
        except OSError:  # Pillow's buffer is too small for some
            continue
        theirs = rgb(path)
        count.compare(program("decode", path), theirs, path.name)
        if mode == "CMYK":
            as_ycck(path)
            count.compare(program("decode", path), rgb(path), f"YCCK {path.name}")
    count.show()


def as_ycck(path):
    """Says in Adobe's marker that the first three inks are stored as brightness and colour."""
    file = bytearray(path.read_bytes())
    file[file.index(b"Adobe") + 11] = 2
    path.write_bytes(file)


def compare_cjpeg(program, folder, cjpeg, noise):
    count = Count("JPEG files of cjpeg")
    for size in [(1, 1), (9, 15), (64, 64), (77, 130), (240, 321)]:
        source = folder / "source.ppm"
        picture(*size, "RGB", noise).save(source)
        for options in CJPEG_OPTIONS:
            path = folder / "cjpeg.jpg"
            subprocess.run([cjpeg, *options.split(), "-outfile", path, source], check=True)
            count.compare(program("decode", path), rgb(path), (size, options))
    count.show()


def compare_orientations(program, folder, noise):
    count = Count("orientations")
    sizes = [(6, 9), (40, 31)]
    for orientation, kind, size in itertools.product(range(0, 10), ("jpg", "png"), sizes):
        exif = Image.Exif()
        exif[0x0112] = orientation
        path = folder / f"turned.{kind}"
        picture(*size, "RGB", noise).save(path, exif=exif)
        theirs = np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))
        count.compare(program("upright", path), theirs, (orientation, kind, size))
    for orientation in range(1, 9):
        path = folder / "turned.jpg"
        xmp = f'<x tiff:Orientation="{orientation}"/>'.encode()
        picture(6, 9, "RGB", noise).save(path, xmp=xmp)
        theirs = np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))
        count.compare(program("upright", path), theirs, ("XMP", orientation))
    count.show()


def compare_damaged(program, folder, noise):
    """Pillow passes over some damage; where both do, the samples should be equal."""
    dice = random.Random(2)
    for kind, options in {"jpg": {}, "progressive.jpg": {"progressive": True}, "png": {}}.items():
        count = Count(f"damaged {kind} that both read")
        refused = {"both": 0, "vitq alone": 0, "Pillow alone": 0}
        whole, path = folder / f"whole.{kind}", folder / f"damaged.{kind}"
        picture(64, 70, "RGB", noise).save(whole, **options)
        file = whole.read_bytes()
        for number in range(1000):
            damaged = bytearray(file)
            if number % 4 == 0:
                del damaged[dice.randrange(len(file)):]
            else:
                damaged[dice.randrange(len(file))] ^= 1 << dice.randrange(8)
            path.write_bytes(damaged)
            ours = program("decode", path)
            try:
                theirs = rgb(path)
            except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
                refused["both" if ours is None else "Pillow alone"] += 1
                continue
            if ours is None:
                refused["vitq alone"] += 1
            else:
                count.compare(ours, theirs, number)
        count.show()
        print("  refused by", *(f"{who}: {times};" for who, times in refused.items()), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", help="image-bytes")
    parser.add_argument("--cjpeg", help="libjpeg-turbo's program")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    noise = np.random.default_rng(0)
    program = Program(options.program)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compare_jpegs(program, folder, noise)
        if options.cjpeg:
            compare_cjpeg(program, folder, options.cjpeg, noise)
        compare_orientations(program, folder, noise)
        compare_damaged(program, folder, noise)
        compare_photos(program, folder)


main()
