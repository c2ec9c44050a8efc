import Foundation
import Media
import Testing

/// Tools/golden/resize.py's file: pictures as bytes, which no weight is, read here by hand.
struct ResizeGolden {
    private let data: Data
    private let header: [String: Any]
    private let start: Int

    init() throws {
        data = try Data(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("Golden/resize.safetensors")
        )
        let length = data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        start = 8 + length
        header = try #require(JSONSerialization.jsonObject(with: data[8..<start]) as? [String: Any])
    }

    /// `64x48-28x28`: from width and height, to width and height.
    var names: [String] {
        header.keys.filter { $0.hasPrefix("torchvision.") }.map { String($0.dropFirst(12)) }.sorted()
    }

    /// What is resized, and what torchvision and PIL make of it; PIL's is stored only where it differs.
    func pair(_ name: String) throws -> (source: RGBImage, torchvision: RGBImage, pil: RGBImage) {
        let size = name.split(separator: "-")[0].split(separator: "x").compactMap { Int($0) }
        let torchvision = try #require(image("torchvision." + name))
        let source = Reference.frame(0, width: size[0], height: size[1])
        return (source, torchvision, image("pil." + name) ?? torchvision)
    }

    private func image(_ name: String) -> RGBImage? {
        guard let entry = header[name] as? [String: Any], let shape = entry["shape"] as? [Int],
            let range = entry["data_offsets"] as? [Int]
        else { return nil }
        let bytes = Array(data[start + range[0]..<start + range[1]])
        return RGBImage(width: shape[1], height: shape[0], pixels: bytes)
    }
}
