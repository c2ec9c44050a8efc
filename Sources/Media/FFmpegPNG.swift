internal import CFFmpeg

extension RGBImage {
    /// The picture as a PNG file.
    package func png() throws(MediaError) -> [UInt8] {
        FFmpegInput.prepare()
        var context = unsafe avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_PNG))
        var (frame, packet) = unsafe (av_frame_alloc(), av_packet_alloc())
        defer {
            unsafe avcodec_free_context(&context)
            unsafe av_frame_free(&frame)
            unsafe av_packet_free(&packet)
        }
        guard let context = unsafe context, let frame = unsafe frame, let packet = unsafe packet else {
            throw .encoding(reason: "FFmpeg was built without it")
        }
        unsafe context.pointee.width = Int32(clamping: width)
        unsafe context.pointee.height = Int32(clamping: height)
        unsafe context.pointee.pix_fmt = AV_PIX_FMT_RGB24
        unsafe context.pointee.time_base = AVRational(num: 1, den: 1)
        unsafe context.pointee.thread_count = 1
        try Self.check(unsafe avcodec_open2(context, nil, nil))

        unsafe frame.pointee.width = context.pointee.width
        unsafe frame.pointee.height = context.pointee.height
        unsafe frame.pointee.format = AV_PIX_FMT_RGB24.rawValue
        try Self.check(unsafe av_frame_get_buffer(frame, 0))
        guard let base = unsafe frame.pointee.data.0 else { throw .encoding(reason: "out of memory") }
        let stride = unsafe Int(frame.pointee.linesize.0)
        for y in 0..<height {
            let row = pixels[(y * width * 3)..<((y + 1) * width * 3)]
            unsafe UnsafeMutableRawBufferPointer(start: base + y * stride, count: row.count).copyBytes(from: row)
        }
        try Self.check(unsafe avcodec_send_frame(context, frame))
        try Self.check(unsafe avcodec_receive_packet(context, packet))
        return unsafe Array(UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size)))
    }

    private static func check(_ code: Int32) throws(MediaError) {
        guard code < 0 else { return }
        throw .encoding(reason: FFmpegInput.text(of: code))
    }
}
