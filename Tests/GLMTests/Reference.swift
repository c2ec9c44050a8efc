import Foundation
import GLM
import Media
import TestSupport

/// The tiny random checkpoints that the golden files were made with, and the frames that nobody stored.
enum Reference {
    static let checkpoints = ["tiny-a", "tiny-b"]

    static func model(_ name: String) throws -> GLM4V { try GLM4V(directory: goldenFolder() + "/" + name) }

    static func golden(_ name: String) throws -> Golden { try Golden(goldenFolder() + "/" + name + ".safetensors") }

    /// Frame `f` of the films that the golden files speak of: the twin of `frame` in Tools/golden/common.py.
    static func frame(_ f: Int, width: Int, height: Int) -> RGBImage {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                for c in 0..<3 {
                    let square = x * x * 3 + y * y * 5 + x * y * 2
                    let value = square + f * 37 + c * 91 + ((x * (c + 1) * 7) >> 2) + ((x ^ y) & 15) * 4
                    pixels.append(UInt8(value & 255))
                }
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }
}

/// A golden case as a question, where it is one: layouts of films, or a conversation with pictures.
struct ReferenceCase {
    let golden: Golden
    let model: GLM4V
    private let facts: [String: Any]

    init(_ checkpoint: String, _ name: String) throws {
        golden = try Reference.golden("\(checkpoint)-\(name)")
        model = try Reference.model(checkpoint)
        facts = golden.facts
    }

    var promptText: String { facts["prompt_text"] as? String ?? "" }

    /// The prompt as our own code makes it.
    func prompt() throws -> Prompt {
        if let layout = Layout(rawValue: facts["layout"] as? String ?? "") {
            let conversation = Conversation(
                system: facts["system"] as? String,
                clips: clips(layout),
                question: facts["question"] as? String ?? "",
                layout: layout
            )
            return try conversation.prompt(for: model, limit: .max).prompt
        }
        return Prompt(try messages(), for: model)
    }

    private func clips(_ layout: Layout) -> [Clip] {
        guard layout == .video else { return [clip(facts["images"] as? [[String: Any]] ?? [])] }
        return (facts["videos"] as? [[String: Any]] ?? []).map { video in
            let (first, fps) = (integer(video["first"]), number(video["fps"]))
            let frames = (video["indices"] as? [Int] ?? []).map { index in
                VideoFrame(
                    index: index,
                    time: (Double(index) / fps * 100).rounded() / 100,
                    image: Reference.frame(
                        first + index,
                        width: integer(video["width"]),
                        height: integer(video["height"])
                    )
                )
            }
            return Clip(
                info: VideoInfo(
                    duration: number(video["duration"]),
                    fps: fps,
                    frameCount: integer(video["total_num_frames"]),
                    width: 0,
                    height: 0,
                    isPicture: false
                ),
                frames: frames
            )
        }
    }

    private func clip(_ images: [[String: Any]]) -> Clip {
        let frames = images.map { VideoFrame(index: integer($0["index"]), time: number($0["time"]), image: image($0)) }
        return Clip(
            info: VideoInfo(duration: 10, fps: 30, frameCount: 300, width: 0, height: 0, isPicture: false),
            frames: frames
        )
    }

    private func messages() throws -> [Message] {
        var images = (facts["images"] as? [[String: Any]] ?? [])[...]
        return try (facts["messages"] as? [[String: Any]] ?? []).map { message in
            let contents =
                message["content"] as? [[String: Any]] ?? [["type": "text", "text": message["content"] ?? ""]]
            let parts = try contents.map { part -> Part in
                guard part["type"] as? String == "image", let next = images.popFirst() else {
                    return .text(part["text"] as? String ?? "")
                }
                return .image(try Picture(image(next), of: 2, model.imageProcessor))
            }
            return Message(Role.named(message["role"] as? String ?? ""), parts)
        }
    }

    private func image(_ facts: [String: Any]) -> RGBImage {
        Reference.frame(integer(facts["f"]), width: integer(facts["width"]), height: integer(facts["height"]))
    }
}

enum Role {
    static func named(_ name: String) -> Message.Role {
        name == "system" ? .system : name == "assistant" ? .assistant : .user
    }
}

func integer(_ value: Any?) -> Int { (value as? NSNumber)?.intValue ?? 0 }
func number(_ value: Any?) -> Double { (value as? NSNumber)?.doubleValue ?? 0 }
