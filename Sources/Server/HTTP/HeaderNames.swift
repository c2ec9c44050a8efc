import HTTPTypes

extension HTTPField.Name {
    static let host = known("host")
    static let requestID = known("x-request-id")
    static let fileName = known("x-file-name")
    static let fetchSite = known("sec-fetch-site")
    static let referrerPolicy = known("referrer-policy")
    static let permissionsPolicy = known("permissions-policy")
    static let openerPolicy = known("cross-origin-opener-policy")
    static let resourcePolicy = known("cross-origin-resource-policy")
    static let accelBuffering = known("x-accel-buffering")

    private static func known(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no header's name") }
        return name
    }
}
