internal import CFFmpeg

/// A file under libavformat, let in by the one demuxer its first bytes name and with every list and limit set.
@safe final class FFmpegInput {
    let file: FFmpegFile
    let source: FFmpegSource
    let limits: MediaLimits
    private var format: UnsafeMutablePointer<AVFormatContext>?
    private var reader: UnsafeMutablePointer<AVIOContext>?
    private var packet: UnsafeMutablePointer<AVPacket>?
    /// Which stream is the video.
    private var track: Int32 = -1

    /// The decoders that may run. FFmpeg has hundreds; what is not here is never given a byte.
    static let decoders =
        "h264,hevc,av1,libdav1d,libaom-av1,vp8,vp9,libvpx-vp9,mpeg4,mjpeg,png,gif,webp,ffv1"

    /// Set once for the process: no log on the terminal, and no single allocation beyond a 40-megapixel frame of 16-bit RGBA.
    private static let isPrepared: Bool = {
        av_log_set_level(AV_LOG_QUIET)
        av_max_alloc(512 << 20)
        return true
    }()

    static func prepare() { _ = isPrepared }

    /// The cores that this process may use.
    static let cores = max(1, Int(av_cpu_count()))

    /// Opens the file; `probes` also looks into the packets for what the header does not say.
    init(_ file: FFmpegFile, _ container: Container, _ limits: MediaLimits, probes: Bool) throws(MediaError) {
        Self.prepare()
        self.file = file
        self.limits = limits
        source = FFmpegSource(file: file, deadline: .now + limits.openTime)
        unsafe format = avformat_alloc_context()
        unsafe reader = source.makeReader()
        unsafe packet = av_packet_alloc()
        guard let context = unsafe format, unsafe reader != nil, unsafe packet != nil else {
            throw .unreadable(path: file.path, reason: "out of memory")
        }
        unsafe context.pointee.pb = reader
        unsafe context.pointee.interrupt_callback.opaque = Unmanaged.passUnretained(source).toOpaque()
        unsafe context.pointee.interrupt_callback.callback = { source in
            guard let source = unsafe source else { return 1 }
            return unsafe Unmanaged<FFmpegSource>.fromOpaque(source).takeUnretainedValue().isLate ? 1 : 0
        }
        guard let name = container.demuxer, let demuxer = unsafe av_find_input_format(name) else {
            throw .unsupported(path: file.path, what: "\(container.demuxer ?? "a picture") data")
        }
        var options = unsafe Self.options(name, limits)
        defer { unsafe av_dict_free(&options) }
        // On failure this frees the context and leaves nil.
        try check(unsafe avformat_open_input(&format, "", demuxer, &options))
        if probes { try probe() }
        try choose()
    }

    deinit {
        unsafe avformat_close_input(&format)
        if let reader = unsafe reader {
            unsafe av_freep(&reader.pointee.buffer)
        }
        unsafe avio_context_free(&reader)
        unsafe av_packet_free(&packet)
    }

    private static func options(_ demuxer: String, _ limits: MediaLimits) -> OpaquePointer? {
        var settings = [
            "format_whitelist": demuxer, "codec_whitelist": decoders, "protocol_whitelist": "none",
            "max_streams": "\(limits.streams)", "probesize": "\(limits.probeBytes)",
            "analyzeduration": "\(limits.openTime.components.seconds * 1_000_000)",
        ]
        if demuxer == "mov" {
            settings["enable_drefs"] = "0"
            settings["use_absolute_path"] = "0"
        }
        return unsafe Self.dictionary(settings)
    }

    private static func dictionary(_ settings: [String: String]) -> OpaquePointer? {
        var dictionary: OpaquePointer?
        for (key, value) in settings { unsafe av_dict_set(&dictionary, key, value, 0) }
        return unsafe dictionary
    }

