internal import CFFmpeg

extension RGBImage {
    /// Decodes a PNG, JPEG or still WebP, the right way up. The file is one packet: no demuxer sees it.
    init(picture file: FFmpegFile, _ container: Container, _ limits: MediaLimits) throws(MediaError) {
        guard container != .animatedWebP else { throw .unsupported(path: file.path, what: "an animated WebP") }
        guard file.size <= limits.pictureBytes else {
            throw .overLimit(path: file.path, what: "bytes for a picture", found: file.size, limit: limits.pictureBytes)
        }
        let bytes = try file.head(file.size)
        var packet = unsafe av_packet_alloc()
        var parameters = unsafe avcodec_parameters_alloc()
        defer {
            unsafe av_packet_free(&packet)
            unsafe avcodec_parameters_free(&parameters)
        }
        guard let packet = unsafe packet, let parameters = unsafe parameters,
            unsafe av_new_packet(packet, Int32(clamping: bytes.count)) >= 0, let data = unsafe packet.pointee.data
        else { throw .unreadable(path: file.path, reason: "out of memory") }
        unsafe UnsafeMutableRawBufferPointer(start: data, count: bytes.count).copyBytes(from: bytes)
        unsafe parameters.pointee.codec_type = AVMEDIA_TYPE_VIDEO
        unsafe parameters.pointee.codec_id = container.pictureCodec

        let decoder = try unsafe FFmpegDecoder(parameters, threads: 1, path: file.path, limits: limits)
        var image: RGBImage?
        let take = { (_: Int, frame: UnsafeMutablePointer<AVFrame>) throws(MediaError) in
            if image == nil { image = try unsafe RGBImage(frame, path: file.path).turned(Orientation(frame)) }
        }
        try unsafe decoder.send(packet, number: 0, effort: .whole, take)
        if image == nil { try unsafe decoder.finish(take) }
        guard let image else { throw .noFrames(path: file.path) }
        self = image
    }

    private func turned(_ orientation: Orientation?) -> RGBImage {
        (orientation ?? .upright).apply(to: self)
    }
}

extension Container {
    fileprivate var pictureCodec: AVCodecID {
        switch self {
        case .png: AV_CODEC_ID_PNG
        case .jpeg: AV_CODEC_ID_MJPEG
        case .webp: AV_CODEC_ID_WEBP
        default: AV_CODEC_ID_NONE
        }
    }
}
