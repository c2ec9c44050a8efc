import ArgumentParser
import Foundation
import GLM
import Generation
import History
import Media
import NIOCore
import Server
import Tokenization
import Weights

/// Exit codes as `sysexits.h` has them; usage errors (64) are ArgumentParser's, too.
enum ExitStatus {
    static let interrupted: Int32 = 130  // 128 + SIGINT

    private static let usage: Int32 = 64, unavailable: Int32 = 69
    private static let data: Int32 = 65, noInput: Int32 = 66, software: Int32 = 70
    private static let cannotCreate: Int32 = 73, ioError: Int32 = 74, configuration: Int32 = 78

    static func code(for error: any Error) -> Int32 {
        switch error {
        case MediaError.missing, MediaError.unreadable, MediaError.notAFile: noInput
        case MediaError.cancelled, is CancellationError: interrupted
        case is MediaError: data
        case is PictureError, is PromptError, is WeightsError, is TokenizerError, is AbsentPrecisionError: data
        case is ConfigurationError, is InstalledFilesError, is InputLimitError, is MemoryLimitError, is PageError:
            configuration
        case is MemoryError: unavailable
        case is PackingError: cannotCreate
        case OutputError.full: ioError
        case is OutputError, is DataFolderError, is StoreError: cannotCreate
        case is ServeOptionError: usage
        case is IOError, is SocketAddressError, is SocketAddressError.UnknownHost: unavailable
        case is GenerationError: data
        default: software
        }
    }
}

/// Runs `work`, which Ctrl-C cancels, and ends the process with one line and a code where it throws.
func interruptible(_ work: @escaping @Sendable () async throws -> Void) async throws {
    let task = Task { try await work() }
    #if canImport(Darwin)
    signal(SIGINT, SIG_IGN)  // else it ends the process before the source hears of it
    #endif
    let source = DispatchSource.makeSignalSource(signal: SIGINT)
    source.setEventHandler {
        if task.isCancelled { exit(ExitStatus.interrupted) }  // the second Ctrl-C does not wait
        task.cancel()
    }
    source.resume()
    defer { source.cancel() }
    do {
        try await task.value
    } catch let error as ExitCode {
        throw error
    } catch {
        if ExitStatus.code(for: error) != ExitStatus.interrupted { Terminal.note("\(error)") }
        throw ExitCode(ExitStatus.code(for: error))
    }
}
