// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import TestKit
import Testing

@testable import Collector

@Suite struct RewritingGateTests {
    @Test(arguments: [0, 1, 4])
    func `it closes at once, and what it is closed for begins when all inside have ended`(
        inside: Int
    ) {
        let gate = RewritingGate()
        let story = Mutex<[String]>([])
        let hasEntered = Atomic(0)
        ParallelThreads.run(inside + 1) { index in
            guard index == inside else {
                gate.pass {
                    hasEntered.add(1, ordering: .sequentiallyConsistent)
                    while !gate.isClosed, story.withLock(\.isEmpty) { sched_yield() }
                    // Who did not wait would be first.
                    for _ in 0..<1000 { sched_yield() }
                    let second = gate.pass { "let in" } ?? "kept out"
                    story.withLock { $0.append(second) }
                }
                return
            }
            while hasEntered.load(ordering: .sequentiallyConsistent) < inside { sched_yield() }
            gate.close { story.withLock { $0.append("rewriting") } }
        }
        let before = Array(repeating: "kept out", count: inside)
        #expect(story.withLock(\.self) == before + ["rewriting"])
        #expect(!gate.isClosed && gate.pass { true } == true)
    }
}
