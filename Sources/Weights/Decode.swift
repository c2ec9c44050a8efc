internal import Tensors

/// Stored elements as `Float`, each exactly: every bf16 and every f16 is one.
func decode(_ bytes: [UInt8], as format: Matrix.Format) -> [Float] {
    let stride = format.bytes(rows: 1, columns: 1)
    precondition(!format.isPacked && bytes.count.isMultiple(of: stride), "\(bytes.count) bytes of \(stride) each")
    return (0..<bytes.count / stride).map { index in
        let at = index * stride
        let low = UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8
        switch format {
        case .bf16: return Float(bitPattern: UInt32(low) << 16)
        case .f16: return Float(half: low)
        case .f32: return Float(bitPattern: UInt32(low) | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24)
        case .q8, .q4: preconditionFailure("a block has no single elements")
        }
    }
}

extension Float {
    /// The value of an IEEE half: 1 bit of sign, 5 of exponent, 10 of fraction.
    ///
    /// By its bits, because `Float16` is missing on Intel Macs.
    init(half: UInt16) {
        let sign = UInt32(half & 0x8000) << 16
        let exponent = UInt32(half >> 10 & 0x1F)
        let fraction = UInt32(half & 0x3FF)
        switch exponent {
        case 0:
            let magnitude = Float(fraction) * 0x1p-24
            self.init(bitPattern: sign | magnitude.bitPattern)
        case 31:
            self.init(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default:
            self.init(bitPattern: sign | (exponent + 127 - 15) << 23 | fraction << 13)
        }
    }
}
