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
        "model_type": "glm4v_text", "dtype": "bfloat16", "hidden_size": HIDDEN, "intermediate_size": 768, "num_hidden_layers": 7,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 8192, "rms_norm_eps": 1e-5, "hidden_act": "silu",
        "attention_dropout": 0.0, "initializer_range": 0.02, "use_cache": True,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5, "mrope_section": [4, 2, 2]},
    },
    "vision_config": {
        "model_type": "glm4v_vision", "dtype": "bfloat16", "depth": 6, "hidden_size": 96, "num_heads": 3, "out_hidden_size": HIDDEN,
        "intermediate_size": 512, "image_size": 112, "in_channels": 3, "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2,
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


def grown(net, like):
    """The weights `net` of a training run in the sizes of the state `like`: more units in gated layers, which are nothing yet (`revived` begins
    them), and more blocks of the tower before its last, which add nothing yet."""
    def padded(w, rows, columns):
        return torch.nn.functional.pad(w, (0, columns - w.shape[1], 0, rows - w.shape[0]))

    depth = lambda weights: 1 + max(int(n.split(".blocks.")[1].split(".")[0]) for n in weights if ".blocks." in n)
    old, new = depth(net) - 1, depth(like) - 1
    net = {n.replace(f".blocks.{old}.", f".blocks.{new}."): w for n, w in net.items()}
    for name, w in like.items():
        if name not in net:
            net[name] = torch.zeros_like(w) if name.endswith(("attn.proj.weight", "down_proj.weight")) else w.clone()
        elif name.endswith(("gate_up_proj.weight", "gate_proj.weight", "up_proj.weight", "down_proj.weight")):
            halves = net[name].chunk(2 if "gate_up" in name else 1)
            net[name] = torch.cat([padded(half, len(w) // len(halves), w.shape[1]) for half in halves])
    return net


def revived(net):
    """The weights `net` of a training run with new units in the place of those that have died, in gated layers: the gradient of each of gate, up and down
    is a product of the other two, so that none of them comes back from nothing. The new ones begin at random and add nothing yet. The same for
    the tower's queries and keys that are both nothing: the queries begin anew."""
    def fresh(w, silent):
        size = w[~silent].norm(dim=1).mean() if (~silent).any() else 1.0
        return torch.randn_like(w[silent]) * size / w.shape[1] ** 0.5

    net, dead = dict(net), {}
    for name in [n for n in net if n.endswith("down_proj.weight")]:
        path, down = name.removesuffix("down_proj.weight"), net[name].clone()
        joined = f"{path}gate_up_proj.weight" in net
        gate, up = net[f"{path}gate_up_proj.weight"].chunk(2) if joined else (net[f"{path}{n}_proj.weight"] for n in ("gate", "up"))
        gate, up = gate.clone(), up.clone()
        silent = (down.norm(dim=0) < 0.02) | (gate.norm(dim=1) < 0.05) | (up.norm(dim=1) < 0.05)
        dead[path] = int(silent.sum())
        down[:, silent] = 0
        for w in (gate, up):
            w[silent] = fresh(w, silent)
        net |= {name: down} | ({f"{path}gate_up_proj.weight": torch.cat((gate, up))} if joined else {f"{path}gate_proj.weight": gate, f"{path}up_proj.weight": up})
    for name in [n for n in net if n.endswith("qkv.weight")]:
        q, k, v = (x.clone() for x in net[name].chunk(3))
        silent = (q.norm(dim=1) < 0.05) & (k.norm(dim=1) < 0.05)
        dead[name] = int(silent.sum())
        q[silent], k[silent] = fresh(q, silent), 0
        net[name] = torch.cat((q, k, v))
    print("begun anew:", {n.split("language_model.")[-1]: k for n, k in dead.items() if k}, flush=True)
    return net


def load(path):
    """A training run's state, as learn.py keeps it, or the weights alone of a model.safetensors."""
    if str(path).endswith(".safetensors"):
        return {"net": {f"twin.{k}": v.float() for k, v in load_file(path).items()}, "step": 0}
    return torch.load(path)
