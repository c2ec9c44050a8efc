"""The model's sizes, as its config.json has them (the tokenizer fills in the vocabulary and the special ids)."""
import torch
from safetensors.torch import load_file

HIDDEN = 128
CONFIG = {
    "architectures": ["Glm4vForConditionalGeneration"],
    "model_type": "glm4v",
    "dtype": "bfloat16",
    "tie_word_embeddings": False,
    "text_config": {
        "model_type": "glm4v_text", "dtype": "bfloat16", "hidden_size": HIDDEN, "intermediate_size": 384, "num_hidden_layers": 7,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 8192, "rms_norm_eps": 1e-5, "hidden_act": "silu",
        "attention_dropout": 0.0, "initializer_range": 0.02, "use_cache": True,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5, "mrope_section": [4, 2, 2]},
    },
    "vision_config": {
        "model_type": "glm4v_vision", "dtype": "bfloat16", "depth": 4, "hidden_size": 96, "num_heads": 3, "out_hidden_size": HIDDEN,
        "intermediate_size": 256, "image_size": 112, "in_channels": 3, "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2,
        "attention_bias": False, "attention_dropout": 0.0, "hidden_act": "silu", "initializer_range": 0.02, "rms_norm_eps": 1e-5,
        "rope_parameters": {"rope_type": "axial", "rope_theta": 10000.0},
    },
}


def complete(tokenizer):
    """CONFIG with the vocabulary and the ids of this tokenizer."""
    at = tokenizer.token_to_id
    ids = {"image_token_id": "<|image|>", "video_token_id": "<|video|>", "image_start_token_id": "<|begin_of_image|>", "image_end_token_id": "<|end_of_image|>",
           "video_start_token_id": "<|begin_of_video|>", "video_end_token_id": "<|end_of_video|>"}
    text = {**CONFIG["text_config"], "vocab_size": tokenizer.get_vocab_size(), "pad_token_id": at("<|endoftext|>"), "eos_token_id": [at("<|endoftext|>"), at("<|user|>"), at("<|observation|>")]}
    return {**CONFIG, "text_config": text, **{k: at(v) for k, v in ids.items()}}


def strip(net):
    """The weights of a training run by the names of the model."""
    return {k.removeprefix("twin."): v for k, v in net.items()}


def load(path):
    """A training run's state, as learn.py keeps it, or the weights alone of a model.safetensors."""
    if str(path).endswith(".safetensors"):
        return {"net": {f"twin.{k}": v.float() for k, v in load_file(path).items()}, "step": 0}
    return torch.load(path)
