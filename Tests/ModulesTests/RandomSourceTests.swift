// SPDX-License-Identifier: Apache-2.0

import Modules
import Testing

@Suite struct RandomSourceTests {
    @Test func `the kernel gives as many bytes as asked for, and other ones each time`() {
        let random = SystemRandom()
        #expect(random.bytes(0).isEmpty)
        #expect(random.bytes(32).count == 32)
        #expect(random.bytes(32) != random.bytes(32))
    }

    @Test func `a number drawn below a bound is below it, and every number comes`() {
        let random = SystemRandom()
        let draws = (0..<600).map { _ in random.uniform(below: 3) }
        #expect(Set(draws) == [0, 1, 2])
        #expect((0..<600).allSatisfy { _ in (0..<1).contains(random.unitInterval()) })
    }
}
