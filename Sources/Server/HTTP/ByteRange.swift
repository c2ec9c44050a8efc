/// The part of a file that a `Range` header asks for, as RFC 9110 reads it.
enum ByteRange: Equatable {
    /// All of it: there is no such header, it is not understood, or it asks for several parts.
    case whole
    case part(Range<Int>)
    case notSatisfiable

    init(header: String?, size: Int) {
        guard let header, header.lowercased().hasPrefix("bytes=") else {
            self = .whole
            return
        }
        let bounds = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.trimmingSpaces() }
        guard bounds.count == 2, bounds.contains(where: { !$0.isEmpty }) else {
            self = .whole
            return
        }
        switch (Self.number(bounds[0]), Self.number(bounds[1])) {
        case (let first?, _) where bounds[1].isEmpty:
            self = Self.clamped(first, Int.max, size)
        case (let first?, let last?):
            self = first <= last ? Self.clamped(first, last, size) : .whole
        case (_, let length?) where bounds[0].isEmpty:
            self = length == 0 || size == 0 ? .notSatisfiable : .part(max(0, size - length)..<size)
        default:
            self = .whole
        }
    }

    private static func clamped(_ first: Int, _ last: Int, _ size: Int) -> ByteRange {
        guard first < size else { return .notSatisfiable }
        return .part(first..<min(last, size - 1) + 1)
    }

    /// Digits alone; more than fit are as good as the most that does.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(text) ?? .max
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> Substring {
        var text = self
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
