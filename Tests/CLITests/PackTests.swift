import Foundation
import TestSupport
import Testing

/// The bundled model, copied and packed.
struct PackTests {
    private let folder: TemporaryFolder
    private var model: String { folder.path + "/shapes" }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: checkout + "/Models/shapes", toPath: model)
        for name in names where name.hasSuffix(".safetensors") && name != "model.safetensors" {
            try FileManager.default.removeItem(atPath: model + "/" + name)
        }
    }

    @Test(arguments: ["8", "4"])
    func `the bundled model understands its samples when it is packed, too`(bits: String) throws {
        let packed = try Program.run(["pack", model, "--bits", bits])
        #expect(packed.status == 0)
        #expect(packed.output.hasPrefix("\(model)/model.q\(bits).safetensors: "))
        #expect(names.filter { $0.contains("q") && $0.hasSuffix("safetensors") } == ["model.q\(bits).safetensors"])

        let again = try Program.run(["pack", model, "--bits", bits])
        #expect(again.status == 0 && again.output.hasSuffix("is there already, and sound\n"))

        #expect(Sample.all.count == 4)
        for sample in Sample.all {
            let question = ["ask", "--model", model, sample.path, sample.question, "--precision", "q\(bits)"]
            let answer = try Program.run(question + Program.greedy)
            #expect(answer.status == 0)
            #expect(sample.isMet(by: answer.output.components(separatedBy: "\n\n").last ?? ""), "\(answer.output)")
        }
    }

    @Test func `a question packs the model where that has not been done`() throws {
        let answer = try ask("--precision", "q4", "--max-new-tokens", "3")
        #expect(answer.status == 0)
        #expect(answer.errors.contains("packing the model to q4, once: 3 MB"))
        #expect(names.contains("model.q4.safetensors"))
        #expect(!(try ask("--precision", "q4", "--max-new-tokens", "3")).errors.contains("packing"))
    }

    @Test func `a model without room in memory is refused before it is loaded`() throws {
        let answer = try ask("--precision", "q8", environment: ["GLIMPSE_MEMORY": "50M"])
        #expect(answer.status == 69 && answer.output.isEmpty)
        #expect(answer.errors.contains("and 52 MB are free, and --precision q4 needs"))
        #expect(!names.contains("model.q8.safetensors"))
        let wrong = try ask("--precision", "q8", environment: ["GLIMPSE_MEMORY": "much"])
        #expect(wrong.status == 78)
        #expect(wrong.errors.hasPrefix("glimpse: GLIMPSE_MEMORY is much: it should be a number of bytes, as in 6G"))
    }

    @Test func `a damaged packed file is refused, and told how to pack again`() throws {
        _ = try Program.run(["pack", model, "--bits", "4"])
        let path = model + "/model.q4.safetensors"
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        try data.prefix(100_000).write(to: URL(fileURLWithPath: path))
        let answer = try ask("--precision", "q4")
        #expect(answer.status == 65 && answer.output.isEmpty)
        #expect(
            answer.errors.hasSuffix("pack the model again, from its checkpoint, with: glimpse pack \(model) --bits 4\n")
        )
        #expect(answer.errors.split(separator: "\n").count == 1)
        #expect(try Program.run(["pack", model, "--bits", "4"]).status == 0)
        #expect(try ask("--precision", "q4", "--max-new-tokens", "3").status == 0)
    }

    @Test(arguments: ["f32", "q8"])
    func `a packed model whose checkpoint is gone says in what it is there`(precision: String) throws {
        _ = try Program.run(["pack", model, "--bits", "4"])
        try FileManager.default.removeItem(atPath: model + "/model.safetensors")
        let answer = try ask("--precision", precision)
        #expect(answer.status == 65 && answer.output.isEmpty)
        #expect(
            answer.errors.hasSuffix(
                "the model is here only in q4, without the checkpoint that \(precision) is made of: take --precision q4, "
                    + "or bring the checkpoint back\n"
            )
        )
        #expect(try ask("--max-new-tokens", "3").status == 0)
    }

    @Test func `where the disk is full nothing is left behind`() throws {
        // A limit on the size of files is what a full disk is to a program, once it does not die of the signal.
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let program = checkout + "/.build/release/glimpse"
        process.arguments = ["-c", "trap '' XFSZ; ulimit -f 100; exec \"$0\" pack \"$1\" --bits 4", program, model]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        process.waitUntilExit()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(process.terminationReason == .exit && process.terminationStatus == 73)
        #expect(text.contains("model.q4.safetensors cannot be written (File too large)"))
        #expect(text.contains("Nothing was left behind"))
        #expect(!names.contains { $0.contains("q4") })
    }

    @Test func `a model in a folder that takes no new file is packed into the user's cache, once`() throws {
        let cache = folder.path + "/cache"
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: model)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: model) }
        // The superuser may write anywhere, unless that is taken away.
        let launcher = getuid() == 0 ? ["/usr/bin/setpriv", "--bounding-set=-dac_override"] : []
        func ask() throws -> Program {
            try Program.run(
                [
                    "ask", "--model", model, Program.sample, "What happens?", "--precision", "q4", "--max-new-tokens",
                    "3",
                ]
                    + Program.greedy,
                launcher: launcher,
                environment: ["XDG_CACHE_HOME": cache]
            )
        }
        let first = try ask()
        #expect(first.status == 0 && first.errors.contains("packing the model to q4, once"), "\(first.errors)")
        #expect(!names.contains("model.q4.safetensors"))
        let folders = try FileManager.default.contentsOfDirectory(atPath: cache + "/glimpse")
        #expect(folders.count == 1 && folders[0].hasPrefix("shapes-"))
        let again = try ask()
        #expect(again.status == 0 && !again.errors.contains("packing"))
    }

    @Test(arguments: [
        (["--bits", "5"], "--bits is 5: it is 8 or 4."), (["--bits", "x"], "The value 'x' is invalid"),
        ([], "Missing expected argument '--bits"),
    ])
    func `odd bits are refused in one line`(arguments: [String], message: String) throws {
        let program = try Program.run(["pack", model] + arguments)
        #expect(program.status == 64)
        #expect(program.errors.contains(message) && program.errors.split(separator: "\n").count == 1)
    }

    @Test func `a folder that is no model is refused`() throws {
        let program = try Program.run(["pack", folder.path, "--bits", "4"])
        #expect(program.status == 78 && program.errors.contains("config.json"))
    }

    private var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: model)) ?? []).sorted() }

    private func ask(_ arguments: String..., environment: [String: String] = [:]) throws -> Program {
        try Program.run(
            ["ask", "--model", model, Program.sample, "What happens in the video?"] + Program.greedy + arguments,
            environment: environment
        )
    }
}
