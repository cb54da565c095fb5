// SPDX-License-Identifier: Apache-2.0

private import CSystem
private import Glibc
public import Modules

/// The machine's log: syslog, or systemd's journal.
public struct SystemLog: AlertSink {
    /// How an alert is told to the log.
    public enum Form: String, CaseIterable, Sendable {
        /// RFC 3164, to `/dev/log`.
        case syslog
        /// The journal's own protocol, with fields to search by.
        case journal
    }

    /// How long the log may take to make room for a message.
    static let waitMilliseconds: Int32 = 2_000
    /// The longest message; most logs cut longer ones.
    static let syslogBytesMax = 1_024

    private let form: Form
    private let path: String
    private let clock: any WallClock

    /// The machine's log; a test names another socket.
    public init(_ form: Form, path: String? = nil, clock: any WallClock = SystemClock()) {
        self.form = form
        self.path =
            path ?? (form == .syslog ? "/dev/log" : "/run/systemd/journal/socket")
        self.clock = clock
    }

    /// `syslog` or `journal`.
    public var name: String { form.rawValue }

    /// Looks whether the log's socket is there, and may be written to.
    public func probe() throws(AlertOutputError) {
        try path.check(W_OK)
    }

    /// Sends one datagram.
    public func deliver(_ message: AlertMessage) throws(AlertOutputError) {
        let bytes = Array((form == .syslog ? syslog(message) : journal(message)).utf8)
        let code = unsafe csystem_send_datagram(path, bytes, bytes.count, Self.waitMilliseconds)
        if code != 0 {
            throw AlertOutputError("\(path): \(unsafe String(cString: strerror(code)))")
        }
    }

    /// `<priority>Mmm dd hh:mm:ss arpguard[number]: text`, in local time, as syslog(3) sends it.
    func syslog(_ message: AlertMessage) -> String {
        let facility = 3
        let priority = facility * 8 + message.gravity.syslogSeverity
        var seconds = time_t(clock.now().nanoseconds / 1_000_000_000)
        var fields = unsafe tm()
        _ = unsafe localtime_r(&seconds, &fields)
        var text = [CChar](repeating: 0, count: 32)
        _ = unsafe strftime(&text, text.count, "%b %e %H:%M:%S", &fields)
        let time = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let line =
            "<\(priority)>\(String(decoding: time, as: UTF8.self)) arpguard[\(getpid())]: "
            + message.summary
        return String(decoding: line.utf8.prefix(Self.syslogBytesMax), as: UTF8.self)
    }

    /// A field a line; systemd.journal-fields(7). No value here holds a line feed.
    func journal(_ message: AlertMessage) -> String {
        [
            "MESSAGE=\(message.summary)",
            "PRIORITY=\(message.gravity.syslogSeverity)",
            "SYSLOG_IDENTIFIER=arpguard",
            "ARPGUARD_SEVERITY=\(message.gravity.rawValue)",
            "ARPGUARD_RULE=\(message.rule)",
            "ARPGUARD_EVE=\(message.eve)",
        ].joined(separator: "\n") + "\n"
    }
}
