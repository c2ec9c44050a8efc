import Foundation

/// How frames become patches: from `processor_config.json`, or `preprocessor_config.json` and its video twin.
///
/// Reference: `Glm4vImageProcessor` and `Glm4vVideoProcessor`, transformers `image_processing_glm4v.py` and
/// `video_processing_glm4v.py`.
package struct ProcessorConfiguration: Sendable, Equatable {
    package let patchSize, mergeSize: Int
    package let mean, deviation: [Double]
    package let rescaleFactor: Double
    /// The least and the most pixels, counted over all frames that are resized together.
    package private(set) var pixels: ClosedRange<Int>
    /// How the model's own video format samples: frames a second, and the length in seconds above which it thins out.
    package let framesPerSecond, maximumDuration: Double

    /// A side is a multiple of this many pixels.
    package var unit: Int { patchSize * mergeSize }

    /// For frames that go in as images.
    package static func image(directory: String) throws(ConfigurationError) -> ProcessorConfiguration {
        let fields = try fields(directory, "image_processor", ["preprocessor_config.json"])
        return try ProcessorConfiguration(fields, mostPixels: 28 * 28 * 15_000)
    }

    /// For frames that go in as the model's own video format.
    package static func video(directory: String) throws(ConfigurationError) -> ProcessorConfiguration {
        let files = ["video_preprocessor_config.json", "preprocessor_config.json"]
        return try ProcessorConfiguration(
            fields(directory, "video_processor", files),
            mostPixels: 28 * 28 * 2 * 30_000
        )
    }

    /// transformers 5.x nests both processors in one file; 4.x gives each its own.
    private static func fields(
        _ directory: String,
        _ key: String,
        _ files: [String]
    ) throws(ConfigurationError) -> JSONFields {
        func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: directory + "/" + file) }
        if exists("processor_config.json"),
            let nested = try JSONFields(directory: directory, file: "processor_config.json").object(key)
        {
            return nested
        }
        return try JSONFields(directory: directory, file: files.first(where: exists) ?? files[0])
    }

    private init(_ fields: JSONFields, mostPixels: Int) throws(ConfigurationError) {
        for step in ["do_resize", "do_rescale", "do_normalize"] where try !fields.bool(step, default: true) {
            throw fields.wrong(step, expected: "true")
        }
        _ = try fields.integer("resample", in: 3...3, default: 3)  // PIL's number for bicubic
        _ = try fields.integer("temporal_patch_size", in: 2...2, default: 2)
        patchSize = try fields.integer("patch_size", in: 1...256, default: 14)
        mergeSize = try fields.integer("merge_size", in: 1...16, default: 2)
        rescaleFactor = try fields.number("rescale_factor", in: 1e-6...1, default: 1.0 / 255)
        mean = try fields.numbers(
            "image_mean",
            count: 3,
            in: -10...10,
            default: [0.48145466, 0.4578275, 0.40821073]
        )
        deviation = try fields.numbers(
            "image_std",
            count: 3,
            in: 1e-6...10,
            default: [0.26862954, 0.26130258, 0.27577711]
        )
        framesPerSecond = try fields.number("fps", in: 1e-3...1000, default: 2)
        maximumDuration = try fields.number("max_duration", in: 1...1e6, default: 300)
        let size = try fields.object("size")
        let least = try size?.integer("shortest_edge", in: 1...(1 << 24), default: 112 * 112) ?? 112 * 112
        let most = try size?.integer("longest_edge", in: 1...(1 << 28), default: mostPixels) ?? mostPixels
        guard least <= most else {
            throw .inconsistent("\(fields.place): size asks for at least \(least) and at most \(most) pixels")
        }
        pixels = least...most
    }

    /// The same with a limit of so many pixels for each of `frames` that are counted together, but never under the least
    /// that the model takes; nil is the model's own limit.
    func limited(to each: Int?, frames: Int) -> ProcessorConfiguration {
        guard let each else { return self }
        let (most, isVast) = each.multipliedReportingOverflow(by: frames)
        return isVast ? self : with(pixels: pixels.lowerBound...min(max(most, pixels.lowerBound), pixels.upperBound))
    }

    /// The same with other limits.
    func with(pixels: ClosedRange<Int>) -> ProcessorConfiguration {
        var copy = self
        copy.pixels = pixels
        return copy
    }
}
