import NIOCore
import NIOPosix

/// Bytes over a socket, for requests that no client library would send.
enum RawHTTP {
    /// Sends the text, and returns all that comes until the server closes the connection, or nothing more within the time.
    static func send(_ text: String, port: Int, within limit: Duration = .seconds(5)) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let timer = Task {
            try await Task.sleep(for: limit)
            try await channel.channel.close()
        }
        defer { timer.cancel() }
        return try await channel.executeThenClose { inbound, outbound in
            try? await outbound.write(ByteBuffer(string: text))
            var answer = ""
            do {
                for try await part in inbound { answer += String(buffer: part) }
            } catch {}  // a reset after the answer is an end, too
            return answer
        }
    }
}
