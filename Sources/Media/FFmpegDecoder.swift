internal import CFFmpeg

/// A video decoder: packets in, frames out, each known by the number of its packet.
@safe final class FFmpegDecoder {
    private var codec: UnsafeMutablePointer<AVCodecContext>?
    private var frame: UnsafeMutablePointer<AVFrame>?
    private let path: String
    private let limits: MediaLimits

    init(_ parameters: UnsafePointer<AVCodecParameters>, threads: Int, path: String, limits: MediaLimits)
        throws(MediaError)
    {
        FFmpegInput.prepare()
        self.path = path
        self.limits = limits
        unsafe codec = nil
        unsafe frame = av_frame_alloc()
        let id = unsafe parameters.pointee.codec_id
        guard let decoder = unsafe avcodec_find_decoder(id), let context = unsafe avcodec_alloc_context3(decoder) else {
            throw .unsupported(path: path, what: Self.name(of: id))
        }
        unsafe codec = context
        unsafe context.pointee.max_pixels = Int64(limits.pixels)
        unsafe context.pointee.thread_count = Int32(clamping: threads)
        unsafe context.pointee.codec_whitelist = av_strdup(FFmpegInput.decoders)
        guard unsafe avcodec_parameters_to_context(context, parameters) >= 0,
            unsafe avcodec_open2(context, decoder, nil) >= 0
        else {
            throw .unsupported(path: path, what: Self.name(of: id))
        }
    }

    deinit {
        unsafe avcodec_free_context(&codec)
        unsafe av_frame_free(&frame)
    }

    private static func name(of codec: AVCodecID) -> String {
        unsafe String(cString: avcodec_get_name(codec)) + " video"
    }

    /// How much of a packet is decoded.
    enum Effort {
        /// All of it.
        case whole
        /// Nothing, if no other frame leans on it.
        case referencesOnly
        /// Nothing, if it is a B-frame: the chain of P-frames alone goes on.
        case chainOnly

        fileprivate var discard: AVDiscard {
            switch self {
            case .whole: AVDISCARD_DEFAULT
            case .referencesOnly: AVDISCARD_NONREF
            case .chainOnly: AVDISCARD_BIDIR
            }
        }
    }

    /// Hands over a packet under a number, and every frame that is ready to `body` under its packet's number.
    ///
    /// A packet that the decoder refuses is skipped: what follows may be sound.
    func send(
        _ packet: UnsafeMutablePointer<AVPacket>,
        number: Int,
        effort: Effort,
        _ body: (Int, UnsafeMutablePointer<AVFrame>) throws(MediaError) -> Void
    ) throws(MediaError) {
        // Decoders carry a packet's time over to its frame and look at it no further: a name that survives reordering.
        unsafe packet.pointee.pts = Int64(number)
        unsafe codec?.pointee.skip_frame = effort.discard
        _ = unsafe avcodec_send_packet(codec, packet)
        try unsafe receive(body)
    }

    /// Hands the frames that are still held back to `body`, and makes the decoder ready to begin elsewhere.
    func finish(_ body: (Int, UnsafeMutablePointer<AVFrame>) throws(MediaError) -> Void) throws(MediaError) {
        _ = unsafe avcodec_send_packet(codec, nil)
        try unsafe receive(body)
        unsafe avcodec_flush_buffers(codec)
    }

    private func receive(
        _ body: (Int, UnsafeMutablePointer<AVFrame>) throws(MediaError) -> Void
    ) throws(MediaError) {
        guard let frame = unsafe frame else { return }
        while unsafe avcodec_receive_frame(codec, frame) >= 0 {
            guard let number = unsafe Int(exactly: frame.pointee.pts), number >= 0 else { continue }
            try unsafe limits.check(width: Int(frame.pointee.width), height: Int(frame.pointee.height), path: path)
            try unsafe body(number, frame)
        }
    }
}
