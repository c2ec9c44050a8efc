/// The Internet media type of a file, by its first bytes alone.
package func mimeType(ofFile path: String) throws(MediaError) -> String {
    let head = try FFmpegFile(path: path).head(Container.headLength)
    guard let container = Container(head: head) else { throw .unknownFormat(path: path) }
    return container.mimeType(head: head)
}

extension Container {
    fileprivate func mimeType(head: [UInt8]) -> String {
        let text = String(decoding: head.prefix(64), as: Unicode.ASCII.self)
        return switch self {
        case .mov: text.contains("ftypqt") ? "video/quicktime" : "video/mp4"
        case .matroska: text.contains("webm") ? "video/webm" : "video/x-matroska"
        case .avi: "video/x-msvideo"
        case .mpegts: "video/mp2t"
        case .gif: "image/gif"
        case .png: "image/png"
        case .jpeg: "image/jpeg"
        case .webp, .animatedWebP: "image/webp"
        }
    }
}
