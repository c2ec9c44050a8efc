import ArgumentParser
import Foundation
import GLM
import Generation
import Logging
import NIOCore
import Server
import ServiceLifecycle
import Tensors
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start the web app: upload a video, ask, watch the model think.",
        discussion: """
            Opens at http://127.0.0.1:7860 unless told otherwise, and listens to this machine alone. Each option may also be given \
            as an environment variable, named in brackets; the option goes first. A prompt may have \
            MAX_INPUT_TOKEN_LENGTH (an environment variable, 5120 by default) tokens. SIGTERM and Ctrl-C let running replies \
            end, for up to 30 seconds; a second one ends at once.
            """
    )

    @OptionGroup(title: "Server") var options: ServeOptions

    func run() async throws {
        do {
            try await serve()
        } catch let error as ExitCode {
            throw error
        } catch {
            Terminal.note(Self.sentence(error, options))
            throw ExitCode(ExitStatus.code(for: error))
        }
    }

    private func serve() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        signal(SIGPIPE, SIG_IGN)
        let setup = try ServerSetup(options)
        var logger = Logger(label: "glimpse")
        logger.logLevel = .notice
        let server = try await GlimpseServer(setup.configuration, logger: logger)
        let application = server.application { port in
            Terminal.note("open http://\(setup.shownHost):\(port)")
        }
        var configuration = ServiceGroupConfiguration(services: [application], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        configuration.maximumCancellationDuration = .seconds(2)
        let group = ServiceGroup(configuration: configuration)
        let signals = Task { await Self.obeySignals(server, group) }
        let loading = Task { await Self.load(setup, server, logger) }
        defer {
            signals.cancel()
            loading.cancel()
        }
        try await group.run()
    }

    private static func load(_ setup: ServerSetup, _ server: GlimpseServer, _ logger: Logger) async {
        await server.host.load(logger: logger) {
            let precision = try setup.precision.prepare(setup.modelFolder, tokens: setup.conversationTokens)
            let files = try ModelFiles(directory: setup.modelFolder)
            let spare = files.spareBytes(of: try MachineMemory.available(), at: precision)
            let model = try GLM4V(directory: setup.modelFolder, precision: precision)
            let together = setup.configuration.together
            // The server refuses whom there is no place for. In the engine's line stand, for a moment, those too who are answered
            // next.
            let engine = Engine(
                model,
                context: setup.context,
                cacheBytes: setup.cacheBytes(spare: spare),
                places: setup.configuration.queue + together,
                together: together
            )
            return LoadedModel(
                model,
                engine,
                isDemonstration: setup.isBundled,
                inputTokens: setup.inputTokens
            )
        }
    }

    /// The first signal ends things well, the second at once.
    private static func obeySignals(_ server: GlimpseServer, _ group: ServiceGroup) async {
        var isEnding = false
        for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
            guard !isEnding else { Foundation.exit(128 + signal.rawValue) }
            isEnding = true
            Terminal.note("ending: running replies have 30 seconds, a second signal ends at once")
            Task {
                await server.drain()
                await group.triggerGracefulShutdown()
            }
        }
    }

    private static func sentence(_ error: any Error, _ options: ServeOptions) -> String {
        let reason: String
        switch error {
        case is SocketAddressError, is SocketAddressError.UnknownHost: reason = "there is no such host"
        case let error as IOError where error.errnoCode == EADDRINUSE: reason = "another program listens there"
        case let error as IOError where error.errnoCode == EADDRNOTAVAIL: reason = "this machine has no such address"
        case let error as IOError where error.errnoCode == EACCES: reason = "the port is for the administrator alone"
        case let error as IOError: reason = "error \(error.errnoCode)"
        default: return "\(error)"
        }
        return "cannot listen on the address: \(reason); choose another with --host and --port"
    }
}
