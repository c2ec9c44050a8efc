import Foundation

/// The path of a folder of golden files.
func golden(_ name: String) -> String {
    (Bundle.module.resourceURL ?? Bundle.module.bundleURL).appending(path: "Golden/\(name)").path
}
