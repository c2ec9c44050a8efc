import Foundation
import Testing
import Weights

/// A model in several files, and indexes that lie.
struct ShardTests {
    private let folder: Folder
    private var index: String { folder.path + "/model.safetensors.index.json" }

    init() throws { folder = try Folder() }

    /// Writes the shards `1.safetensors` and `2.safetensors`, each with the tensors named, and opens them by this map.
    private func open(_ weightMap: String, _ first: [String] = ["a"], _ second: [String] = ["b"]) throws -> Checkpoint {
        try write(first, as: "1.safetensors")
        try write(second, as: "2.safetensors")
        _ = try folder.write(Array(weightMap.utf8), as: "model.safetensors.index.json")
        return try Checkpoint(directory: folder.path)
    }

    private func write(_ names: [String], as file: String) throws {
        let entries = names.enumerated().map { entry($1, [1], $0, $0 + 1, as: "U8") }.joined(separator: ",")
        _ = try folder.write(crafted("{\(entries)}", data: Array(repeating: 0, count: names.count)), as: file)
    }

    @Test func `shards make one checkpoint, and total_size is not believed`() throws {
        let metadata = #"{"total_size": -1.5e3, "by": ["\n", {"x": null, "y": [], "z": {}}, true]}"#
        let map = #"{"metadata": \#(metadata), "weight_map":{"a":"1.safetensors","b":"2.safetensors"}}"# + "\n"
        #expect(try open(map).tensors.keys.sorted() == ["a", "b"])
    }

    @Test(arguments: [
        "../1.safetensors", "/etc/1.safetensors", "x/1.safetensors", "..safetensors", ".safetensors", "a..safetensors",
        "1.bin", "1.safetensors.py", "", "1.safetensors\0", "1\0.safetensors", "a b.safetensors", "é.safetensors",
        #"x\1.safetensors"#,
    ])
    func `a name that could leave the folder is refused`(name: String) throws {
        let map = try JSONEncoder().encode(["weight_map": ["a": name]])
        #expect(throws: WeightsError.index(file: index, .fileName(name))) {
            try open(String(decoding: map, as: UTF8.self))
        }
    }

    @Test(
        arguments: [
            ("[]", .syntax(byte: 0, expected: "{")),
            ("null", .syntax(byte: 0, expected: "{")),
            ("\u{0}", .syntax(byte: 0, expected: "{")),
            ("{}", .missingField(tensor: "the index", field: "weight_map")),
            (#"{"weight_map":[]}"#, .syntax(byte: 14, expected: "{")),
            (#"{"weight_map":{"a":1}}"#, .syntax(byte: 19, expected: "\"")),
            (#"{"weight_map":{"a":"1.safetensors"}"#, .syntax(byte: 35, expected: "}")),
            (#"{"weight_map":{}}x"#, .syntax(byte: 17, expected: "a space after the object")),
            (#"{"weight_map":{"a":"x","a":"y"}}"#, .duplicate("a")),
            (#"{"weight_map":{},"weight_map":{}}"#, .duplicate("weight_map")),
            (#"{"metadata":}"#, .syntax(byte: 12, expected: "a value")),
            (#"{"metadata":"# + String(repeating: "[", count: 1_000_000), .syntax(byte: 20, expected: "a value")),
            (#"{"weight_map":{"\u0301":"x"}}"#, .syntax(byte: 16, expected: "ASCII")),
        ] as [(String, HeaderFault)]
    )
    func `what is not an index is refused by its byte`(text: String, fault: HeaderFault) throws {
        #expect(throws: WeightsError.index(file: index, .json(fault))) { try open(text) }
    }

    @Test func `an empty index is truncated`() throws {
        #expect(throws: WeightsError.truncated(file: index, expected: 1, found: 0)) { try open("") }
    }

    @Test func `an index that is too long is refused unread`() throws {
        let long = String(repeating: " ", count: 8 << 20) + "{}"
        let error = WeightsError.index(file: index, .tooLong(bytes: long.utf8.count, most: 8 << 20))
        #expect(throws: error) { try open(long) }
    }

    @Test func `an index of too many files is refused before one is opened`() throws {
        let map = Dictionary(uniqueKeysWithValues: (0..<513).map { ("\($0)", "\($0).safetensors") })
        let text = try JSONEncoder().encode(["weight_map": map])
        let error = WeightsError.index(file: index, .tooManyFiles(513, most: 512))
        #expect(throws: error) { try open(String(decoding: text, as: UTF8.self)) }
    }

    @Test func `a shard that is missing is named`() throws {
        let map = #"{"weight_map":{"a":"1.safetensors","b":"3.safetensors"}}"#
        #expect(throws: WeightsError.absent(file: folder.path + "/3.safetensors")) { try open(map) }
    }

    @Test func `a tensor in two shards is refused`() throws {
        let map = #"{"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}"#
        let error = WeightsError.index(file: index, .twice(tensor: "a", files: ["1.safetensors", "2.safetensors"]))
        #expect(throws: error) { try open(map, ["a"], ["a", "b"]) }
    }

    @Test(arguments: ["2.safetensors", "1.safetensors"])
    func `a tensor is in the shard that the index names`(shard: String) throws {
        let tensor = shard == "2.safetensors" ? "a" : "c"
        let map = #"{"weight_map":{"\#(tensor)":"\#(shard)","b":"2.safetensors","a2":"1.safetensors"}}"#
        let error = WeightsError.index(file: index, .elsewhere(tensor: tensor, file: shard))
        #expect(throws: error) { try open(map, ["a", "a2"]) }
    }

    @Test func `a broken shard is named`() throws {
        let map = #"{"weight_map":{"a":"1.safetensors","b":"pipe.safetensors"}}"#
        let pipe = folder.path + "/pipe.safetensors"
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        #expect(throws: WeightsError.notAFile(pipe)) { try open(map) }
    }
}
