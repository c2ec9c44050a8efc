import Testing
import Weights

/// Headers that lie, each refused for its own reason.
struct HeaderTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test(arguments: [0, 1, 7])
    func `a file too short for a length is truncated`(count: Int) throws {
        let error = WeightsError.truncated(file: folder.file, expected: count == 0 ? 1 : 8, found: count)
        #expect(try folder.refusal(of: Array(repeating: 0, count: count)) == error)
    }

    @Test func `a header longer than the file is truncated`() throws {
        let error = WeightsError.truncated(file: folder.file, expected: 1008, found: 10)
        #expect(try folder.refusal(of: crafted("{}", claiming: 1000)) == error)
    }

    @Test(arguments: [100_000_001, 1 << 32, 1 << 63, UInt64.max])
    func `a header over 100 MB is refused before it is read`(length: UInt64) throws {
        #expect(try folder.fault(Array("{}".utf8), claiming: length) == .length(length, most: 100_000_000))
    }

    @Test(arguments: [
        ("", 0, "{"),
        ("[]", 0, "{"),
        (" {}", 0, "{"),
        ("\u{FEFF}{}", 0, "{"),
        ("{", 1, "\""),
        ("{}\n", 2, "a space after the object"),
        ("{}{}", 2, "a space after the object"),
        ("{},", 2, "a space after the object"),
        (#"{"a"}"#, 4, ":"),
        (#"{"a":1}"#, 5, "{"),
        (#"{"a":null}"#, 5, "{"),
        (#"{"__metadata__":{},}"#, 19, "\""),
        (#"{"a"#, 3, "the end of a string"),
        (#"{"a\""#, 5, "the end of a string"),
        (#"{"\x":{}}"#, 2, "an escape of JSON"),
        (#"{"\u12G4":{}}"#, 6, "an escape of JSON"),
        (#"{"\ud800":{}}"#, 2, "a character"),
        (#"{"\ud800\u0041":{}}"#, 2, "a character"),
        (#"{"\udc00":{}}"#, 2, "a character"),
        ("{\"a\nb\":{}}", 3, "a character of a string"),
        (#"{"a":{"dtype":1}}"#, 14, "\""),
        (#"{"a":{"shape":"x"}}"#, 14, "["),
        (#"{"a":{"shape":[1.5]}}"#, 16, "]"),
        (#"{"a":{"shape":[-1]}}"#, 15, "a whole number"),
        (#"{"a":{"shape":[+1]}}"#, 15, "a whole number"),
        (#"{"a":{"shape":[01]}}"#, 15, "a whole number"),
        (#"{"a":{"shape":[1e3]}}"#, 16, "]"),
        (#"{"a":{"shape":[true]}}"#, 15, "a whole number"),
        (#"{"a":{"shape":[1,]}}"#, 17, "a whole number"),
        (#"{"a":{"shape":[[1]]}}"#, 15, "a whole number"),
        (#"{"a":{"shape":[9223372036854775808]}}"#, 15, "a number below 2^63"),
        (#"{"a":{"shape":[99999999999999999999999]}}"#, 15, "a number below 2^63"),
        (#"{"a":{"data_offsets":[0]}}"#, 23, "number 2 of 2"),
        (#"{"__metadata__":[]}"#, 16, "{"),
        (#"{"__metadata__":{"a":1}}"#, 21, "\""),
    ])
    func `what is not the JSON of a header is refused by its byte`(text: String, byte: Int, expected: String) throws {
        #expect(try folder.fault(text) == .syntax(byte: byte, expected: expected))
    }

    @Test(arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
    func `a text that is not UTF-8 is refused`(text: [UInt8]) throws {
        let header = Array(#"{"__metadata__":{"a":""#.utf8) + text + Array(#""}}"#.utf8)
        #expect(try folder.fault(header) == .syntax(byte: 22, expected: "UTF-8"))
    }

    @Test func `names are in ASCII`() throws {
        #expect(try folder.fault(#"{"é":{}}"#) == .syntax(byte: 2, expected: "ASCII"))
        #expect(try folder.fault(#"{"\u00e9":{}}"#) == .syntax(byte: 2, expected: "ASCII"))
        #expect(try folder.fault(#"{"__metadata__":{"é":"1"}}"#) == .syntax(byte: 18, expected: "ASCII"))
    }

    @Test func `nested lists are refused at the first, a thousand deep or two`() throws {
        let nested = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
        #expect(try folder.fault(#"{"a":\#(nested)}"#) == .syntax(byte: 5, expected: "{"))
        let objects = String(repeating: #"{"shape":"#, count: 1000)
        #expect(try folder.fault(#"{"a":\#(objects)"#) == .syntax(byte: 14, expected: "["))
    }

    @Test func `nothing may be said twice`() throws {
        let a = entry("a", [1], 0, 4)
        #expect(try folder.fault("{\(a),\(a)}", data: 4) == .duplicate("a"))
        #expect(
            try folder.fault(#"{\#(a),"\u0061":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#) == .duplicate("a")
        )
        #expect(try folder.fault(#"{"a":{"dtype":"F32","dtype":"F32"}}"#) == .duplicate("dtype"))
        #expect(try folder.fault(#"{"__metadata__":{},"__metadata__":{}}"#) == .duplicate("__metadata__"))
        #expect(try folder.fault(#"{"__metadata__":{"k":"1","k":"2"}}"#) == .duplicate("k"))
    }

    @Test func `a tensor has a dtype, a shape and offsets, and nothing else`() throws {
        #expect(try folder.fault(#"{"a":{}}"#) == .missingField(tensor: "a", field: "dtype"))
        #expect(try folder.fault(#"{"a":{"dtype":"F32"}}"#) == .missingField(tensor: "a", field: "shape"))
        #expect(
            try folder.fault(#"{"a":{"dtype":"F32","shape":[]}}"#) == .missingField(tensor: "a", field: "data_offsets")
        )
        #expect(try folder.fault(#"{"a":{"size":1}}"#) == .unknownField(tensor: "a", field: "size"))
        #expect(try folder.fault("{\(entry("a", [], 0, 4, as: "F31"))}") == .unknownDType(tensor: "a", found: "F31"))
        #expect(try folder.fault("{\(entry("a", [], 0, 4, as: "f32"))}") == .unknownDType(tensor: "a", found: "f32"))
        #expect(try folder.fault(#"{"a":{"data_offsets":[0,1,2]}}"#) == .tooMany("numbers in one list", most: 2))
    }

    @Test func `offsets and shapes agree`() throws {
        #expect(try folder.fault("{\(entry("a", [1], 4, 0))}", data: 4) == .reversed(tensor: "a", begin: 4, end: 0))
        #expect(try folder.fault("{\(entry("a", [2], 0, 4))}", data: 4) == .size(tensor: "a", expected: 8, found: 4))
        #expect(
            try folder.fault("{\(entry("a", [], 0, 4, as: "F64"))}", data: 4)
                == .size(tensor: "a", expected: 8, found: 4)
        )
        #expect(
            try folder.fault("{\(entry("a", [3], 0, 2, as: "F4"))}", data: 2) == .partialByte(tensor: "a", bits: 12)
        )
        for shape in [[Int.max], [1 << 32, 1 << 32], [0, 1 << 32, 1 << 32], [1 << 62, 2, 0]] {
            #expect(try folder.fault("{\(entry("a", shape, 0, 0))}") == .overflow(tensor: "a", shape: shape))
        }
        let most = Int.max / 8  // bytes that can be counted in bits, but lie beyond what a file offset can say
        let far = entry("a", [most], Int.max - most, Int.max, as: "U8")
        #expect(try folder.fault("{\(far)}") == .overflow(tensor: "a", shape: [most]))
    }

    @Test func `each byte belongs to one tensor`() throws {
        let a = entry("a", [2], 0, 8)
        #expect(
            try folder.fault("{\(a),\(entry("b", [1], 4, 8))}", data: 8)
                == .overlap(tensor: "b", begin: 4, previousEnd: 8)
        )
        #expect(
            try folder.fault("{\(a),\(entry("b", [1], 12, 16))}", data: 16)
                == .hole(tensor: "b", begin: 12, previousEnd: 8)
        )
        #expect(try folder.fault("{\(entry("b", [1], 4, 8))}", data: 8) == .hole(tensor: "b", begin: 4, previousEnd: 0))
        #expect(try folder.fault("{\(a)}", data: 9) == .leftover(bytes: 1))
        #expect(try folder.fault("{}", data: 3) == .leftover(bytes: 3))
    }

    @Test(arguments: [0, 1, 7])
    func `a tensor that ends past the file is truncated`(data: Int) throws {
        let file = crafted("{\(entry("a", [2], 0, 8))}", data: Array(repeating: 0, count: data))
        let error = WeightsError.truncated(file: folder.file, expected: file.count - data + 8, found: file.count)
        #expect(try folder.refusal(of: file) == error)
    }

    @Test func `a message is one short line, whatever the names in it`() throws {
        let name = #"\n\u001b[31m"# + String(repeating: "x", count: 400)
        let error = try folder.refusal(of: crafted(#"{"\#(name)":{"dtype":"\u2028\u202e"}}"#))
        let message = try #require(error?.description)
        #expect(message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{2028}" && $0 != "\u{202E}" })
        #expect(message.count < 600)
        #expect(message.hasSuffix("… is of the unknown dtype \u{FFFD}\u{FFFD}: download it again"))
    }
}
