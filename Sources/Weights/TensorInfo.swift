/// What a checkpoint says of one tensor, after its claims were checked against the file.
package struct TensorInfo: Sendable, Equatable {
    package let dtype: DType
    package let shape: [Int]

    /// Where its elements lie, from the start of its file.
    let bytes: Range<Int>
    package var byteCount: Int { bytes.count }
    /// Which of the checkpoint's files it is in.
    var file = 0
}
