/// A time of a video that a text names, or a span of it, in seconds: `1.5s`, `0:12`, `at 3 seconds`, `from 2 to 4 s`.
package struct Moment: Sendable, Equatable {
    package let start: Double
    /// Only of a span.
    package let end: Double?
    /// Where the text names it, in bytes of UTF-8.
    package let range: Range<Int>
}

extension Moment {
    /// All that a text names, in its order; with a `duration`, only what is within it.
    package static func all(in text: String, duration: Double? = nil) -> [Moment] {
        var reader = MomentReader(text)
        var moments: [Moment] = []
        while let moment = reader.next() {
            guard let duration else {
                moments.append(moment)
                continue
            }
            guard moment.start <= duration else { continue }
            moments.append(Moment(start: moment.start, end: moment.end.map { min($0, duration) }, range: moment.range))
        }
        return moments
    }
}

/// Goes through a text from one moment to the next.
private struct MomentReader {
    private let bytes: [UInt8]
    private var place = 0

    /// A number of a text, as a time.
    private struct Time {
        let seconds: Double
        /// `0:12` or with a unit: a time whatever stands around it.
        let isClock, hasUnit: Bool
        let end: Int
    }

    private static let units = ["seconds", "second", "secs", "sec", "s"].map { Array($0.utf8) }
    private static let joints = ["-", "–", "—", "to", "until", "till", "and"].map { Array($0.utf8) }
    private static let mostDigits = 9

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func next() -> Moment? {
        while place < bytes.count {
            let start = place
            guard bytes[start].isDigit, isBoundary(before: start), let time = time(at: start) else {
                place += 1
                continue
            }
            if let end = end(of: time, from: start) {
                place = end.end
                return Moment(start: time.seconds, end: end.seconds, range: start..<place)
            }
            place = time.end
            if time.isClock || time.hasUnit {
                return Moment(start: time.seconds, end: nil, range: start..<place)
            }
        }
        return nil
    }

    /// The other end of the span that a time begins.
    private func end(of first: Time, from start: Int) -> Time? {
        let joint = skipSpaces(first.end)
        guard let word = Self.joints.first(where: { bytes[joint...].starts(with: $0) }) else { return nil }
        let isWord = word[0].isLetter
        // Without spaces a word would be the beginning of another; "2 s and 4 s" are two times unless "between" says so.
        guard !isWord || joint > first.end, word != Self.joints.last || isBetween(before: start) else { return nil }
        let place = skipSpaces(joint + word.count)
        guard !isWord || place > joint + word.count, place < bytes.count, bytes[place].isDigit,
            let second = time(at: place), second.seconds >= first.seconds,
            first.isClock ? second.isClock : second.hasUnit
        else { return nil }
        return second
    }

    /// `12`, `1.5`, `3 s`, `0:12`, `1:02:03.5`
    private func time(at start: Int) -> Time? {
        guard let whole = digits(at: start) else { return nil }
        var (seconds, place, parts) = (whole.value, whole.end, 1)
        while parts < 3, place + 2 < bytes.count, bytes[place] == UInt8(ascii: ":"),
            let (part, end) = digits(at: place + 1)
        {
            guard end == place + 3, part < 60 else { return nil }
            (seconds, place, parts) = (seconds * 60 + part, end, parts + 1)
        }
        if place + 1 < bytes.count, bytes[place] == UInt8(ascii: "."), let (_, end) = digits(at: place + 1) {
            let fraction = String(decoding: bytes[place..<end], as: UTF8.self)
            (seconds, place) = (seconds + (Double("0" + fraction) ?? 0), end)
        }
        if parts > 1 {
            guard place == bytes.count || !bytes[place].continuesWord else { return nil }
            return Time(seconds: seconds, isClock: true, hasUnit: false, end: place)
        }
        let unit = skipSpaces(place, most: 1)
        let end = Self.units.lazy.map { unit + $0.count }.first { end in
            end <= bytes.count && Self.units.contains(Array(bytes[unit..<end]).lowercased)
                && (end == bytes.count || !bytes[end].continuesWord)
        }
        return Time(seconds: seconds, isClock: false, hasUnit: end != nil, end: end ?? place)
    }

    private func digits(at start: Int) -> (value: Double, end: Int)? {
        let digits = bytes[start...].prefix { $0.isDigit }
        guard !digits.isEmpty, digits.count <= Self.mostDigits else { return nil }
        return (digits.reduce(0) { $0 * 10 + Double($1 - UInt8(ascii: "0")) }, digits.endIndex)
    }

    /// `v1.5`, `3.14` from its 14 on, and `1:2` from its 2 on are no beginnings.
    private func isBoundary(before start: Int) -> Bool {
        guard start > 0 else { return true }
        let before = bytes[start - 1]
        return !before.continuesWord && before != UInt8(ascii: ".") && before != UInt8(ascii: ":")
    }

    private func isBetween(before start: Int) -> Bool {
        let words = Array(bytes[max(0, start - 9)..<start]).lowercased
        return words.suffix(8).elementsEqual("between ".utf8)
    }

    private func skipSpaces(_ start: Int, most: Int = 2) -> Int {
        var place = start
        while place < bytes.count, place < start + most, bytes[place] == UInt8(ascii: " ") { place += 1 }
        return place
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    fileprivate var continuesWord: Bool { isLetter || isDigit || self == UInt8(ascii: "_") }
}

extension [UInt8] {
    fileprivate var lowercased: [UInt8] { map { $0.isLetter ? $0 | 0x20 : $0 } }
}
