// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Synchronization

/// `simulate COUNT [FIRST [stop]]`: runs seeds and prints what was covered; fails at a broken
/// promise, and with `stop` ends there.
package enum SimulateCommand {
    /// Runs seeds on all processors. Ends the process.
    package static func main(_ arguments: [String]) -> Never {
        let stops = arguments.count == 4 && arguments[3] == "stop"
        let numbers = arguments.dropFirst().prefix(2).compactMap { UInt64($0) }
        guard numbers.count == arguments.count - (stops ? 2 : 1), !numbers.isEmpty else {
            print("usage: simulate COUNT [FIRST [stop]]   runs COUNT seeds, from FIRST (1)")
            exit(64)
        }
        let first = numbers.count == 2 ? numbers[1] : 1
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
                let report = Result { try Simulation.run(seed: seed) }
                total.withLock { $0.add(report, seed: seed) }
            }
        }
        return total.withLock { $0 }
    }
}
