// SPDX-License-Identifier: Apache-2.0

private import Glibc
import Synchronization

/// A file of alerts in EVE form, one JSON object a line; opened when it is first probed or written
/// to, and appended to.
///
/// Where it can't be written the next alert tries again, so that a disk that has room again, or a
/// folder that is there again, is enough.
public final class EVEFile: AlertSink {
    /// `eve`.
    public let name = "eve"
    private let path: String
    private let descriptor = Mutex<Int32>(-1)

    /// The file at `path`; touches no disk.
    public init(path: String) {
        self.path = path
    }

    deinit {
        close()
    }

    /// Appends one line with one write(2), so that lines of several programs don't mix.
    public func deliver(_ message: AlertMessage) throws(AlertOutputError) {
        let line = Array((message.eve + "\n").utf8)
        try descriptor.withLock { descriptor throws(AlertOutputError) in
            if descriptor < 0 { descriptor = try open() }
            let number = descriptor
            let line = endsInLine(number) ? [UInt8(ascii: "\n")] + line : line
            let written = unsafe line.withUnsafeBytes { bytes in
                unsafe write(number, bytes.baseAddress, bytes.count)
            }
            guard written < line.count else { return }
            let code = written < 0 ? errno : ENOSPC
            _ = Glibc.close(descriptor)
            descriptor = -1
            throw failure(code)
        }
    }

    /// Opens the file, and makes it where it is missing.
    public func probe() throws(AlertOutputError) {
        try descriptor.withLock { descriptor throws(AlertOutputError) in
            if descriptor < 0 { descriptor = try open() }
        }
    }

    /// Closes the file: the next alert opens what then stands at the path.
    public func reopen() { close() }

    private func open() throws(AlertOutputError) -> Int32 {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        let number = unsafe Glibc.open(path, flags, 0o640)
        if number < 0 { throw failure(errno) }
        return number
    }

    /// Whether the file ends in the middle of a line: a disk was full, here or in another program,
    /// or the machine fell. The next line then stands by itself.
    private func endsInLine(_ number: Int32) -> Bool {
        var status = stat()
        guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size > 0
        else { return false }
        // Opened for appending, it can't be read. Where nobody may read it, nothing is known.
        let reader = unsafe Glibc.open("/proc/self/fd/\(number)", O_RDONLY | O_CLOEXEC)
        guard reader >= 0 else { return false }
        defer { _ = Glibc.close(reader) }
        var last: UInt8 = 0
        let count = unsafe pread(reader, &last, 1, status.st_size - 1)
        return count == 1 && last != UInt8(ascii: "\n")
    }

    private func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { _ = Glibc.close(descriptor) }
            descriptor = -1
        }
    }

    private func failure(_ code: Int32) -> AlertOutputError {
        AlertOutputError("\(path): \(unsafe String(cString: strerror(code)))")
    }
}
