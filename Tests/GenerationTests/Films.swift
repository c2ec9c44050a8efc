import GLM
import Media
import TestSupport

/// Conversations about made films, and the models that they are had with.
enum Films {
    static func tiny() throws -> GLM4V { try GLM4V(directory: checkout + "/Tests/GLMTests/Golden/tiny-a") }
    static func bundled() throws -> GLM4V { try GLM4V(directory: checkout + "/Models/shapes") }

    /// Noise, another for each `seed`.
    static func clip(_ seed: Int, frames count: Int = 3, width: Int = 84, height: Int = 56) throws -> Clip {
        let frames = (0..<count).map { i in
            var state = UInt32(truncatingIfNeeded: seed * 1000 + i + 1)
            let pixels = (0..<width * height * 3).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return UInt8(state >> 24)
            }
            let image = RGBImage(width: width, height: height, pixels: pixels)
            return VideoFrame(index: i, time: Double(i) / 2, image: image)
        }
        let info = VideoInfo(
            duration: Double(count) / 2,
            fps: 2,
            frameCount: count,
            width: width,
            height: height,
            isPicture: false
        )
        return try Clip(info: info, frames: frames).identified()
    }

    /// A question without a film.
    static func prompt(for model: GLM4V) throws -> Prompt {
        let talk = conversation(.framesFirst, Conversation.Turn(text: "What is there?"))
        return try talk.prompt(for: model, limit: 2000).prompt
    }

    static func conversation(_ layout: Layout, _ turns: Conversation.Turn...) -> Conversation {
        Conversation(system: "You help.", turns: turns, layout: layout, reserve: 64)
    }
}
