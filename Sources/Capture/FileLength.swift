// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// How long a file was when it was opened, to tell whether somebody has cut it since.
struct FileLength: ~Copyable {
    /// A second number for the open file.
    private let number: Int32
    /// 0 for what is no regular file.
    private let bytes: Int64

    /// The length of a file now.
    init(of input: borrowing InputDescriptor) throws(CaptureError) {
        let copy = try input.duplicate()
        bytes = Self.bytes(of: copy) ?? 0
        number = copy
    }

    deinit {
        close(number)
    }

    /// Whether the file is shorter than it was.
    var hasShrunk: Bool { Self.bytes(of: number).map { $0 < bytes } ?? false }

    private static func bytes(of number: Int32) -> Int64? {
        var status = stat()
        guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return Int64(status.st_size)
    }
}
