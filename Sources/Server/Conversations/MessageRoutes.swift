import HTTPTypes
import Hummingbird
import NIOCore

/// Questions and replies, and the stream of what happens in a conversation.
struct MessageRoutes {
    let conversations: Conversations
    let host: ModelHost

    static let maximumQuestion = 65_536
    private static let pingInterval = Duration.seconds(15)
    /// What comes within this time goes out together.
    private static let pause = Duration.milliseconds(40)

    var endpoints: Routes {
        Routes()
            .post("conversations/:id/messages") { request, context in try await ask(request, context) }
            .post("conversations/:id/messages/:message/regenerate") { request, context in
                try await regenerate(request, context)
            }
            .post("conversations/:id/messages/:message/stop") { _, context in
                try Response(json: try await find(context).stop(context.id(of: "message")))
            }
            .get("conversations/:id/events") { request, context in try await events(request, context) }
    }

    private func find(_ context: ServerContext) async throws -> LiveConversation {
        try await conversations.conversation(context.id(of: "id"))
    }

    // MARK: - Questions

    private struct Question: Decodable {
        let text: String
        let settings: Settings?
        let replaces: String?
    }

    private struct Again: Decodable {
        let settings: Settings?
    }

    private struct Begun: Encodable {
        let question, reply: MessageView
    }

    private func ask(_ request: Request, _ context: ServerContext) async throws -> Response {
        let question = try await request.json(Question.self)
        guard question.text.contains(where: { !$0.isWhitespace }) else {
            throw Refusal(.badRequest, "The question is empty.")
        }
        guard question.text.utf8.count <= Self.maximumQuestion else {
            throw Refusal(.outOfRange, "A question has at most \(Self.maximumQuestion) bytes.")
        }
        try question.settings?.validate()
        _ = try await host.model()
        let conversation = try await find(context)
        return try begun(
            try await conversation.ask(
                question.text,
                settings: question.settings,
                replacing: question.replaces,
                owner: context.address
            )
        )
    }

    private func regenerate(_ request: Request, _ context: ServerContext) async throws -> Response {
        let again = try await request.json(Again.self)
        try again.settings?.validate()
        _ = try await host.model()
        let conversation = try await find(context)
        return try begun(
            try await conversation.regenerate(
                context.id(of: "message"),
                settings: again.settings,
                owner: context.address
            )
        )
    }

    private func begun(_ messages: [MessageView]) throws -> Response {
        precondition(messages.count == 2, "\(messages.count) messages are not a question and its reply")
        return try Response(status: .created, json: Begun(question: messages[0], reply: messages[1]))
    }

    // MARK: - Events

    private func events(_ request: Request, _ context: ServerContext) async throws -> Response {
        let conversation = try await find(context)
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream; charset=utf-8",
                .cacheControl: "no-store",
                .connection: "close",
                .accelBuffering: "no",
            ],
            body: ResponseBody { writer in
                // A closed tab cancels this loop.
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    let (reader, changes) = await conversation.join()
                    let pings = Task {
                        while (try? await Task.sleep(for: Self.pingInterval)) != nil { await conversation.wake(reader) }
                    }
                    defer {
                        pings.cancel()
                        Task { await conversation.leave(reader) }
                    }
                    var state: ReaderState?
                    for await _ in changes {
                        let news = try await conversation.news(since: state)
                        state = news.state
                        let isQuiet = news.events.readableBytes == 0
                        try await writer.write(isQuiet ? ByteBuffer(string: ": still here\n\n") : news.events)
                        if news.isOver { break }
                        try await Task.sleep(for: Self.pause)
                    }
                }
                try await writer.finish(nil)
            }
        )
    }
}
