import Foundation
import Testing

@testable import Tokenization

/// A damaged or hostile tokenizer.json gets one line that says what is wrong; it never ends the process.
struct HostileFileTests {
    private static let text = try? String(contentsOfFile: Golden.shapes, encoding: .utf8)

    private func load(_ text: String) throws(TokenizerError) { _ = try Tokenizer(TokenizerFile(Array(text.utf8))) }

    @Test(arguments: [
        (#""id": 3876,"#, #""id": 3901,"#, "found none with number 3876"),
        (#""id": 3876,"#, #""id": 3877,"#, "has number 3877, and so has"),
        (#""id": 3876,"#, #""id": -1,"#, "has number -1, expected 0 to"),
        (#""id": 3876,"#, #""id": 99999999999999999999,"#, "expected an integer"),
        (#""id": 3876,"#, #""id": 4.5e2,"#, "expected an integer"),
        (#""id": 3876,"#, #""id": 9223372036854775807,"#, "expected 0 to"),
        (#""id": 3876,"#, #""id": "3876","#, "expected a number"),
        (#""id": 3876,"#, "", "has no added_tokens[0].id"),
        (#""content": "[MASK]""#, #""content": "<|endoftext|>""#, "is added twice"),
        (#""content": "[MASK]""#, #""content": """#, "is 0 bytes long"),
        (#""special": true"#, #""special": 1"#, "expected true or false"),
        (#""type": "BPE""#, #""type": "Unigram""#, #"model.type is "Unigram" where GLM-4.1V has "BPE""#),
        (#""dropout": null"#, #""dropout": 0.5"#, "model.dropout is 0.5 where GLM-4.1V has null"),
        (#""byte_fallback": false"#, #""byte_fallback": true"#, "model.byte_fallback is true"),
        (#""unk_token": null"#, #""unk_token": "x""#, "model.unk_token"),
        (#""normalizer": null"#, #""normalizer": {"type": "NFC"}"#, #"normalizer is an object of type "NFC""#),
        (#"\\p{N}{1,3}"#, #"\\p{N}{1,2}"#, "pre_tokenizer's pattern is"),
        (#""behavior": "Isolated""#, #""behavior": "Removed""#, "pre_tokenizer's behavior"),
        (#""add_prefix_space": false"#, #""add_prefix_space": true"#, "pre_tokenizer's add_prefix_space is true"),
        (#""use_regex": false"#, #""use_regex": true"#, "pre_tokenizer's use_regex"),
        (#""vocab""#, #""vocabulary""#, "has no model.vocab"),
        (#""merges""#, #""merge""#, "has no model.merges"),
        (#""model""#, #""mode""#, "has no model:"),
        (#""model""#, #""normalizer""#, "once"),
        (#""Ā":"#, #""ĀĀĀ":"#, "found none for byte 0"),
        (#""Ā":"#, #""ā":"#, "comes twice"),
        (#""Ā":"#, #""\ud800":"#, "an escape that stands for a character"),
        (#""version""#, #"version"#, "expected a string"),
    ])
    func `a wrong part is refused by name`(part: String, wrong: String, message: String) throws {
        let text = try #require(Self.text)
        let place = try #require(text.range(of: part, options: .literal), "the file has no \(part)")
        let error = #expect(throws: TokenizerError.self) { try load(text.replacingCharacters(in: place, with: wrong)) }
        let line = error?.description ?? ""
        #expect(line.contains(message) && !line.contains("\n"), "\(line)")
    }

    @Test(arguments: [
        (#"["zz", "a"]"#, "needs the token \"zz\""), (#"["", "a"]"#, "needs the token \"\""),
        (#"["a"]"#, "expected ','"), (#"["a", "a", "a"]"#, "expected ']'"), (#""a""#, "two tokens with a space"),
        (#""a b c""#, "two tokens with a space"), ("7", "expected a string"), (#"["a", 7]"#, "expected a string"),
        (#"["~", "~"]"#, "needs the token \"~~\""),
    ])
    func `a merge of what is not there is refused`(merge: String, message: String) throws {
        let text = try #require(Self.text)
        let place = try #require(text.range(of: #""merges":\s*\["#, options: .regularExpression))
        let hostile = text.replacingCharacters(in: place, with: #""merges": [\#(merge),"#)
        let error = #expect(throws: TokenizerError.self) { try load(hostile) }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }

    @Test func `a file cut anywhere is refused`() throws {
        let bytes = Array(try #require(Self.text).utf8.dropLast())
        for count in stride(from: 0, to: bytes.count, by: 97) {
            #expect(throws: TokenizerError.self) { _ = try Tokenizer(TokenizerFile(Array(bytes[..<count]))) }
        }
    }

    @Test func `a file with any byte damaged is read or refused`() throws {
        var bytes = Array(try #require(Self.text).utf8)
        for index in stride(from: 0, to: bytes.count, by: 41) {
            let sound = bytes[index]
            for damage in [0, 0x22, 0x5C, 0x7B, 0x80, 0xFF] as [UInt8] {
                bytes[index] = damage
                _ = try? Tokenizer(TokenizerFile(bytes)).encode("a cut 123")
            }
            bytes[index] = sound
        }
        #expect(throws: Never.self) { try Tokenizer(TokenizerFile(bytes)) }
    }

    @Test(arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] as [[UInt8]])
    func `what is not UTF-8 is refused`(bytes: [UInt8]) {
        let error = #expect(throws: TokenizerError.self) {
            try Tokenizer(TokenizerFile(Array("{\"a\": \"".utf8) + bytes + Array("\"}".utf8)))
        }
        #expect(error?.description.contains("UTF-8") == true)
    }

    @Test(arguments: [
        "", "{", "[]", "null", "\u{FEFF}{}", "{} {}", "{\"a\":NaN}", "{\"a\":\"\u{1}\"}", #"{"a":"\u12"}"#,
    ])
    func `what is not the right JSON is refused`(text: String) {
        #expect(throws: TokenizerError.self) { try load(text) }
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `deep nesting is refused before the stack ends`(open: String) {
        let error = #expect(throws: TokenizerError.self) {
            try load("{\"x\":" + String(repeating: open, count: 1_000_000))
        }
        #expect(error?.description.contains("levels of nesting") == true)
    }

    @Test func `what is not a file of bearable size is refused`() throws {
        let folder = FileManager.default.temporaryDirectory
        let large = folder.appendingPathComponent("tokenizer-\(UUID().uuidString).json").path
        #expect(FileManager.default.createFile(atPath: large, contents: nil))
        defer { try? FileManager.default.removeItem(atPath: large) }
        let handle = try #require(FileHandle(forWritingAtPath: large))
        try handle.truncate(atOffset: 100 << 20)
        try handle.close()
        for (path, reason) in [
            (folder.path, "not a file"), ("/dev/zero", "not a file"), ("/nowhere/at/all", "no such file"),
            (large, "64 MB"),
        ] {
            let error = #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: path) }
            #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        }
    }
}
