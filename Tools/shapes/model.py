"""The model's sizes, as its config.json has them (the tokenizer fills in the vocabulary and the special ids)."""
import re

import torch
from safetensors.torch import load_file

HIDDEN = 128
CONFIG = {
    "architectures": ["Glm4vForConditionalGeneration"],
    "model_type": "glm4v",
    "dtype": "bfloat16",
    "tie_word_embeddings": False,
    "text_config": {
        "model_type": "glm4v_text", "dtype": "bfloat16", "hidden_size": HIDDEN, "intermediate_size": 384, "num_hidden_layers": 9,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 8192, "rms_norm_eps": 1e-5, "hidden_act": "silu",
        "attention_dropout": 0.0, "initializer_range": 0.02, "use_cache": True,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5, "mrope_section": [4, 2, 2]},
    },
    "vision_config": {
        "model_type": "glm4v_vision", "dtype": "bfloat16", "depth": 6, "hidden_size": 96, "num_heads": 3, "out_hidden_size": HIDDEN,
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


def deepened(weights):
    """The weights of a model with fewer layers, by the names of a training run, for one of CONFIG's depth: new layers stand before the last and
    begin as copies of the one before them that add a tenth of what it adds, which disturbs nothing."""
    out = dict(weights)
    for stack, depth, ends in (("language_model.layers", CONFIG["text_config"]["num_hidden_layers"], ("post_self_attn_layernorm", "post_mlp_layernorm")),
                               ("visual.blocks", CONFIG["vision_config"]["depth"], ("attn.proj", "mlp.down_proj"))):
        layer = re.compile(rf"(.*\b{re.escape(stack)}\.)(\d+)\.(.*)")
        found = {k: m for k in weights if (m := layer.fullmatch(k))}
        last = max(int(m[2]) for m in found.values())
        for k, m in found.items():
            if int(m[2]) == last and last < depth - 1:
                out[f"{m[1]}{depth - 1}.{m[3]}"] = weights[k]
            if int(m[2]) == last - 1:
                for new in range(last, depth - 1):
                    out[f"{m[1]}{new}.{m[3]}"] = weights[k] * (0.1 if any(end in m[3] for end in ends) else 1.0)
    return out
