// SPDX-License-Identifier: Apache-2.0

private import Glibc
internal import Modules
private import Synchronization

/// What a collector does beside its requests.
extension IntakeRoutes {
    /// When days are folded.
    struct Sweeps {
        /// How long after a failure it is tried again.
        static let againNanoseconds: Int64 = 60_000_000_000

        var day: Day?
        var nextNanoseconds: Int64 = 0
        var clock = SettledClock()
    }

    /// Folds and deletes what has passed its time, and overwrites what was deleted, once a day;
    /// what failed is tried again after a minute, the overwriting on the next day.
    private func sweep() throws {
        let today = clock.now().day
        try storage.expire(by: configuration.retention, on: today)
        sweeps.withLock { $0.day = today }
        try overwriteDeleted()
    }

    /// Not between two commits: those that come meanwhile are to be answered.
    private func overwriteDeleted() throws(SystemError) {
        try DetachedThread.start { [storage, logger] in
            do {
                try storage.overwriteDeleted()
            } catch {
                logger.log(.error, "what was deleted is not overwritten yet: \(error)")
            }
        }
    }

    /// Sweeps as if every day since 1970 were open, which deletes no figure, so that a store that
    /// can't be swept shows at once, not after the hour that the clock takes to settle.
    func trySweep() throws(StorageError) {
        let today = clock.now().day
        let openDays = max(0, Int(today.number) - Self.firstDay)
        try storage.expire(
            by: RetentionPolicy(openDays: openDays, totalsDays: openDays), on: today)
    }

    /// A day of 1970, before which there is nothing.
    private static var firstDay: Int { 100 }

    /// Folds when a day begins also where no request comes; as long as this object is used.
    func keepSweeping() throws(SystemError) {
        let step = UInt32(configuration.sweepCheckMilliseconds) * 1000
        try DetachedThread.start { [weak self] in
            while usleep(step) == 0, let self {
                sweepWhenDue()
                committer.between { self.keepSums() }
            }
        }
    }

    /// Keeps the sums of open days, for a collector that is started after this one.
    func keepSums() {
        do {
            try storage.keepSums()
        } catch {
            // While the file is written anew they wait for the next time.
            guard error.code != .rewriting else { return }
            logger.log(.warning, "the sums of open days were not kept: \(error)")
        }
    }

    /// Makes readings quick, beside what is done already.
    func readAhead() throws(SystemError) {
        try DetachedThread.start { [storage, logger, today = clock.now().day] in
            do {
                try storage.readAhead(on: today)
            } catch {
                logger.log(.warning, "open days were not read ahead: \(error)")
            }
        }
    }

    /// Sweeps on a day on which that was not done yet, once the clock is settled: what is folded
    /// can't be erased any more.
    func sweepWhenDue() {
        let (now, uptime) = (clock.now(), clock.uptimeNanoseconds())
        let isDue = sweeps.withLock { sweeps in
            let isSettled = sweeps.clock.isSettled(now, uptimeNanoseconds: uptime)
            guard isSettled, sweeps.day != now.day, uptime >= sweeps.nextNanoseconds else {
                return false
            }
            sweeps.nextNanoseconds = uptime + Sweeps.againNanoseconds
            return true
        }
        guard isDue else { return }
        committer.between {
            do {
                try self.sweep()
            } catch {
                self.logger.log(.error, "the daily upkeep was not done: \(error)")
            }
        }
    }
}
