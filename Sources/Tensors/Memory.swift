import Foundation
import Synchronization

/// Room for some numbers, which nobody else reads or writes.
///
/// Unchecked Sendable because it cannot be copied: whoever holds it is the only one who can reach its memory.
@safe struct Memory: ~Copyable, @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int
    private let isLasting: Bool

    /// Room for `count` numbers, not yet written. What is lasting, such as a cache of keys and values, is asked of the
    /// system just as large as it is, and given back to it.
    init(_ count: Int, isLasting: Bool = false) {
        self.count = count
        self.isLasting = isLasting
        unsafe pointer = isLasting ? Recycler.allocate(count) : Recycler.take(count)
    }

    deinit {
        if isLasting {
            unsafe UnsafeMutableRawPointer(pointer).deallocate()
        } else {
            unsafe Recycler.give(pointer, count)
        }
    }

    /// What it takes, which may be more than was asked for.
    var bytes: Int { isLasting ? MemoryLayout<Float>.stride * count : Recycler.bytes(count) }
}

/// Memory of tensors that have ended, kept for the next ones: a forward pass asks for the same sizes again and again.
///
/// It comes in powers of two, so that few sizes serve all; what is kept stays under ``limit``. Large pieces are asked of
/// the system as large as they are and given back at once: their pages cost nothing until they are written.
private enum Recycler {
    private static let limit = 256 << 20  // bytes
    private static let largest = 24  // log2 of the numbers that the largest kept piece holds
    private static let smallest = 10  // log2 of the numbers that the smallest piece holds
    private static let hugePage = 2 << 20  // bytes
    private static let page = Int(getpagesize())

    private struct Shelf {
        var addresses: [[UInt]] = Array(repeating: [], count: Int.bitWidth)  // by log2 of the size
        var bytes = 0
    }

    private static let shelf = Mutex(Shelf())

    static func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        let size = size(of: count)
        guard size <= largest else { return unsafe allocate(count) }
        let address = shelf.withLock { shelf in
            let address = shelf.addresses[size].popLast()
            if address != nil { shelf.bytes -= 4 << size }
            return address
        }
        return unsafe address.flatMap { unsafe UnsafeMutablePointer(bitPattern: $0) } ?? allocate(1 << size)
    }

    /// On the border of a cache line, which a vector would else straddle; what is large on that of a page, since for it the system is
    /// asked for huge ones. It does not begin at the border of one of these: tensors that all did would meet in a cache.
    static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
        let bytes = max(1, count) * MemoryLayout<Float>.stride
        let isLarge = bytes >= 2 * hugePage
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: isLarge ? page : 64)
        #if os(Linux)
        if isLarge { unsafe madvise(raw, bytes, Int32(MADV_HUGEPAGE)) }  // a wish: without it there are more pages
        #endif
        return unsafe raw.assumingMemoryBound(to: Float.self)
    }

    static func give(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) {
        let size = size(of: count)
        let address = UInt(bitPattern: pointer)
        let isKept = shelf.withLock { shelf in
            guard size <= largest, shelf.bytes + (4 << size) <= limit else { return false }
            shelf.bytes += 4 << size
            shelf.addresses[size].append(address)
            return true
        }
        if !isKept { unsafe UnsafeMutableRawPointer(pointer).deallocate() }
    }

    /// How large the piece for `count` numbers is.
    static func bytes(_ count: Int) -> Int {
        let size = size(of: count)
        return MemoryLayout<Float>.stride * (size <= largest ? 1 << size : count)
    }

    /// log2 of the size of the piece that holds `count` numbers.
    private static func size(of count: Int) -> Int {
        max(smallest, Int.bitWidth - max(0, count - 1).leadingZeroBitCount)
    }
}
