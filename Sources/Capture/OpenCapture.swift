// SPDX-License-Identifier: Apache-2.0

/// A capture file that is open and of which nothing was read yet: for a program that gives up the
/// rights to open it before it reads what somebody else may have written.
public final class OpenCapture {
    private var input: InputDescriptor?
    private let source: String

    /// Opens the file at `path`; `-` is standard input.
    public init(path: String) throws(CaptureError) {
        let input = try InputDescriptor(path: path)
        source = input.source
        self.input = consume input
    }

    /// Reads the file's head. Once only: another time is an error.
    ///
    /// - Parameter watch: asked before each read.
    public func file(watch: InputWatch? = nil) throws(CaptureError) -> CaptureFile {
        guard var input = input.take() else {
            throw CaptureError(code: .readFailed, source: source, detail: "it was read before")
        }
        if let watch { input.watch = watch }
        return try CaptureFile(input: input)
    }
}
