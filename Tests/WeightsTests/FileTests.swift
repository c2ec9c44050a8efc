import Foundation
import Testing
import Weights

#if canImport(Glibc)
import Glibc
#endif

/// What may be opened, and what happens when it changes.
struct FileTests {
    private let folder: Folder
    private let healthy = crafted("{\(entry("a", [2], 0, 8))}", data: Array(repeating: 1, count: 8))

    init() throws { folder = try Folder() }

    @Test func `only regular files are opened, and a pipe does not make us wait`() throws {
        let pipe = folder.path + "/pipe.safetensors"
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        for path in [pipe, folder.path, "/dev/zero"] {
            #expect(throws: WeightsError.notAFile(path)) { try Checkpoint(file: path) }
        }
    }

    @Test func `a link to a file is followed, as in a Hugging Face cache`() throws {
        let blob = try folder.write(healthy, as: "blob")
        let link = folder.path + "/model.safetensors"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: blob)
        #expect(try Checkpoint(directory: folder.path).tensors["a"]?.shape == [2])
    }

    @Test func `what is not there is said to be absent`() throws {
        let path = folder.path + "/none.safetensors"
        #expect(throws: WeightsError.absent(file: path)) { try Checkpoint(file: path) }
        #expect(throws: WeightsError.noCheckpoint(directory: folder.path)) { try Checkpoint(directory: folder.path) }
    }

    @Test(.enabled(if: geteuid() != 0, "root may read anything"))
    func `what may not be read is said to be unreadable`() throws {
        let path = try folder.write(healthy)
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
        let error = WeightsError.unreadable(file: path, reason: "Permission denied")
        #expect(throws: error) { try Checkpoint(file: path) }
    }

    @Test func `a path through a file is unreadable`() throws {
        let path = try folder.write(healthy) + "/model.safetensors"
        let error = WeightsError.unreadable(file: path, reason: "Not a directory")
        #expect(throws: error) { try Checkpoint(file: path) }
    }

    @Test func `a file cut while in use is an error, not a signal`() throws {
        let path = try folder.write(healthy)
        let checkpoint = try Checkpoint(file: path)
        try checkpoint.checkUnchanged()
        try #require(unsafe truncate(path, off_t(healthy.count - 1)) == 0)
        let error = WeightsError.truncated(file: path, expected: healthy.count, found: healthy.count - 1)
        #expect(throws: error) { try checkpoint.checkUnchanged() }
        #expect(throws: error) { try checkpoint.root.vector("a", count: 2) }
        #expect(throws: error) { try checkpoint.root.matrix("a", shape: [2]) }
    }

    @Test func `a file written to while in use is an error`() throws {
        let path = try folder.write(healthy)
        let checkpoint = try Checkpoint(file: path)
        // Far enough that no file system's clock is too coarse to see it.
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path)
        #expect(throws: WeightsError.changed(file: path)) { try checkpoint.root.matrix("a", shape: [2]) }
    }

    @Test func `a file replaced under its name leaves the open one alone`() throws {
        let path = try folder.write(healthy)
        let checkpoint = try Checkpoint(file: path)
        let other = try folder.write([1], as: "other")
        try #require(unsafe rename(other, path) == 0)
        #expect(
            try checkpoint.root.vector("a", count: 2) == [
                Float(bitPattern: 0x0101_0101), Float(bitPattern: 0x0101_0101),
            ]
        )
    }
}
