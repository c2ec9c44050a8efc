internal import CKernels

/// A matrix of activations, `[rows, columns]` in f32, row by row.
///
/// A tensor is not copyable: it owns its ``Memory``, hands it on when it is consumed, and gives it back when it ends, so
/// that generating a token allocates nothing.
package struct Tensor: ~Copyable, Sendable {
    package let rows, columns: Int
    private let memory: Memory

    /// Where the elements are, for as long as the tensor is.
    var pointer: UnsafeMutablePointer<Float> { unsafe memory.pointer }

    /// Makes a tensor whose every element `body` writes.
    init(rows: Int, columns: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        self.rows = rows
        self.columns = columns
        memory = Memory(rows * columns)
        unsafe body(memory.pointer)
    }

    /// Copies `elements`, which are `rows * columns` in number.
    package init(rows: Int, columns: Int, _ elements: [Float]) {
        precondition(elements.count == rows * columns, "\(elements.count) elements for [\(rows), \(columns)]")
        unsafe self.init(rows: rows, columns: columns) { y in
            unsafe y.update(from: elements, count: elements.count)
        }
    }

    /// The memory that it takes.
    package var bytes: Int { memory.bytes }

    /// A copy of all elements, row by row.
    package var elements: [Float] { unsafe Array(UnsafeBufferPointer(start: pointer, count: rows * columns)) }

    /// A copy of some rows.
    package subscript(_ range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        return unsafe Tensor(rows: range.count, columns: columns) { y in
            unsafe y.update(from: pointer + range.lowerBound * columns, count: range.count * columns)
        }
    }

    /// Writes the rows of `other` over the rows that start at `row`.
    package mutating func replace(from row: Int, with other: borrowing Tensor) {
        precondition(
            row >= 0 && row + other.rows <= rows && columns == other.columns,
            "[\(other.rows), \(other.columns)] at row \(row) of [\(rows), \(columns)]"
        )
        unsafe (pointer + row * columns).update(from: other.pointer, count: other.rows * columns)
    }

    /// Each `count` neighbouring rows as one, channel by channel: `[rows, columns]` → `[rows / count, columns * count]`.
    package func interleaved(by count: Int) -> Tensor {
        precondition(rows % count == 0, "\(rows) rows by \(count)")
        return unsafe Tensor(rows: rows / count, columns: columns * count) { y in
            for row in 0..<rows {
                let to = unsafe y + row / count * count * columns + row % count
                for column in 0..<columns { unsafe to[column * count] = pointer[row * columns + column] }
            }
        }
    }

    /// The sum, in the memory of `b`.
    package static func + (a: borrowing Tensor, b: consuming Tensor) -> Tensor {
        precondition(
            a.rows == b.rows && a.columns == b.columns,
            "[\(a.rows), \(a.columns)] + [\(b.rows), \(b.columns)]"
        )
        unsafe kernels.add(b.pointer, a.pointer, b.rows * b.columns)
        return b
    }
}

extension Tensor {
    /// Zeros.
    package init(rows: Int, columns: Int) {
        unsafe self.init(rows: rows, columns: columns) { y in unsafe y.update(repeating: 0, count: rows * columns) }
    }

    /// Copies all elements over those of `array`, which keeps its memory where they are as many.
    package func copy(into array: inout [Float]) {
        let source = unsafe UnsafeBufferPointer(start: pointer, count: rows * columns)
        unsafe array.replaceSubrange(array.startIndex..., with: source)
    }
}
