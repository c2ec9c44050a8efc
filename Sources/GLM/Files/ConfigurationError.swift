/// Why a folder is not a checkpoint that we can run.
package enum ConfigurationError: Error, Equatable {
    case missingFile(name: String, directory: String)
    case notJSON(file: String, reason: String)
    case value(place: String, key: String, expected: String, found: String)
    case inconsistent(String)
}

extension ConfigurationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missingFile(let name, let directory):
            "\(directory) has no readable \(name): a model is a folder with config.json, generation_config.json, "
                + "tokenizer.json, preprocessor_config.json and model.safetensors"
        case .notJSON(let file, let reason):
            "\(file) cannot be read: \(reason); download it again"
        case .value(let place, let key, let expected, let found):
            "\(place): \(key) should be \(expected) but is \(found); is it a GLM-4.1V checkpoint?"
        case .inconsistent(let what):
            "the model's files contradict each other: \(what); download them again"
        }
    }
}
