import Foundation
import GLM
import Generation
import HTTPTypes
import Hummingbird
import NIOCore

/// How the server is, for people, for probes and for Prometheus.
struct StatusRoutes {
    let host: ModelHost
    let conversations: Conversations
    let admission: Admission
    let measures: Measures
    let metrics: PrometheusText
    let limits: LimitsView
    let notice: String?

    /// Open to everybody: they say no more than whether the server is up.
    var probes: Routes {
        Routes()
            .get("health") { _, _ in try Response(json: StateView(status: "ok")) }
            .head("health") { _, _ in Response(status: .ok) }
            .get("ready") { _, _ in
                try await checkReady()
                return try Response(json: StateView(status: "ready"))
            }
            .head("ready") { _, _ in
                try await checkReady()
                return Response(status: .ok)
            }
    }

    private func checkReady() async throws {
        if await conversations.isStopping { throw Refusal.stopping }
        _ = try await host.model()
    }

    /// Under `/api`.
    var endpoints: Routes {
        Routes()
            .get("status") { _, _ in try Response(json: await status()) }
            .get("options") { _, _ in try Response(json: OptionsView()) }
    }

    var metricsEndpoint: Routes {
        Routes()
            .get("metrics") { _, _ in
                await measureLoad()
                return Response(
                    status: .ok,
                    headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
                    body: .init(byteBuffer: ByteBuffer(string: metrics.text))
                )
            }
    }

    private func status() async -> StatusView {
        let state = await host.state
        let (model, speed) = Self.view(of: state, name: host.name)
        let open = admission.open
        let running = min(open, max(1, state.answering))  // a question whose frames are sampled is not in line
        return StatusView(
            version: Glimpse.version,
            model: model,
            queue: QueueView(running: running, waiting: open - running, capacity: admission.places),
            limits: limits,
            speed: speed,
            isStopping: await conversations.isStopping,
            notice: notice
        )
    }

    private static func view(of state: ModelHost.State, name: String) -> (ModelView, SpeedView) {
        switch state {
        case .loading: (ModelView(state: "loading", name: name), SpeedView())
        case .failed(let error): (ModelView(state: "failed", name: name, error: error), SpeedView())
        case .ready(let loaded):
            (
                ModelView(
                    state: "ready",
                    name: name,
                    isDemonstration: loaded.isDemonstration,
                    about: loaded.isDemonstration ? ModelView.aboutDemonstration : ModelView.about,
                    contextLength: loaded.generator.context,
                    inputLimit: loaded.inputTokens
                ),
                SpeedView(loaded.generator.speed)
            )
        }
    }

    private func measureLoad() async {
        measures.gauge("glimpse_replies_open", admission.open)
        guard case .ready(let loaded) = await host.state else { return measures.gauge("glimpse_model_ready", 0) }
        measures.gauge("glimpse_model_ready", 1)
        let load = loaded.generator.load
        measures.gauge("glimpse_engine_running", load.answering)
        measures.gauge("glimpse_engine_waiting", load.waiting)
        measures.gauge("glimpse_engine_preparing", load.preparing)
        measures.gauge("glimpse_cache_bytes", load.cachedBytes)
    }
}

extension ModelHost.State {
    /// How many replies the engine makes just now.
    fileprivate var answering: Int { if case .ready(let loaded) = self { loaded.generator.load.answering } else { 0 } }
}

struct StateView: Codable { let status: String }

struct QueueView: Codable, Equatable { let running, waiting, capacity: Int }

struct LimitsView: Codable, Equatable { let maxUploadBytes, maxMediaPerConversation, maxQuestionBytes: Int }

struct SpeedView: Codable, Equatable {
    @OrNull var visionTokensPerSecond: Double? = nil
    @OrNull var prefillTokensPerSecond: Double? = nil
    @OrNull var decodeTokensPerSecond: Double? = nil

    init() {}

    init(_ speed: Speed) {
        visionTokensPerSecond = speed.vision
        prefillTokensPerSecond = speed.prefill
        decodeTokensPerSecond = speed.decode
    }
}

struct ModelView: Codable, Equatable {
    let state, name: String
    var isDemonstration = false
    var about = ""
    @OrNull var contextLength: Int? = nil
    @OrNull var inputLimit: Int? = nil
    @OrNull var error: String? = nil
    var howToGet9B =
        "Download zai-org/GLM-4.1V-9B-Thinking (20.6 GB), then start:\nglimpse serve --model GLM-4.1V-9B-Thinking"

    static let about = "It looks at frames of a video, thinks, and answers."
    static let aboutDemonstration =
        "A small demonstration model: it knows simple coloured shapes that move, and nothing else."
}

struct StatusView: Codable, Equatable {
    let version: String
    let model: ModelView
    let queue: QueueView
    let limits: LimitsView
    let speed: SpeedView
    let isStopping: Bool
    @OrNull var notice: String?
}
