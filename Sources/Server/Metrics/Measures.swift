import Metrics

/// What the server counts and times, by swift-metrics.
struct Measures: Sendable {
    private let factory: any MetricsFactory
    let replies: Counter
    let replyTokens, promptTokens, cachedTokens: Counter
    let timeToFirstToken: Timer

    init(factory: any MetricsFactory) {
        self.factory = factory
        replies = Counter(label: "glimpse_replies_total", factory: factory)
        replyTokens = Counter(label: "glimpse_reply_tokens_total", factory: factory)
        promptTokens = Counter(label: "glimpse_prompt_tokens_total", factory: factory)
        cachedTokens = Counter(label: "glimpse_cached_tokens_total", factory: factory)
        timeToFirstToken = Timer(label: "glimpse_time_to_first_token_seconds", factory: factory)
    }

    func count(route: String, method: String, status: Int, _ elapsed: Duration) {
        // A method is whatever a client writes: only known ones become labels, or their number could grow for ever.
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(method) ? method : "other"
        let labels = [("route", route), ("method", known), ("status", "\(status)")]
        Counter(label: "glimpse_requests_total", dimensions: labels, factory: factory).increment()
        Timer(label: "glimpse_request_seconds", dimensions: [("route", route)], factory: factory)
            .recordNanoseconds(elapsed.nanoseconds)
    }

    /// A reply has ended.
    func count(_ stats: StatsView) {
        replies.increment()
        replyTokens.increment(by: stats.replyTokens ?? 0)
        promptTokens.increment(by: stats.promptTokens ?? 0)
        cachedTokens.increment(by: stats.cachedTokens ?? 0)
        if let seconds = stats.timeToFirstToken { timeToFirstToken.recordSeconds(seconds) }
    }

    func gauge(_ label: String, _ value: Int) { Gauge(label: label, factory: factory).record(value) }
}

extension Duration {
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, isOver) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return isOver ? .max : scaled &+ attoseconds / 1_000_000_000
    }
}
