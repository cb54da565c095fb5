// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// Where bytes of output go: a descriptor, or memory in a test.
public protocol ByteSink: Sendable {
    /// Writes all bytes, or throws; what was written before an error is unknown.
    func write(_ bytes: [UInt8]) throws(SinkError)
    /// The terminal's width in columns; nil where the sink is no terminal.
    var columns: Int? { get }
}

/// Why bytes could not be written.
public enum SinkError: Error, Equatable, CustomStringConvertible {
    /// The reader has gone (EPIPE): it has all it wanted.
    case readerHasGone
    /// Any other error of write(2), in the C library's words; nothing was written.
    case failed(reason: String)
    /// The same, after a part was written.
    case cut(reason: String)

    /// The error in words.
    public var description: String {
        switch self {
        case .readerHasGone: "the reader has gone"
        case .failed(let reason), .cut(let reason): reason
        }
    }
}

/// A file descriptor, such as standard output; it is neither owned nor closed.
public struct DescriptorSink: ByteSink {
    /// What a terminal that does not tell its width is taken for.
    static let columnsDefault = 80

    private let descriptor: Int32

    /// A sink over an open descriptor.
    public init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Standard output.
    public static let standardOutput = DescriptorSink(1)
    /// Standard error.
    public static let standardError = DescriptorSink(2)

    /// Calls write(2) until all is written; waits where the descriptor is non-blocking and full.
    public func write(_ bytes: [UInt8]) throws(SinkError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: written),
                    buffer.count - written)
            }
            if count >= 0 { written += count } else { try recover(from: errno, after: written) }
        }
    }

    /// Returns where the call is to be repeated.
    private func recover(from code: Int32, after written: Int) throws(SinkError) {
        switch code {
        case EINTR: return
        case EAGAIN:
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = unsafe poll(&waiting, 1, -1)
        case EPIPE: throw .readerHasGone
        default:
            let reason = unsafe String(cString: strerror(code))
            throw written == 0 ? .failed(reason: reason) : .cut(reason: reason)
        }
    }

    /// The width that the terminal tells, or nil where the descriptor is none.
    public var columns: Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        let status = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size)
        return status == 0 && size.ws_col > 0 ? Int(size.ws_col) : Self.columnsDefault
    }
}
