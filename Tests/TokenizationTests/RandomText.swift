/// The texts that Tools/golden/tokenizer.py makes from the same seeds, and the sums of their tokens.
enum RandomText {
    /// Steele, Lea and Flood's generator.
    private struct SplitMix {
        var state: UInt64

        mutating func draw(_ count: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return Int((z ^ z >> 31) % UInt64(count))
        }
    }

    static func make(seed: UInt64, pieces: [String], blocks: [[UInt32]]) -> String {
        var random = SplitMix(state: seed)
        var text = String.UnicodeScalarView()
        for _ in 0...random.draw(24) {
            if random.draw(10) < 6 {
                text.append(contentsOf: pieces[random.draw(pieces.count)].unicodeScalars)
            } else {
                let block = blocks[random.draw(blocks.count)]
                let value = block[0] + UInt32(random.draw(Int(block[1] - block[0]) + 1))
                if let scalar = Unicode.Scalar(value) { text.append(scalar) }
            }
        }
        return String(text)
    }

    /// FNV-1a over the numbers, its lower half.
    static func checksum(_ ids: [Int]) -> UInt32 {
        let sum = ids.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return UInt32(truncatingIfNeeded: sum)
    }
}
