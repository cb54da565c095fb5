// SPDX-License-Identifier: Apache-2.0

import TelemetryUpload
import Testing

struct UploadLimitsTests {
    @Test func `without a bandwidth limit the deadline is the timeout`() {
        let limits = UploadLimits(wholeTimeout: .seconds(30))
        #expect(limits.deadline(bodyBytes: 1 << 30) == .seconds(30))
    }

    @Test func `a bandwidth limit adds the time that the body then takes`() {
        let limits = UploadLimits(wholeTimeout: .seconds(30), bytesPerSecondMax: 1024)
        #expect(limits.deadline(bodyBytes: 0) == .seconds(30))
        #expect(limits.deadline(bodyBytes: 10 * 1024) == .seconds(40))
    }
}
