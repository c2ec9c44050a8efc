import Foundation
import History
import NIOCore

/// A conversation as a file to keep.
struct Export {
    enum Format: String {
        case md, json, srt, vtt

        var mimeType: String {
            switch self {
            case .md: "text/markdown; charset=utf-8"
            case .json: "application/json; charset=utf-8"
            case .srt: "application/x-subrip; charset=utf-8"
            case .vtt: "text/vtt; charset=utf-8"
            }
        }
    }

    private let conversation: ConversationView
    private let duration: Double?

    init(_ conversation: ConversationView, duration: Double?) {
        self.conversation = conversation
        self.duration = duration
    }

    /// Letters, digits and hyphens alone, whatever the title is.
    var fileName: String {
        let words = conversation.title.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
        let name = words.joined(separator: "-").prefix(60)
        return name.isEmpty ? "conversation" : String(name)
    }

    func content(_ format: Format) throws -> ByteBuffer {
        switch format {
        case .md: ByteBuffer(string: markdown)
        case .json: try JSON.encode(conversation)
        case .srt: ByteBuffer(string: Captions(cues).srt)
        case .vtt: ByteBuffer(string: Captions(cues).vtt)
        }
    }

    private var markdown: String {
        var parts = ["# \(conversation.title.isEmpty ? "Conversation" : conversation.title)"]
        for media in conversation.media {
            let length = media.duration > 0 ? ", \(media.duration) s" : ""
            parts.append("*\(media.name)* (\(media.width)x\(media.height)\(length))")
        }
        for message in conversation.messages {
            switch message {
            case .question(let question): parts.append("## \(question.text)")
            case .reply(let reply):
                if !reply.thought.isEmpty {
                    parts.append(
                        reply.thought.split(separator: "\n", omittingEmptySubsequences: false)
                            .map { $0.isEmpty ? ">" : "> \($0)" }.joined(separator: "\n")
                    )
                }
                parts.append(reply.answer.isEmpty ? "*(no answer: \(reply.status.rawValue))*" : reply.answer)
            }
        }
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// The moments that the answers name, in the order of the video.
    private var cues: [Captions.Cue] {
        guard let duration else { return [] }
        let answers = conversation.messages.compactMap { message -> String? in
            if case .reply(let reply) = message { reply.answer } else { nil }
        }
        return Captions.cues(of: answers, duration: duration)
    }
}
