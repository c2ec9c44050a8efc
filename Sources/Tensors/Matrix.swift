/// A weight as it lies in the checkpoint: `[rows, columns]`, one row per output channel.
///
/// The bytes are borrowed, most often from a mapped file, so a matrix costs no memory until it is used.
@safe package struct Matrix: Sendable {
    package let rows, columns: Int
    package let format: Format
    /// Nobody writes there for as long as the owner lives.
    private nonisolated(unsafe) let start: UnsafeRawPointer
    private let owner: any AnyObject & Sendable

    /// Borrows the elements at `start`, which need not be aligned, and keeps `owner` alive for as long.
    @unsafe package init(
        rows: Int,
        columns: Int,
        format: Format,
        start: UnsafeRawPointer,
        owner: any AnyObject & Sendable
    ) {
        self.rows = rows
        self.columns = columns
        self.format = format
        unsafe self.start = start
        self.owner = owner
    }
}

extension Matrix {
    /// Gives `body` the first byte, and keeps the owner alive meanwhile.
    func withStart<Result: ~Copyable>(_ body: (UnsafeRawPointer) -> Result) -> Result {
        withExtendedLifetime(owner) { unsafe body(start) }
    }

    /// Some rows, in place; of a packed matrix from the start of a strip on.
    package subscript(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        precondition(range.lowerBound.isMultiple(of: format.rowsPerStrip), "row \(range.lowerBound) inside a strip")
        let start = unsafe start + format.bytes(rows: range.lowerBound, columns: columns)
        return unsafe Matrix(rows: range.count, columns: columns, format: format, start: start, owner: owner)
    }
}
