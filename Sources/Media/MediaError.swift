/// Why a file gives no frames.
package enum MediaError: Error, Equatable {
    case missing(path: String)
    case unreadable(path: String, reason: String)
    case notAFile(path: String, kind: String)
    case unknownFormat(path: String)
    case unsupported(path: String, what: String)
    case damaged(path: String, reason: String)
    case noVideo(path: String)
    case noFrames(path: String)
    case overLimit(path: String, what: String, found: Int, limit: Int)
    case noSuchFrame(path: String, index: Int, count: Int)
    case sampling(String)
    case cancelled
    case deadline(path: String, task: String, limit: Duration)
    case encoding(reason: String)
}

extension MediaError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let path):
            "there is no file \"\(path)\": check its name and folder"
        case .unreadable(let path, let reason):
            "cannot read \(path): \(reason)"
        case .notAFile(let path, let kind):
            "\(path) is a \(kind) where a video file is needed"
        case .unknownFormat(let path):
            "\(path) is not a video or picture that we know: give MP4, MOV, MKV, WebM, AVI, MPEG-TS, GIF, PNG, JPEG or WebP"
        case .unsupported(let path, let what):
            "\(path) holds \(what), which we do not read: convert it to H.264 in MP4"
        case .damaged(let path, let reason):
            "\(path) is damaged or cut short (\(reason)): copy or download it again"
        case .noVideo(let path):
            "\(path) holds no video stream: it may be sound alone"
        case .noFrames(let path):
            "none of the frames asked of \(path) can be decoded: it is damaged or cut short"
        case .overLimit(let path, let what, let found, let limit):
            "\(path) has \(found) \(what) where at most \(limit) are allowed"
        case .noSuchFrame(let path, let index, let count):
            "\(path) has no frame \(index): its frames are 0 to \(count - 1)"
        case .sampling(let problem):
            problem
        case .cancelled:
            "cancelled"
        case .deadline(let path, let task, let limit):
            "\(task) \(path) took longer than \(limit.components.seconds) s and was stopped"
        case .encoding(let reason):
            "cannot encode the picture: \(reason)"
        }
    }
}
