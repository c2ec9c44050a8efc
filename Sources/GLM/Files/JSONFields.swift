import Foundation
import Weights

/// The fields of one JSON object of a checkpoint, each read with its bounds.
///
/// A file from outside may say anything, so a number becomes a size only after it was found to lie within limits.
struct JSONFields {
    /// Where the object stands, for messages: `config.json`, `config.json: vision_config`.
    let place: String
    private let values: [String: Any]

    private static let largestFile = 4 << 20  // bytes; the largest of these files has a few thousand

    init(directory: String, file: String) throws(ConfigurationError) {
        guard let opened = try? MappedFile(directory + "/" + file) else {
            throw .missingFile(name: file, directory: directory)
        }
        guard opened.count <= Self.largestFile, let bytes = try? opened.read(0..<opened.count) else {
            throw .notJSON(file: file, reason: "it is larger than \(Self.largestFile) bytes, or a damaged disk's")
        }
        guard let values = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] else {
            throw .notJSON(file: file, reason: "it holds no JSON object")
        }
        self.init(place: file, values: values)
    }

    private init(place: String, values: [String: Any]) {
        self.place = place
        self.values = values
    }

    var isEmpty: Bool { values.isEmpty }

    /// True if the key is there with a value other than null.
    func has(_ key: String) -> Bool { values[key].map { !($0 is NSNull) } ?? false }

    func object(_ key: String) throws(ConfigurationError) -> JSONFields? {
        guard has(key) else { return nil }
        guard let values = values[key] as? [String: Any] else { throw wrong(key, expected: "an object") }
        return JSONFields(place: "\(place): \(key)", values: values)
    }

    func integer(
        _ key: String,
        in range: ClosedRange<Int>,
        default fallback: Int? = nil
    ) throws(ConfigurationError) -> Int {
        if !has(key), let fallback { return fallback }
        let expected =
            range.count == 1 ? "\(range.lowerBound)" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let integer = Self.number(values[key]).flatMap({ Int(exactly: $0) }),
            range.contains(integer)
        else { throw wrong(key, expected: expected) }
        return integer
    }

    func number(
        _ key: String,
        in range: ClosedRange<Double>,
        default fallback: Double? = nil
    ) throws(ConfigurationError) -> Double {
        if !has(key), let fallback { return fallback }
        guard let number = Self.number(values[key]), range.contains(number) else {
            throw wrong(key, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func bool(_ key: String, default fallback: Bool) throws(ConfigurationError) -> Bool {
        guard has(key) else { return fallback }
        guard let bool = values[key] as? Bool else { throw wrong(key, expected: "true or false") }
        return bool
    }

    /// One number, or a list of them.
    func integers(_ key: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> [Int] {
        let list = (values[key] as? [Any]) ?? values[key].map { [$0] } ?? []
        let integers = list.compactMap { Self.number($0).flatMap { Int(exactly: $0) } }
        guard !list.isEmpty, integers.count == list.count, integers.allSatisfy(range.contains) else {
            throw wrong(key, expected: "whole numbers from \(range.lowerBound) to \(range.upperBound)")
        }
        return integers
    }

    func numbers(
        _ key: String,
        count: Int,
        in range: ClosedRange<Double>,
        default fallback: [Double]
    ) throws(ConfigurationError) -> [Double] {
        guard has(key) else { return fallback }
        let numbers = (values[key] as? [Any])?.compactMap(Self.number) ?? []
        guard numbers.count == count, numbers.allSatisfy(range.contains) else {
            throw wrong(key, expected: "\(count) numbers from \(range.lowerBound) to \(range.upperBound)")
        }
        return numbers
    }

    /// Refuses any value but those we know, by name.
    func require(_ key: String, oneOf known: [String], absent: Bool = true) throws(ConfigurationError) {
        if !has(key), absent { return }
        guard let string = values[key] as? String, known.contains(string) else {
            throw wrong(key, expected: known.map { "\"\($0)\"" }.joined(separator: " or "))
        }
    }

    /// A number, unless it is `true` or `false`, which Foundation takes for 1 and 0.
    private static func number(_ value: Any?) -> Double? {
        guard let number = value as? NSNumber, type(of: number) != type(of: NSNumber(value: true)) else { return nil }
        return number.doubleValue
    }

    func wrong(_ key: String, expected: String) -> ConfigurationError {
        .value(place: place, key: key, expected: expected, found: values[key].map { found($0) } ?? "nothing")
    }

    private func found(_ value: Any) -> String {
        let text = "\(value)".replacing("\n", with: " ")
        return text.count > 60 ? text.prefix(60) + "…" : text
    }
}
