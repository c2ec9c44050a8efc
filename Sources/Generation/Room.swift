/// How many replies are made at once.
///
/// One always is. Others are made beside it as long as the keys and values that all of them may come to need have a place.
struct Room: Sendable {
    let replies: Int
    /// Of prompts and replies together.
    let tokens: Int

    func has(_ job: QuestionJob, beside running: [QuestionJob]) -> Bool {
        guard !running.isEmpty else { return true }
        return running.count < replies && running.reduce(job.tokens) { $0 + $1.tokens } <= tokens
    }
}
