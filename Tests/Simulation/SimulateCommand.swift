// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Modules
import Synchronization

/// `simulate COUNT [FIRST [stop]]`: runs seeds and prints what was covered; fails at a broken
/// promise, and with `stop` ends there. A seed that does not end is one.
package enum SimulateCommand {
    /// How long a seed may take, in seconds: a hundred times what the slowest needs.
    private static let secondsMax: Int64 = 120
    /// When each seed that is under way began, in nanoseconds of the clock that never steps.
    private static let underWay = Mutex<[UInt64: Int64]>([:])

    /// Runs seeds on all processors. Ends the process.
    package static func main(_ arguments: [String]) -> Never {
        let stops = arguments.count == 4 && arguments[3] == "stop"
        let numbers = arguments.dropFirst().prefix(2).compactMap { UInt64($0) }
        guard numbers.count == arguments.count - (stops ? 2 : 1), !numbers.isEmpty else {
            print("usage: simulate COUNT [FIRST [stop]]   runs COUNT seeds, from FIRST (1)")
            exit(64)
        }
        let first = numbers.count == 2 ? numbers[1] : 1
        let watch = watchForSeedsThatDoNotEnd()
        defer { watch.cancel() }
        let coverage = run(seeds: first..<first + numbers[0], stops: stops)
        print(coverage)
        exit(coverage.violations == 0 ? 0 : 1)
    }

    /// Runs seeds, each on one thread of as many as the machine has; all of them, or up to the
    /// first promise that does not hold.
    package static func run(seeds: Range<UInt64>, stops: Bool = false) -> Coverage {
        let next = Atomic<UInt64>(seeds.lowerBound)
        let total = Mutex(Coverage())
        let threads = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let seed = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard seed < seeds.upperBound else { return }
                if stops, total.withLock({ $0.violations > 0 }) { return }
                underWay.withLock { $0[seed] = SystemClock().uptimeNanoseconds() }
                let report = Result { try Simulation.run(seed: seed) }
                underWay.withLock { $0[seed] = nil }
                total.withLock { $0.add(report, seed: seed) }
            }
        }
        return total.withLock { $0 }
    }

    private static func watchForSeedsThatDoNotEnd() -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "simulate.watch"))
        timer.setEventHandler {
            let since = SystemClock().uptimeNanoseconds() - secondsMax * 1_000_000_000
            let late = underWay.withLock { begun in begun.first { $0.value < since } }
            guard let seed = late?.key else { return }
            print(
                "seed \(seed) broke: it does not end within \(secondsMax) seconds\n"
                    + "again: make simulate SEEDS=1 FIRST=\(seed)")
            exit(1)
        }
        timer.schedule(deadline: .now() + .seconds(1), repeating: .seconds(1))
        timer.resume()
        return timer
    }
}
