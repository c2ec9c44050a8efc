import Foundation

/// The sample videos that come with the bundled model.
struct Samples: Sendable {
    struct Sample: Sendable {
        let name, path: String
        let questions: [String]
    }

    private let samples: [Sample]

    /// The samples of a model's folder; none where it has none.
    init(modelFolder: String?) {
        guard let folder = modelFolder.map({ $0 + "/samples" }),
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
        else {
            samples = []
            return
        }
        let list = (try? Data(contentsOf: URL(fileURLWithPath: folder + "/samples.json"))) ?? Data("[]".utf8)
        let entries = (try? JSONDecoder().decode([Entry].self, from: list)) ?? []
        samples = names.filter { $0.hasSuffix(".mp4") }.sorted().map { name in
            Sample(name: name, path: folder + "/" + name, questions: entries.filter { $0.file == name }.map(\.question))
        }
    }

    func find(_ name: String) throws -> Sample {
        guard let sample = samples.first(where: { $0.name == name }) else { throw Refusal.notFound }
        return sample
    }

    var list: SampleList {
        SampleList(
            samples: samples.map { sample in
                let words = sample.name.dropLast(".mp4".count).replacing("-", with: " ")
                return SampleList.Item(
                    name: sample.name,
                    title: words.prefix(1).uppercased() + words.dropFirst(),
                    questions: sample.questions,
                    url: "/api/samples/\(sample.name)/content"
                )
            }
        )
    }

    private struct Entry: Decodable {
        let file, question: String
    }
}

struct SampleList: Codable, Equatable {
    struct Item: Codable, Equatable {
        let name, title: String
        let questions: [String]
        let url: String
    }
    let samples: [Item]
}
