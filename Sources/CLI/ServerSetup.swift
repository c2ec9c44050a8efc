import Foundation
import Generation
import NIOCore
import Server
import Tensors

/// What the options come to: where everything is, and how large it may get.
struct ServerSetup {
    let configuration: ServerConfiguration
    let modelFolder: String
    let isBundled: Bool
    let precision: PrecisionOption
    let context: Int
    /// The most tokens of a prompt.
    let inputTokens: Int
    /// The most tokens that a prompt and its reply come to.
    var conversationTokens: Int { min(context, inputTokens + ReplyOptions.newTokens.upperBound) }

    /// Memory for what the model has read and may need again: an eighth of the machine's, at most 4 GiB.
    /// It also bounds how many replies are made at once: a token of the 9B takes 40 KiB beside packed weights, so that a page's
    /// question with its longest reply takes a quarter of a gigabyte.
    /// Where weights leave less, it is what they leave.
    func cacheBytes(spare: Int) -> Int {
        min(Int(clamping: ProcessInfo.processInfo.physicalMemory / 8), 4 << 30, spare)
    }

    init(_ options: ServeOptions) throws {
        let values = ServeValues(environment: ProcessInfo.processInfo.environment)
        let named = values.text(options.model, "GLIMPSE_MODEL")
        let bundled = try? ModelFolder.bundled
        modelFolder = try named ?? ModelFolder.find(nil)
        isBundled = named == nil
        guard FileManager.default.fileExists(atPath: modelFolder + "/config.json") else {
            throw ServeOptionError(description: "there is no checkpoint in \(modelFolder): it has no config.json")
        }
        let arithmetic = values.text(options.precision, "GLIMPSE_PRECISION") ?? PrecisionOption.auto.rawValue
        guard let precision = PrecisionOption(rawValue: arithmetic) else {
            throw ServeOptionError(description: "--precision is \(arithmetic): it is auto, f32, q8 or q4")
        }
        self.precision = precision
        context = try values.number(options.context, "GLIMPSE_CONTEXT", in: 256...(1 << 24)) ?? .max
        inputTokens = try InputLimit.read(otherwise: LoadedModel.standardInputTokens)
        try values.number(options.threads, "GLIMPSE_THREADS", in: 1...1_000_000).map(ThreadOption.limit)
        var configuration = ServerConfiguration(
            dataFolder: values.text(options.dataDir, "GLIMPSE_DATA_DIR") ?? Self.standardDataFolder,
            pageFolder: try InstalledFiles.find("Public/index.html").deletingLastPathComponent().path,
            modelName: URL(fileURLWithPath: modelFolder).lastPathComponent
        )
        configuration.host = values.text(options.host, "GLIMPSE_HOST") ?? configuration.host
        configuration.port = try values.number(options.port, "GLIMPSE_PORT", in: 0...65_535) ?? configuration.port
        configuration.apiKey = values.text(options.apiKey, "GLIMPSE_API_KEY")
        if let key = configuration.apiKey, key.count < Self.shortestKey {
            throw ServeOptionError(
                description: "--api-key has \(key.count) characters: it should have \(Self.shortestKey) or more, "
                    + "as openssl rand -hex 32 makes them"
            )
        }
        if configuration.apiKey == nil, !["127.0.0.1", "localhost", "::1"].contains(configuration.host) {
            Terminal.note(
                "anybody who reaches \(configuration.host) can use it and read all conversations: give --api-key"
            )
        }
        if let text = values.text(options.publicURL, "GLIMPSE_PUBLIC_URL") {
            guard let origin = Origin(text) else {
                throw ServeOptionError(
                    description: "--public-url is \(text): it should be an origin, as in https://glimpse.example.org"
                )
            }
            configuration.publicURL = origin
        }
        configuration.maximumUpload =
            try values.bytes(options.maxUpload, "GLIMPSE_MAX_UPLOAD")
            ?? configuration.maximumUpload
        configuration.together =
            try values.number(options.together, "GLIMPSE_TOGETHER", in: 1...64) ?? configuration.together
        configuration.queue = try values.number(options.queue, "GLIMPSE_QUEUE", in: 0...1000) ?? configuration.queue
        configuration.samplesModelFolder = bundled
        configuration.addresses = (try? System.enumerateDevices().compactMap { $0.address?.ipAddress }) ?? []
        self.configuration = configuration
    }

    private static let shortestKey = 8

    /// The host as it goes into a URL.
    var shownHost: String {
        switch configuration.host {
        case "0.0.0.0", "::": "127.0.0.1"
        case let host where host.contains(":"): "[\(host)]"
        case let host: host
        }
    }

    private static var standardDataFolder: String {
        #if canImport(Darwin)
        return NSHomeDirectory() + "/Library/Application Support/glimpse"
        #else
        let named = ProcessInfo.processInfo.environment["XDG_DATA_HOME"] ?? ""
        return (named.hasPrefix("/") ? named : NSHomeDirectory() + "/.local/share") + "/glimpse"
        #endif
    }
}
