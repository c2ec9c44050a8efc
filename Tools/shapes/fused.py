"""What autograd does in many passes over memory, in few: attention that leaves out what nobody may see, what it is taught to
look at, the loss of a choice among all tokens, RMS norms and gates. `fused.py` proves each equal to the plain one, values and gradients."""
import torch
import torch.nn.functional as F

BLOCK = 128
flash = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
flash_backward = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward


def seen(mask):
    """mask [B, 1, T, T] (True: may look) -> for each block of queries (row, first, end, first key's gap, its end, bias): of the keys up to `end`
    those in the longest gap are seen by none of them. A branch of `talker.py` sees what all share, and itself: half of all pairs lie in gaps."""
    blocks = []
    for row, see in enumerate(mask[:, 0]):
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
            blocks.append((row, first, first + len(part), gap, resume, end, torch.where(part, 0.0, float("-inf"))[None, None]))
    return blocks


class Attention(torch.autograd.Function):
    """softmax(q k / sqrt d + bias) v for q, k, v [B, heads, T, d] and the blocks that `seen` makes of a mask."""

    @staticmethod
    def keys(x, block):
        row, _, _, gap, resume, end, _ = block
        x = x[row : row + 1]
        return torch.cat((x[:, :, :gap], x[:, :, resume:end]), 2) if resume < end else x[:, :, :end]

    @staticmethod
    def forward(ctx, q, k, v, blocks):
        out, sums = torch.empty_like(q), []
        for block in blocks:
            row, first, last, *_, bias = block
            said, total = flash(q[row : row + 1, :, first:last], Attention.keys(k, block), Attention.keys(v, block), attn_mask=bias)
            out[row, :, first:last] = said[0]
            sums.append(total)
        ctx.save_for_backward(q, k, v, out)
        ctx.blocks, ctx.sums = blocks, sums
        return out

    @staticmethod
    def backward(ctx, grad):
        q, k, v, out = ctx.saved_tensors
        dq, dk, dv = torch.empty_like(q), torch.zeros_like(k), torch.zeros_like(v)
        for block, total in zip(ctx.blocks, ctx.sums):
            row, first, last, gap, resume, end, bias = block
            cut = (slice(row, row + 1), slice(None), slice(first, last))
            a, *rest = flash_backward(grad[cut], q[cut], Attention.keys(k, block), Attention.keys(v, block), out[cut], total, 0.0, False, attn_mask=bias)
            dq[cut] = a
            for d, part in zip((dk, dv), rest):
                d[row, :, :gap] += part[0, :, :gap]
                d[row, :, resume:end] += part[0, :, gap:]
        return dq, dk, dv, None


class Choice(torch.autograd.Function):
    """h [N, C], head [V, C] -> the weighted mean of each token's loss, and the tokens guessed. `aim` is right, or with `share` the token `high`
    beside it (-1: none). The square of the logits' logsumexp is paid for, `keep` times."""

    @staticmethod
    def forward(ctx, h, head, aim, high, share, weight, keep):
        x = h @ head.T
        some = high >= 0
        share, high = torch.where(some, share, share.new_zeros(())), high.clamp(min=0)
        first, second = (x.gather(1, k[:, None])[:, 0] for k in (aim, high))
        most, guess = x.max(1)
        total = x.sub_(most[:, None]).exp_().sum(1)
        logs = most + total.log()
        weight = weight / weight.sum()
        loss = ((1 - share) * (logs - first) + share * (logs - second) + keep * logs**2) @ weight
        x.mul_(((1 + 2 * keep * logs) * weight / total)[:, None])
        x.scatter_add_(1, aim[:, None], (-(1 - share) * weight)[:, None])
        x.scatter_add_(1, high[:, None], (-share * weight)[:, None])
        ctx.save_for_backward(x @ head, x.T @ h)
        ctx.mark_non_differentiable(guess)
        return loss, guess

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
    """x [..., C] over the root of the mean of its squares, times weight [C]."""

    @staticmethod
    def forward(ctx, x, weight, eps):
        scale = (x.square().mean(-1, keepdim=True) + eps).rsqrt_()
        ctx.save_for_backward(x, weight, scale)
        return (x * scale).mul_(weight)

    @staticmethod
    def backward(ctx, grad):
        x, weight, scale = ctx.saved_tensors
        unit = x * scale
        dweight = (grad * unit).flatten(0, -2).sum(0)
        grad = grad * weight
        dot = (grad * unit).mean(-1, keepdim=True)
        return grad.sub_(unit.mul_(dot)).mul_(scale), dweight, None


class Gate(torch.autograd.Function):
    """x [..., 2 C] -> silu(first half) * second half."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        gate, up = x.chunk(2, -1)
        return F.silu(gate).mul_(up)

    @staticmethod
    def backward(ctx, grad):
        x, = ctx.saved_tensors
        gate, up = x.chunk(2, -1)
        dx = torch.empty_like(x)
        dgate, dup = dx.chunk(2, -1)
        sigmoid = torch.sigmoid(gate)
        silu = gate * sigmoid
        torch.mul(grad, silu, out=dup)
        # silu' = sigmoid + silu (1 - sigmoid)
        silu.mul_(1 - sigmoid).add_(sigmoid)
        torch.mul(grad, up, out=dgate).mul_(silu)
        return dx


def main():
    """Prints the largest differences from plain torch, of values and of gradients."""
    torch.manual_seed(0)
    t, lead = 700, 300
    part = torch.cat((torch.zeros(2, lead), torch.arange(1, 9).repeat_interleave(50).expand(2, -1)), 1)
    part[1, 250:] = part[1, 200:-50].clone()
    mask = (torch.ones(t, t, dtype=torch.bool).tril() & ((part[:, None] == 0) | (part[:, None] == part[:, :, None])))[:, None]
    blocks, unit = seen(mask), lambda *shape: torch.randn(*shape, requires_grad=True)
    q, k, v = unit(2, 4, t, 32), unit(2, 4, t, 32), unit(2, 4, t, 32)
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
    x, w = unit(2, 30, 16), unit(16)
    silu = lambda x: (lambda gate, up: F.silu(gate) * up)(*x.chunk(2, -1))
    for name, mine, plain, leaves in (
        ("attention", lambda q, k, v: Attention.apply(q, k, v, blocks), lambda q, k, v: F.scaled_dot_product_attention(q, k, v, attn_mask=mask), (q, k, v)),
        ("choice", lambda h, head: Choice.apply(h, head, aim, high, share, weight, 2e-3)[0], choice, (h, head)),
        ("seeking", lambda q, k: Seeking.apply(q, k, see, right), seeking, (where, here)),
        ("norm", lambda x, w: RMSNorm.apply(x, w, 1e-5), lambda x, w: F.rms_norm(x, (16,), w, 1e-5), (x, w)),
        ("gate", lambda x: Gate.apply(x), silu, (x,))):
        got, want = mine(*leaves), plain(*leaves)
        grad = torch.randn_like(got)
        pairs = zip((got, *torch.autograd.grad(got, leaves, grad)), (want, *torch.autograd.grad(want, leaves, grad)))
        print(name, *(f"{(a - b).abs().max().item():.1e}" for a, b in pairs))


if __name__ == "__main__":
    main()
