// SPDX-License-Identifier: Apache-2.0
// A race on request, among threads that contend for a Mutex: `none`, `beside` the lock or `within`
// it. Scripts/sanitize shows with it that the thread sanitizer tells the latter two and not the
// first.

import Dispatch
import Synchronization

// It is there to be raced for.
final class Shared: @unchecked Sendable {
    let guarded = Mutex<[Int]>([])
    var open = 0

    func work(_ race: String) {
        for number in 0..<20_000 {
            guarded.withLock { numbers in
                numbers.append(number)
                if numbers.count > 1000 { numbers = [] }
                if race == "within", number.isMultiple(of: 2) { open += 1 }
            }
            if race == "beside" { open += 1 }
        }
        if race == "within" { open += 1 }
    }
}

let shared = Shared()
let race = CommandLine.arguments.dropFirst().first ?? "none"
DispatchQueue.concurrentPerform(iterations: 4) { _ in shared.work(race) }
