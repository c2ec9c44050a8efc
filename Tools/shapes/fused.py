"""What autograd does in many passes over memory, in few: attention that leaves out what nobody may see, what it is taught to
look at, the loss of a choice among all tokens, RMS norms, gates and turns. `fused.py` holds each to the plain one, values and gradients."""
import torch
import torch.nn.functional as F

from kernels import NARROW, TILES, call

BLOCK = 128
flash = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
flash_backward = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward


def seen(mask):
    """mask [B or 1, T, T] (True: may look) -> for each block of queries (rows, first, end, first key's gap, its end, bias): of the keys up to `end`
    those in the longest gap are seen by none of them. A branch of `talker.py` sees what all share, and itself: half of all pairs lie in gaps."""
    blocks = []
    for row, see in enumerate(mask):
        rows = slice(row, row + 1) if len(mask) > 1 else slice(None)
        for first in range(0, see.shape[-1], BLOCK):
            part = see[first : first + BLOCK]
            some = part.any(0).nonzero()[:, 0]
            end = int(some[-1]) + 1
            edges = torch.cat((torch.tensor([-1]), some))
            k = int((edges[1:] - edges[:-1]).argmax())
            gap, resume = int(edges[k]) + 1, int(edges[k + 1])
            if resume - gap < BLOCK // 2:
                gap = resume = end
            part = torch.cat((part[:, :gap], part[:, resume:end]), 1)
            blocks.append((rows, first, first + len(part), gap, resume, end, torch.where(part, 0.0, float("-inf"))[None, None]))
    return blocks


