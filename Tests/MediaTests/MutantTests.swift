import Foundation
import Testing

import Media

/// Healthy files with bytes changed; whole hostile files are in CLITests.
struct MutantTests {
    @Test(.timeLimit(.minutes(5)), arguments: ["bframes.mp4", "vp9.webm", "animated.gif", "transport.ts", "still.jpg"])
    func `bytes changed at random never crash the decoder`(name: String) throws {
        let scratch = try Scratch()
        let base = try Array(Data(contentsOf: URL(filePath: Golden.path(name))))
        for seed in 0..<80 {
            var random = SplitMix(state: UInt64(seed))
            var bytes = base
            for _ in 0..<(1 << (seed % 8)) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            if seed % 5 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
            if case .success(let frames) = sample(try scratch.write(bytes, as: "mutant")) {
                #expect(
                    frames.allSatisfy {
                        $0.time.isFinite && $0.image.pixels.count == $0.image.width * $0.image.height * 3
                    }
                )
            }
        }
    }

    private func sample(_ path: String) -> Result<[VideoFrame], MediaError> {
        do throws(MediaError) {
            let video = try Video(path: path)
            #expect(video.info.duration.isFinite && video.info.fps.isFinite && video.info.frameCount > 0)
            return .success(try video.frames(.even(10)))
        } catch {
            return .failure(error)
        }
    }
}

/// Steele, Lea and Flood's SplitMix64: the same mutants every time.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
