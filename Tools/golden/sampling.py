"""`sampling.json`: which ids survive HF's processors, and with what probability.

The chain is the one that `generate` builds: repetition penalty, temperature, top-k, top-p.
"""

import torch
from common import GENERATION, VERSIONS, write_json
from transformers import LogitsProcessorList, RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper
from transformers import TopKLogitsWarper, TopPLogitsWarper

VOCABULARY = 96

# temperature, top-p, top-k (0: off), repetition penalty
SETTINGS = [
    (0.6, 0.9, 50, 1.2),  # the original app
    (1.0, 1e-5, 2, 1.1),  # the vendor's web demo
    (1.0, 1e-5, 1, 1.1),  # the vendor's command line
    (0.8, 0.6, 2, 1.1),
    (1.0, 1.0, 0, 1.0),
    (0.1, 0.95, 1000, 1.0),
    (4.0, 0.05, 1000, 2.0),
    (4.0, 0.99, 40, 1.0),
    (1.0, 0.5, 0, 1.5),
    (0.7, 1.0, 5, 1.0),
    (1.3, 0.9, 10, 1.05),
]


def logits(seed: int, scale: float) -> torch.Tensor:
    """Whole 256ths, which JSON and f32 hold exactly. Ties are left in: top-k keeps them all."""
    generator = torch.Generator().manual_seed(seed)
    return (torch.randn(VOCABULARY, generator=generator) * scale * 256).round() / 256


def tied() -> torch.Tensor:
    values = torch.arange(VOCABULARY) % 7 / 4 - 1.0
    values[50:] -= 6
    return values


INPUTS = [
    {"logits": logits(1, 3.0), "history": [3, 5, 5, 90, 17]},
    {"logits": logits(2, 1.0), "history": list(range(0, VOCABULARY, 2))},
    {"logits": logits(3, 8.0), "history": []},
    {"logits": tied(), "history": [6, 13, 13]},
    {"logits": -logits(4, 2.0).abs() - 1, "history": [0, 1, 2, 3, 4, 5, 6, 7]},
]


def processed(scores: torch.Tensor, history: list[int], temperature, top_p, top_k, penalty) -> torch.Tensor:
    chain = LogitsProcessorList()
    if penalty != 1:
        chain.append(RepetitionPenaltyLogitsProcessor(penalty))
    if temperature != 1:
        chain.append(TemperatureLogitsWarper(temperature))
    if top_k != 0:
        chain.append(TopKLogitsWarper(top_k))
    if top_p < 1:
        chain.append(TopPLogitsWarper(top_p))
    return chain(torch.tensor([history], dtype=torch.long), scores[None].clone())[0]


def near_edge(scores: torch.Tensor, history: list[int], temperature, top_p, top_k, penalty) -> bool:
    """Whether a sum in another order could move top-p's cut: such a case would test rounding, not the rule."""
    if top_p == 1:
        return False
    before = processed(scores, history, temperature, 1.0, top_k, penalty).double()
    ascending = before.sort().values.softmax(-1).cumsum(-1)
    ties = before.sort().values.diff().abs()
    cut = (ascending <= 1 - top_p).sum().item()
    close = (ascending[:-1] - (1 - top_p)).abs().min() < 1e-6
    return bool(close) or (0 < cut < len(scores) and ties[cut - 1] == 0)


def main() -> None:
    cases = []
    for number, given in enumerate(INPUTS):
        for temperature, top_p, top_k, penalty in SETTINGS:
            arguments = (given["logits"], given["history"], temperature, top_p, top_k, penalty)
            if near_edge(*arguments):
                continue
            scores = processed(*arguments)
            ids = torch.nonzero(scores.isfinite()).flatten()
            probabilities = scores.softmax(-1)[ids]
            cases.append({
                "input": number, "temperature": temperature, "top_p": top_p, "top_k": top_k,
                "repetition_penalty": penalty, "ids": ids.tolist(),
                "probabilities": [float(f"{p:.7g}") for p in probabilities.tolist()],
            })
    inputs = [{"logits": given["logits"].tolist(), "history": given["history"]} for given in INPUTS]
    write_json(GENERATION / "sampling.json", VERSIONS, {"inputs": inputs, "cases": cases})
    print(f"sampling: {len(cases)} of {len(INPUTS) * len(SETTINGS)} cases")


if __name__ == "__main__":
    main()