    /// Lets libavformat decode a few frames to learn sizes and rates, under the same limit of pixels as our own decoding.
    private func probe() throws(MediaError) {
        guard let context = unsafe format else { return }
        let count = unsafe Int(context.pointee.nb_streams)
        for i in 0..<count {
            guard let stream = unsafe context.pointee.streams[i] else { continue }
            if unsafe stream.pointee.codecpar.pointee.codec_type != AVMEDIA_TYPE_VIDEO {
                unsafe stream.pointee.discard = AVDISCARD_ALL
            }
        }
        var options = unsafe (0..<count).map { _ in unsafe Self.dictionary(["max_pixels": "\(limits.pixels)"]) }
        let code = unsafe avformat_find_stream_info(context, &options)
        for i in 0..<count { unsafe av_dict_free(&options[i]) }
        try check(code)
    }

    /// Takes the first stream of moving pictures: not a cover, not a thumbnail.
    private func choose() throws(MediaError) {
        guard let context = unsafe format else { return }
        for i in 0..<(unsafe Int(context.pointee.nb_streams)) {
            guard let stream = unsafe context.pointee.streams[i] else { continue }
            let isCover =
                unsafe stream.pointee.disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS) != 0
            let isVideo = unsafe stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
            if track < 0 && isVideo && !isCover {
                track = Int32(i)
                unsafe stream.pointee.discard = AVDISCARD_DEFAULT
            } else {
                unsafe stream.pointee.discard = AVDISCARD_ALL
            }
        }
        guard track >= 0 else { throw .noVideo(path: file.path) }
    }

    /// The video stream.
    var stream: UnsafeMutablePointer<AVStream>? {
        unsafe format?.pointee.streams[Int(track)]
    }

    /// What the container keeps for the decoder outside the packets.
    var extradata: [UInt8] {
        guard let parameters = unsafe stream?.pointee.codecpar, let data = unsafe parameters.pointee.extradata else {
            return []
        }
        return unsafe Array(UnsafeBufferPointer(start: data, count: Int(max(0, parameters.pointee.extradata_size))))
    }

    /// Frames a second, as libavformat guesses them; 0 where it cannot.
    var fps: Double {
        guard let stream = unsafe stream else { return 0 }
        for rate in unsafe [av_guess_frame_rate(format, stream, nil), stream.pointee.avg_frame_rate] {
            if rate.num > 0 && rate.den > 0 { return Double(rate.num) / Double(rate.den) }
        }
        return 0
    }

    /// Seconds of one tick of the stream's clock.
    var tick: Double {
        guard let base = unsafe stream?.pointee.time_base, base.num > 0, base.den > 0 else { return 1 }
        return Double(base.num) / Double(base.den)
    }

    /// The next packet of the video, borrowed until the next call; nil at the end, or where the file is cut.
    func next() throws(MediaError) -> UnsafeMutablePointer<AVPacket>? {
        guard let packet = unsafe packet else { return nil }
        while true {
            unsafe av_packet_unref(packet)
            let code = unsafe av_read_frame(format, packet)
            if code == glm_try_again { continue }
            if source.isLate { throw .deadline(path: file.path, task: "reading", limit: limits.decodeTime) }
            guard code >= 0 else { return nil }
            if unsafe packet.pointee.stream_index == track { return unsafe packet }
        }
    }

    /// Moves to the key packet at or before a time in ticks.
    func seek(to ticks: Int64) -> Bool {
        unsafe av_seek_frame(format, track, ticks, AVSEEK_FLAG_BACKWARD) >= 0
    }

    /// From now on packets are only counted: what is in them is neither read nor parsed.
    func skim() {
        unsafe format?.pointee.flags |= AVFMT_FLAG_NOPARSE | AVFMT_FLAG_NOFILLIN
        source.skims = true
    }

    private func check(_ code: Int32) throws(MediaError) {
        guard code < 0 else { return }
        if source.isLate { throw .deadline(path: file.path, task: "opening", limit: limits.openTime) }
        throw .damaged(path: file.path, reason: Self.text(of: code))
    }

    /// libavutil's sentence for an error.
    static func text(of code: Int32) -> String {
        let text = unsafe [CChar](unsafeUninitializedCapacity: Int(AV_ERROR_MAX_STRING_SIZE)) { buffer, count in
            _ = unsafe av_strerror(code, buffer.baseAddress, buffer.count)
            count = buffer.count
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension AVPacket {
    /// The packet's data.
    var bytes: [UInt8] {
        guard let data = unsafe data else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: data, count: Int(max(0, size))))
    }
}
