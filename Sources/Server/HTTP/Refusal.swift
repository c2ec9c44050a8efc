import HTTPTypes

/// Why a request is not answered as it wished: the one catalogue of errors, for every route.
///
/// The code is for programs and stays; the message is a sentence for people, and never holds a path or an address.
package struct Refusal: Error, Equatable, CustomStringConvertible {
    package let code: Code
    package let message: String
    /// After so many seconds it may be tried again.
    package let retryAfter: Int?
    /// Of 416: how large the file is.
    let contentRange: String?

    package init(_ code: Code, _ message: String, retryAfter: Int? = nil, contentRange: String? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.contentRange = contentRange
    }

    package var description: String { "\(code.rawValue): \(message)" }

    package enum Code: String, Sendable, CaseIterable {
        case badRequest = "bad_request"
        case badJSON = "bad_json"
        case outOfRange = "out_of_range"
        case unauthorized
        case crossOrigin = "cross_origin"
        case notFound = "not_found"
        case replyRunning = "reply_running"
        case notRunning = "not_running"
        case nothingToRegenerate = "nothing_to_regenerate"
        case lengthRequired = "length_required"
        case tooLarge = "too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case rangeNotSatisfiable = "range_not_satisfiable"
        case unknownHost = "unknown_host"
        case unreadableMedia = "unreadable_media"
        case contextExceeded = "context_exceeded"
        case tooManyAttempts = "too_many_attempts"
        case internalError = "internal"
        case queueFull = "queue_full"
        case modelLoading = "model_loading"
        case modelFailed = "model_failed"
        case stopping
        case storage
        case storageFull = "storage_full"

        var status: HTTPResponse.Status {
            switch self {
            case .badRequest, .badJSON, .outOfRange: .badRequest
            case .unauthorized: .unauthorized
            case .crossOrigin: .forbidden
            case .notFound: .notFound
            case .replyRunning, .notRunning, .nothingToRegenerate: .conflict
            case .lengthRequired: .lengthRequired
            case .tooLarge: .contentTooLarge
            case .unsupportedMediaType: .unsupportedMediaType
            case .rangeNotSatisfiable: .rangeNotSatisfiable
            case .unknownHost: .misdirectedRequest
            case .unreadableMedia, .contextExceeded: .unprocessableContent
            case .tooManyAttempts: .tooManyRequests
            case .internalError: .internalServerError
            case .queueFull, .modelLoading, .modelFailed, .stopping, .storage: .serviceUnavailable
            case .storageFull: .init(code: 507, reasonPhrase: "Insufficient Storage")
            }
        }
    }

    static let notFound = Refusal(.notFound, "There is nothing at this address.")
    static let stopping = Refusal(.stopping, "The server is shutting down: try again when it is back.", retryAfter: 5)
}
