import ArgumentParser
import Foundation
import Server

/// What `glimpse serve` may be told. Where an option is left out, its environment variable speaks, and then the default.
struct ServeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The address to listen on. Default: 127.0.0.1. [GLIMPSE_HOST]", valueName: "address"))
    var host: String?

    @Option(
        help: ArgumentHelp(
            "The port to listen on, 0 for any that is free. Default: 7860. [GLIMPSE_PORT]",
            valueName: "n"
        )
    )
    var port: Int?

    @Option(
        help: ArgumentHelp(
            "The folder of a GLM-4.1V checkpoint. Default: the bundled model. [GLIMPSE_MODEL]",
            valueName: "dir"
        )
    )
    var model: String?

    @Option(
        help: ArgumentHelp(
            "The arithmetic, as in ask: auto, f32, q8 or q4. Default: auto. [GLIMPSE_PRECISION]",
            valueName: "precision"
        )
    )
    var precision: String?

    @Option(
        help: ArgumentHelp(
            "Where conversations and videos are kept. Default: ~/.local/share/glimpse. [GLIMPSE_DATA_DIR]",
            valueName: "dir"
        )
    )
    var dataDir: String?

    @Option(help: ArgumentHelp("Let nobody in without this key. Better given as [GLIMPSE_API_KEY].", valueName: "key"))
    var apiKey: String?

    @Option(
        help: ArgumentHelp(
            "How browsers reach it through a proxy, as in https://glimpse.example.org. [GLIMPSE_PUBLIC_URL]",
            valueName: "url"
        )
    )
    var publicURL: String?

    @Option(
        help: ArgumentHelp(
            "The largest file that is taken, in bytes or as in 500M or 2G. Default: 2G. [GLIMPSE_MAX_UPLOAD]",
            valueName: "bytes"
        )
    )
    var maxUpload: String?

    @Option(help: ArgumentHelp("How many questions may wait, 0 to 1000. Default: 30. [GLIMPSE_QUEUE]", valueName: "n"))
    var queue: Int?

    @Option(
        help: ArgumentHelp(
            "How many questions are answered at once, 1 to 64, where memory allows. Default: 4. [GLIMPSE_TOGETHER]",
            valueName: "n"
        )
    )
    var together: Int?

    @Option(
        help: ArgumentHelp(
            "How many tokens prompt and reply may have together. Default: what the model takes. [GLIMPSE_CONTEXT]",
            valueName: "n"
        )
    )
    var context: Int?

    @Option(
        help: ArgumentHelp("How many threads compute. Default: all of the machine's. [GLIMPSE_THREADS]", valueName: "n")
    )
    var threads: Int?
}

/// An option that was given in a form that it does not have.
struct ServeOptionError: Error, Equatable, CustomStringConvertible {
    let description: String
}

/// Reads options and environment variables, checked.
struct ServeValues {
    let environment: [String: String]

    /// A text: the option, or the variable.
    func text(_ option: String?, _ variable: String) -> String? {
        if let option { return option }
        let value = environment[variable]
        return value?.isEmpty ?? true ? nil : value
    }

    /// A whole number within a range.
    func number(_ option: Int?, _ variable: String, in range: ClosedRange<Int>) throws -> Int? {
        let name = Self.optionName(variable)
        let number: Int
        if let option {
            number = option
        } else {
            guard let text = text(nil, variable) else { return nil }
            guard let value = Int(text) else {
                throw ServeOptionError(description: "\(variable) is \(text): it should be a whole number")
            }
            number = value
        }
        guard range.contains(number) else {
            throw ServeOptionError(
                description: "\(name) is \(number): it goes from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    /// A number of bytes, with K, M, G or T behind it or nothing.
    func bytes(_ option: String?, _ variable: String) throws -> Int? {
        guard let text = text(option, variable) else { return nil }
        let units = ["K": 10, "M": 20, "G": 30, "T": 40]
        let unit = units[text.suffix(1).uppercased()]
        guard let count = Int(unit == nil ? text : String(text.dropLast())), count > 0 else {
            throw ServeOptionError(
                description: "\(Self.optionName(variable)) is \(text): it should be a number of bytes, as in 500M or 2G"
            )
        }
        let (scaled, isOver) = count.multipliedReportingOverflow(by: 1 << (unit ?? 0))
        guard !isOver, scaled <= 1 << 50 else {
            throw ServeOptionError(description: "\(Self.optionName(variable)) is \(text): it goes up to 1024T")
        }
        return scaled
    }

    /// `GLIMPSE_MAX_UPLOAD` → `--max-upload`
    private static func optionName(_ variable: String) -> String {
        "--" + variable.dropFirst("GLIMPSE_".count).lowercased().replacing("_", with: "-")
    }
}
