// SPDX-License-Identifier: Apache-2.0

import JSON
public import Modules

/// What a running watch says of itself, in one small file of its home.
public struct WatchState: Equatable, Sendable {
    /// One interface under watch.
    public struct Interface: Equatable, Sendable {
        /// Its name.
        public var name: String
        /// The gateway behind it, as `192.0.2.1`; nil where none is known.
        public var gateway: String?
        /// Who is known to have the gateway's address; nil while several stations claim it.
        public var gatewayHardware: String?
        /// Whether several stations claim the gateway's address.
        public var isGatewayContested = false
        /// Frames that the kernel handed over.
        public var frames: Int64 = 0
        /// Frames for which the kernel had no room.
        public var dropped: Int64 = 0
        /// Owners that were forgotten for want of room.
        public var evicted: Int64 = 0
        /// Whether it is switched on and has a carrier.
        public var hears = true
        /// What the process that reads it has given up.
        public var sandbox = ""

        /// An interface of which nothing else is known.
        public init(name: String) {
            self.name = name
        }
    }

    /// An alert, as the status shows it.
    public struct LastAlert: Equatable, Sendable {
        /// When it was given: nanoseconds since 1970.
        public var time: Int64
        /// How grave it was.
        public var severity: String
        /// What it said, in one line.
        public var summary: String

        /// The alert that these say.
        public init(time: Int64, severity: String, summary: String) {
            self.time = time
            self.severity = severity
            self.summary = summary
        }
    }

    /// What became of the alerts of one way out.
    public struct Output: Equatable, Sendable {
        /// What messages call it.
        public var name: String
        /// Alerts that left.
        public var delivered: Int64
        /// Alerts that met an error.
        public var failed: Int64
        /// Alerts that found no room, or were over a limit on their rate.
        public var dropped: Int64

        /// The counts of a way out.
        public init(name: String, delivered: Int64, failed: Int64, dropped: Int64) {
            self.name = name
            self.delivered = delivered
            self.failed = failed
            self.dropped = dropped
        }
    }

    /// The supervisor's process number.
    public var process: Int64
    /// When the watch began: nanoseconds since 1970.
    public var since: Int64
    /// When this was written: nanoseconds since 1970.
    public var written: Int64
    /// The interfaces.
    public var interfaces: [Interface] = []
    /// Alerts so far, by severity; notices not among them.
    public var alerts: [String: Int64] = [:]
    /// The last alert; nil without any.
    public var lastAlert: LastAlert?
    /// The ways out.
    public var outputs: [Output] = []
    /// Until when nothing is sent, since somebody contested a gateway: nanoseconds since 1970; nil
    /// where nobody did lately.
    public var contestedUntil: Int64?

    /// A watch that has just begun.
    public init(process: Int64, since: Int64) {
        self.process = process
        self.since = since
        written = since
    }
}

/// How long a gateway must have been uncontested before anything is sent through it.
public enum UploadQuiet {
    /// Ten minutes.
    public static let nanoseconds: Int64 = 600_000_000_000
}

extension WatchState {
    /// Whether something would be sent through a gateway that is contested, or lately was. A time
    /// that no watch writes, as after a clock was set, holds nothing up.
    public func holdsUploads(at now: Timestamp) -> Bool {
        guard let contestedUntil else { return false }
        let left = contestedUntil.subtractingReportingOverflow(now.nanoseconds)
        return !left.overflow && left.partialValue > 0
            && left.partialValue <= UploadQuiet.nanoseconds
    }
}

/// Where a watch keeps its state, and the lock that says that it runs.
public struct WatchStateFile: Sendable {
    /// A longer file is no state.
    static let bytesMax = 1 << 16

    private let path: String
    private let lockPath: String
    private let files: any FileSystem

    /// The files of a home; touches no disk.
    public init(home: String, files: any FileSystem) {
        path = home + "/watch.json"
        lockPath = home + "/watch.lock"
        self.files = files
    }

    /// Takes the lock for the life of the value; nil if another watch has it.
    public func lock() throws(SystemError) -> FileLock? {
        // Somebody who only looks holds the lock for a moment.
        try files.lock(lockPath, waiting: 500)
    }

    /// Whether a watch runs in this home.
    public func isRunning() throws(SystemError) -> Bool {
        guard try files.status(of: lockPath) != nil else { return false }
        return try files.isLocked(lockPath)
    }

    /// What is to be seen of the home's watch. A state that can't be read is told as none where
    /// a watch runs; else it is an error.
    public func look() throws(SystemError) -> ObservedWatch {
        let isRunning = try isRunning()
        let state = isRunning ? try? read() : try read()
        let traces = [try files.status(of: lockPath), try files.status(of: path)]
        return ObservedWatch(
            isRunning: isRunning, hasRun: traces.contains { $0 != nil }, state: state)
    }

    /// What holds up an upload that nobody has typed. Where no watch runs a state that can't be
    /// read holds nothing up.
    public func uploadHold(at now: Timestamp) -> ObservedWatch.UploadHold? {
        (try? look())?.uploadHold(at: now)
    }

    /// Removes what a watch before this one wrote of itself: it would be taken for the word of the
    /// one that runs. To be called by who holds the lock.
    public func clear() throws(SystemError) { try files.remove(path) }

    /// Writes the state down.
    public func write(_ state: WatchState) throws(SystemError) {
        let text = JSONValue.object(state.json).serialized(.pretty) + "\n"
        try files.replace(path, with: Array(text.utf8))
    }

    /// The state that was written last, by a watch that runs or by one that has ended; nil
    /// without one, or where the file is none.
    public func read() throws(SystemError) -> WatchState? {
        guard try files.status(of: path) != nil else { return nil }
        let bytes = try files.read(path, bytesMax: Self.bytesMax)
        return (try? JSONValue.parse(bytes: bytes)).flatMap(WatchState.init)
    }
}
