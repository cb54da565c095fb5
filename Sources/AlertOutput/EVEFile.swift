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
            let written = unsafe line.withUnsafeBytes { bytes in
                unsafe write(number, bytes.baseAddress, bytes.count)
            }
            guard written < line.count else { return }
            let code = written < 0 ? errno : ENOSPC
            // What was written of a cut line is ended, so that the next one stands by itself.
            if written > 0 { _ = unsafe write(number, "\n", 1) }
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
