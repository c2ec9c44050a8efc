import Foundation
import TestSupport
import Testing

/// A film of `Models/shapes/samples` with a question, and what an answer has to say in whatever words.
struct Sample: Decodable, Sendable, CustomTestStringConvertible {
    let file, question: String
    /// The words of each thing that happens; each thing is said in a clause of its own.
    let meaning: [[String]]

    private static let folder = URL(fileURLWithPath: checkout + "/Models/shapes/samples")
    static let all =
        (try? Data(contentsOf: folder.appending(path: "samples.json")))
        .flatMap { try? JSONDecoder().decode([Sample].self, from: $0) } ?? []

    var path: String { Self.folder.appending(path: file).path }
    var testDescription: String { file }

    func isMet(by answer: String) -> Bool {
        let clauses = answer.lowercased().split(whereSeparator: { ",.".contains($0) })
            .flatMap { $0.components(separatedBy: " and ") }
            .map { Set($0.split(whereSeparator: \.isWhitespace).map(String.init)) }
            .filter { !$0.isEmpty }
        return clauses.count == meaning.count
            && meaning.allSatisfy { words in clauses.contains { $0.isSuperset(of: words) } }
    }
}
