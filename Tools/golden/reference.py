"""Runs the reference on one case and keeps what flows between its modules."""

import copy
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from transformers import AutoProcessor, Glm4vForConditionalGeneration
from transformers.models.glm4v import modeling_glm4v
from transformers.video_utils import VideoMetadata


@dataclass
class Prompt:
    """A conversation and its pictures, as the processor wants them.

    A part of a message is {"type": "text", "text": …}, {"type": "image"} or {"type": "video"}; images and videos are
    taken from `images` and `videos` in the order of the parts. A video is (frames u8 [n, h, w, 3], metadata).
    """

    messages: list[dict]
    images: list[np.ndarray] = field(default_factory=list)
    videos: list[tuple[np.ndarray, dict]] = field(default_factory=list)


class Reference:
    """A checkpoint in float32, whatever its file holds."""

    def __init__(self, path, attention: str = "eager"):
        self.processor = AutoProcessor.from_pretrained(path)
        self.model = Glm4vForConditionalGeneration.from_pretrained(
            path, dtype=torch.float32, attn_implementation=attention
        ).eval()

    def encode(self, prompt: Prompt, **options):
        """The rendered template, and the model's inputs. `options` go to the processor."""
        text = self.processor.apply_chat_template(prompt.messages, add_generation_prompt=True, tokenize=False)
        media = {}
        if prompt.images:
            media["images"] = [torch.from_numpy(image).permute(2, 0, 1) for image in prompt.images]
        if prompt.videos:
            media["videos"] = [frames for frames, _ in prompt.videos]
            media["video_metadata"] = [dict(metadata) for _, metadata in prompt.videos]
        return text, self.processor(text=[text], return_tensors="pt", **media, **options)

    def video_indices(self, metadata: dict) -> list[int]:
        """The frames that the processor takes of a film."""
        return self.processor.video_processor.sample_frames(VideoMetadata(**metadata)).tolist()

    @torch.no_grad()
    def forward(self, inputs) -> dict[str, torch.Tensor]:
        """Every named intermediate of one pass over the prompt, without the batch dimension."""
        self.model.model.rope_deltas = None
        with recorded(self.model) as seen:
            seen["logits"] = self.model(**inputs, use_cache=False).logits[0]
        return seen

    @torch.no_grad()
    def generate(self, inputs, count: int, ignore_eos: bool = True, penalty: float = 1.0):
        """Greedy ids [n], and the log-probabilities [n, V] of the model's own logits, before any penalty."""
        self.model.model.rope_deltas = None
        settings = copy.deepcopy(self.model.generation_config)
        settings.update(do_sample=False, temperature=None, top_p=None, max_new_tokens=count, repetition_penalty=penalty)
        if ignore_eos:
            settings.eos_token_id = None
        kept, self.model.generation_config = self.model.generation_config, settings
        try:
            result = self.model.generate(**inputs, output_logits=True, return_dict_in_generate=True)
        finally:
            self.model.generation_config = kept
        ids = result.sequences[0, inputs["input_ids"].shape[1] :]
        return ids, F.log_softmax(torch.cat(result.logits).float(), dim=-1)


@contextmanager
def recorded(model):
    """Hooks that fill a dictionary, named as README.md says, while the block runs."""
    visual, language = model.model.visual, model.model.language_model
    seen, handles = {}, []

    def output(module, name):
        def keep(module, inputs, result):
            seen[name] = flat(result[0] if isinstance(result, tuple) else result)

        handles.append(module.register_forward_hook(keep))

    def argument(module, name, key):
        def keep(module, inputs, keywords):
            seen[name] = flat(inputs[0] if inputs else keywords[key])

        handles.append(module.register_forward_pre_hook(keep, with_kwargs=True))

    def positions(module, inputs, keywords):
        seen["position_ids"] = keywords["position_ids"][-3:, 0]

    for name in ("patch_embed", "post_conv_layernorm", "embeddings", "post_layernorm", "downsample", "merger"):
        output(getattr(visual, name), f"vision.{name}")
    for i, block in enumerate(visual.blocks):
        output(block, f"vision.blocks.{i}")

    argument(language, "inputs_embeds", "inputs_embeds")
    handles.append(language.rotary_emb.register_forward_pre_hook(positions, with_kwargs=True))
    first = language.layers[0]
    output(first.input_layernorm, "language.layers.0.input_layernorm")
    output(first.self_attn, "language.layers.0.attention")
    argument(first.post_attention_layernorm, "language.layers.0.h", "hidden_states")
    output(first.mlp, "language.layers.0.mlp")
    for i, layer in enumerate(language.layers):
        output(layer, f"language.layers.{i}")
    output(language.norm, "language.norm")

    rotate = modeling_glm4v.apply_rotary_pos_emb

    def kept_rotation(q, k, *rest, **options):
        q, k = rotate(q, k, *rest, **options)  # [1, heads, T, head]
        if "language.layers.0.q_rotated" not in seen:
            seen["language.layers.0.q_rotated"] = q[0].transpose(0, 1)
            seen["language.layers.0.k_rotated"] = k[0].transpose(0, 1)
        return q, k

    modeling_glm4v.apply_rotary_pos_emb = kept_rotation
    try:
        yield seen
    finally:
        modeling_glm4v.apply_rotary_pos_emb = rotate
        for handle in handles:
            handle.remove()


def flat(tensor: torch.Tensor) -> torch.Tensor:
    """[1, T, C] → [T, C], and the convolution's [P, C, 1, 1] → [P, C]."""
    if tensor.dim() == 4:
        return tensor.flatten(1)
    return tensor[0] if tensor.dim() == 3 else tensor
