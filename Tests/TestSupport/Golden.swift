import Foundation
import Tensors
import Weights

/// What the reference computed: a small safetensors file, made by `make golden`.
package struct Golden {
    private let weights: WeightScope
    /// What the file was made from, as its script wrote it down.
    package let facts: [String: Any]

    package init(_ path: String) throws {
        let checkpoint = try Checkpoint(file: path)
        weights = checkpoint.root
        let text = checkpoint.metadata["case"] ?? "{}"
        facts = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    }

    package func has(_ name: String) -> Bool { weights.has(name) }

    /// A tensor, its last dimension as columns.
    package func tensor(_ name: String) throws -> Tensor {
        let (shape, values) = try weights.floats(name)
        let columns = shape.last ?? 1
        return Tensor(rows: values.count / max(1, columns), columns: columns, values)
    }

    package func values(_ name: String) throws -> [Float] { try weights.floats(name).values }

    package func integers(_ name: String) throws -> [Int] { try values(name).map { Int($0) } }
}

/// The folder of a test file's golden files.
package func goldenFolder(_ file: String = #filePath) -> String {
    URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Golden").path
}

/// The root of the checkout.
package let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

/// A JSON file of golden cases.
package func goldenCases(_ name: String, file: String = #filePath) throws -> [[String: Any]] {
    let data = try Data(contentsOf: URL(fileURLWithPath: goldenFolder(file) + "/" + name))
    let root = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return root?["cases"] as? [[String: Any]] ?? []
}
