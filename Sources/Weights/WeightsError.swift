/// What can be wrong with a checkpoint.
package enum WeightsError: Error, Equatable {
    case noCheckpoint(directory: String)
    case absent(file: String)
    case notAFile(String)
    case unreadable(file: String, reason: String)
    case changed(file: String)
    case truncated(file: String, expected: Int, found: Int)
    case header(file: String, HeaderFault)
    case index(file: String, IndexFault)
    case missing(tensor: String)
    case shape(tensor: String, expected: [Int], found: [Int])
    case dtype(tensor: String, found: DType)
    case packed(file: String, PackedFault, command: String)
}

extension WeightsError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noCheckpoint(let directory):
            "\(quoted(directory)) holds neither model.safetensors nor model.safetensors.index.json: is it a model's folder?"
        case .absent(let file):
            "there is no \(quoted(file)): is the download complete?"
        case .notAFile(let file):
            "\(quoted(file)) is a folder, a pipe or a device where a regular file was expected"
        case .unreadable(let file, let reason):
            "\(quoted(file)) cannot be read (\(reason)): check its permissions and its disk"
        case .changed(let file):
            "\(quoted(file)) changed while it was in use: start again"
        case .truncated(let file, let expected, let found):
            "\(quoted(file)) holds \(found) of \(expected) bytes: download it again"
        case .header(let file, let fault):
            "\(quoted(file)) is not a sound safetensors file: \(fault): download it again"
        case .index(let file, let fault):
            "\(quoted(file)) is not a sound index: \(fault): download the model again"
        case .missing(let tensor):
            "the checkpoint has no tensor \(quoted(tensor)): is it GLM-4.1V?"
        case .shape(let tensor, let expected, let found):
            "\(quoted(tensor)) is \(found) where \(expected) was expected: does config.json belong to this checkpoint?"
        case .dtype(let tensor, let found):
            "\(quoted(tensor)) is \(found.rawValue) where F32, BF16 or F16 was expected: convert the checkpoint"
        case .packed(let file, let fault, let command):
            "\(quoted(file)) \(fault): \(fault.advice(visible(command)))"
        }
    }
}

/// What can be wrong with the header of a safetensors file.
package enum HeaderFault: Error, Equatable {
    case length(UInt64, most: Int)
    case syntax(byte: Int, expected: String)
    case tooMany(String, most: Int)
    case duplicate(String)
    case unknownField(tensor: String, field: String)
    case missingField(tensor: String, field: String)
    case unknownDType(tensor: String, found: String)
    case reversed(tensor: String, begin: Int, end: Int)
    case overflow(tensor: String, shape: [Int])
    case size(tensor: String, expected: Int, found: Int)
    case partialByte(tensor: String, bits: Int)
    case overlap(tensor: String, begin: Int, previousEnd: Int)
    case hole(tensor: String, begin: Int, previousEnd: Int)
    case leftover(bytes: Int)
}

extension HeaderFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .length(let found, let most):
            "its header claims \(found) bytes where at most \(most) are allowed"
        case .syntax(let byte, let expected):
            "byte \(byte) of its JSON is not \(expected)"
        case .tooMany(let things, let most):
            "it has more than \(most) \(things)"
        case .duplicate(let name):
            "it names \(quoted(name)) twice"
        case .unknownField(let tensor, let field):
            "\(quoted(tensor)) has the unknown field \(quoted(field))"
        case .missingField(let tensor, let field):
            "\(quoted(tensor)) has no \(field)"
        case .unknownDType(let tensor, let found):
            "\(quoted(tensor)) is of the unknown dtype \(quoted(found))"
        case .reversed(let tensor, let begin, let end):
            "\(quoted(tensor)) begins at byte \(begin) and ends before, at \(end)"
        case .overflow(let tensor, let shape):
            "\(quoted(tensor)) has the impossible shape \(shape)"
        case .size(let tensor, let expected, let found):
            "\(quoted(tensor)) needs \(expected) bytes by its shape and has \(found)"
        case .partialByte(let tensor, let bits):
            "\(quoted(tensor)) needs \(bits) bits, which are no whole number of bytes"
        case .overlap(let tensor, let begin, let previousEnd):
            "\(quoted(tensor)) begins at byte \(begin), inside another tensor that ends at \(previousEnd)"
        case .hole(let tensor, let begin, let previousEnd):
            "\(quoted(tensor)) begins at byte \(begin) and the tensor before it ends at \(previousEnd)"
        case .leftover(let bytes):
            "its last \(bytes) bytes belong to no tensor"
        }
    }
}

/// What can be wrong with `model.safetensors.index.json`.
package enum IndexFault: Error, Equatable {
    case tooLong(bytes: Int, most: Int)
    case json(HeaderFault)
    case fileName(String)
    case tooManyFiles(Int, most: Int)
    case twice(tensor: String, files: [String])
    case elsewhere(tensor: String, file: String)
}

extension IndexFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLong(let bytes, let most):
            "it holds \(bytes) bytes where at most \(most) are allowed"
        case .json(let fault):
            fault.description
        case .fileName(let name):
            "\(quoted(name)) is not the plain name of a .safetensors file beside it"
        case .tooManyFiles(let count, let most):
            "it names \(count) files where at most \(most) are allowed"
        case .twice(let tensor, let files):
            "\(quoted(tensor)) is in \(files.map(quoted).joined(separator: " and in "))"
        case .elsewhere(let tensor, let file):
            "\(quoted(tensor)) is not in \(quoted(file)), where it says"
        }
    }
}

/// A name from outside as it may stand in a message: on one line, without control characters, not too long.
private func quoted(_ name: String) -> String {
    let most = 200
    return visible(String(String.UnicodeScalarView(name.unicodeScalars.prefix(most))))
        + (name.unicodeScalars.count > most ? "…" : "")
}

private func visible(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
        default: String(scalar)
        }
    }.joined()
}
