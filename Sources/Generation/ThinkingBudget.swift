import Tokenization

/// Ends a thought that is too long by writing `</think><answer>` for the model. `</think>` alone would not do: it goes on
/// thinking, unmarked.
struct ThinkingBudget: Sendable {
    private let limit: Int?
    private let ending: [Int]
    private var thought = 0

    init(_ limit: Int?, _ tokenizer: Tokenizer) {
        self.limit = limit
        ending = ["</think>", "<answer>"].flatMap { tag in
            tokenizer.id(ofAdded: tag).map { [$0] } ?? tokenizer.encode(tag)
        }
    }

    /// The tokens to write after one that left the model thinking or not: none while the budget lasts.
    mutating func ending(afterThinking isThinking: Bool) -> [Int] {
        guard isThinking, let limit else { return [] }
        thought += 1
        return thought > limit ? ending : []  // the first of them was <think> itself
    }
}
