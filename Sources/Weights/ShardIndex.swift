internal import Foundation

/// `model.safetensors.index.json`: which of several files each tensor is in.
///
/// Its `metadata.total_size` is not read: the files say themselves how long they are.
struct ShardIndex {
    static let mostBytes = 8 << 20
    static let mostFiles = 512

    /// The file name for each tensor.
    let fileNames: [String: String]

    init(_ file: MappedFile) throws(WeightsError) {
        guard file.count <= Self.mostBytes else {
            throw .index(file: file.path, .tooLong(bytes: file.count, most: Self.mostBytes))
        }
        let text = Data(try file.read(0..<file.count))
        guard let index = try? JSONDecoder().decode(Contents.self, from: text) else {
            throw .index(file: file.path, .notAnIndex)
        }
        fileNames = index.weightMap
        let distinct = Set(fileNames.values)
        guard distinct.count <= Self.mostFiles else {
            throw .index(file: file.path, .tooManyFiles(distinct.count, most: Self.mostFiles))
        }
        for name in distinct.sorted() where !isPlain(name) {
            throw .index(file: file.path, .fileName(name))
        }
    }

    private struct Contents: Decodable {
        let weightMap: [String: String]

        enum CodingKeys: String, CodingKey { case weightMap = "weight_map" }
    }
}

/// Whether a name from outside can only mean a safetensors file in the same folder.
private func isPlain(_ name: String) -> Bool {
    let allowed = name.utf8.allSatisfy { byte in
        switch UnicodeScalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": true
        default: false
        }
    }
    return allowed && name.hasSuffix(".safetensors") && !name.hasPrefix(".") && !name.contains("..")
}
