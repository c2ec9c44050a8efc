import Foundation
import Weights

/// A folder for the files of one test, removed with it.
final class Folder {
    let path: String
    /// The file that is written where no other name is given.
    var file: String { path + "/model.safetensors" }

    init() throws {
        path = NSTemporaryDirectory() + "glimpse-weights-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        // What is left over in the temporary folder does no harm.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file and returns its path.
    func write(_ bytes: [UInt8], as name: String = "model.safetensors") throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }
}

/// A safetensors file of this header and this data, whether they fit each other or not.
func crafted(_ header: String, data: [UInt8] = [], claiming length: UInt64? = nil) -> [UInt8] {
    crafted(Array(header.utf8), data: data, claiming: length)
}

func crafted(_ header: [UInt8], data: [UInt8] = [], claiming length: UInt64? = nil) -> [UInt8] {
    let length = length ?? UInt64(header.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + header + data
}

extension Folder {
    /// What goes wrong when this file is opened.
    func refusal(of bytes: [UInt8]) throws -> WeightsError? {
        let file = try write(bytes)
        do throws(WeightsError) {
            _ = try Checkpoint(file: file)
            return nil
        } catch {
            return error
        }
    }

    /// What is wrong with the header of a file of this text and so many bytes of data.
    func fault(_ header: String, data: Int = 0) throws -> HeaderFault? {
        try fault(Array(header.utf8), data: data)
    }

    func fault(_ header: [UInt8], data: Int = 0, claiming length: UInt64? = nil) throws -> HeaderFault? {
        let file = crafted(header, data: Array(repeating: 0, count: data), claiming: length)
        guard case .header(_, let fault) = try refusal(of: file) else { return nil }
        return fault
    }
}

/// A tensor's line in a header.
func entry(_ name: String, _ shape: [Int], _ begin: Int, _ end: Int, as dtype: String = "F32") -> String {
    #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":[\#(begin),\#(end)]}"#
}
