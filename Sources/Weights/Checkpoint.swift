internal import Tensors

/// The tensors of a model, in one safetensors file or in several, checked when opened and read only when asked for.
package struct Checkpoint: Sendable {
    /// What there is, by name.
    package private(set) var tensors: [String: TensorInfo] = [:]
    /// What the first file says of itself under `__metadata__`.
    package private(set) var metadata: [String: String] = [:]
    private(set) var files: [MappedFile] = []

    /// Opens a model's folder in the layout of Hugging Face: `model.safetensors`, or an index and its shards.
    package init(directory: String) throws(WeightsError) {
        do throws(WeightsError) {
            try self.init(file: directory + "/model.safetensors")
        } catch .absent {
            try self.init(shardsOf: directory)
        }
    }

    /// Opens a model's folder at a precision: what is packed is in a file of its own beside the rest.
    package init(directory: String, precision: Precision) throws(WeightsError) {
        if precision == .f32 {
            try self.init(directory: directory)
        } else {
            try self.init(packed: precision, directory: directory)
        }
    }

    /// Opens a single safetensors file.
    package init(file path: String) throws(WeightsError) {
        _ = try add(path)
    }

    private init(shardsOf directory: String) throws(WeightsError) {
        let path = directory + "/model.safetensors.index.json"
        let file: MappedFile
        do throws(WeightsError) {
            file = try MappedFile(path)
        } catch .absent {
            throw .noCheckpoint(directory: directory)
        }
        let index = try ShardIndex(file)
        for shard in index.files {
            guard let (tensor, first) = try add(directory + "/" + shard) else { continue }
            throw .index(file: path, .twice(tensor: tensor, files: [index.files[first], shard]))
        }
        for (tensor, shard) in index.fileNames.sorted(by: { $0.key < $1.key }) {
            guard let info = tensors[tensor], index.files[info.file] == shard else {
                throw .index(file: path, .elsewhere(tensor: tensor, file: shard))
            }
        }
    }

    /// Adds the tensors of one file, or returns one that an earlier file has already, and which file that is.
    private mutating func add(_ path: String) throws(WeightsError) -> (tensor: String, file: Int)? {
        let file = try MappedFile(path)
        let header = try SafetensorsHeader(of: file)
        if files.isEmpty { metadata = header.metadata }
        guard tensors.count <= SafetensorsHeader.mostTensors - header.tensors.count else {
            throw .header(file: path, .tooMany("tensors", most: SafetensorsHeader.mostTensors))
        }
        for (name, var tensor) in header.tensors {
            if let earlier = tensors[name] { return (name, earlier.file) }
            tensor.file = files.count
            tensors[name] = tensor
        }
        files.append(file)
        return nil
    }

    /// How many bytes all tensors take.
    package var byteCount: Int { tensors.values.reduce(0) { $0 + $1.byteCount } }

    /// Where a model starts to look for its weights.
    package var root: WeightScope { WeightScope(self) }

    /// Throws if a file was cut or written to since it was opened, which would end the process or spoil the answer.
    package func checkUnchanged() throws(WeightsError) {
        for file in files { try file.checkUnchanged() }
    }

    /// A weight as it lies in the file.
    func matrix(_ tensor: TensorInfo, rows: Int, columns: Int, format: Matrix.Format) throws(WeightsError) -> Matrix {
        let file = files[tensor.file]
        try file.checkUnchanged()
        return file.matrix(at: tensor.bytes.lowerBound, rows: rows, columns: columns, format: format)
    }

    /// A copy of a tensor's bytes, or of some of them, which are counted from its first.
    func bytes(of tensor: TensorInfo, _ range: Range<Int>? = nil) throws(WeightsError) -> [UInt8] {
        let (start, range) = (tensor.bytes.lowerBound, range ?? 0..<tensor.bytes.count)
        return try files[tensor.file].read(start + range.lowerBound..<start + range.upperBound)
    }
}
