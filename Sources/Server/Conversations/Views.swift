import Foundation
import History

/// An optional value that is written as `null`, not left out.
@propertyWrapper
struct OrNull<Value: Codable & Equatable & Sendable>: Codable, Equatable, Sendable {
    var wrappedValue: Value?

    init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

/// A conversation as the list shows it.
struct SummaryView: Codable, Equatable, Sendable {
    let id, title: String
    let createdAt, updatedAt: Date
    let messageCount: Int
    let media: [MediaView]
    let isRunning: Bool
}

/// A conversation without what is said in it.
struct ConversationHeadView: Codable, Equatable, Sendable {
    let id, title: String
    let createdAt, updatedAt: Date
    let messageCount: Int
    let media: [MediaView]
    let isRunning: Bool
    let settings: Settings
}

struct ConversationView: Codable, Equatable, Sendable {
    let id, title: String
    let createdAt, updatedAt: Date
    let messageCount: Int
    let media: [MediaView]
    let isRunning: Bool
    let settings: Settings
    let messages: [MessageView]
    let preparation: PreparationView

    init(_ head: ConversationHeadView, _ messages: [MessageView], _ preparation: PreparationView) {
        id = head.id
        title = head.title
        createdAt = head.createdAt
        updatedAt = head.updatedAt
        messageCount = head.messageCount
        media = head.media
        isRunning = head.isRunning
        settings = head.settings
        self.messages = messages
        self.preparation = preparation
    }
}

struct ErrorView: Codable, Equatable, Sendable {
    let code, message: String
}

struct FrameView: Codable, Equatable, Sendable {
    let mediaId: String
    let index: Int
    let time: Double
    let width, height, tokens: Int
    let url: String
}

struct CostView: Codable, Equatable, Sendable {
    let tokensPerFrame, frameTokens, textTokens, totalTokens, inputLimit: Int
    let scaledWidth, scaledHeight: Int
    let isScaled: Bool
    @OrNull var estimatedSeconds: Double?
}

struct PreparationView: Codable, Equatable, Sendable {
    enum State: String, Codable { case none, waiting, preparing, ready, sampled, failed }

    var state = State.none
    @OrNull var stage: String? = nil
    var done = 0, total = 0
    @OrNull var error: ErrorView? = nil
    var frames: [FrameView] = []
    @OrNull var cost: CostView? = nil
}

/// The part of a preparation that changes often.
struct PreparationProgressView: Codable, Equatable, Sendable {
    let state: PreparationView.State
    @OrNull var stage: String?
    let done, total: Int
    @OrNull var error: ErrorView?
    @OrNull var cost: CostView?

    init(_ view: PreparationView) {
        state = view.state
        _stage = OrNull(wrappedValue: view.stage)
        done = view.done
        total = view.total
        _error = OrNull(wrappedValue: view.error)
        _cost = OrNull(wrappedValue: view.cost)
    }
}
