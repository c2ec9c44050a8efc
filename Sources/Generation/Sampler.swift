import Foundation

/// Chooses the next token from what the model scored.
///
/// In the order of transformers (`generation/logits_process.py`): repetition penalty over prompt and reply, temperature,
/// top-k (Fan et al., 2018), top-p (Holtzman et al., 2020). The penalty counts when the likeliest is taken, too.
package struct Sampler: Sendable {
    private let sampling: Sampling
    private var random: SplitMix64
    private var seen: [Int] = []
    private var isSeen: [Bool] = []
    private var scores: [Float] = []  // kept, so that a token takes no new memory for a whole vocabulary

    package init(_ sampling: Sampling, prompt: [Int]) {
        self.sampling = sampling
        random = SplitMix64(seed: sampling.seed ?? .random(in: .min ... .max))
        prompt.forEach { see($0) }
    }

    /// The next token, which counts as said; nil if a score is not a number.
    package mutating func next(from logits: [Float]) -> Int? {
        guard logits.allSatisfy(\.isFinite) else { return nil }
        penalise(logits)
        let token = choose()
        see(token)
        return token
    }

    /// A token that was put into the reply without being asked for.
    package mutating func see(_ token: Int) {
        if token >= isSeen.count { isSeen.append(contentsOf: repeatElement(false, count: token - isSeen.count + 1)) }
        guard !isSeen[token] else { return }
        isSeen[token] = true
        seen.append(token)
    }

    mutating func penalise(_ logits: [Float]) {
        scores.replaceSubrange(scores.startIndex..., with: logits)
        for token in seen where token < scores.count {
            let penalty = sampling.repetitionPenalty
            scores[token] = scores[token] < 0 ? scores[token] * penalty : scores[token] / penalty
        }
    }

    private mutating func choose() -> Int {
        guard sampling.temperature > 0 else {
            return scores.indices.max { scores[$0] < scores[$1] } ?? 0
        }
        let candidates = candidates()
        var left = Float(random.next() >> 40) * 0x1p-24  // 0..<1
        for candidate in candidates {
            left -= candidate.probability
            if left < 0 { return candidate.token }
        }
        return candidates.last?.token ?? 0
    }

    /// The tokens that may come next, the likeliest first, their probabilities adding up to one.
    func candidates() -> [(token: Int, probability: Float)] {
        let threshold = scores.largest(sampling.topK)
        let kept = scores.indices.filter { scores[$0] >= threshold }.sorted { scores[$0] > scores[$1] }
        guard let first = kept.first else { return [] }
        let shares = kept.map { exp((scores[$0] - scores[first]) / sampling.temperature) }
        let total = shares.reduce(0, +)

        // As the reference sums: from the least likely up, leaving out what stays within 1 - p.
        var (count, tail) = (kept.count, Float(0))
        while count > 1, sampling.topP < 1 {
            tail += shares[count - 1] / total
            guard tail <= 1 - sampling.topP else { break }
            count -= 1
        }
        let nucleus = shares.prefix(count).reduce(0, +)
        return zip(kept, shares).prefix(count).map { ($0, $1 / nucleus) }
    }
}

extension [Float] {
    /// The value of the `rank`-th largest element, or the smallest where there are fewer.
    fileprivate func largest(_ rank: Int) -> Float {
        guard rank < count else { return self.min() ?? 0 }
        var heap = Array(prefix(rank))  // the smallest of the largest so far is at the root
        for i in stride(from: rank / 2 - 1, through: 0, by: -1) { heap.sink(i) }
        for value in dropFirst(rank) where value > heap[0] {
            heap[0] = value
            heap.sink(0)
        }
        return heap[0]
    }

    private mutating func sink(_ start: Int) {
        var i = start
        while true {
            let (left, right) = (2 * i + 1, 2 * i + 2)
            var least = i
            if left < count, self[left] < self[least] { least = left }
            if right < count, self[right] < self[least] { least = right }
            guard least != i else { return }
            swapAt(i, least)
            i = least
        }
    }
}

/// A small generator that gives the same numbers for the same seed on every machine (Steele, Lea and Flood, 2014).
struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