class Tiled(torch.autograd.Function):
    """Attention by tiles of bf16 (kernels.c) for q [B, heads, T, 32], k and v [B, fewer heads, T, 32] -> [B, T, heads * 32]."""

    @staticmethod
    def mask(see):
        """see [B or 1, T, T] -> the same by query and by key, padded, and which of its tiles hold anything."""
        assert see.any(2).all(), "each token has to see one, itself at least"
        b, t, _ = see.shape
        wide = -(-t // 32) * 32
        see = F.pad(see, (0, wide - t, 0, wide - t))
        turned, tiles = torch.empty_like(see), torch.empty(b, wide // 16, wide // 32, dtype=torch.uint8)
        call("occupied", see, b, wide, turned, tiles)
        return see, turned, tiles

    @staticmethod
    def forward(ctx, q, k, v, see, turned, tiles):
        b, heads, t, d = q.shape
        assert d == 32 and heads % k.shape[1] == 0 and len(see) in (1, b), "kernels.c has tiles for heads of 32 numbers"
        ctx.shape = len(see), b, heads, k.shape[1], t
        out, sums = q.new_empty(b, t, heads * d), q.new_empty(b, heads, t)
        call("attend", q, k, v, see, tiles, *ctx.shape, out, sums)
        ctx.save_for_backward(q, k, v, turned, tiles, out, sums)
        return out

    @staticmethod
    def backward(ctx, grad):
        q, k, v, turned, tiles, out, sums = ctx.saved_tensors
        dq, dk, dv = (torch.empty_like(x) for x in (q, k, v))
        call("attend_back", q, k, v, turned, tiles, out, sums, grad.contiguous(), *ctx.shape, dq, dk, dv)
        return dq, dk, dv, None, None, None


class Attention(torch.autograd.Function):
    """softmax(q k / sqrt d + bias) v for q, k, v [B, heads, T, d] and the blocks that `seen` makes of a mask."""

    @staticmethod
    def keys(x, block):
        rows, _, _, gap, resume, end, _ = block
        x = x[rows]
        return torch.cat((x[:, :, :gap], x[:, :, resume:end]), 2) if resume < end else x[:, :, :end]

    @staticmethod
    def forward(ctx, q, k, v, blocks):
        out, sums = torch.empty_like(q), []
        for block in blocks:
            rows, first, last, *_, bias = block
            said, total = flash(q[rows, :, first:last], Attention.keys(k, block), Attention.keys(v, block), attn_mask=bias)
            out[rows, :, first:last] = said
            sums.append(total)
        ctx.save_for_backward(q, k, v, out)
        ctx.blocks, ctx.sums = blocks, sums
        return out

    @staticmethod
    def backward(ctx, grad):
        q, k, v, out = ctx.saved_tensors
        dq, dk, dv = torch.empty_like(q), torch.zeros_like(k), torch.zeros_like(v)
        for block, total in zip(ctx.blocks, ctx.sums):
            rows, first, last, gap, resume, end, bias = block
            cut = (rows, slice(None), slice(first, last))
            a, *rest = flash_backward(grad[cut], q[cut], Attention.keys(k, block), Attention.keys(v, block), out[cut], total, 0.0, False, attn_mask=bias)
            dq[cut] = a
            for d, part in zip((dk, dv), rest):
                d[rows, :, :gap] += part[:, :, :gap]
                d[rows, :, resume:end] += part[:, :, gap:]
        return dq, dk, dv, None


def sights(see):
    """see [B or 1, T, T] (True: may look; each token sees one at least) -> what `attention` wants to know of it, for all layers."""
    return Tiled.mask(see) if TILES else seen(see)


def attention(q, k, v, sights):
    """softmax(q k / sqrt d) v over what `sights` of a mask lets be seen -> [B, T, heads * d]; heads of k and v serve several of q."""
    if TILES:
        return Tiled.apply(q, k, v, *sights)
    k, v = (x.repeat_interleave(q.shape[1] // x.shape[1], 1) for x in (k, v))
    return Attention.apply(q, k, v, sights).transpose(1, 2).flatten(2)


class Turn(torch.autograd.Function):
    """qkv [B, T, (heads + 2 kv) d] -> q [B, heads, T, d], k and v [B, kv, T, d]; q and k turned by cos, sin [B, T, r / 2], a pair of neighbours by each."""

    @staticmethod
    def parts(heads, kv, d):
        return (heads, 0, True), (kv, heads * d, True), (kv, (heads + kv) * d, False)

    @staticmethod
    def forward(ctx, qkv, cos, sin, heads, kv):
        b, t, width = qkv.shape
        d = width // (heads + 2 * kv)
        ctx.save_for_backward(cos, sin)
        ctx.shape = b, t, width, heads, kv, d
        out = []
        for n, first, turns in Turn.parts(heads, kv, d):
            out.append(qkv.new_empty(b, n, t, d))
            call("turn", qkv, out[-1], cos, sin, b, t, n, width, first, d, 2 * cos.shape[-1] if turns else 0, 0)
        return tuple(out)

    @staticmethod
    def backward(ctx, *grads):
        cos, sin = ctx.saved_tensors
        b, t, width, heads, kv, d = ctx.shape
        dqkv = cos.new_empty(b, t, width)
        for grad, (n, first, turns) in zip(grads, Turn.parts(heads, kv, d)):
            call("turn", dqkv, grad.contiguous(), cos, sin, b, t, n, width, first, d, 2 * cos.shape[-1] if turns else 0, 1)
        return dqkv, None, None, None, None


class Choice(torch.autograd.Function):
    """h [N, C], head [V, C] -> the weighted mean of each token's loss, and the tokens guessed. `aim` is right, or with `share` the token `high`
    beside it (-1: none). The square of the logits' logsumexp is paid for, `keep` times."""

    @staticmethod
    def forward(ctx, h, head, aim, high, share, weight, keep):
        x, guess = h @ head.T, torch.empty_like(aim)
        loss = call("choice", x, aim, high, share, weight / weight.sum(), *x.shape, keep, guess)
        narrow, left, right = (z.bfloat16() for z in (x, h, head)) if NARROW else (x, h, head)
        ctx.save_for_backward((narrow @ right).float(), (narrow.T @ left).float())
        ctx.mark_non_differentiable(guess)
        return h.new_tensor(loss), guess

    @staticmethod
    def backward(ctx, grad, _):
        dh, dhead = ctx.saved_tensors
        return dh * grad, dhead * grad, None, None, None, None, None


class Seeking(torch.autograd.Function):
    """How far queries [R, d] are from looking at the keys [T, d] where `right` [R, T] is true, some in each row, among those where `see` is: the sum over rows."""

    @staticmethod
    def forward(ctx, q, k, see, right):
        scale = q.shape[-1] ** -0.5
        x = (q @ k.T).mul_(scale).masked_fill_(~see, float("-inf"))
        x = x.sub_(x.amax(1, keepdim=True)).exp_()
        there = x * right
        total, found = x.sum(1), there.sum(1).clamp_(min=1e-30)
        x.mul_((scale / total)[:, None]).sub_(there.mul_((scale / found)[:, None]))
        ctx.save_for_backward(x @ k, x.T @ q)
        return (total.log() - found.log()).sum()

    @staticmethod
    def backward(ctx, grad):
        dq, dk = ctx.saved_tensors
        return dq * grad, dk * grad, None, None


class RMSNorm(torch.autograd.Function):
    """x [..., C] over the root of the mean of its squares, times weight [C]; added to `base` where there is one."""

    @staticmethod
    def forward(ctx, x, weight, eps, base=None):
        x, scale, y = x.contiguous(), x.new_empty(x.shape[:-1]), torch.empty_like(x, memory_format=torch.contiguous_format)
        call("norm", x, base, weight, scale.numel(), len(weight), eps, y, scale)
        ctx.save_for_backward(x, weight, scale)
        ctx.based = base is not None
        return y

    @staticmethod
    def backward(ctx, grad):
        x, weight, scale = ctx.saved_tensors
        dx, dweight, grad = torch.empty_like(x), torch.zeros_like(weight), grad.contiguous()
        call("norm_back", grad, x, weight, scale, scale.numel(), len(weight), dx, dweight)
        return dx, dweight, None, grad if ctx.based else None


class Gate(torch.autograd.Function):
    """x [..., 2 C] -> silu(first half) * second half."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        y = x.new_empty(*x.shape[:-1], x.shape[-1] // 2)
        call("gate", x, y.numel() // y.shape[-1], y.shape[-1], y)
        return y

    @staticmethod
    def backward(ctx, grad):
        x, = ctx.saved_tensors
        dx = torch.empty_like(x)
        call("gate_back", grad.contiguous(), x, grad.numel() // grad.shape[-1], grad.shape[-1], dx)
        return dx


class Gated(torch.autograd.Function):
    """x [..., C], up [2 M, C] (gates first), down [C, M] -> (silu(gate) * up) down, by tiles of bf16."""

    @staticmethod
    def forward(ctx, x, up, down):
        ctx.save_for_backward(x, up, down)
        y, (h, m) = torch.empty_like(x), down.shape
        assert h % 32 == 0 == m % 32, "kernels.c has tiles of 32 numbers"
        call("gated", x, up, down, x.numel() // h, h, m, y)
        return y

    @staticmethod
    def backward(ctx, grad):
        x, up, down = ctx.saved_tensors
        dx, dup, ddown, (h, m) = torch.empty_like(x), torch.empty_like(up), torch.empty_like(down), down.shape
        call("gated_back", grad.contiguous(), x, up, down, x.numel() // h, h, m, dx, dup, ddown)
        return dx, dup, ddown


def gated(x, up, down):
    return Gated.apply(x, up, down) if NARROW else F.linear(Gate.apply(F.linear(x, up)), down)


class Linear(torch.autograd.Function):
    """x [..., C] times the transposed weight [N, C], and bias [N] where there is one, by products of bf16."""

    @staticmethod
    def forward(ctx, x, weight, bias=None):
        ctx.shape = x.shape
        x, weight = x.flatten(0, -2).bfloat16(), weight.bfloat16()
        ctx.save_for_backward(x, weight)
        y = (x @ weight.T).float()
        return (y if bias is None else y.add_(bias)).view(*ctx.shape[:-1], -1)

    @staticmethod
    def backward(ctx, grad):
        x, weight = ctx.saved_tensors
        grad = grad.flatten(0, -2)
        narrow = grad.bfloat16()
        return (narrow @ weight).float().view(ctx.shape) if ctx.needs_input_grad[0] else None, (narrow.T @ x).float(), grad.sum(0) if ctx.needs_input_grad[2] else None


def linear(x, weight, bias=None):
    return Linear.apply(x, weight, bias) if NARROW else F.linear(x, weight, bias)


def main():
    """Prints the largest differences from plain torch, of values and of gradients, as parts of the largest, and ends where one is more than bf16 loses in tiles, or f32 else."""
    global NARROW
    NARROW = TILES  # what this machine can, whether or not it gains by it
    torch.manual_seed(0)
    t, lead = 700, 300
    part = torch.cat((torch.zeros(2, lead), torch.arange(1, 9).repeat_interleave(50).expand(2, -1)), 1)
    part[1, 250:] = part[1, 200:-50].clone()
    mask = (torch.ones(t, t, dtype=torch.bool).tril() & ((part[:, None] == 0) | (part[:, None] == part[:, :, None])))[:, None]
    unit = lambda *shape: torch.randn(*shape, requires_grad=True)
    q, k, v, few = unit(2, 4, t, 32), unit(2, 4, t, 32), unit(2, 4, t, 32), (unit(2, 2, t, 32), unit(2, 2, t, 32))
    plain_attention = lambda q, k, v, mask: F.scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)
    h, head, aim, high, share, weight = unit(50, 16), unit(99, 16), torch.randint(99, (50,)), torch.randint(-50, 99, (50,)), torch.rand(50), torch.rand(50)
    share = torch.where(high >= 0, share, 0.0)

    def choice(h, head):
        x = h @ head.T
        total = x.logsumexp(-1)
        pick = lambda k: total - x.gather(1, k.clamp(min=0)[:, None])[:, 0]
        return (((1 - share) * pick(aim) + share * pick(high) + 2e-3 * total**2) * weight).sum() / weight.sum()

    where, here = unit(40, 16), unit(60, 16)
    see = torch.rand(40, 60) < 0.7
    right = see & (torch.rand(40, 60) < 0.2) | (torch.arange(60) == 5)
    see |= right
    least = float("-inf")
    seeking = lambda q, k: (lambda x: (x.logsumexp(1) - x.masked_fill(~right, least).logsumexp(1)).sum())((q @ k.T / 4).masked_fill(~see, least))
    x, w, base = unit(2, 30, 16), unit(16), unit(2, 30, 16)
    angle, far = torch.randn(2, 30, 8), (200 * torch.randn(40, 128)).requires_grad_()

    def turn(qkv):
        parts = qkv.view(2, 30, 8, 32).transpose(1, 2)
        cos, sin = (f(angle).repeat_interleave(2, -1)[:, None] for f in (torch.cos, torch.sin))
        a = parts[:, :6, :, :16]
        turned = a * cos + torch.stack((-a[..., 1::2], a[..., ::2]), -1).flatten(-2) * sin
        return torch.cat((torch.cat((turned, parts[:, :6, :, 16:]), -1), parts[:, 6:]), 1)

    silu = lambda x: (lambda gate, up: F.silu(gate) * up)(*x.chunk(2, -1))
    for name, mine, plain, leaves in (
        ("attention by blocks", lambda q, k, v: Attention.apply(q, k, v, seen(mask[:, 0])), lambda q, k, v: plain_attention(q, k, v, mask), (q, k, v)),
        ("attention", lambda q, k, v: attention(q, k, v, sights(mask[:, 0])), lambda q, k, v: plain_attention(q, k, v, mask).transpose(1, 2).flatten(2), (q, *few)),
        ("attention by blocks, one mask for all", lambda q, k, v: Attention.apply(q, k, v, seen(mask[:1, 0])), lambda q, k, v: plain_attention(q, k, v, mask[:1]), (q, k, v)),
        ("attention, one mask for all", lambda q, k, v: attention(q, k, v, sights(mask[:1, 0])), lambda q, k, v: plain_attention(q, k, v, mask[:1]).transpose(1, 2).flatten(2), (q, k, v)),
        ("turn", lambda x: torch.cat(Turn.apply(x, angle.cos(), angle.sin(), 4, 2), 1), turn, (unit(2, 30, 8 * 32),)),
        ("choice", lambda h, head: Choice.apply(h, head, aim, high, share, weight, 2e-3)[0], choice, (h, head)),
        ("seeking", lambda q, k: Seeking.apply(q, k, see, right), seeking, (where, here)),
        ("norm", lambda x, w: RMSNorm.apply(x, w, 1e-5), lambda x, w: F.rms_norm(x, (16,), w, 1e-5), (x, w)),
        ("norm and sum", lambda x, w, base: RMSNorm.apply(x, w, 1e-5, base), lambda x, w, base: base + F.rms_norm(x, (16,), w, 1e-5), (x, w, base)),
        ("gated", lambda x, up, down: gated(x, up, down), lambda x, up, down: F.linear(silu(F.linear(x, up)), down), (unit(3, 50, 96), unit(128, 96), unit(96, 64))),
        ("gate, shut", lambda x: Gate.apply(x), silu, (far,)),
        ("gated, shut", lambda x, up, down: gated(x, up, down), lambda x, up, down: F.linear(silu(F.linear(x, up)), down), (far.detach()[:, :96].clone().requires_grad_(), unit(128, 96), unit(96, 64))),
        ("gate", lambda x: Gate.apply(x), silu, (x,)),
        ("linear", linear, F.linear, (unit(3, 50, 96), unit(40, 96), unit(40)))):
        got, want = mine(*leaves), plain(*leaves)
        grad = torch.randn_like(got)
        pairs = zip((got, *torch.autograd.grad(got, leaves, grad)), (want, *torch.autograd.grad(want, leaves, grad)))
        worst = [((a - b).abs().max() / b.abs().max()).item() for a, b in pairs]
        print(name, *(f"{x:.1e}" for x in worst))
        tiled = TILES and name.startswith(("gated", "attention", "linear", "choice")) and "blocks" not in name
        bound = 1e-5 if not tiled else 0.1 if "shut" in name else 2e-2
        if not max(worst) < bound or name == "choice" and not worst[0] < 1e-5:  # of a choice only the gradients are products of bf16
            raise SystemExit(f"{name} differs from plain torch")


if __name__ == "__main__":
    main()
