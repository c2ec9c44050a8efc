import Foundation

@testable import Tokenization

/// What PyPI's `tokenizers` made of texts: a file written by Tools/golden/tokenizer.py.
struct Golden: Sendable, CustomStringConvertible {
    let description: String
    let tokenizer: Tokenizer
    /// Bytes, and their tokens.
    let encoded: [(bytes: [UInt8], ids: [Int])]
    /// What texts are made of, and the sums of the tokens of the texts made from seeds 0, 1, …
    let recipe: (pieces: [String], blocks: [[UInt32]], checksums: [UInt32])
    /// Tokens, their text, and their text without the special ones.
    let decoded: [(ids: [Int], text: String, plain: String)]

    static let all: [@Sendable () throws -> Golden] = [
        { try Golden("shapes", tokenizer: shapes) }, { try Golden("scripts", tokenizer: file("scripts.json")) },
    ]

    /// The bundled model's `tokenizer.json`.
    static let shapes = #filePath.components(separatedBy: "/Tests/")[0] + "/Models/shapes/tokenizer.json"

    static func file(_ name: String) -> String {
        Bundle.module.resourceURL?.appendingPathComponent("Golden/\(name)").path ?? name
    }

    init(_ name: String, tokenizer path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Self.file("golden-\(name).json")))
        let file = try JSONDecoder().decode(File.self, from: data)
        description = name
        tokenizer = try Tokenizer(contentsOf: path)
        recipe = (file.pieces, file.blocks, file.checksums)
        encoded = file.encoded.map { ($0.hex, $0.ids) }
        decoded = file.decoded.map { ($0.ids, $0.text, $0.plain) }
    }

    private struct File: Decodable {
        struct Encoded: Decodable {
            let hex: [UInt8]
            let ids: [Int]

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                let digits = Array(try values.decode(String.self))
                hex = stride(from: 0, to: digits.count, by: 2).compactMap {
                    UInt8(String(digits[$0...$0 + 1]), radix: 16)
                }
                ids = try values.decode([Int].self)
            }
        }

        struct Decoded: Decodable {
            let ids: [Int]
            let text, plain: String

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                ids = try values.decode([Int].self)
                text = try values.decode(String.self)
                plain = try values.decode(String.self)
            }
        }

        let pieces: [String]
        let blocks: [[UInt32]]
        let checksums: [UInt32]
        let encoded: [Encoded]
        let decoded: [Decoded]
    }
}
