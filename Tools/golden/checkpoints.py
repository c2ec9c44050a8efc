"""Two tiny random checkpoints in the layout of the Hub: `tiny-a` as transformers 5 saves them, `tiny-b` as 4.x did.

Weights are wide on purpose. With the usual std of 0.02 attention is nearly uniform and a swapped norm or a wrong
rotary section moves the logits by less than the tolerance of the tests.
"""

import json
import shutil

import torch
from common import GLM, WORDS
from transformers import (
    AutoProcessor,
    GenerationConfig,
    Glm4vConfig,
    Glm4vForConditionalGeneration,
    Glm4vImageProcessor,
    Glm4vVideoProcessor,
)

SPECIALS = {
    key: value for key, value in json.loads((WORDS / "config.json").read_text()).items() if key.endswith("_token_id")
}

# eps 1e-3 is larger than a real model's, so that a norm that takes the other tower's eps is seen.
TINY_A = {
    "seed": 11, "spelling": 5, "dtype": torch.float32, "shard_size": "50GB",
    "text": dict(
        vocab_size=477, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, rms_norm_eps=1e-3, max_position_embeddings=4096, pad_token_id=455,
        rope_parameters={
            "rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5, "mrope_section": [1, 1, 2],
        },
    ),
    "vision": dict(
        hidden_size=32, depth=2, num_heads=2, out_hidden_size=64, intermediate_size=96, image_size=112,
        rms_norm_eps=1e-5,
    ),
    "image_size": {"shortest_edge": 2 * 56 * 56, "longest_edge": 2 * 84 * 112},
    "video_size": {"shortest_edge": 2 * 56 * 56, "longest_edge": 16 * 56 * 84},
}

TINY_B = {
    "seed": 12, "spelling": 4, "dtype": torch.bfloat16, "shard_size": "300KB",
    "text": dict(
        vocab_size=477, hidden_size=96, intermediate_size=80, num_hidden_layers=3, num_attention_heads=3,
        num_key_value_heads=1, head_dim=32, rms_norm_eps=1e-6, max_position_embeddings=4096, pad_token_id=455,
        rope_parameters={
            "rope_type": "default", "rope_theta": 500000.0, "partial_rotary_factor": 0.75, "mrope_section": [2, 4, 6],
        },
    ),
    "vision": dict(
        hidden_size=48, depth=3, num_heads=2, out_hidden_size=96, intermediate_size=40, image_size=84,
        rms_norm_eps=1e-3,
    ),
    "image_size": {"shortest_edge": 2 * 28 * 56, "longest_edge": 2 * 56 * 112},
    "video_size": {"shortest_edge": 4 * 28 * 56, "longest_edge": 20 * 28 * 56},
    "eos": 462,  # a number where tiny-a has a list
}


def random_model(recipe: dict) -> Glm4vForConditionalGeneration:
    """A model in float32 whose weights depend on the recipe alone."""
    config = Glm4vConfig(text_config=recipe["text"], vision_config=recipe["vision"], **SPECIALS)
    config.architectures = ["Glm4vForConditionalGeneration"]
    model = Glm4vForConditionalGeneration(config).eval()
    generator = torch.Generator().manual_seed(recipe["seed"])
    with torch.no_grad():
        for name, weight in sorted(model.named_parameters()):
            noise = torch.randn(weight.shape, generator=generator)
            weight.copy_(noise * spread(name, weight) + (1.0 if is_gain(name) else 0.0))
    model.generation_config = GenerationConfig(
        do_sample=True, temperature=0.6, top_p=0.9, pad_token_id=455, eos_token_id=recipe.get("eos", [455, 462, 464])
    )
    return model


def is_gain(name: str) -> bool:
    return "norm" in name and name.endswith(".weight")


def spread(name: str, weight: torch.Tensor) -> float:
    """The standard deviation of a weight: activations stay near 1, attention is sharp, every bias counts."""
    if is_gain(name) or name.endswith(".bias"):
        return 0.2
    if "embed_tokens" in name or "position_embedding" in name:
        return 0.3
    fan_in = weight[0].numel()
    if "merger.proj" in name:  # so small that the eps of the LayerNorm after it counts
        return 0.02 / fan_in**0.5
    sharper = 1.6 if any(part in name for part in ("q_proj", "k_proj", "qkv", "lm_head")) else 1.0
    return sharper / fan_in**0.5


def processor(recipe: dict):
    """The processor of `Tools/golden/words` with the recipe's pixel limits."""
    result = AutoProcessor.from_pretrained(WORDS)
    result.image_processor = Glm4vImageProcessor(size=recipe["image_size"])
    result.video_processor = Glm4vVideoProcessor(size=recipe["video_size"])
    return result


def save(recipe: dict, path) -> None:
    """Writes the checkpoint as the recipe's `dtype`, `shard_size` and `spelling` (4 or 5) say."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    random_model(recipe).to(recipe["dtype"]).save_pretrained(path, max_shard_size=recipe["shard_size"])
    if recipe["spelling"] == 5:
        processor(recipe).save_pretrained(path)
    else:
        respell_config(path)
        save_old_processor(recipe, path)


def respell_config(path) -> None:
    """The names that transformers 4.x gave to rotary settings and data type."""
    config = json.loads((path / "config.json").read_text())
    text = config["text_config"]
    rope = text.pop("rope_parameters")
    text["rope_theta"] = rope["rope_theta"]
    text["partial_rotary_factor"] = rope["partial_rotary_factor"]
    text["rope_scaling"] = {"type": "default", "mrope_section": rope["mrope_section"]}
    config["vision_config"].pop("rope_parameters")
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.57.1"
    write(path / "config.json", config)

    generation = json.loads((path / "generation_config.json").read_text())
    write(path / "generation_config.json", generation | {"transformers_version": "4.57.1"})


def save_old_processor(recipe: dict, path) -> None:
    """transformers 4.x: a file each for images and videos, the tokenizer as it is."""
    parts = processor(recipe)
    image, video = parts.image_processor.to_dict(), parts.video_processor.to_dict()
    write(path / "preprocessor_config.json", image | {"processor_class": "Glm4vProcessor"})
    write(path / "video_preprocessor_config.json", video | {"processor_class": "Glm4vProcessor"})
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copyfile(WORDS / name, path / name)


def write(path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def check(recipe: dict, path) -> None:
    """What was saved loads again and gives the logits of the model in memory."""
    expected = random_model(recipe)
    for weight in expected.parameters():  # not .to(dtype), which would round the rotary frequencies too
        weight.data = weight.data.to(recipe["dtype"]).float()
    loaded = Glm4vForConditionalGeneration.from_pretrained(path, dtype=torch.float32).eval()
    ids = torch.arange(40).unsqueeze(0)
    with torch.no_grad():
        assert torch.equal(expected(ids).logits, loaded(ids).logits), f"{path} does not load as it was made"
    AutoProcessor.from_pretrained(path)


def main() -> None:
    for name, recipe in (("tiny-a", TINY_A), ("tiny-b", TINY_B)):
        save(recipe, GLM / name)
        check(recipe, GLM / name)


if __name__ == "__main__":
    main()
