internal import CKernels

extension Matrix.Format {
    /// Packs `rows` rows of a matrix, whose elements are `bytes` in the format `source`, into whole strips of this format.
    ///
    /// 8 bits round; 4 bits search, for each block, the scale, steps and offsets of the least squared error.
    package func packed(_ bytes: [UInt8], _ source: Matrix.Format, rows: Int, columns: Int) -> [UInt8] {
        precondition(isPacked && !source.isPacked, "from \(source) to \(self)")
        precondition(
            bytes.count == source.bytes(rows: rows, columns: columns),
            "\(bytes.count) bytes for [\(rows), \(columns)] in \(source)"
        )
        let layout = layout(rows: rows, columns: columns)
        let (strips, stripBytes) = (layout[0], layout[1] * layout[2])
        let sourceBytes = source.bytes(rows: rowsPerStrip, columns: columns)
        return unsafe bytes.withUnsafeBytes { input in
            unsafe [UInt8](unsafeUninitializedCapacity: strips * stripBytes) { output, count in
                if let from = input.baseAddress, let to = output.baseAddress {
                    parallel(strips, grain: 1, work: 100 * rows * columns) { some in
                        unsafe kernels.pack(
                            to + some.lowerBound * stripBytes,
                            c,
                            from + some.lowerBound * sourceBytes,
                            source.c,
                            rows,
                            columns,
                            some.lowerBound,
                            some.upperBound
                        )
                    }
                }
                count = strips * stripBytes
            }
        }
    }
}
