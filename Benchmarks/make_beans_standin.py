"""Writes a stand-in for nateraw/vit-base-beans and the images of the Beans dataset.

    pip install -r Benchmarks/requirements.txt pillow==13.0.0 scikit-learn==1.9.1 scikit-image==0.26.0
    python Benchmarks/make_beans_standin.py beans

beans/model/ has model.onnx, config.json and preprocessor_config.json of a ViT-Base with the three labels;
beans/validation/LABEL/*.jpg are photos of 500 x 500 pixels, cut out of those that come with
scikit-learn and scikit-image. Files, names and shapes are those of the originals. The body's weights are
random; the classifier is fitted to the photos, so that there are answers of each class.
"""

import argparse
import json
import pathlib
import warnings

import numpy as np
import skimage
import torch
from PIL import Image
from sklearn.datasets import load_sample_image
from transformers import ViTConfig, ViTForImageClassification
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

LABELS = ["angular_leaf_spot", "bean_rust", "healthy"]
PREPROCESSOR = {
    "do_normalize": True,
    "do_resize": True,
    "feature_extractor_type": "ViTFeatureExtractor",
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
    "resample": 2,
    "size": 224,
}


def photos():
    """Photos for each label."""
    folder = pathlib.Path(skimage.__file__).parent / "data"
    own = [Image.open(folder / name).convert("RGB") for name in ("coffee.png", "chelsea.png")]
    return [Image.fromarray(load_sample_image("flower.jpg"))] + own


def write_images(folder, count, random):
    """`count` crops of each photo; returns them with their labels."""
    paths, labels = [], []
    for label, photo in enumerate(photos()):
        target = folder / LABELS[label]
        target.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            side = int(random.integers(120, min(photo.size)))
            left, top = (int(random.integers(0, edge - side + 1)) for edge in photo.size)
            crop = photo.crop((left, top, left + side, top + side)).resize((500, 500))
            if random.random() < 0.5:
                crop = crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            path = target / f"{LABELS[label]}_val.{number}.jpg"
            crop.save(path, quality=int(random.integers(75, 96)))
            paths.append(path)
            labels.append(label)
    return paths, np.array(labels)


def fit(model, paths, labels):
    """Fits the classifier by ridge regression, on part of the photos only so that some are missed."""
    processor = ViTImageProcessorPil(size={"height": 224, "width": 224})
    features = []
    with torch.no_grad():
        for path in paths[::3]:
            pixels = processor(Image.open(path).convert("RGB"), return_tensors="pt").pixel_values
            features.append(model.vit(pixels).last_hidden_state[0, 0].double().numpy())
    features, targets = np.array(features), np.eye(len(LABELS))[labels[::3]]
    mean = features.mean(0)
    centred = features - mean
    spread = np.trace(centred @ centred.T) / len(centred)
    weights = centred.T @ np.linalg.solve(
        centred @ centred.T + 0.01 * spread * np.eye(len(centred)), targets - targets.mean(0))
    scale = 4.0
    with torch.no_grad():
        model.classifier.weight.copy_(torch.from_numpy(scale * weights.T))
        model.classifier.bias.copy_(torch.from_numpy(scale * (targets.mean(0) - mean @ weights)))


def export(model, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, (torch.zeros(2, 3, 224, 224),), str(path), dynamo=False, opset_version=14,
            input_names=["pixel_values"], output_names=["logits"],
            dynamic_axes={"pixel_values": {0: "batch_size"}, "logits": {0: "batch_size"}})


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("out", type=pathlib.Path)
    arguments.add_argument("--images", type=int, default=44, help="for each label (Beans has 44)")
    options = arguments.parse_args()
    torch.manual_seed(0)
    config = ViTConfig(
        id2label=dict(enumerate(LABELS)), label2id={name: id for id, name in enumerate(LABELS)},
        attn_implementation="eager")
    config.architectures = ["ViTForImageClassification"]
    model = ViTForImageClassification(config).eval()
    with torch.no_grad():
        # Fresh biases and scales are all alike, and exports store equal tensors once.
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(torch.randn_like(parameter), alpha=0.02)
    paths, labels = write_images(
        options.out / "validation", options.images, np.random.default_rng(0))
    fit(model, paths, labels)
    folder = options.out / "model"
    folder.mkdir(parents=True, exist_ok=True)
    export(model, folder / "model.onnx")
    (folder / "config.json").write_text(model.config.to_json_string())
    (folder / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR, indent=2) + "\n")


main()
