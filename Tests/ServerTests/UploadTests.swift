import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import Server

/// Files that are handed over: kept if there is something to see in them, and gone otherwise.
struct UploadTests {
    private static let sample = [UInt8]((try? Data(contentsOf: URL(fileURLWithPath: TestServer.sample))) ?? Data())
    private static let golden = checkout + "/Tests/MediaTests/Golden/"

    private func names(_ test: TestServer, _ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: test.dataFolder + "/" + folder)
    }

    @Test(arguments: [TestingSetup.router, .live])
    func `a video is kept under a name of ours and can be played`(setup: TestingSetup) async throws {
        let test = try await TestServer()
        try await test.run(setup) { client in
            let response = try await client.upload(Self.sample, name: "My%20%C3%A9t%C3%A9.mp4")
            #expect(response.status == .created)
            let media = try response.json(MediaView.self)
            #expect(media.name == "My été.mp4" && media.bytes == Self.sample.count && media.kind == "video")
            #expect(media.width == 640 && media.height == 360 && media.duration == 5 && media.posterUrl == nil)
            #expect(try names(test, "media") == [media.id])
            #expect(try await client.send(.get, "/api/media/\(media.id)").json(MediaView.self).name == media.name)

            let whole = try await client.send(.get, media.url)
            #expect([UInt8](whole.body.readableBytesView) == Self.sample)
            #expect(whole.headers[.contentType] == "video/mp4" && whole.headers[.acceptRanges] == "bytes")
            #expect(whole.headers[.contentSecurityPolicy]?.contains("sandbox") ?? false)
            let part = try await client.send(.get, media.url, [.range: "bytes=100-199"])
            #expect(
                part.status == .partialContent && [UInt8](part.body.readableBytesView) == Array(Self.sample[100..<200])
            )
            #expect(part.headers[.contentRange] == "bytes 100-199/\(Self.sample.count)")
            let last = try await client.send(.get, media.url, [.range: "bytes=-10"])
            #expect([UInt8](last.body.readableBytesView) == Array(Self.sample.suffix(10)))
            let past = try await client.send(.get, media.url, [.range: "bytes=99999999-"])
            #expect(
                past.status == .rangeNotSatisfiable && past.headers[.contentRange] == "bytes */\(Self.sample.count)"
            )
            for odd in ["bytes=5-2", "bytes=0-1,3-4", "bytes=x", "bytes=0-18446744073709551616"] {
                #expect([200, 206].contains(try await client.send(.get, media.url, [.range: odd]).status.code))
            }
            let tag = try #require(whole.headers[.eTag])
            #expect(try await client.send(.get, media.url, [.ifNoneMatch: tag]).status == .notModified)
            let changed = try await client.send(.get, media.url, [.range: "bytes=0-1", .ifRange: "\"other\""])
            #expect(changed.status == .ok)
            let head = try await client.send(.head, media.url)
            #expect(head.status == .ok && head.body.readableBytes == 0)
        }
    }

    @Test(arguments: [
        "still.png", "turned90.jpg", "still.webp", "animated.gif", "vp9.webm", "hevc.mp4", "transport.ts", "gray.mkv",
        "full-range.mov",
    ])
    func `what can be read is taken, with its type`(file: String) async throws {
        let test = try await TestServer()
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.golden + file)))
        try await test.run { client in
            let media = try await client.upload(bytes).json(MediaView.self)
            let types = [
                "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif", "webm": "video/webm",
                "mp4": "video/mp4", "ts": "video/mp2t", "mkv": "video/x-matroska", "mov": "video/quicktime",
            ]
            #expect(media.mimeType == types[URL(fileURLWithPath: file).pathExtension])
            #expect(media.width > 0 && media.frameCount > 0 && media.duration.isFinite)
        }
    }

    @Test func `what is no video is refused in a sentence, and nothing of it stays`() async throws {
        let test = try await TestServer()
        let refused: [([UInt8], String)] = [
            ([], "unsupported_media_type"), (Array("hello".utf8), "unsupported_media_type"),
            (Array("<html><script>alert(1)</script>".utf8), "unsupported_media_type"),
            (Array("#EXTM3U\nhttp://127.0.0.1:1/x.ts".utf8), "unsupported_media_type"),
            (Array(Self.sample.prefix(300)), "unreadable_media"),
            (Array("\0\0\0\u{18}ftypmp42".utf8) + [UInt8](repeating: 7, count: 900), "unreadable_media"),
        ]
        try await test.run { client in
            for (bytes, code) in refused {
                let response = try await client.upload(bytes, name: "clip.mp4")
                #expect(response.code == code, "\(bytes.prefix(12)): \(response.status)")
                let message = try response.json(ErrorBody.self).error.message
                #expect(!message.contains(test.dataFolder) && !message.contains(".part"), "\(message)")
                if code == "unreadable_media" { #expect(message.contains("“clip.mp4”"), "\(message)") }
            }
            #expect(try names(test, "media").isEmpty)
        }
    }

    @Test(arguments: [
        ("-i", "-i"), ("%25d.mp4", "%d.mp4"), ("..%2F..%2Fetc%2Fpasswd", "../../etc/passwd"), ("a%0D%0Ab%00c", "abc"),
        ("%E2%80%AEgpj.exe", "gpj.exe"), ("<img%20src=x>", "<img src=x>"), ("", "video"), ("%20", " "),
    ])
    func `a name is only ever shown`(header: String, shown: String) async throws {
        #expect(try MediaRoutes.name(header) == shown)
        let test = try await TestServer()
        try await test.run { client in
            let media = try await client.upload(Self.sample, name: header).json(MediaView.self)
            #expect(media.name == shown)
            #expect(try names(test, "media") == [media.id])
        }
    }

    @Test func `a name that is too long or no UTF-8 is refused`() throws {
        for header in [String(repeating: "x", count: 256), "%FF", "%C3%28", "%zz"] {
            #expect(throws: Refusal.self) { try MediaRoutes.name(header) }
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `what is too large is refused before it is read, and the connection closed`() async throws {
        let test = try await TestServer { $0.maximumUpload = 1000 }
        try await test.run(.live) { client in
            #expect(try await client.upload([UInt8](repeating: 0, count: 1001)).code == "too_large")
            let port = try #require(client.port)
            for length in ["1000000000000000", "99999999999999999999", "-1", "1e3"] {
                let answer = try await RawHTTP.send(
                    "POST /api/media HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(length)\r\nExpect: 100-continue\r\n\r\n",
                    port: port,
                    within: .seconds(600)  // the server closes
                )
                #expect(
                    answer.hasPrefix("HTTP/1.1 413") || answer.hasPrefix("HTTP/1.1 400"),
                    "\(length): \(answer.prefix(60))"
                )
                #expect(!answer.contains("100 Continue"))
            }
            let chunk = String(repeating: "x", count: 4096)
            let endless = try await RawHTTP.send(
                "POST /api/media HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + String(repeating: "1000\r\n\(chunk)\r\n", count: 50),
                port: port
            )
            #expect(endless.hasPrefix("HTTP/1.1 413"), "\(endless.prefix(60))")
            #expect(try names(test, "media").isEmpty)
        }
    }

    @Test func `a form is no file, and neither is nothing`() async throws {
        let test = try await TestServer()
        try await test.run { client in
            for type in ["application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"] {
                let response = try await client.send(.post, "/api/media", json: "x", [.contentType: type])
                #expect(response.code == "unsupported_media_type")
            }
            #expect(try await client.send(.post, "/api/media").code == "length_required")
        }
    }

    @Test func `an upload that breaks off leaves nothing`() async throws {
        let test = try await TestServer()
        try await test.run(.live) { client in
            let port = try #require(client.port)
            let head = "POST /api/media HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nhalf"
            _ = try await RawHTTP.send(head, port: port, within: .milliseconds(300))
            for _ in 0..<200 where try !names(test, "media").isEmpty { try await Task.sleep(for: .milliseconds(20)) }
            #expect(try names(test, "media").isEmpty)
            #expect(try await client.upload(Self.sample).status == .created)
        }
    }

    @Test func `the folder takes no more than ten times the largest file`() async throws {
        let test = try await TestServer { $0.maximumUpload = Self.sample.count }
        try await test.run { client in
            for _ in 0..<10 { _ = try await client.upload(Self.sample) }
            #expect(try names(test, "media").count == 10)
            let response = try await client.upload(Self.sample)
            #expect(response.code == "storage_full" && response.status.code == 507)
        }
    }

    @Test func `eight come at once, and a ninth when one of them has ended`() async throws {
        let test = try await TestServer()
        let library = test.server.library
        var others: [MediaLibrary.Upload] = []
        for _ in 0..<8 { others.append(try await library.begin(length: 1)) }
        let first = try #require(others.first)
        try await test.run { client in
            let refused = try await client.upload(Self.sample)
            #expect(refused.code == "storage" && refused.status == .serviceUnavailable)
            #expect(refused.headers[.retryAfter] == "5" && String(buffer: refused.body).contains("Too many uploads"))
            #expect(try names(test, "media").isEmpty)
            await library.abandon(first)
            for _ in 0..<2 { #expect(try await client.upload(Self.sample).status == .created) }
        }
    }

    @Test func `a file that the disk has no room for is refused before it comes`() async throws {
        let test = try await TestServer { $0.uploads.spare = 1 << 60 }
        try await test.run { client in
            try expectDiskFull(await client.upload(Self.sample))
            try expectDiskFull(await client.send(.post, "/api/samples/triangle-down-circle-left.mp4"))
            #expect(try names(test, "media").isEmpty)
        }
        let large = try await TestServer { $0.maximumUpload = 1 << 60 }
        await #expect(throws: Refusal.self) { try await large.server.library.begin(length: 1 << 59) }
    }

    private func expectDiskFull(_ response: TestResponse) throws {
        #expect(response.code == "storage_full" && response.status.code == 507)
        #expect(try response.json(ErrorBody.self).error.message.hasPrefix("The disk is full"))
    }

    @Test func `a file of unknown length is given up when the disk has no more room`() async throws {
        let test = try await TestServer { $0.uploads.spare = 1 << 60 }
        try await test.run(.live) { client in
            let port = try #require(client.port)
            let chunk = "10000\r\n" + String(repeating: "x", count: 1 << 16) + "\r\n"
            let answer = try await RawHTTP.send(
                "POST /api/media HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + String(repeating: chunk, count: 257),  // 16 MiB and a chunk
                port: port,
                within: .seconds(600)  // the server closes
            )
            #expect(answer.hasPrefix("HTTP/1.1 507") && answer.contains("The disk is full"), "\(answer.prefix(60))")
            #expect(try names(test, "media").isEmpty)
        }
    }

    @Test func `a file that comes too slowly is given up`() async throws {
        let test = try await TestServer { ($0.uploads.leastRate, $0.uploads.grace) = (.max, .zero) }
        try await test.run { client in
            let refused = try await client.upload(Self.sample)
            #expect(refused.code == "bad_request" && String(buffer: refused.body).contains("comes too slowly"))
            #expect(try names(test, "media").isEmpty)
        }
    }

    @Test func `a WebM of a webcam, without a length in its header, is sampled`() async throws {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "sh", "-c",
            "ffmpeg -v error -f lavfi -i testsrc=size=160x120:rate=15:duration=2 -c:v libvpx -deadline realtime -f webm - | cat > \(folder.path)/cam.webm",
        ]
        try process.run()
        process.waitUntilExit()
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path + "/cam.webm")))
        let test = try await TestServer(Scripted(["<answer>x</answer>"]))
        try await test.run { client in
            let media = try await client.upload(bytes, name: "camera.webm").json(MediaView.self)
            #expect(abs(media.duration - 2) < 0.1 && media.mimeType == "video/webm")
            let talk = try await client.send(.post, "/api/conversations", json: "{\"mediaIds\":[\"\(media.id)\"]}")
                .json(ConversationView.self)
            let ready = try await client.until {
                $0.preparation.state == .ready
            } of: {
                talk.id
            }
            #expect(ready.preparation.frames.count == 10)
        }
    }
}
