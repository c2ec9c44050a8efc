import Hummingbird
import NIOCore

/// What belongs to one request.
package struct ServerContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection that it came over.
    let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Who is at the other end, without the port.
    var address: String { channel.remoteAddress?.ipAddress ?? "local" }

    /// Closes the connection in a moment: time enough for the answer to be read, but not for a body that nobody wants.
    func closeSoon() {
        let channel = channel
        channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    }
}
