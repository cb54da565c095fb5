// SPDX-License-Identifier: Apache-2.0

private import Glibc
public import Modules
import Synchronization

/// A program of the person's own that is run for an alert, with the EVE object on its standard
/// input. It is started directly, never through a shell, and nothing of the alert is an argument.
public final class CommandHook: AlertSink {
    /// How a hook is run.
    public struct Options: Equatable, Sendable {
        /// The program's absolute path, and its arguments.
        public var words: [String]
        /// How many runs begin in any minute, at most.
        public var runsPerMinuteMax: Int
        /// How long a run may take until it is ended.
        public var secondsMax: Int64

        /// Options with these limits.
        public init(words: [String], runsPerMinuteMax: Int = 6, secondsMax: Int64 = 10) {
            self.words = words
            self.runsPerMinuteMax = runsPerMinuteMax
            self.secondsMax = secondsMax
        }
    }

    /// How long a program may take to end when the watch does.
    static let cancelMilliseconds: Int64 = 500

    /// `command`.
    public let name = "command"
    private let options: Options
    private let clock: any WallClock
    private let starts = Mutex<[Int64]>([])
    private let running = Mutex<RunningChild?>(nil)

    /// A hook; nothing is started.
    public init(_ options: Options, clock: any WallClock = SystemClock()) {
        self.options = options
        self.clock = clock
    }

    /// Runs the program and waits for its end within its limit. An alert over the rate is held
    /// back, and a status other than 0 is an error.
    public func deliver(_ message: AlertMessage) throws(AlertOutputError) {
        guard mayStart() else { throw .heldBack }
        let end: ChildProcess.End
        do throws(SystemError) {
            end = try run(message)
        } catch {
            throw AlertOutputError("\(error)")
        }
        switch end {
        case .exited(0): return
        case .exited(let status):
            throw AlertOutputError("\(options.words[0]) ended with status \(status)")
        case .signalled(let number):
            throw AlertOutputError("\(options.words[0]) was killed by signal \(number)")
        case .overdue:
            throw AlertOutputError(
                "\(options.words[0]) was ended after \(options.secondsMax) seconds")
        }
    }

    /// Looks whether the program may be started.
    public func probe() throws(AlertOutputError) {
        try options.words[0].check(X_OK)
    }

    /// Ends the program that runs, and all that it has started.
    public func cancel() {
        running.withLock { child in
            child?.terminate()
            child?.kill(afterMilliseconds: Self.cancelMilliseconds)
        }
    }

    private func run(_ message: AlertMessage) throws(SystemError) -> ChildProcess.End {
        let child = try start(message)
        running.withLock { $0 = child }
        defer { running.withLock { $0 = nil } }
        return try child.end(deadlineMilliseconds: options.secondsMax * 1_000)
    }

    /// Starts the program with the alert waiting on its standard input, and nothing after it.
    private func start(_ message: AlertMessage) throws(SystemError) -> RunningChild {
        let (programs, own) = try LocalSocket.pipe()
        // An alert is smaller than what any pipe holds: this does not wait for a reader.
        try own.write(Array((message.eve + "\n").utf8))
        // What the program prints goes where messages go: standard output is for alerts.
        return try ChildProcess(options.words[0], Array(options.words.dropFirst()))
            .start(descriptors: [(programs.number, 0), (2, 1)], leadsGroup: true)
    }

    /// Whether fewer runs than the limit began within the last minute; if so one more has.
    private func mayStart() -> Bool {
        let now = clock.uptimeNanoseconds()
        return starts.withLock { starts in
            starts.removeAll { now - $0 >= 60_000_000_000 }
            guard starts.count < options.runsPerMinuteMax else { return false }
            starts.append(now)
            return true
        }
    }
}
