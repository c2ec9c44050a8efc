import Foundation
import Tensors
import Testing
import Weights

#if canImport(Glibc)
import Glibc
#endif

/// What a large or a hostile file costs in memory before it is open or refused; in time, SPEED.md tells.
///
/// Each is opened in a process of its own, since memory is counted by process.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct CostTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test func `a million tensors are refused`() async throws {
        let header = "{" + (0..<1_000_000).map { entry("\($0)", [0], 0, 0, as: "U8") }.joined(separator: ",")
        try await expectRefused(Array(header.utf8), as: .tooMany("tensors", most: 20_000))
    }

    @Test func `twenty thousand tensors with long names are read`() async throws {
        let name = String(repeating: "x", count: 500)
        let entries = (0..<20_000).map { entry("\(name)\($0)", [0], 0, 0, as: "U8") }
        let path = try folder.write(crafted("{" + entries.joined(separator: ",") + "}"))
        await #expect(processExitsWith: .success) { [path = path as String] in
            let cost = try Cost { _ = try Checkpoint(file: path) }
            #expect(cost.error == nil)
            cost.expectSmall()
        }
    }

    /// Swift compares strings by their normal form: with such names, opening a file once took 22 seconds.
    @Test func `names of combining marks are refused before they are compared`() async throws {
        let name = Array(String(repeating: "\u{0301}\u{0316}", count: 100).utf8)
        try await expectRefused(
            Array("{\"".utf8) + name + Array("\":{}}".utf8),
            as: .syntax(byte: 2, expected: "ASCII")
        )
    }

    @Test func `an index of 8 MB is read`() async throws {
        let names = (0..<120_000).map { #""a long name that nobody gives a tensor \#($0)":"1.safetensors""# }
        let index = #"{"weight_map":{"# + names.joined(separator: ",") + "}}"
        try #require((7 << 20)...(8 << 20) ~= index.utf8.count)
        _ = try folder.write(Array(index.utf8), as: "model.safetensors.index.json")
        let path = folder.path
        let missing = WeightsError.absent(file: path + "/1.safetensors").description
        await #expect(processExitsWith: .success) { [path = path as String, missing = missing as String] in
            let cost = try Cost { _ = try Checkpoint(directory: path) }
            #expect(cost.error == missing)
            cost.expectSmall()
        }
    }

    @Test func `100 MB of one string are refused`() async throws {
        let text = Array(repeating: UInt8(ascii: "x"), count: 90_000_000)
        let start = Array(#"{"__metadata__":{"a":""#.utf8)
        try await expectRefused(start + text, as: .tooMany("bytes in one string", most: 16 << 20))
    }

    @Test func `100 MB of brackets are refused`() async throws {
        let text = Array(repeating: UInt8(ascii: "["), count: 90_000_000)
        try await expectRefused(Array(#"{"a":"#.utf8) + text, as: .syntax(byte: 5, expected: "{"))
    }

    @Test func `100 MB of blanks are refused`() async throws {
        let text = Array(repeating: UInt8(ascii: " "), count: 90_000_000)
        try await expectRefused(Array("{".utf8) + text, as: .syntax(byte: 90_000_001, expected: "\""))
    }

    @Test func `a shape of a million dimensions is refused`() async throws {
        let text = Array(repeatElement("1,", count: 1_000_000).joined().utf8)
        try await expectRefused(Array(#"{"a":{"shape":["#.utf8) + text, as: .tooMany("numbers in one list", most: 64))
    }

    @Test func `20 GB open without being read`() async throws {
        let rows = 2_500_000
        let bytes = rows * 4096 * 2
        let header = Array("{\(entry("a", [rows, 4096], 0, bytes, as: "BF16"))}".utf8)
        let path = try folder.write(crafted(header))
        try #require(unsafe truncate(path, off_t(8 + header.count + bytes)) == 0)
        await #expect(processExitsWith: .success) { [path = path as String, rows = rows as Int] in
            let cost = try Cost {
                let matrix = try Checkpoint(file: path).root.matrix("a", shape: [rows, 4096])
                #expect(matrix.rows == rows)
            }
            #expect(cost.error == nil)
            #expect(cost.bytes < 10_000_000, "\(cost)")
            cost.expectSmall()
        }
    }

    private func expectRefused(_ header: [UInt8], as fault: HeaderFault) async throws {
        let path = try folder.write(crafted(header))
        let expected = WeightsError.header(file: path, fault).description
        await #expect(processExitsWith: .success) { [path = path as String, expected = expected as String] in
            let cost = try Cost { _ = try Checkpoint(file: path) }
            #expect(cost.error == expected)
            cost.expectSmall()
        }
    }
}

/// What a piece of work cost this process.
private struct Cost {
    let error: String?
    let bytes: Int

    init(of work: () throws -> Void) throws {
        let before = try Self.peak()
        do {
            try work()
            error = nil
        } catch {
            self.error = String(describing: error)
        }
        bytes = try Self.peak() - before
    }

    func expectSmall() {
        #expect(bytes < 200_000_000, "\(self)")
    }

    /// The most memory that this process ever held, in bytes.
    private static func peak() throws -> Int {
        #if os(Linux)
        // Not `getrusage`: its peak is inherited from the process of the tests, so nothing would ever seem to grow.
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber))) * 1024
        #else
        var usage = rusage()
        unsafe getrusage(RUSAGE_SELF, &usage)
        return usage.ru_maxrss
        #endif
    }
}
