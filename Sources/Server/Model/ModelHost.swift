import Logging

/// The model from the start of the process on: while it is read, when it is there, or why it is not.
package actor ModelHost {
    package enum State: Sendable {
        case loading
        case ready(LoadedModel)
        case failed(String)
    }

    package private(set) var state = State.loading
    package nonisolated let name: String

    package init(name: String) { self.name = name }

    /// Reads the model on a thread of its own.
    package func load(logger: Logger, _ make: @escaping @Sendable () throws -> LoadedModel) async {
        let start = ContinuousClock.now
        do {
            let loaded = try await Worker("loader").run { _ in try make() }
            state = .ready(loaded)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            logger.info("model ready", metadata: ["model": "\(visible(name))", "seconds": "\(seconds)"])
            do {
                try await loaded.generator.measure()
            } catch {
                logger.warning("speed not measured", metadata: ["error": "\(visible("\(error)"))"])
            }
        } catch {
            state = .failed("\(error)")
            logger.error("model failed", metadata: ["error": "\(visible("\(error)"))"])
        }
    }

    /// The model, or the refusal of a request that needs it now.
    func model() throws -> LoadedModel {
        switch state {
        case .ready(let loaded): loaded
        case .loading:
            throw Refusal(.modelLoading, "The model is still being loaded: try again in a moment.", retryAfter: 2)
        case .failed:
            throw Refusal(.modelFailed, "The model could not be loaded: the server's log says why.", retryAfter: 60)
        }
    }

    /// The model, when it is there.
    func whenReady() async throws -> LoadedModel {
        while case .loading = state { try await Task.sleep(for: .milliseconds(50)) }
        return try model()
    }
}
