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

    @Test func `version 1 has a folder for each controller`() throws {
        for folder in ["cpu", "memory/job"] {
            try FileManager.default.createDirectory(
                atPath: "\(self.folder.path)/\(folder)",
                withIntermediateDirectories: true
            )
        }
        let group = try group(
            "5:devices:/\n4:memory:/job/gone\n3:cpu,cpuacct:/\n0::/\n",
            [
                "cpu/cpu.cfs_quota_us": "150000\n", "cpu/cpu.cfs_period_us": "100000\n",
                "memory/memory.limit_in_bytes": "9223372036854771712\n",
                "memory/job/memory.limit_in_bytes": "5000\n",
                "memory/job/memory.stat": "cache 9\nrss 1\ntotal_cache 900\ntotal_rss 1200\n",
            ]
        )
        #expect(group.processors == 2)
        #expect(group.memory == 3800)
        let unlimited = try self.group("3:cpu:/\n2:memory:/\n", ["cpu/cpu.cfs_quota_us": "-1\n"])
        #expect(unlimited.processors == nil && unlimited.memory == nil)
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
