/// The header of a safetensors file: what the file says it holds, checked against how long it is.
///
///     8 bytes   N, little-endian
///     N bytes   {"__metadata__": {…}, "name": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}, …}, spaces
///     the rest  the tensors' data, which `data_offsets` count from here: each byte belongs to exactly one tensor
///
/// The limits are far above any checkpoint of ours. They bound what a hostile header can cost before it is refused.
struct SafetensorsHeader {
    static let mostBytes = 100_000_000
    static let mostTensors = 20_000
    static let mostDimensions = 64
    static let mostBytesOfName = 512
    static let mostBytesOfMetadata = 16 << 20
    static let mostMetadata = 10_000

    private(set) var tensors: [String: TensorInfo] = [:]
    private(set) var metadata: [String: String] = [:]

    init(of file: MappedFile) throws(WeightsError) {
        guard file.count >= 8 else { throw .truncated(file: file.path, expected: 8, found: file.count) }
        let length = try file.read(0..<8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(Self.mostBytes) else {
            throw .header(file: file.path, .length(length, most: Self.mostBytes))
        }
        let dataStart = 8 + Int(length)
        guard dataStart <= file.count else {
            throw .truncated(file: file.path, expected: dataStart, found: file.count)
        }
        let text = try file.read(8..<dataStart)
        do throws(HeaderFault) {
            try self.init(text, dataStart: dataStart)
        } catch {
            throw .header(file: file.path, error)
        }
        try checkThatTensorsFill(file, from: dataStart)
    }

    private init(_ text: [UInt8], dataStart: Int) throws(HeaderFault) {
        var scanner = HeaderScanner(text)
        var hasMetadata = false
        try scanner.object(keysOfAtMost: Self.mostBytesOfName) { (scanner, name) throws(HeaderFault) in
            if name == "__metadata__" {
                guard !hasMetadata else { throw .duplicate(name) }
                hasMetadata = true
                try readMetadata(&scanner)
            } else {
                guard tensors.count < Self.mostTensors else { throw .tooMany("tensors", most: Self.mostTensors) }
                let tensor = try TensorInfo(&scanner, name: name, dataStart: dataStart)
                guard tensors.updateValue(tensor, forKey: name) == nil else { throw .duplicate(name) }
            }
        }
        try scanner.end { $0 == UInt8(ascii: " ") }
    }

    private mutating func readMetadata(_ scanner: inout HeaderScanner) throws(HeaderFault) {
        var room = Self.mostBytesOfMetadata
        try scanner.object(keysOfAtMost: Self.mostBytesOfName) { (scanner, key) throws(HeaderFault) in
            guard metadata.count < Self.mostMetadata else { throw .tooMany("metadata", most: Self.mostMetadata) }
            let value = try scanner.string(ofAtMost: room)
            room -= value.utf8.count
            guard metadata.updateValue(value, forKey: key) == nil else { throw .duplicate(key) }
        }
    }

    /// Overlapping tensors would make a small file large in memory, and a hole could hide another file.
    private func checkThatTensorsFill(_ file: MappedFile, from dataStart: Int) throws(WeightsError) {
        let inOrder = tensors.sorted {
            ($0.value.bytes.lowerBound, $0.value.bytes.upperBound)
                < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound)
        }
        var end = dataStart
        for (name, tensor) in inOrder {
            let bytes = tensor.bytes
            guard bytes.lowerBound >= end else {
                let begin = bytes.lowerBound - dataStart
                throw .header(file: file.path, .overlap(tensor: name, begin: begin, previousEnd: end - dataStart))
            }
            guard bytes.lowerBound == end else {
                let begin = bytes.lowerBound - dataStart
                throw .header(file: file.path, .hole(tensor: name, begin: begin, previousEnd: end - dataStart))
            }
            end = bytes.upperBound
        }
        guard end <= file.count else { throw .truncated(file: file.path, expected: end, found: file.count) }
        guard end == file.count else { throw .header(file: file.path, .leftover(bytes: file.count - end)) }
    }
}

extension TensorInfo {
    /// Reads the object that describes a tensor, and checks its numbers against each other.
    fileprivate init(_ scanner: inout HeaderScanner, name: String, dataStart: Int) throws(HeaderFault) {
        var fields: (dtype: DType?, shape: [Int]?, offsets: [Int]?)
        try scanner.object(keysOfAtMost: SafetensorsHeader.mostBytesOfName) { (scanner, field) throws(HeaderFault) in
            switch field {
            case "dtype" where fields.dtype == nil:
                let found = try scanner.string(ofAtMost: SafetensorsHeader.mostBytesOfName)
                guard let dtype = DType(rawValue: found) else { throw .unknownDType(tensor: name, found: found) }
                fields.dtype = dtype
            case "shape" where fields.shape == nil:
                fields.shape = try scanner.integers(atMost: SafetensorsHeader.mostDimensions)
            case "data_offsets" where fields.offsets == nil:
                fields.offsets = try scanner.integers(exactly: 2)
            case "dtype", "shape", "data_offsets": throw .duplicate(field)
            default: throw .unknownField(tensor: name, field: field)
            }
        }
        guard let dtype = fields.dtype else { throw .missingField(tensor: name, field: "dtype") }
        guard let shape = fields.shape else { throw .missingField(tensor: name, field: "shape") }
        guard let offsets = fields.offsets else { throw .missingField(tensor: name, field: "data_offsets") }

        let (begin, end) = (offsets[0], offsets[1])
        guard begin <= end else { throw .reversed(tensor: name, begin: begin, end: end) }
        let expected = try bytesNeeded(by: shape, dtype, name: name)
        guard end - begin == expected else { throw .size(tensor: name, expected: expected, found: end - begin) }
        let (fileEnd, overflow) = end.addingReportingOverflow(dataStart)
        guard !overflow else { throw .overflow(tensor: name, shape: shape) }
        self.init(dtype: dtype, shape: shape, bytes: fileEnd - expected..<fileEnd)
    }
}

/// How many bytes a tensor needs by its shape.
private func bytesNeeded(by shape: [Int], _ dtype: DType, name: String) throws(HeaderFault) -> Int {
    var bits = dtype.bitsPerElement
    // Zeros are left out at first, so that no product of some of the dimensions can overflow later either.
    for dimension in shape where dimension != 0 {
        let (product, overflow) = bits.multipliedReportingOverflow(by: dimension)
        guard !overflow else { throw .overflow(tensor: name, shape: shape) }
        bits = product
    }
    if shape.contains(0) { return 0 }
    guard bits.isMultiple(of: 8) else { throw .partialByte(tensor: name, bits: bits) }
    return bits / 8
}
