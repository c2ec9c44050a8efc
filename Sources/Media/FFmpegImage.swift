internal import CFFmpeg

extension RGBImage {
    /// Converts a decoded frame as `ffmpeg -pix_fmt rgb24` does: by the matrix and the range that the frame names.
    init(_ frame: UnsafeMutablePointer<AVFrame>, path: String) throws(MediaError) {
        let (width, height) = unsafe (frame.pointee.width, frame.pointee.height)
        let format = unsafe AVPixelFormat(frame.pointee.format)
        let failure = MediaError.unsupported(path: path, what: "pixels of an unknown kind")
        guard width > 0 && height > 0 && format != AV_PIX_FMT_NONE else { throw failure }
        let scaler = unsafe sws_getContext(
            width,
            height,
            format,
            width,
            height,
            AV_PIX_FMT_RGB24,
            SWS_BICUBIC,
            nil,
            nil,
            nil
        )
        defer { unsafe sws_freeContext(scaler) }
        guard let scaler = unsafe scaler else { throw failure }
        unsafe Self.setColours(of: scaler, from: frame.pointee)

        // swscale may write past the end of a row: not into our array, but into a frame with room.
        var rgb = unsafe av_frame_alloc()
        defer { unsafe av_frame_free(&rgb) }
        guard let rgb = unsafe rgb, unsafe sws_scale_frame(scaler, rgb, frame) >= 0,
            let base = unsafe rgb.pointee.data.0
        else {
            throw failure
        }
        let (row, stride) = unsafe (Int(width) * 3, Int(rgb.pointee.linesize.0))
        let pixels = unsafe [UInt8](unsafeUninitializedCapacity: row * Int(height)) { pixels, count in
            for y in 0..<Int(height) {
                let line = unsafe UnsafeBufferPointer(start: base + y * stride, count: row)
                _ = unsafe UnsafeMutableBufferPointer(rebasing: pixels[(y * row)..<(y * row + row)]).initialize(
                    from: line
                )
            }
            count = row * Int(height)
        }
        self.init(width: Int(width), height: Int(height), pixels: pixels)
    }

    private static func setColours(of scaler: OpaquePointer, from frame: AVFrame) {
        var (inverse, table): (UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Int32>?) = (nil, nil)
        var (isFull, isFullRGB, brightness, contrast, saturation): (Int32, Int32, Int32, Int32, Int32) = (0, 0, 0, 0, 0)
        guard
            unsafe sws_getColorspaceDetails(
                scaler,
                &inverse,
                &isFull,
                &table,
                &isFullRGB,
                &brightness,
                &contrast,
                &saturation
            ) >= 0
        else { return }
        // Where the frame does not say, swscale's own defaults stand: BT.601, and full range for gray and JPEG.
        if unsafe frame.color_range != AVCOL_RANGE_UNSPECIFIED {
            isFull = unsafe frame.color_range == AVCOL_RANGE_JPEG ? 1 : 0
        }
        let colours = unsafe frame.colorspace
        let matrix: Int32 =
            switch colours {
            case AVCOL_SPC_BT709: SWS_CS_ITU709
            case AVCOL_SPC_FCC: SWS_CS_FCC
            case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
            case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
            default: SWS_CS_DEFAULT
            }
        unsafe sws_setColorspaceDetails(
            scaler,
            sws_getCoefficients(matrix),
            isFull,
            table,
            isFullRGB,
            brightness,
            contrast,
            saturation
        )
    }
}

extension Orientation {
    /// The turn that a decoded frame asks for itself, as a JPEG with EXIF does.
    init?(_ frame: UnsafeMutablePointer<AVFrame>) {
        guard let data = unsafe av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX) else { return nil }
        unsafe self.init(displayMatrix: UnsafeRawBufferPointer(start: data.pointee.data, count: data.pointee.size))
    }
}
