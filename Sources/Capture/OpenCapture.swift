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
    public func file() throws(CaptureError) -> CaptureFile {
        guard let input = input.take() else {
            throw CaptureError(code: .readFailed, source: source, detail: "it was read before")
        }
        return try CaptureFile(input: input)
    }
}
