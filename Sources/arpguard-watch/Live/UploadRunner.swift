// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Modules
import Program
import Synchronization
import Telemetry
import WatchRecords

/// Starts `arpguard-upload` when something is due, one at a time, and never waits for it.
final class UploadRunner: Sendable {
    /// How long one round may take until it is ended.
    private static let roundMilliseconds: Int64 = 900_000
    private static let endMilliseconds = 3_000

    private let home: String
    private let setupBox: Mutex<TelemetrySetup>
    private let queue = DispatchQueue(label: "uploads")
    private let group = DispatchGroup()
    private let running = Mutex<RunningChild?>(nil)
    private let isLooking = Mutex(false)
    /// The day on which other folders of the home were last looked after without a failure.
    private let lastTended = Mutex<Day?>(nil)

    init(_ setup: TelemetrySetup, home: String) {
        setupBox = Mutex(setup)
        self.home = home
    }

    /// Replaced when the configuration is read again.
    var setup: TelemetrySetup {
        get { setupBox.withLock { $0 } }
        set {
            setupBox.withLock { $0 = newValue }
            lastTended.withLock { $0 = nil }
        }
    }

    /// Whether enough time has passed since a rule last found something about a gateway; nil where
    /// none ever did.
    static func isQuiet(since finding: Int64?, at now: Int64) -> Bool {
        finding.map { now - $0 >= UploadQuiet.nanoseconds } ?? true
    }

    /// Starts a round if one is due, unless the gateway is contested or a round goes on.
    func startIfDue(isContested: Bool) {
        if isContested { return stop() }
        let isFree = isLooking.withLock { isLooking in
            defer { isLooking = true }
            return !isLooking
        }
        guard isFree else { return }
        queue.async(group: group) { [self] in
            defer { isLooking.withLock { $0 = false } }
            round()
        }
    }

    /// Ends a round that goes on; what it did not send goes with a later one.
    func stop() { running.withLock { $0?.terminate() } }

    /// Ends a round, and waits a moment for that.
    func finish() {
        stop()
        _ = group.wait(timeout: .now() + .milliseconds(Self.endMilliseconds))
    }

    /// What the uploader is called with. It asks again whether a round is due: a timer's may have
    /// come between.
    static func arguments(home: String) -> [String] { ["--home", home, "--if-due", "--quiet"] }

    /// A failure is the uploader's own to tell; its words go to standard error.
    private func round() {
        let setup = setup
        // What fails there is told by `status`, and tried again.
        _ = setup.settle()
        let today = setup.seams.clock.now().day
        if lastTended.withLock({ $0 != today }), setup.tendOtherPlaces() == nil {
            lastTended.withLock { $0 = today }
        }
        // A store that can't be read now is asked again in a minute.
        guard setup.uploadAgenda().isDue(at: setup.seams.clock.now()),
            let child = try? Helper.upload.start(arguments: Self.arguments(home: home))
        else { return }
        running.withLock { $0 = child }
        defer { running.withLock { $0 = nil } }
        _ = try? child.end(deadlineMilliseconds: Self.roundMilliseconds)
    }
}
