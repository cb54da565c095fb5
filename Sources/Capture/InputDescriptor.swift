// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// An open file, or standard input, that closes when its owner goes.
struct InputDescriptor: ~Copyable {
    private let number: Int32
    /// What is read, as a person knows it.
    let source: String
    /// Whom to ask before each read.
    var watch = InputWatch()

    /// What people know the standard input as.
    static let standardInput = "standard input"

    /// Opens `path` for reading; `-` is standard input.
    init(path: String) throws(CaptureError) {
        if path == "-" {
            source = Self.standardInput
            number = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
        } else {
            source = path
            number = Self.open(path)
        }
        guard number >= 0 else { throw Self.failure(errno, source: source) }
    }

    /// Opens `path` for reading, which people know as `source`.
    init(path: String, source: String) throws(CaptureError) {
        self.source = source
        number = Self.open(path)
        guard number >= 0 else { throw Self.failure(errno, source: source) }
    }

    deinit {
        close(number)
    }

    /// Fills `bytes` from `start`, and returns how many bytes came; 0 at the end, and where reading
    /// was stopped.
    func read(into bytes: inout [UInt8], from start: Int) throws(CaptureError) -> Int {
        if !watch.mayRead(number) { return 0 }
        while true {
            let (count, error) = readOnce(into: &bytes, from: start)
            if count >= 0 { return count }
            if error != EINTR { throw Self.failure(error, source: source) }
        }
    }

    /// A second number for the same open file; the taker closes it.
    func duplicate() throws(CaptureError) -> Int32 {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw Self.failure(errno, source: source) }
        return copy
    }

    private func readOnce(into bytes: inout [UInt8], from start: Int) -> (Int, Int32) {
        unsafe bytes.withUnsafeMutableBytes { buffer in
            let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
            let wanted = Swift.min(free.count, CaptureLimits.readBytesMax)
            let count = unsafe Glibc.read(number, free.baseAddress, wanted)
            return (count, errno)
        }
    }

    /// Does not wait for somebody who writes to a pipe with a name: the watch does, before the
    /// first read, and can be stopped.
    private static func open(_ path: String) -> Int32 {
        while true {
            let number = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            if number >= 0 { _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) & ~O_NONBLOCK) }
            if number >= 0 || errno != EINTR { return number }
        }
    }

    private static func failure(_ error: Int32, source: String) -> CaptureError {
        switch error {
        case ENOENT, ENOTDIR: CaptureError(code: .notFound, source: source)
        case EACCES, EPERM: CaptureError(code: .permissionDenied, source: source)
        case EISDIR: CaptureError(code: .isDirectory, source: source)
        default:
            CaptureError(
                code: .readFailed, source: source,
                detail: unsafe String(cString: strerror(error)))
        }
    }
}
