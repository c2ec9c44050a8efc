import Synchronization

/// Memory of tensors that have ended, kept for the next ones: a forward pass asks for the same sizes again and again.
///
/// Buffers come in powers of two, so that few sizes serve all; what is kept stays under ``limit``.
enum Recycler {
    private static let limit = 256 << 20  // bytes
    private static let smallest = 10  // log2 of the elements of the smallest buffer

    private struct Shelf {
        var buffers: [[Buffer]] = Array(repeating: [], count: Int.bitWidth)
        var bytes = 0
    }

    /// Sendable because whoever takes it off the shelf is its only owner.
    @safe private struct Buffer: @unchecked Sendable { let pointer: UnsafeMutablePointer<Float> }

    private static let shelf = Mutex(Shelf())

    static func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        let size = size(of: count)
        let kept = shelf.withLock { shelf in
            let buffer = shelf.buffers[size].popLast()
            if buffer != nil { shelf.bytes -= 4 << size }
            return buffer
        }
        return unsafe kept?.pointer ?? .allocate(capacity: 1 << size)
    }

    static func give(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) {
        let size = size(of: count)
        let buffer = unsafe Buffer(pointer: pointer)
        let isKept = shelf.withLock { shelf in
            guard shelf.bytes + (4 << size) <= limit else { return false }
            shelf.bytes += 4 << size
            shelf.buffers[size].append(buffer)
            return true
        }
        if !isKept { unsafe pointer.deallocate() }
    }

    /// log2 of the elements of the buffer that holds `count`.
    private static func size(of count: Int) -> Int {
        max(smallest, Int.bitWidth - max(0, count - 1).leadingZeroBitCount)
    }
}
