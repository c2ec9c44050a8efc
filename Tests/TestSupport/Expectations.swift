import Tensors
import Testing

/// Compares element by element, relative to the largest element, and names the worst, so that a failure says where the
/// two first part.
package func expectClose(
    _ a: borrowing Tensor,
    _ b: borrowing Tensor,
    within tolerance: Float,
    _ what: String = "",
    at location: SourceLocation = #_sourceLocation
) {
    let (size, other) = ([a.rows, a.columns], [b.rows, b.columns])
    guard size == other else {
        Issue.record("\(what): \(size) against \(other)", sourceLocation: location)
        return
    }
    expectClose(a.elements, b.elements, within: tolerance, "\(what) of \(size)", at: location)
}

package func expectClose(
    _ a: [Float],
    _ b: [Float],
    within tolerance: Float,
    _ what: String = "",
    at location: SourceLocation = #_sourceLocation
) {
    #expect(a.count == b.count, "\(what)", sourceLocation: location)
    let scale = max(1, b.map(abs).max() ?? 0)
    let differences = zip(a, b).map { $0.isFinite && $1.isFinite ? abs($0 - $1) : .infinity }
    guard let worst = differences.indices.max(by: { differences[$0] < differences[$1] }) else { return }
    #expect(
        differences[worst] <= tolerance * scale,
        "\(what): element \(worst) is \(a[worst]), should be \(b[worst])",
        sourceLocation: location
    )
}
