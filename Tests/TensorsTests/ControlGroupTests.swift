import Foundation
import Tensors
import TestSupport
import Testing

/// Folders like those of Linux' control groups.
struct ControlGroupTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func group(_ membership: String, _ files: [String: String]) throws -> ControlGroup {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/a.slice/b.service",
            withIntermediateDirectories: true
        )
        for (name, text) in files { try folder.write(Data(text.utf8), to: name) }
        try folder.write(Data(membership.utf8), to: "membership")
        return ControlGroup(root: folder.path, membership: folder.path + "/membership")
    }

    @Test func `the tightest of the own group and those around it counts`() throws {
        let group = try group(
            "0::/a.slice/b.service\n",
            [
                "a.slice/b.service/cpu.max": "max 100000\n", "a.slice/cpu.max": "150000 100000\n",
                "cpu.max": "400000 100000",
                "a.slice/b.service/memory.max": "3000\n",
                "a.slice/b.service/memory.stat": "file 900\nanon 1000\nkernel 7\n",
                "a.slice/memory.max": "9000\n", "a.slice/memory.stat": "anon 7500\n",
            ]
        )
        #expect(group.processors == 2)
        #expect(group.memory == 1500)
    }

    @Test func `a container sees its own group at the root, and less than nothing is never left`() throws {
        let group = try group(
            "0::/\n",
            ["cpu.max": "50000 100000\n", "memory.max": "100", "memory.stat": "anon 200\n"]
        )
        #expect(group.processors == 1 && group.memory == 0)
    }

    @Test(arguments: ["", "0::/\n", "0::/../other\n", "4:memory:/old\n", "nonsense"])
    func `where nothing is limited, or nothing can be read, there is no limit`(membership: String) throws {
        let files = ["cpu.max": "max 100000\n", "memory.max": "max\n", "memory.stat": "anon 5\n"]
        let group = try group(membership, files)
        #expect(group.processors == nil && group.memory == nil)
    }

    @Test(arguments: ["0 0", "-1 100000", "100000", "100000 0", "9999999999999999999999 1", "x y", ""])
    func `odd quotas are none`(text: String) throws {
        #expect(try group("0::/\n", ["cpu.max": text]).processors == nil)
    }
}
