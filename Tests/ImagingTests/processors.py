"""Configurations of image processors, and transformers' Pillow processor for each."""

import json

from transformers.models.beit.image_processing_pil_beit import BeitImageProcessorPil
from transformers.models.bit.image_processing_pil_bit import BitImageProcessorPil
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.convnext.image_processing_pil_convnext import ConvNextImageProcessorPil
from transformers.models.deit.image_processing_pil_deit import DeiTImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

CLASSES = {
    "ViT": ViTImageProcessorPil, "DeiT": DeiTImageProcessorPil, "Beit": BeitImageProcessorPil,
    "CLIP": CLIPImageProcessorPil, "Siglip": SiglipImageProcessorPil, "Bit": BitImageProcessorPil,
    "ConvNext": ConvNextImageProcessorPil}
HALF = {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
IMAGENET = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
CLIP = {
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711]}
ON = {
    "do_resize": True, "do_rescale": True, "do_normalize": True,
    "rescale_factor": 0.00392156862745098}
VIT = {"image_processor_type": "ViTImageProcessor"}

# Those with a model's name are laid out as its file on the Hub is.
CONFIGS = {
    "google/vit-base-patch16-224": {
        **ON, **HALF, **VIT, "resample": 2, "size": {"height": 224, "width": 224}},
    "nateraw/vit-base-beans": {
        "do_normalize": True, "do_resize": True, "feature_extractor_type": "ViTFeatureExtractor",
        **HALF, "resample": 2, "size": 224},
    "facebook/deit-base-distilled-patch16-224": {
        "crop_size": 224, "do_center_crop": True, "do_normalize": True, "do_resize": True,
        "feature_extractor_type": "DeiTFeatureExtractor", **IMAGENET, "resample": 3, "size": 256},
    "microsoft/beit-base-patch16-224": {
        "crop_size": 224, "do_center_crop": False, "do_normalize": True, "do_resize": True,
        "feature_extractor_type": "BeitFeatureExtractor", **HALF, "reduce_labels": False,
        "resample": 2, "size": 224},
    "openai/clip-vit-base-patch32": {
        "crop_size": 224, "do_center_crop": True, "do_normalize": True, "do_resize": True,
        "feature_extractor_type": "CLIPFeatureExtractor", **CLIP, "resample": 3, "size": 224},
    "openai/clip-vit-large-patch14-336": {
        **ON, **CLIP, "crop_size": {"height": 336, "width": 336}, "do_center_crop": True,
        "do_convert_rgb": True, "feature_extractor_type": "CLIPFeatureExtractor",
        "image_processor_type": "CLIPImageProcessor", "resample": 3, "size": {"shortest_edge": 336}},
    "google/siglip-base-patch16-224": {
        **ON, **HALF, "image_processor_type": "SiglipImageProcessor",
        "processor_class": "SiglipProcessor", "resample": 3, "size": {"height": 224, "width": 224}},
    "facebook/dinov2-base": {
        **ON, **IMAGENET, "crop_size": {"height": 224, "width": 224}, "do_center_crop": True,
        "do_convert_rgb": True, "image_processor_type": "BitImageProcessor", "resample": 3,
        "size": {"shortest_edge": 256}},
    "facebook/convnext-tiny-224": {
        "crop_pct": 0.875, "do_normalize": True, "do_resize": True,
        "feature_extractor_type": "ConvNextFeatureExtractor", **IMAGENET, "resample": 3, "size": 224},
    "facebook/convnext-base-384": {
        "crop_pct": None, "do_normalize": True, "do_resize": True,
        "feature_extractor_type": "ConvNextFeatureExtractor", **IMAGENET, "resample": 3, "size": 384},
    "saved by a fast processor": {
        **ON, **HALF, "crop_size": None, "data_format": "channels_first", "default_to_square": True,
        "device": None, "disable_grouping": None, "do_center_crop": None, "do_convert_rgb": None,
        "image_processor_type": "ViTImageProcessorFast", "input_data_format": None, "resample": 2,
        "return_tensors": None, "size": {"height": 224, "width": 224}},
    "ViT's defaults": VIT,
    "DeiT's defaults": {"image_processor_type": "DeiTImageProcessor"},
    "CLIP's defaults": {"image_processor_type": "CLIPImageProcessor"},
    "SigLIP's defaults": {"image_processor_type": "SiglipImageProcessor"},
    "BiT's defaults": {"image_processor_type": "BitImageProcessor"},
    "nearest": {**VIT, "size": 96, "resample": 0},
    "lanczos": {**VIT, "size": {"height": 60, "width": 130}, "resample": 1},
    "box": {**VIT, "size": 70, "resample": 4},
    "hamming": {**VIT, "size": 71, "resample": 5},
    "shortest edge": {**VIT, "size": {"shortest_edge": 77}},
    "both edges": {**VIT, "size": {"shortest_edge": 90, "longest_edge": 101}},
    "edges that do not bind": {**VIT, "size": {"shortest_edge": 90, "longest_edge": 900}},
    "room": {**VIT, "size": {"max_height": 90, "max_width": 60}},
    "crop larger than the image": {
        **VIT, "size": 50, "do_center_crop": True, "crop_size": {"height": 73, "width": 37}},
    "no resize": {**VIT, "do_resize": False, "do_center_crop": True, "crop_size": 111},
    "no normalization": {**VIT, "size": 40, "do_normalize": False},
    "no rescale": {
        **VIT, "size": 40, "do_rescale": False, "image_mean": [120, 110, 100],
        "image_std": [60, 61, 62]},
    "one number for three channels": {
        **VIT, "size": 40, "rescale_factor": 0.0078431372549, "image_mean": 1, "image_std": 1.5},
    "neither": {**VIT, "size": 40, "do_rescale": False, "do_normalize": False},
}


def processor(text):
    """The processor that transformers would make of a `preprocessor_config.json`."""
    config = json.loads(text)
    types = [config.pop(key, None) for key in ("image_processor_type", "feature_extractor_type")]
    name = types[0] or types[1]
    family = next(key for key in CLASSES if name.startswith(key))
    for key in ("processor_class", "reduce_labels"):
        config.pop(key, None)
    return CLASSES[family](**config)
