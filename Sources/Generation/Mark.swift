/// A box of a reply, and where in the answer it stands.
package struct Mark: Sendable, Equatable {
    package let box: Box
    /// How many bytes of UTF-8 of the answer are before the end of the box.
    package let offset: Int

    package init(box: Box, offset: Int) {
        self.box = box
        self.offset = offset
    }
}
