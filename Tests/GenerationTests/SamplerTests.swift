import TestSupport
import Testing

@testable import Generation

struct SamplerTests {
    /// Random scores through the processors of transformers, by Tools/golden/sampling.py.
    @Test func `what may come next, and how likely, equals the reference`() throws {
        let inputs = try SamplingGolden.inputs()
        for facts in try goldenCases("sampling.json") {
            let input = inputs[integer(facts["input"])]
            var sampling = Sampling()
            sampling.temperature = Float(number(facts["temperature"]))
            sampling.topP = Float(number(facts["top_p"]))
            sampling.topK = integer(facts["top_k"])
            sampling.repetitionPenalty = Float(number(facts["repetition_penalty"]))
            guard sampling.topK > 0 else { continue }  // 0 switches top-k off there; no option of ours does
            var sampler = Sampler(sampling, prompt: input.history)
            sampler.penalise(input.logits)
            let ours = sampler.candidates().sorted { $0.token < $1.token }
            #expect(ours.map(\.token) == facts["ids"] as? [Int], "\(sampling)")
            expectClose(
                ours.map(\.probability),
                (facts["probabilities"] as? [Double] ?? []).map { Float($0) },
                within: 1e-4
            )
        }
    }

    @Test func `temperature 0 takes the likeliest, after the penalty`() {
        var sampling = Sampling()
        sampling.temperature = 0
        sampling.repetitionPenalty = 2
        var sampler = Sampler(sampling, prompt: [1])
        #expect(sampler.next(from: [1, 3, 2]) == 2)  // 1 was said: its 3 counts 1.5
        #expect(sampler.next(from: [1, 3, 2]) == 1)  // now 2 counts 1
    }

    @Test func `the same seed gives the same tokens, another gives others`() {
        func draw(_ seed: UInt64) -> [Int?] {
            var sampling = Sampling()
            (sampling.seed, sampling.temperature, sampling.repetitionPenalty) = (seed, 4, 1)
            var sampler = Sampler(sampling, prompt: [])
            return (0..<50).map { _ in sampler.next(from: (0..<100).map { Float($0 % 10) / 10 }) }
        }
        #expect(draw(7) == draw(7))
        #expect(draw(7) != draw(8))
    }

    @Test func `draws follow the probabilities`() {
        var sampling = Sampling()
        (sampling.seed, sampling.temperature, sampling.topP, sampling.repetitionPenalty) = (1, 1, 1, 1)
        var sampler = Sampler(sampling, prompt: [])
        var counts = [0, 0, 0]
        for _ in 0..<6000 { counts[sampler.next(from: [0, 0.6931472, -30]) ?? 2] += 1 }  // 1/3, 2/3, never
        #expect(abs(counts[1] - 4000) < 200)
        #expect(counts[2] == 0)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func `scores that are not numbers give no token`(score: Float) {
        var sampler = Sampler(Sampling(), prompt: [])
        #expect(sampler.next(from: [0, score, 1]) == nil)
    }

    @Test func `log-probabilities are those of the softmax, the likeliest first`() {
        let logprobs = Logprobs(of: 0, in: [1, 3, 2, 3], top: 3)
        #expect(logprobs.top.map(\.token) == [1, 3, 2])
        expectClose([logprobs.logprob, logprobs.top[0].logprob], [-2.9175763, -0.91757634], within: 1e-5)
        #expect(Logprobs(of: 0, in: [1, 3], top: 0).top.isEmpty)
    }
}
