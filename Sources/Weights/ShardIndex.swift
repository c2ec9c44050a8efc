/// `model.safetensors.index.json`: which of several files each tensor is in.
///
///     {"metadata": {"total_size": 20579540992}, "weight_map": {"name": "model-00001-of-00004.safetensors", …}}
///
/// The metadata is not believed: the files say themselves how long they are.
struct ShardIndex {
    static let mostBytes = 8 << 20
    static let mostFiles = 512
    static let mostBytesOfName = 512

    /// The file name for each tensor.
    private(set) var fileNames: [String: String] = [:]
    /// Each file once, in order.
    let files: [String]

    init(_ file: MappedFile) throws(WeightsError) {
        guard file.count <= Self.mostBytes else {
            throw .index(file: file.path, .tooLong(bytes: file.count, most: Self.mostBytes))
        }
        let text = try file.read(0..<file.count)
        do throws(HeaderFault) {
            fileNames = try Self.weightMap(text)
        } catch {
            throw .index(file: file.path, .json(error))
        }
        if let name = fileNames.values.first(where: { !isPlain($0) }) {
            throw .index(file: file.path, .fileName(name))
        }
        files = Set(fileNames.values).sorted()
        guard files.count <= Self.mostFiles else {
            throw .index(file: file.path, .tooManyFiles(files.count, most: Self.mostFiles))
        }
    }

    private static func weightMap(_ text: [UInt8]) throws(HeaderFault) -> [String: String] {
        var scanner = HeaderScanner(text)
        var map: [String: String]?
        try scanner.object(keysOfAtMost: mostBytesOfName) { (scanner, key) throws(HeaderFault) in
            guard key == "weight_map" else {
                return try scanner.ignored(nestedAtMost: 8, longest: mostBytes)
            }
            guard map == nil else { throw .duplicate(key) }
            map = try scanner.strings(ofAtMost: mostBytesOfName)
        }
        try scanner.end(isBlank)
        guard let map else { throw .missingField(tensor: "the index", field: "weight_map") }
        return map
    }
}

extension HeaderScanner {
    /// Reads an object whose values are strings.
    fileprivate mutating func strings(ofAtMost longest: Int) throws(HeaderFault) -> [String: String] {
        var strings: [String: String] = [:]
        try object(keysOfAtMost: longest) { (scanner, key) throws(HeaderFault) in
            let value = try scanner.string(ofAtMost: longest)
            guard strings.updateValue(value, forKey: key) == nil else { throw .duplicate(key) }
        }
        return strings
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
