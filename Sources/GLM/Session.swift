import Tensors

/// One timeline of a model: what it has read and written so far, as keys and values.
package struct Session: ~Copyable {
    private let model: GLM4V
    private var cache: KVCache
    /// The positions of a prompt do not count its tokens (a picture is as long as its longer side), so that what is
    /// written goes on from here.
    private var nextPosition: Int32 = 0

    /// How many tokens go through the model at once while it reads: enough to use every weight many times, few enough
    /// to keep memory small and to say how far it is.
    private static let chunk = 256

    /// A timeline for up to `capacity` tokens.
    package init(_ model: GLM4V, capacity: Int) {
        self.model = model
        cache = model.language.makeCache(capacity: capacity)
    }

    /// Looks at every picture of the prompt: → the tokens that stand for them, one after the other, `[N, C]`.
    ///
    /// `progress` hears how many pictures are done. Once `isStopped`, this throws a `CancellationError` after the layer at
    /// hand; so do the others.
    package func look(
        at prompt: Prompt,
        isStopped: () -> Bool = { false },
        progress: (Int) -> Void = { _ in }
    ) throws(CancellationError) -> Tensor {
        let count = prompt.pictures.reduce(0) { $0 + $1.grid.tokens }
        var features = Tensor(rows: count, columns: model.config.text.hiddenSize)
        var row = 0
        for (i, picture) in prompt.pictures.enumerated() {
            progress(i)
            let tokens = try model.vision(picture.patches(), picture.grid, isStopped: isStopped)
            features.replace(from: row, with: tokens)
            row += tokens.rows
        }
        progress(prompt.pictures.count)
        return features
    }

    /// Reads the prompt and returns what may follow its last token: `[1, V]`. `progress` hears how many tokens are read.
    package mutating func prefill(
        _ prompt: Prompt,
        features: borrowing Tensor,
        isStopped: () -> Bool = { false },
        progress: (Int) -> Void = { _ in }
    ) throws(CancellationError) -> Tensor {
        var (start, picture) = (0, 0)
        var last = Tensor(rows: 0, columns: model.config.text.hiddenSize)
        while start < prompt.tokens.count {
            progress(start)
            let range = start..<min(start + Self.chunk, prompt.tokens.count)
            var x = model.language.embed(Array(prompt.tokens[range]))  // [T, C]
            for i in range where prompt.isPicture[i] {
                x.replace(from: i - start, with: features[picture..<picture + 1])
                picture += 1
            }
            last = try model.language(
                x,
                positions: Array(prompt.positions[range]),
                cache: &cache,
                isStopped: isStopped
            )
            start = range.upperBound
        }
        progress(start)
        nextPosition = prompt.nextPosition
        return model.language.logits(last[last.rows - 1..<last.rows])
    }

    /// Reads one token more and returns what may follow it: `[1, V]`.
    package mutating func step(_ token: Int, isStopped: () -> Bool = { false }) throws(CancellationError) -> Tensor {
        let x = try model.language(
            model.language.embed([token]),
            positions: [Position(repeating: nextPosition)],
            cache: &cache,
            isStopped: isStopped
        )
        nextPosition += 1
        return model.language.logits(x)
    }
}
