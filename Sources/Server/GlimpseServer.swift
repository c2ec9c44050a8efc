import HTTPTypes
import History
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The whole server, ready to run or to test.
package struct GlimpseServer: Sendable {
    package let host: ModelHost
    private let configuration: ServerConfiguration
    private let conversations: Conversations
    let library: MediaLibrary
    private let store: Store
    private let data: DataFolder
    private let stopFlag = StopFlag()
    private let logger: Logger
    private let admission: Admission
    private let metrics = PrometheusText()
    private let measures: Measures
    private let guardian: KeyGuard
    private let page: PageFiles
    private let notice: String?

    /// Claims the data folder, opens the history and reads the page. The model comes later: ``ModelHost/load(logger:_:)``.
    package init(_ configuration: ServerConfiguration, logger: Logger) async throws {
        self.configuration = configuration
        self.logger = logger
        page = try PageFiles(folder: configuration.pageFolder)
        data = try DataFolder(path: configuration.dataFolder)
        (store, notice) = try data.openStore()
        if let notice { logger.warning("\(visible(notice))") }
        guardian = KeyGuard(key: configuration.apiKey)
        host = ModelHost(name: configuration.modelName)
        admission = Admission(together: configuration.together, places: configuration.queue)
        measures = Measures(factory: metrics)
        library = try await MediaLibrary(
            data,
            store,
            maximumUpload: configuration.maximumUpload,
            limits: configuration.uploads
        )
        let clips = ClipStore(library)
        conversations = Conversations(store, library, clips) {
            [store, library, host, admission, measures, grace = configuration.grace] evict in
            Services(
                store: store,
                library: library,
                clips: clips,
                host: host,
                admission: admission,
                measures: measures,
                logger: logger,
                grace: grace,
                evict: evict
            )
        }
    }

    // MARK: - Routes

    /// Routes that need no key: they tell nothing of what is kept here.
    var openRoutes: Routes { page.endpoints + status.probes }

    /// How the key is handed over: checked for their origin, but not for the key.
    var sessionRoutes: Routes {
        SessionRoutes(guardian: guardian, publicURL: configuration.publicURL).endpoints.under("api")
    }

    /// Everything else, by default: only with the key, if there is one.
    var keyedRoutes: Routes {
        status.metricsEndpoint
            + (status.endpoints + MediaRoutes(library: library, samples: samples).endpoints
            + ConversationRoutes(conversations: conversations, store: store, library: library).endpoints
            + MessageRoutes(conversations: conversations, host: host).endpoints).under("api")
    }

    private var status: StatusRoutes {
        StatusRoutes(
            host: host,
            conversations: conversations,
            admission: admission,
            measures: measures,
            metrics: metrics,
            limits: LimitsView(
                maxUploadBytes: configuration.maximumUpload,
                maxMediaPerConversation: ConversationRoutes.maximumMedia,
                maxQuestionBytes: MessageRoutes.maximumQuestion
            ),
            notice: notice
        )
    }

    private var samples: Samples { Samples(modelFolder: configuration.samplesModelFolder) }

    var router: Router<ServerContext> {
        let router = Router(context: ServerContext.self)
        router.add(middleware: RequestLog(measures: measures))
        router.add(middleware: SecurityHeaders())
        router.add(middleware: ErrorAnswers())
        router.add(
            middleware: HostCheck(
                host: configuration.host,
                publicURL: configuration.publicURL,
                addresses: configuration.addresses
            )
        )
        router.add(openRoutes)
        let api = router.group().add(middleware: OriginCheck(publicURL: configuration.publicURL))
        api.add(sessionRoutes)
        api.group().add(middleware: KeyCheck(guardian: guardian)).add(middleware: StoppingCheck(flag: stopFlag))
            .add(keyedRoutes)
        return router
    }

    // MARK: - Running

    /// `onRunning` hears the port that it listens on.
    package func application(onRunning: @escaping @Sendable (Int) async -> Void = { _ in }) -> some ApplicationProtocol
    {
        let maximumBytes = configuration.maximumUpload
        return Application(
            router: router,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        ContinueHandler(maximumBytes: maximumBytes), StalledReaders(limit: .seconds(30)),
                    ],
                    idleTimeout: .seconds(30),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16 << 10,
                        maxHeaderListSize: 32 << 10,
                        maxHeaderFieldCount: 100
                    )
                )
            ),
            configuration: .init(address: .hostname(configuration.host, port: configuration.port)),
            services: [Housekeeping(library: library, store: store, logger: logger)],
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
            logger: logger
        )
    }

    /// Whether nobody waits for a reply.
    var isIdle: Bool { admission.open == 0 }

    /// Begins nothing new, and lets running replies end, up to the limit.
    package func drain() async {
        stopFlag.set()
        await conversations.drain(limit: configuration.drain)
    }
}

/// Deletes what nobody uses, every ten minutes.
private struct Housekeeping: Service {
    let library: MediaLibrary
    let store: Store
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(600))) != nil {
                do {
                    try await library.deleteOrphans()
                    await store.forget()
                } catch {
                    logger.error("cleaning up failed", metadata: ["error": "\(visible("\(error)"))"])
                }
            }
        }
    }
}
