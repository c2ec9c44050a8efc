import GLM

extension FrameOptions {
    /// Decodes the chosen frames of a file, with a bar meanwhile, and a remark where some are lost.
    func decode(_ file: String, _ processor: ProcessorConfiguration) throws -> Clip {
        let bar = ProgressBar("Decoding")
        defer { bar.clear() }
        let clip = try Clip(
            path: file,
            selection,
            layout,
            processor,
            isCancelled: { Task.isCancelled },
            progress: { bar.show($0, of: $1) }
        )
        bar.clear()
        if clip.lost > 0 {
            let count = clip.frames.count
            Terminal.note(
                "\(file) is damaged: \(count) of \(count + clip.lost) frames could be decoded, the others are left out"
            )
        }
        return clip
    }
}
