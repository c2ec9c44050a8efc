import Foundation
import History

/// A question or a reply as the API shows it.
enum MessageView: Codable, Equatable, Sendable {
    case question(QuestionView)
    case reply(ReplyView)

    init(from decoder: any Decoder) throws {
        let role = try decoder.container(keyedBy: Key.self).decode(MessageRecord.Role.self, forKey: .role)
        self = role == .user ? .question(try QuestionView(from: decoder)) : .reply(try ReplyView(from: decoder))
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .question(let view): try view.encode(to: encoder)
        case .reply(let view): try view.encode(to: encoder)
        }
    }

    private enum Key: CodingKey { case role }
}

struct QuestionView: Codable, Equatable, Sendable {
    let id: String
    let role: MessageRecord.Role
    let createdAt: Date
    let text: String
}

struct ReplyView: Codable, Equatable, Sendable {
    let id: String
    let role: MessageRecord.Role
    let createdAt: Date
    let status: MessageStatus
    @OrNull var stage: String?
    @OrNull var queuePosition: Int?
    let done, total: Int
    let raw, thought, answer, thoughtHtml, answerHtml: String
    let boxes: [BoxView]
    let moments: [MomentView]
    @OrNull var finish: String?
    @OrNull var error: ErrorView?
    let stats: StatsView
    let settings: Settings
}

/// A rectangle in thousandths of a frame, and the frame that it speaks of.
struct BoxView: Codable, Equatable, Sendable {
    let left, top, right, bottom: Double
    @OrNull var mediaId: String?
    @OrNull var frameIndex: Int?
    @OrNull var frameTime: Double?
}

struct MomentView: Codable, Equatable, Sendable {
    let seconds: Double
    let text: String
}

struct StatsView: Codable, Equatable, Sendable {
    @OrNull var promptTokens: Int? = nil
    @OrNull var cachedTokens: Int? = nil
    @OrNull var replyTokens: Int? = nil
    @OrNull var timeToFirstToken: Double? = nil
    @OrNull var thoughtSeconds: Double? = nil
    @OrNull var generateSeconds: Double? = nil
    @OrNull var tokensPerSecond: Double? = nil
}

/// What is kept of a reply beside its text.
struct ReplyDetails: Codable, Equatable, Sendable {
    var stats = StatsView()
    var boxes: [BoxView] = []
}

struct ProgressView: Codable, Equatable, Sendable {
    let id: String
    let status: MessageStatus
    @OrNull var stage: String?
    @OrNull var queuePosition: Int?
    let done, total: Int
}

struct DeltaView: Codable, Equatable, Sendable {
    let id: String
    @OrNull var stage: String?
    let raw, thought, answer: String
}

struct RenderedView: Codable, Equatable, Sendable {
    let id: String
    /// Left out where it has not changed.
    let thoughtHtml: String?
    let answerHtml: String
    let boxes: [BoxView]
}

struct StatsChangeView: Codable, Equatable, Sendable {
    let id: String
    let stats: StatsView
}

struct RemovedView: Codable, Equatable, Sendable { let ids: [String] }

struct NothingView: Codable, Equatable, Sendable {}
