import Foundation
import History

/// A video or picture as the API shows it.
struct MediaView: Codable, Equatable {
    let id, name: String
    let bytes: Int
    let kind, mimeType: String
    let duration, fps: Double
    let width, height, frameCount: Int
    let createdAt: Date
    let url: String
    /// Its first frame, once it was sampled.
    @OrNull var posterUrl: String?

    init(_ media: MediaRecord, posterURL: String?) {
        id = media.id
        name = media.name
        bytes = media.bytes
        kind = media.kind
        mimeType = media.mimeType
        duration = media.duration
        fps = media.fps
        width = media.width
        height = media.height
        frameCount = media.frameCount
        createdAt = media.createdAt
        url = "/api/media/\(media.id)/content"
        _posterUrl = OrNull(wrappedValue: posterURL)
    }
}
