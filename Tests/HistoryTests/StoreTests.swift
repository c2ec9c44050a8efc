import Foundation
import History
import Testing

struct StoreTests {
    @Test func `a new file is made`() throws {
        let path = NSTemporaryDirectory() + "store-\(UUID()).sqlite"
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try Store(path: path)
        #expect(FileManager.default.fileExists(atPath: path))
    }
}
