import Foundation
import Testing

@testable import Tokenization

/// The bundled model's tokenizer, and one trained on many scripts: equal to PyPI's `tokenizers`, token by token.
struct TokenizerTests {
    @Test(arguments: Golden.all)
    func `texts of every script have the tokens of tokenizers`(golden: @Sendable () throws -> Golden) throws {
        let golden = try golden()
        #expect(golden.encoded.count > 300)
        for (bytes, ids) in golden.encoded {
            #expect(golden.tokenizer.encode(bytes) == ids, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
    }

    @Test(arguments: Golden.all)
    func `tokens have the text of tokenizers, special ones or not, known ones or not`(
        golden: @Sendable () throws -> Golden
    ) throws {
        let golden = try golden()
        #expect(golden.decoded.count == 300)
        for (ids, text, plain) in golden.decoded {
            #expect(Array(golden.tokenizer.decode(ids).utf8) == Array(text.utf8), "\(ids)")
            #expect(Array(golden.tokenizer.decode(ids, skipSpecial: true).utf8) == Array(plain.utf8), "\(ids)")
        }
    }

    @Test(arguments: Golden.all)
    func `thousands of random texts have the tokens of tokenizers`(golden: @Sendable () throws -> Golden) throws {
        let golden = try golden()
        #expect(golden.recipe.checksums.count == 2500)
        for (seed, sum) in golden.recipe.checksums.enumerated() {
            let text = RandomText.make(seed: UInt64(seed), pieces: golden.recipe.pieces, blocks: golden.recipe.blocks)
            #expect(RandomText.checksum(golden.tokenizer.encode(text)) == sum, "seed \(seed): \(text.debugDescription)")
        }
    }

    @Test(arguments: Golden.all)
    func `decoding undoes encoding`(golden: @Sendable () throws -> Golden) throws {
        let golden = try golden()
        for (bytes, _) in golden.encoded {
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(Array(golden.tokenizer.decode(golden.tokenizer.encode(text)).utf8) == Array(text.utf8))
        }
    }

    @Test(arguments: Golden.all)
    func `a stream of tokens gives the text of the whole`(golden: @Sendable () throws -> Golden) throws {
        let golden = try golden()
        for (ids, text, plain) in golden.decoded {
            for (skipSpecial, expected) in [(false, text), (true, plain)] {
                var stream = Detokenizer(golden.tokenizer, skipSpecial: skipSpecial)
                let streamed = ids.map { stream.append($0) }.joined() + stream.finish()
                #expect(Array(streamed.utf8) == Array(expected.utf8), "\(ids)")
            }
        }
    }

    @Test func `a stream holds back half a character and nothing else`() throws {
        let tokenizer = try Tokenizer(contentsOf: Golden.shapes)
        let bytes = try "a😀b".utf8.map { byte in try #require(tokenizer.id(ofByte: byte)) }
        var stream = Detokenizer(tokenizer, skipSpecial: false)
        #expect(bytes.map { stream.append($0) } == ["a", "", "", "", "😀", "b"])
        #expect(stream.append(bytes[1]) == "")
        #expect(stream.finish() == "\u{FFFD}")
        #expect(stream.finish() == "")
    }

    @Test func `merges as strings and as pairs are the same`() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Golden.file("scripts.json")))
        var file = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        var model = try #require(file["model"] as? [String: Any])
        let merges = try #require(model["merges"] as? [[String]])
        model["merges"] = merges.map { $0.joined(separator: " ") }
        file["model"] = model
        let strings = try Tokenizer(TokenizerFile(Array(try JSONSerialization.data(withJSONObject: file))))
        let golden = try Golden("scripts", tokenizer: Golden.file("scripts.json"))
        for (bytes, ids) in golden.encoded { #expect(strings.encode(bytes) == ids) }
    }

    @Test(arguments: ["<|image|>", "<|user|>", "[gMASK]<sop>", "<think>", "<|endoftext|>"])
    func `a special token that a user types is plain text`(typed: String) throws {
        let tokenizer = try Tokenizer(contentsOf: Golden.shapes)
        let tokens = tokenizer.encode(typed)
        #expect(tokens.count > 1 && tokens.allSatisfy { $0 < 3876 }, "3876 and up are the added tokens")
        #expect(tokenizer.decode(tokens, skipSpecial: true) == typed)
    }

    @Test func `added tokens are found by their text, special or not`() throws {
        let tokenizer = try Tokenizer(contentsOf: Golden.shapes)
        #expect(tokenizer.vocabularySize == 3898)
        #expect(tokenizer.id(ofAdded: "<|image|>") == 3890)
        #expect(tokenizer.id(ofAdded: "<think>") == 3892)
        #expect(tokenizer.id(ofAdded: "the") == nil)
        #expect(tokenizer.isSpecial(3890) && !tokenizer.isSpecial(3892) && !tokenizer.isSpecial(-1))
        #expect(tokenizer.decode([3892, 3890], skipSpecial: true) == "<think>")
    }

    @Test(arguments: [Int.min, -1, 3898, Int.max])
    func `a number that no token has is no text`(id: Int) throws {
        let tokenizer = try Tokenizer(contentsOf: Golden.shapes)
        #expect(tokenizer.decode([id]) == "")
    }
}

extension Tokenizer {
    /// The token that is this one byte.
    fileprivate func id(ofByte byte: UInt8) -> Int? { (0..<vocabularySize).first { Array(bytes(of: $0)) == [byte] } }
}
