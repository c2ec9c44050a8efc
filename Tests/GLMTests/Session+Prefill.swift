import GLM
import Tensors

extension Session {
    /// Reads the rest of the prompt, piece by piece, and returns what may follow its last token: `[1, V]`.
    func prefill(
        _ prompt: Prompt,
        features: [Features?],
        isStopped: () -> Bool = { false }
    ) throws(CancellationError) -> Tensor {
        let end = prompt.tokens.count
        if count == end { rewind(to: end - 1) }
        var last = Tensor(rows: 0, columns: 0)
        while count < end { last = try readPiece(of: prompt, upTo: end, features: features, isStopped: isStopped) }
        return logits(after: last)
    }
}
