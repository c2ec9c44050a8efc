package import Tensors

/// A place in the checkpoint's tree of names, such as `model.language_model.layers.3.mlp`.
///
/// A layer asks for its weights below the scope that it is given, in the shapes that it computes with.
package struct WeightScope: Sendable {
    private let checkpoint: Checkpoint
    private let path: String

    init(_ checkpoint: Checkpoint) {
        self.init(checkpoint, path: "")
    }

    private init(_ checkpoint: Checkpoint, path: String) {
        self.checkpoint = checkpoint
        self.path = path
    }

    package subscript(_ name: String) -> WeightScope {
        WeightScope(checkpoint, path: full(name))
    }

    package subscript(_ index: Int) -> WeightScope {
        self[String(index)]
    }

    /// Whether the checkpoint has the tensor `name` in this scope.
    package func has(_ name: String) -> Bool {
        checkpoint.tensors[full(name)] != nil
    }

    /// A weight as it lies in the checkpoint: its first dimension are the rows, all others together the columns.
    ///
    /// Where it will be cut into `parts`, each must be made of whole strips.
    package func matrix(_ name: String, shape: [Int], parts: Int = 1) throws(WeightsError) -> Matrix {
        precondition(!shape.isEmpty, "\(full(name)) has no dimension to be rows")
        let (rows, columns) = (shape[0], shape.dropFirst().reduce(1, *))
        let tensor = try tensor(name)
        let packed = Matrix.Format.allCases.first { format in
            format.isPacked && tensor.dtype == .u8 && tensor.shape == format.layout(rows: rows, columns: columns)
                && (parts == 1 || rows.isMultiple(of: parts * format.rowsPerStrip))
        }
        if let packed { return try checkpoint.matrix(tensor, rows: rows, columns: columns, format: packed) }
        let format = try format(of: name, try self.tensor(name, shape: shape))
        return try checkpoint.matrix(tensor, rows: rows, columns: columns, format: format)
    }

    /// A bias, a norm's gain or the like: small enough to be copied and converted.
    package func vector(_ name: String, count: Int) throws(WeightsError) -> [Float] {
        try values(name, try tensor(name, shape: [count]))
    }

    /// A whole tensor, copied and converted: for golden files and tests.
    package func floats(_ name: String) throws(WeightsError) -> (shape: [Int], values: [Float]) {
        let tensor = try tensor(name)
        return (tensor.shape, try values(name, tensor))
    }

    private func full(_ name: String) -> String {
        path.isEmpty ? name : path + "." + name
    }

    private func tensor(_ name: String, shape: [Int]? = nil) throws(WeightsError) -> TensorInfo {
        guard let tensor = checkpoint.tensors[full(name)] else { throw .missing(tensor: full(name)) }
        if let shape, shape != tensor.shape {
            throw .shape(tensor: full(name), expected: shape, found: tensor.shape)
        }
        return tensor
    }

    private func format(of name: String, _ tensor: TensorInfo) throws(WeightsError) -> Matrix.Format {
        guard let format = Matrix.Format(tensor.dtype) else {
            throw .dtype(tensor: full(name), found: tensor.dtype)
        }
        return format
    }

    private func values(_ name: String, _ tensor: TensorInfo) throws(WeightsError) -> [Float] {
        let format = try format(of: name, tensor)
        return decode(try checkpoint.bytes(of: tensor), as: format)
    }
}
