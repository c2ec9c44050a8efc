import ArgumentParser
import GLM
import Weights

/// In what precision a model is loaded.
enum PrecisionOption: String, ExpressibleByArgument, CaseIterable {
    case auto, f32, q8, q4

    /// The precision that fits the machine's memory, or the one that was asked for if it does; packs the model first where
    /// that has not been done. `tokens` is how long a conversation may become.
    func prepare(_ directory: String, tokens: Int) throws -> Precision {
        let files = try ModelFiles(directory: directory)
        let choice = PrecisionChoice(files, tokens: tokens, available: try MachineMemory.available())
        let precision = try Precision(rawValue: rawValue) ?? choice.best()
        guard files.precisions.contains(precision) else {
            throw AbsentPrecisionError(precision: precision, there: files.precisions)
        }
        try choice.check(precision)
        if precision != .f32, !files.isPacked(precision), files.precisions.contains(precision) {
            Terminal.note(
                "packing the model to \(precision.rawValue), once: \(gigabytes(files.weightBytes(at: precision)))"
            )
            try files.packWithBar(precision)
        }
        return precision
    }
}

/// A model without its checkpoint, in a precision that it was not packed in.
struct AbsentPrecisionError: Error, CustomStringConvertible {
    let precision: Precision
    let there: [Precision]

    var description: String {
        let names = there.map(\.rawValue).joined(separator: " and ")
        return "the model is here only in \(names), without the checkpoint that \(precision.rawValue) is made of: "
            + "take --precision \(there.last?.rawValue ?? "auto"), or bring the checkpoint back"
    }
}

extension ModelFiles {
    /// Packs, with a bar meanwhile.
    func packWithBar(_ precision: Precision) throws {
        let bar = ProgressBar("Packing, MB")
        defer { bar.clear() }
        try pack(precision, isStopped: { Task.isCancelled }) { done, total in
            bar.show(done / 1_000_000, of: total / 1_000_000)
        }
    }
}
