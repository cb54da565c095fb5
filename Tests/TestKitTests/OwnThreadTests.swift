// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

@Suite struct OwnThreadTests {
    @Test func `work on its own thread gives its value`() throws {
        let gate = Gate()
        let work = OwnThread { (try? gate.wait()) != nil }
        gate.open()
        #expect(try work.value())
    }

    @Test func `work that does not end and a gate that stays shut are errors`() throws {
        let gate = Gate()
        let work = OwnThread { try? gate.wait() }
        #expect(throws: TestKitError.self) { try work.value(within: .milliseconds(1)) }
        #expect(throws: TestKitError.self) { try gate.wait(within: .milliseconds(1)) }
        gate.open()
    }
}
