internal import CFFmpeg

/// What is known of a video before any frame of it is decoded.
struct Scan: Sendable {
    let timeline: Timeline
    let width, height: Int  // as stored
    let orientation: Orientation
    let isInterlaced: Bool
    /// Whether packets that no other frame leans on say so, and may be passed over.
    let namesReferences: Bool
}

extension FFmpegInput {
    /// Lists every packet of the video without decoding any.
    func scan(_ container: Container) throws(MediaError) -> Scan {
        guard let stream = unsafe stream, let parameters = unsafe stream.pointee.codecpar else {
            throw .noVideo(path: file.path)
        }
        let codec = unsafe parameters.pointee.codec_id
        let size = unsafe (width: Int(parameters.pointee.width), height: Int(parameters.pointee.height))
        try limits.check(width: size.width, height: size.height, path: file.path)
        let isInterlaced = unsafe parameters.pointee.field_order != AV_FIELD_PROGRESSIVE
        let orientation = unsafe Self.orientation(of: stream)
        let (fps, tick) = (fps, tick)

        // An unfragmented MP4 knows its packets from the header; in other files each lies behind the one before.
        // It is opened again for that, as a parser that has looked at packets once goes on looking.
        let isListed = container == .mov && !file.hasFragments()
        let list = isListed ? try FFmpegInput(file, container, limits, probes: false) : self
        if isListed { list.skim() }
        let timeline = Timeline(
            packets: try list.packets(codec),
            fps: fps,
            tick: tick,
            dropsLeadingFrames: codec == AV_CODEC_ID_HEVC,
            canSeek: container != .gif  // a GIF's frames are painted one over the other
        )
        guard timeline.count > 0 else { throw .noFrames(path: file.path) }
        return Scan(
            timeline: timeline,
            width: size.width,
            height: size.height,
            orientation: orientation,
            isInterlaced: isInterlaced,
            namesReferences: codec == AV_CODEC_ID_H264
        )
    }

    /// Every packet that is left.
    private func packets(_ codec: AVCodecID) throws(MediaError) -> [Timeline.Packet] {
        source.deadline = .now + limits.decodeTime
        var packets: [Timeline.Packet] = []
        while let packet = unsafe try next() {
            guard packets.count < limits.packets else {
                throw .overLimit(
                    path: file.path,
                    what: "packets or more",
                    found: packets.count + 1,
                    limit: limits.packets
                )
            }
            packets.append(unsafe Timeline.Packet(packet.pointee, codec))
        }
        return packets
    }

    private static func orientation(of stream: UnsafeMutablePointer<AVStream>) -> Orientation {
        var bytes = 0
        let matrix = unsafe glm_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &bytes)
        return unsafe Orientation(displayMatrix: UnsafeRawBufferPointer(start: matrix, count: bytes)) ?? .upright
    }
}

extension Orientation {
    /// Reads a display matrix as libavutil keeps it: nine 32-bit numbers.
    init?(displayMatrix bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 36 else { return nil }
        self.init(displayMatrix: (0..<9).map { unsafe bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) })
    }
}

extension Timeline.Packet {
    init(_ packet: AVPacket, _ codec: AVCodecID) {
        pts = unsafe packet.pts == glm_no_timestamp ? nil : packet.pts
        dts = unsafe packet.dts == glm_no_timestamp ? nil : packet.dts
        isKey = unsafe packet.flags & AV_PKT_FLAG_KEY != 0
        isShown = unsafe packet.flags & AV_PKT_FLAG_DISCARD == 0
        // VP8 keeps its hidden frames in packets of their own; bit 4 of the first byte is show_frame.
        if codec == AV_CODEC_ID_VP8, let data = unsafe packet.data, unsafe packet.size > 0 {
            isShown = unsafe isShown && data[0] & 0x10 != 0
        }
    }
}

extension FFmpegFile {
    /// Whether an MP4's packets are listed piece by piece between its data, and not all at once in its header.
    func hasFragments() -> Bool {
        var offset = 0
        for _ in 0..<64 {
            guard offset + 8 <= size else { return false }
            var header = [UInt8](repeating: 0, count: 16)
            let count = unsafe header.withUnsafeMutableBytes { unsafe read(into: $0, at: offset) ?? 0 }
            guard count >= 8 else { return true }
            let number = { (bytes: ArraySlice<UInt8>) in bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
            var length = number(header[0..<4])
            if length == 1 && count == 16 { length = number(header[8..<16]) }
            if length == 0 { return false }  // to the end of the file
            if ["moof", "sidx", "mfra", "styp"].contains(String(decoding: header[4..<8], as: UTF8.self)) {
                return true
            }
            guard length >= 8, length <= UInt64(size - offset) else { return false }
            offset += Int(length)
        }
        return true
    }
}

extension MediaLimits {
    func check(width: Int, height: Int, path: String) throws(MediaError) {
        let longest = max(width, height)
        guard longest <= side else {
            throw .overLimit(path: path, what: "pixels along a side", found: longest, limit: side)
        }
        let (area, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow && area <= pixels else {
            throw .overLimit(path: path, what: "pixels a frame", found: overflow ? .max : area, limit: pixels)
        }
    }
}
