import NIOCore

/// What `glimpse serve` is told.
package struct ServerConfiguration: Sendable {
    package var host = "127.0.0.1"
    package var port = 7860
    /// How browsers reach it through a proxy, if not by its address.
    package var publicURL: Origin?
    package var apiKey: String?
    package var maximumUpload = 2 << 30
    package var uploads = UploadLimits()
    /// How many questions are answered at once.
    package var together = 4
    /// How many questions may wait beside them.
    package var queue = 30
    package var dataFolder: String
    /// The folder of the page, and that of the samples' model.
    package var pageFolder: String
    package var samplesModelFolder: String?
    package var modelName: String
    /// How long a reply goes on after its last reader left.
    package var grace = Duration.seconds(10)
    /// How long running replies may take to end when the server shuts down.
    package var drain = Duration.seconds(30)
    /// The addresses of this machine: names that it goes by when it listens to everybody.
    package var addresses: [String] = []

    package init(dataFolder: String, pageFolder: String, modelName: String) {
        self.dataFolder = dataFolder
        self.pageFolder = pageFolder
        self.modelName = modelName
    }
}

/// Which Glimpse this is.
package enum Glimpse {
    package static let version = "0.2.0"
}
