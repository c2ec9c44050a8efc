import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationEssentialsCompat

/// JSON as the API speaks it: times as RFC 3339 with milliseconds, and bodies that are small and shallow.
enum JSON {
    static let maximumBytes = 1 << 20
    static let maximumDepth = 32
    static let deadline = Duration.seconds(30)

    static func encode(_ value: some Encodable) throws -> ByteBuffer { ByteBuffer(data: try data(value)) }

    static func data(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.formatted(timestamp))
        }
        return try encoder.encode(value)
    }

    static func string(_ value: some Encodable) throws -> String { String(decoding: try data(value), as: UTF8.self) }

    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: some Sequence<UInt8>) throws -> Value {
        let data = Data(bytes)
        guard isShallow(data) else {
            throw Refusal(.badJSON, "The JSON is more than \(maximumDepth) levels deep.")
        }
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.keyNotFound(_, let context)
        {
            let place = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw Refusal(
                .badJSON,
                "The JSON has another shape than docs/http.md says\(place.isEmpty ? "" : ", at \(place)")."
            )
        } catch DecodingError.dataCorrupted {
            throw Refusal(.badJSON, "The body is not JSON, or has a number that nothing can hold.")
        }
    }

    /// Whether brackets nest no deeper than allowed: a decoder's time grows with the depth much faster than with the length.
    private static func isShallow(_ data: Data) -> Bool {
        var (depth, isString, isEscaped) = (0, false, false)
        for byte in data {
            if isString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                if depth > maximumDepth { return false }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
        }
        return true
    }

    private static let timestamp = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

extension Request {
    /// The body as JSON, if it says that it is JSON and is small.
    func json<Value: Decodable>(_ type: Value.Type) async throws -> Value {
        guard headers[.contentEncoding] == nil else {
            throw Refusal(.unsupportedMediaType, "Send the body as it is, not compressed.")
        }
        let mediaType = headers[.contentType]?.split(separator: ";").first?.trimmingCharacters(in: .whitespaces)
        guard mediaType?.lowercased() == "application/json" else {
            throw Refusal(.unsupportedMediaType, "Send JSON, with content-type: application/json.")
        }
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > JSON.maximumBytes { throw Self.tooLarge }
        return try JSON.decode(type, from: try await bytes())
    }

    /// The body, if it is small and comes within its time, however slowly its bytes drip.
    private func bytes() async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                var bytes: [UInt8] = []
                for try await part in body {
                    bytes += part.readableBytesView
                    guard bytes.count <= JSON.maximumBytes else { throw Self.tooLarge }
                }
                return bytes
            }
            group.addTask {
                try await Task.sleep(for: JSON.deadline)
                throw Refusal(.badRequest, "The body comes too slowly.")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    private static let tooLarge = Refusal(.tooLarge, "A body of JSON has at most \(JSON.maximumBytes) bytes.")
}

extension Response {
    init(status: HTTPResponse.Status = .ok, json: some Encodable) throws {
        self.init(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: try JSON.encode(json))
        )
    }
}
