/// A small JSON value, held whole.
enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// A member of an object; `.null` where there is none, as the libraries take an absent key.
    subscript(key: String) -> JSONValue {
        if case .object(let members) = self { members[key] ?? .null } else { .null }
    }
}

extension JSONValue: CustomStringConvertible {
    /// One short line, fit to stand in an error.
    var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value): String(value.prefix(20))
        case .string(let value): quoted(value.utf8)
        case .array: "a list"
        case .object:
            if case .string(let type) = self["type"] { "an object of type \(quoted(type.utf8))" } else { "an object" }
        }
    }
}

extension JSONReader {
    /// The largest number of values, nested ones counted, that `value()` holds.
    static let maximumValues = 1000

    /// Reads a small value of any kind.
    mutating func value() throws(TokenizerError) -> JSONValue {
        var left = Self.maximumValues
        return try value(depth: 0, left: &left)
    }

    private mutating func value(depth: Int, left: inout Int) throws(TokenizerError) -> JSONValue {
        guard left > 0, depth < Self.maximumDepth else { throw malformed("fewer or less nested values") }
        left -= 1
        switch peek() {
        case UInt8(ascii: "{"):
            var members: [String: JSONValue] = [:]
            try object { reader, key throws(TokenizerError) in
                members[String(decoding: key, as: UTF8.self)] = try reader.value(depth: depth + 1, left: &left)
            }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try array { reader throws(TokenizerError) in
                elements.append(try reader.value(depth: depth + 1, left: &left))
            }
            return .array(elements)
        case UInt8(ascii: "\""):
            var text: [UInt8] = []
            try string(into: &text)
            return .string(String(decoding: text, as: UTF8.self))
        case UInt8(ascii: "n"):
            guard literal("null") else { throw malformed("null") }
            return .null
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            return .bool(try boolean())
        default:
            return .number(try numeral())
        }
    }
}
