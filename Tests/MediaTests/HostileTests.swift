import Foundation
import Testing

import Media

/// Files that are odd, broken, lying or treacherous, made by Tools/hostile/hostile_corpus.py.
struct HostileTests {
    private struct Entry: Decodable {
        let file, expect, why: String
    }

    private static let generator = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../Tools/hostile/hostile_corpus.py").standardized.path

    @Test(.timeLimit(.minutes(5)))
    func `no file of the hostile corpus crashes, hangs, or reaches out`() throws {
        let scratch = try Scratch()
        let canary = try Canary()
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/env")
        python.arguments = ["python3", Self.generator, scratch.path, "\(canary.port)"]
        python.standardOutput = FileHandle.nullDevice
        try python.run()
        python.waitUntilExit()
        #expect(python.terminationStatus == 0, "the corpus needs python3 and ffmpeg")
        let manifest = try Data(contentsOf: URL(filePath: "\(scratch.path)/manifest.json"))
        let entries = try JSONDecoder().decode([Entry].self, from: manifest)
        #expect(entries.count > 90)

        for entry in entries {
            let start = ContinuousClock.now
            let outcome = sample("\(scratch.path)/\(entry.file)")
            let took = ContinuousClock.now - start
            #expect(took < .seconds(10), "\(entry.file) took \(took)")
            switch (entry.expect, outcome) {
            case ("ok", .failure(let error)): Issue.record("\(entry.file) (\(entry.why)): \(error)")
            case ("refuse", .success): Issue.record("\(entry.file) (\(entry.why)) was let in")
            default: break
            }
            // A playlist, a script or a text must be turned away by its first bytes, before any demuxer sees it.
            if entry.file.hasPrefix("ref_") && entry.file != "ref_dref.mov" {
                #expect(outcome.error == .unknownFormat(path: "\(scratch.path)/\(entry.file)"), "\(entry.file)")
            }
        }
        #expect(!canary.wasTouched, "something connected to the canary")
    }

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

extension Result {
    fileprivate var error: Failure? {
        if case .failure(let error) = self { error } else { nil }
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
