"""A fast training twin of `Glm4vForConditionalGeneration`: the same parameters by the same names, batched.

transformers runs the vision attention image by image. Here a batch holds frames of one size, so that each layer is one
call; `twin.py MODEL` proves that vision features and logits equal those of transformers.
"""
import json
import pathlib

import torch
import torch.nn.functional as F
from torch import nn

import fused

PATCH, CELL = 14, 28


class RMSNorm(nn.Module):
    def __init__(self, n, eps=1e-5):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(n)), eps

    def forward(self, x, base=None):
        return fused.RMSNorm.apply(x, self.weight, self.eps, base)


class VisionAttention(nn.Module):
    def __init__(self, n, heads):
        super().__init__()
        self.qkv, self.proj, self.heads = nn.Linear(n, 3 * n, bias=False), nn.Linear(n, n, bias=False), heads

    def forward(self, x, cos, sin, sights):
        b, p, n = x.shape
        q, k, v = fused.linear(x, self.qkv.weight).view(b, p, 3, self.heads, -1).permute(2, 0, 3, 1, 4)  # [b, heads, p, d]
        turn = lambda z: z * cos + torch.cat((-z[..., z.shape[-1] // 2 :], z[..., : z.shape[-1] // 2]), -1) * sin
        return fused.linear(fused.attention(*(z.contiguous() for z in (turn(q), turn(k), v)), sights), self.proj.weight)


class Gated(nn.Module):
    def __init__(self, n, inner):
        super().__init__()
        self.gate_proj, self.up_proj = nn.Linear(n, inner, bias=False), nn.Linear(n, inner, bias=False)
        self.down_proj = nn.Linear(inner, n, bias=False)

    def forward(self, x):
        return fused.gated(x, torch.cat((self.gate_proj.weight, self.up_proj.weight)), self.down_proj.weight)


class Merger(Gated):
    def __init__(self, n, inner):
        super().__init__(n, inner)
        self.proj, self.post_projection_norm = nn.Linear(n, n, bias=False), nn.LayerNorm(n)

    def forward(self, x):
        return super().forward(F.gelu(self.post_projection_norm(fused.linear(x, self.proj.weight))))


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        n = c["hidden_size"]
        self.norm1, self.norm2 = RMSNorm(n), RMSNorm(n)
        self.attn, self.mlp = VisionAttention(n, c["num_heads"]), Gated(n, c["out_hidden_size"])

    def forward(self, x, cos, sin, sights):
        x = x + self.attn(self.norm1(x), cos, sin, sights)
        return x + self.mlp(self.norm2(x))


class Visual(nn.Module):
    def __init__(self, c):
        super().__init__()
        n, m = c["hidden_size"], c["out_hidden_size"]
        self.patch_embed, self.embeddings = nn.Module(), nn.Module()
        self.patch_embed.proj = nn.Conv3d(3, n, (2, PATCH, PATCH), (2, PATCH, PATCH))
        self.embeddings.position_embedding = nn.Embedding((c["image_size"] // PATCH) ** 2, n)
        self.blocks = nn.ModuleList(Block(c) for _ in range(c["depth"]))
        self.post_conv_layernorm, self.post_layernorm = RMSNorm(n), RMSNorm(n)
        self.downsample, self.merger = nn.Conv2d(n, m, 2, 2), Merger(m, c["intermediate_size"])
        self.head = n // c["num_heads"]

    def forward(self, x):
        """x: [B, 2, 3, H, W], two frames that share their tokens -> [B, H/28 * W/28, C], cells row by row."""
        b, _, _, h, w = x.shape
        h, w = h // PATCH, w // PATCH
        x = x.view(b, 2, 3, h, PATCH, w, PATCH).permute(0, 3, 5, 2, 1, 4, 6).reshape(b, h * w, -1)
        x = fused.linear(x, self.patch_embed.proj.weight.flatten(1), self.patch_embed.proj.bias)
        rows, columns = torch.arange(h).repeat_interleave(w).float(), torch.arange(w).repeat(h).float()
        table = self.embeddings.position_embedding.weight
        side = int(len(table) ** 0.5)
        at = torch.stack(((columns + 0.5) / w, (rows + 0.5) / h), -1) * 2 - 1
        place = F.grid_sample(table.view(1, side, side, -1).permute(0, 3, 1, 2), at[None, :, None], mode="bicubic",
                              align_corners=False, padding_mode="border")[0, :, :, 0].T
        x = self.post_conv_layernorm(x) + place
        inverse = 1.0 / 10000 ** (torch.arange(0, self.head // 2, 2).float() / (self.head // 2))
        angle = torch.cat((rows[:, None] * inverse, columns[:, None] * inverse), -1).repeat(1, 2)
        cos, sin = angle.cos(), angle.sin()
        sights = fused.sights(torch.ones(1, h * w, h * w, dtype=torch.bool))
        for block in self.blocks:
            x = block(x, cos, sin, sights)
        x = self.post_layernorm(x).view(b, h // 2, 2, w // 2, 2, -1).permute(0, 1, 3, 5, 2, 4).reshape(b, h * w // 4, -1)
        x = fused.linear(x, self.downsample.weight.flatten(1), self.downsample.bias)
        return self.merger(x)


def attention_loss(q, k, mask, seek, found):
    """How far one head [B, T, d] is from looking where it should: from each token with a mark in `seek` to those with the same mark in `found`."""
    loss, count = 0.0, 0
    for b in range(len(q)):
        rows = (seek[b] >= 0).nonzero()[:, 0]
        if not len(rows):
            continue
        see = mask[b, rows]
        right = (seek[b, rows, None] == found[b][None]) & see
        some = right.any(1)
        if some.any():
            loss = loss + fused.Seeking.apply(q[b, rows[some]], k[b], see[some], right[some])
            count += int(some.sum())
    return loss / max(1, count)


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        n, self.heads, self.kv = c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"]
        d = n // self.heads
        self.q_proj, self.o_proj = nn.Linear(n, n), nn.Linear(n, n, bias=False)
        self.k_proj, self.v_proj = nn.Linear(n, self.kv * d), nn.Linear(n, self.kv * d)

    def forward(self, x, cos, sin, mask, sights=None, past=None, watch=()):
        each = self.q_proj, self.k_proj, self.v_proj
        x = fused.linear(x, torch.cat([p.weight for p in each]), torch.cat([p.bias for p in each]))
        q, k, v = fused.Turn.apply(x, cos, sin, self.heads, self.kv)
        if past is not None:  # what this layer has seen so far: [k, v], or [] at the start
            k, v = (torch.cat(pair, 2) for pair in zip(past, (k, v))) if past else (k, v)
            past[:] = k, v
        for head, seek, found, losses in watch:
            losses.append(attention_loss(q[:, head], k[:, head // (self.heads // self.kv)], mask[:, 0], seek, found))
        x = fused.attention(q, k, v, sights) if sights else F.scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True).transpose(1, 2).flatten(2)
        return fused.linear(x, self.o_proj.weight)


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        n, m = c["hidden_size"], c["intermediate_size"]
        self.self_attn, self.mlp = Attention(c), nn.Module()
        self.mlp.gate_up_proj, self.mlp.down_proj = nn.Linear(n, 2 * m, bias=False), nn.Linear(m, n, bias=False)
        for name in ("input_layernorm", "post_self_attn_layernorm", "post_attention_layernorm", "post_mlp_layernorm"):
            setattr(self, name, RMSNorm(n))

    def forward(self, x, cos, sin, mask, sights=None, past=None, watch=()):
        x = self.post_self_attn_layernorm(self.self_attn(self.input_layernorm(x), cos, sin, mask, sights, past, watch), x)
        inner = fused.gated(self.post_attention_layernorm(x), self.mlp.gate_up_proj.weight, self.mlp.down_proj.weight)
        return self.post_mlp_layernorm(inner, x)


class Twin(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = c = config["text_config"]
        self.image_token = config["image_token_id"]
        self.model, text = nn.Module(), nn.Module()
        self.model.visual, self.model.language_model = Visual(config["vision_config"]), text
        text.embed_tokens = nn.Embedding(c["vocab_size"], c["hidden_size"])
        text.layers = nn.ModuleList(Layer(c) for _ in range(c["num_hidden_layers"]))
        text.norm = RMSNorm(c["hidden_size"])
        self.lm_head = nn.Linear(c["hidden_size"], c["vocab_size"], bias=False)
        self.start()

    def start(self):
        """First weights. Each layer's output is normalised before it is added, so the embedding must not be small beside it:
        with transformers' 0.02 a token's identity drowns in the first layer, and copying is learnt many times later."""
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, std=p[0].numel() ** -0.5)
        nn.init.normal_(self.model.language_model.embed_tokens.weight)
        for layer in self.model.language_model.layers:
            nn.init.constant_(layer.post_self_attn_layernorm.weight, 0.3)
            nn.init.constant_(layer.post_mlp_layernorm.weight, 0.3)

    def rotary(self, positions):
        """positions: [3, B, T] -> cos, sin: [B, T, r / 2], one for each frequency and so for a pair of neighbours."""
        rope = self.config["rope_parameters"]
        d = self.config["hidden_size"] // self.config["num_attention_heads"]
        r = int(d * rope["partial_rotary_factor"])
        angle = positions[..., None].float() / rope["rope_theta"] ** (torch.arange(0, r, 2).float() / r)
        parts = angle.split(rope["mrope_section"], -1)
        angle = torch.cat([p[i % 3] for i, p in enumerate(parts)], -1)
        return angle.cos(), angle.sin()

    def hidden(self, ids, positions, mask, features, pasts=None, watch=None):
        """ids [B, T], mask [B, 1, T, T] (True: may look), features [number of image tokens, C] in reading order -> [B, T, C]."""
        x = self.model.language_model.embed_tokens(ids)
        if features is not None:
            x = x.masked_scatter((ids == self.image_token)[..., None], features)
        cos, sin = self.rotary(positions)
        sights = None if pasts else fused.sights(mask[:, 0])
        for i, layer in enumerate(self.model.language_model.layers):
            x = layer(x, cos, sin, mask, sights, pasts[i] if pasts else None, watch.get(i, ()) if watch else ())
        return self.model.language_model.norm(x)

    @torch.no_grad()
    def reply(self, prompts, features, ends, limit=700):
        """Greedy continuations of prompts [(ids, positions [(t, h, w)], next position)], all at once, padded on the left."""
        n, width = len(prompts), max(len(p[0]) for p in prompts)
        ids = torch.tensor([[0] * (width - len(p[0])) + list(p[0]) for p in prompts])
        at = torch.tensor([[(0, 0, 0)] * (width - len(p[0])) + list(p[1]) for p in prompts]).permute(2, 0, 1)
        real = torch.tensor([[False] * (width - len(p[0])) + [True] * len(p[0]) for p in prompts])
        see = torch.ones(width, width, dtype=torch.bool).tril()[None] & real[:, None] | torch.eye(width, dtype=torch.bool)[None]
        pasts = [[] for _ in self.model.language_model.layers]
        h = self.hidden(ids, at, see[:, None], features, pasts)[:, -1:]
        following = torch.tensor([p[2] for p in prompts])
        replies, done = [[] for _ in prompts], [False] * n
        for k in range(limit):
            token = self.lm_head(h)[:, -1].argmax(-1)
            for i, t in enumerate(token.tolist()):
                if not done[i]:
                    done[i] = t in ends
                    replies[i].append(t)
            if all(done):
                break
            real = torch.cat((real, torch.ones(n, 1, dtype=torch.bool)), 1)
            h = self.hidden(token[:, None], (following + k).expand(3, n)[..., None], real[:, None, None], None, pasts)
        return replies


def main(folder):
    """Prints the largest difference of features and logits against transformers, for random weights, in f32."""
    fused.TILES = fused.NARROW = False
    from transformers import Glm4vConfig, Glm4vForConditionalGeneration
    config = json.loads((pathlib.Path(folder) / "config.json").read_text())
    reference = Glm4vForConditionalGeneration(Glm4vConfig(**config)).eval().float()
    twin = Twin(config)
    twin.load_state_dict({k: v + 0.05 * torch.randn_like(v) for k, v in reference.state_dict().items()}, strict=True)
    reference.load_state_dict(twin.state_dict(), strict=True)
    x, (h, w), image = torch.randn(3, 2, 3, 84, 140), (6, 10), config["image_token_id"]
    patches = x.view(3, 2, 3, 3, 2, 14, 5, 2, 14).permute(0, 3, 6, 4, 7, 2, 1, 5, 8).reshape(3 * 60, -1)
    grid = torch.tensor([[1, h, w]] * 3)
    run = [image] * 15
    ids = torch.tensor([[1, 2, 3, *run, 4, 5, *run, 6, *run, 7, 8, 9, 10, 11, 12]])
    kinds = (ids == image).int()
    with torch.no_grad():
        positions, _ = reference.model.get_rope_index(ids, kinds, image_grid_thw=grid)
        want = reference(input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=patches, image_grid_thw=grid, mm_token_type_ids=kinds).logits
        features = twin.model.visual(x)
        seen = reference.model.visual(patches, grid_thw=grid, return_dict=True).pooler_output
        mask = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool).tril()[None, None]
        got = twin.lm_head(twin.hidden(ids, positions, mask, features.flatten(0, 1)))
    print("features", (features.flatten(0, 1) - seen).abs().max().item(), "logits", (got - want).abs().max().item(), "of", want.abs().max().item())


if __name__ == "__main__":
    import sys
    main(sys.argv[1])
