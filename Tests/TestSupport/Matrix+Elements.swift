import Tensors

extension Matrix {
    /// A matrix in f32 that owns its memory.
    package init(rows: Int, columns: Int, elements: [Float]) {
        precondition(elements.count == rows * columns, "\(elements.count) elements for [\(rows), \(columns)]")
        let owner = Owned(elements)
        unsafe self.init(rows: rows, columns: columns, format: .f32, start: owner.start, owner: owner)
    }

    /// The same, packed.
    package init(rows: Int, columns: Int, elements: [Float], packedAs format: Format) {
        let bytes = elements.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
        }
        let owner = Owned(format.packed(bytes, .f32, rows: rows, columns: columns))
        unsafe self.init(rows: rows, columns: columns, format: format, start: owner.start, owner: owner)
    }

    /// Memory that is written once, by `init`, and freed with the last matrix that reads it.
    @safe private final class Owned: Sendable {
        nonisolated(unsafe) let start: UnsafeRawPointer

        init<Element: BitwiseCopyable>(_ elements: [Element]) {
            let copy = UnsafeMutablePointer<Element>.allocate(capacity: elements.count)
            unsafe copy.initialize(from: elements, count: elements.count)
            unsafe start = UnsafeRawPointer(copy)
        }

        deinit { unsafe start.deallocate() }
    }
}
