import Foundation
import Testing

@testable import Weights

/// Where a packed file is looked for, and where it would be written.
struct PackedLocationTests {
    private let model: Folder
    private let home: Folder

    init() throws {
        model = try Folder()
        home = try Folder()
    }

    private func file(_ environment: [String: String] = [:], isWritable: Bool = true) -> String? {
        PackedLocation(of: model.path, environment: environment, isWritable: isWritable).file(.q4)
    }

    @Test func `it is beside the checkpoint, where that folder takes new files`() {
        #expect(file(["HOME": home.path]) == model.path + "/model.q4.safetensors")
        #expect(PackedLocation(of: model.path, environment: [:], isWritable: true).file(.f32) == nil)
    }

    @Test func `a folder that takes none has one of its own in the user's cache`() throws {
        let cached = try #require(file(["HOME": home.path], isWritable: false))
        #expect(cached.hasPrefix(home.path + "/.cache/glimpse/") && cached.hasSuffix("/model.q4.safetensors"))
        let other = PackedLocation(of: home.path, environment: ["HOME": home.path], isWritable: false).file(.q4)
        #expect(other != cached)
        let named = try #require(file(["HOME": "/", "XDG_CACHE_HOME": home.path], isWritable: false))
        #expect(named.hasPrefix(home.path + "/glimpse/"))
    }

    @Test(arguments: [[:], ["HOME": ""], ["XDG_CACHE_HOME": "relative"]])
    func `without a cache it is beside the checkpoint, where writing will say what is wrong`(
        environment: [String: String]
    ) {
        #expect(file(environment, isWritable: false) == model.path + "/model.q4.safetensors")
    }

    @Test func `the one that is there is taken, the one beside the checkpoint first`() throws {
        let environment = ["HOME": home.path]
        let cached = try #require(file(environment, isWritable: false))
        let folder = URL(fileURLWithPath: cached).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: cached))
        #expect(file(environment) == cached)
        _ = try model.write([], as: "model.q4.safetensors")
        #expect(file(environment, isWritable: false) == model.path + "/model.q4.safetensors")
    }
}
