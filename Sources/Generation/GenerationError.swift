/// Why a reply could not be made.
package enum GenerationError: Error, Equatable, CustomStringConvertible {
    case contextExceeded(tokens: Int, context: Int)
    case notFinite

    package var description: String {
        switch self {
        case .contextExceeded(let tokens, let context):
            "the prompt has \(tokens) tokens, the context is \(context): take fewer or smaller frames"
        case .notFinite:
            "the model's scores are not numbers: its weights are damaged, download them again"
        }
    }
}
