import Foundation
import Synchronization
import Testing

import Media

/// Every way to say no, word for word: these lines are what a user gets.
struct RefusalTests {
    private func error(_ path: String, _ sampling: FrameSampling = .even(4), _ limits: MediaLimits = .standard)
        -> String
    {
        do throws(MediaError) {
            _ = try Video(path: path, limits: limits).frames(sampling)
            return "no error"
        } catch {
            return error.description
        }
    }

    private let clip = Golden.path("bframes.mp4")

    @Test func `what is not a readable file is named as what it is`() throws {
        let scratch = try Scratch()
        #expect(
            error("\(scratch.path)/none.mp4")
                == "there is no file \"\(scratch.path)/none.mp4\": check its name and folder"
        )
        #expect(error("a\0b.mp4").hasPrefix("there is no file"))
        #expect(error("") == "there is no file \"\": check its name and folder")
        #expect(error(scratch.path) == "\(scratch.path) is a folder where a video file is needed")
        #expect(error("/dev/null") == "/dev/null is a device where a video file is needed")
        #expect(error(String(repeating: "x", count: 300)).hasSuffix("the name is too long"))
    }

    @Test(.timeLimit(.minutes(5)))
    func `a pipe is refused without waiting for a writer`() throws {
        let scratch = try Scratch()
        let pipe = "\(scratch.path)/pipe.mp4"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/mkfifo")
        process.arguments = [pipe]
        try process.run()
        process.waitUntilExit()
        #expect(error(pipe) == "\(pipe) is a pipe where a video file is needed")
    }

    @Test func `text, an empty file and a playlist are not media, whatever their name`() throws {
        let scratch = try Scratch()
        for text in [
            "", "x", "hello, I am a text", "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/x\n", "XBIN\u{1A}", "v=0\r\no=-",
        ] {
            let path = try scratch.write(Array(text.utf8), as: "a.mp4")
            #expect(
                error(path) == "\(path) is not a video or picture that we know: "
                    + "give MP4, MOV, MKV, WebM, AVI, MPEG-TS, GIF, PNG, JPEG or WebP"
            )
        }
    }

    @Test func `names that look like URLs, patterns or options are file names and no more`() throws {
        let scratch = try Scratch()
        let bytes = try Array(Data(contentsOf: URL(filePath: clip)))
        for name in ["-i", "%d.mp4", "concat:a|b", "file:x.mp4", "pipe:0", "a\nb.mp4", "clip", "\u{202E}4pm.mp4"] {
            let path = try scratch.write(bytes, as: name)
            #expect(error(path) == "no error", "\(name)")
        }
        #expect(
            error("http://127.0.0.1:9/x.mp4")
                == "there is no file \"http://127.0.0.1:9/x.mp4\": check its name and folder"
        )
    }

    @Test func `a file without video, and one cut to nothing, say so`() throws {
        let scratch = try Scratch()
        let whole = try Array(Data(contentsOf: URL(filePath: clip)))
        let cut = try scratch.write(Array(whole.prefix(64)), as: "cut.mp4")
        #expect(error(cut).hasPrefix("\(cut) is damaged or cut short ("))
        let png = try scratch.write(
            Array(try Data(contentsOf: URL(filePath: Golden.path("still.png"))).prefix(40)),
            as: "cut.png"
        )
        #expect(error(png) == "none of the frames asked of \(png) can be decoded: it is damaged or cut short")
    }

    @Test func `an animated WebP is refused by name`() throws {
        let header =
            Array("RIFF".utf8) + [26, 0, 0, 0] + Array("WEBPVP8X".utf8) + [10, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        let scratch = try Scratch()
        let path = try scratch.write(header, as: "a.webp")
        #expect(error(path) == "\(path) holds an animated WebP, which we do not read: convert it to H.264 in MP4")
    }

    @Test func `samplings out of range are refused with the numbers`() {
        #expect(error(clip, .even(0)) == "the number of frames must be 1 or more, not 0")
        #expect(error(clip, .even(-1)) == "the number of frames must be 1 or more, not -1")
        #expect(error(clip, .even(.max)).hasSuffix("frames to take where at most 768 are allowed"))
        #expect(error(clip, .fps(0)) == "frames a second must be a number above 0, not 0.0")
        #expect(error(clip, .fps(.nan)) == "frames a second must be a number above 0, not nan")
        #expect(error(clip, .fps(1e300)).hasSuffix("frames to take where at most 768 are allowed"))
        #expect(error(clip, .times([0, .infinity])) == "a time must be a number of seconds, not inf")
        #expect(error(clip, .times([])) == "no frames were asked for: name at least one")
        #expect(error(clip, .indices([3, 30])) == "\(clip) has no frame 30: its frames are 0 to 29")
        #expect(error(clip, .indices([-1])) == "\(clip) has no frame -1: its frames are 0 to 29")
        #expect(error(Golden.path("still.png"), .indices([1])).hasSuffix("its frames are 0 to 0"))
    }

    @Test func `limits hold, and say what was found and what is allowed`() {
        var limits = MediaLimits()
        limits.pixels = 3071
        #expect(error(clip, .even(1), limits) == "\(clip) has 3072 pixels a frame where at most 3071 are allowed")
        limits = MediaLimits()
        limits.side = 63
        #expect(error(clip, .even(1), limits) == "\(clip) has 64 pixels along a side where at most 63 are allowed")
        limits = MediaLimits()
        limits.packets = 29
        #expect(error(clip, .even(1), limits) == "\(clip) has 30 packets or more where at most 29 are allowed")
        limits = MediaLimits()
        limits.bytes = 3 * 64 * 48
        #expect(error(clip, .even(2), limits).hasSuffix("bytes of frames where at most 9216 are allowed"))
        limits = MediaLimits()
        limits.pictureBytes = 10
        #expect(
            error(Golden.path("still.png"), .even(1), limits).hasSuffix(
                "bytes for a picture where at most 10 are allowed"
            )
        )
    }

    @Test func `work past its deadline is stopped`() {
        var limits = MediaLimits()
        limits.openTime = .zero
        #expect(error(clip, .even(1), limits) == "opening \(clip) took longer than 0 s and was stopped")
        limits = MediaLimits()
        limits.decodeTime = .zero
        #expect(error(clip, .even(1), limits) == "reading \(clip) took longer than 0 s and was stopped")
    }

    @Test func `a cancelled sampling throws`() throws {
        let video = try Video(path: clip)
        #expect(throws: MediaError.cancelled) { _ = try video.frames(.even(10), isCancelled: { true }) }
    }
}
