import Foundation
import Media

/// What Tools/golden/media.py wrote.
enum Golden {
    struct Clip: Decodable, Sendable {
        let width, height: Int
        let times: [Double]
        let tiles: [[Double]]  // per frame, the mean colours of a 4x4 grid
    }
    struct Linspace: Decodable, Sendable {
        let n, total: Int
        let indices: [Int]
    }
    struct Rounded: Decodable, Sendable {
        let x, rounded: Double
        let `repr`: String
    }
    struct Numbers: Decodable, Sendable {
        let linspace: [Linspace]
        let rounded: [Rounded]
    }

    static func path(_ name: String) -> String {
        Bundle.module.resourceURL?.appending(path: "Golden/\(name)").path ?? name
    }

    static func clips() throws -> [String: Clip] { try decode("clips.json") }
    static func numbers() throws -> Numbers { try decode("numbers.json") }

    private static func decode<T: Decodable>(_ name: String) throws -> T {
        try JSONDecoder().decode(T.self, from: Data(contentsOf: URL(filePath: path(name))))
    }
}

extension RGBImage {
    /// The mean colours of a 4x4 grid of tiles.
    var tiles: [Double] {
        let rows = (0...4).map { $0 * height / 4 }
        let columns = (0...4).map { $0 * width / 4 }
        var means: [Double] = []
        for i in 0..<4 {
            for j in 0..<4 {
                for channel in 0..<3 {
                    var (sum, count) = (0, 0)
                    for y in rows[i]..<rows[i + 1] {
                        for x in columns[j]..<columns[j + 1] {
                            sum += Int(pixels[(y * width + x) * 3 + channel])
                            count += 1
                        }
                    }
                    means.append(count > 0 ? Double(sum) / Double(count) : 0)
                }
            }
        }
        return means
    }
}

/// A folder that is gone when the test is over.
final class Scratch {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "glimpse-media-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: [UInt8], as name: String) throws -> String {
        let file = "\(path)/\(name)"
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }
}
