import Foundation

/// A token of a reply and how likely it was, before the sampler's settings changed that.
package struct ReplyToken: Sendable, Equatable {
    package let id: Int
    /// Only where it was asked for.
    package let logprobs: Logprobs?
}

package struct Logprobs: Sendable, Equatable {
    package struct Choice: Sendable, Equatable {
        package let token: Int
        package let logprob: Float
    }

    /// log softmax of the token that was taken.
    package let logprob: Float
    /// The likeliest tokens, the likeliest first.
    package let top: [Choice]

    init(of token: Int, in logits: [Float], top count: Int) {
        let most = logits.max() ?? 0
        let total = most + Float(log(logits.reduce(0.0) { $0 + Double(exp($1 - most)) }))
        logprob = logits[token] - total
        var best: [Int] = []
        for id in logits.indices where best.count < count || best.last.map({ logits[id] > logits[$0] }) ?? false {
            let place = best.firstIndex { logits[$0] < logits[id] } ?? best.count
            best.insert(id, at: place)
            if best.count > count { best.removeLast() }
        }
        top = best.map { Choice(token: $0, logprob: logits[$0] - total) }
    }
}
