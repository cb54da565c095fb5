// SPDX-License-Identifier: Apache-2.0

import Glibc
import TelemetryUpload
import TestKit
import Testing

@Suite struct BandwidthTests {
    private static let isFull =
        unsafe getenv("ARPGUARD_TEST_FULL").map { unsafe String(cString: $0) != "0" } == true

    @Test(
        .enabled(if: isFull, "takes twelve seconds of waiting: with make test-full only"),
        arguments: [(32_768, 131_072), (100_000, 400_000), (1_000_000, 4_000_000)])
    func `a transfer of four seconds keeps to its rate within a tenth`(
        bytesPerSecond: Int, bytes: Int
    ) throws {
        let server = try FakeServer(.answer(200))
        let limits = UploadLimits(bytesPerSecondMax: bytesPerSecond)
        let body = [UInt8](repeating: 7, count: bytes)
        let start = ContinuousClock.now
        let outcome = try CurlTransport().perform(post(server.url(), body: body, limits: limits))
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        #expect(outcome.response?.status == 200)
        let expected = Double(bytes) / Double(bytesPerSecond)
        #expect(abs(seconds - expected) <= expected / 10, "\(seconds) s instead of \(expected) s")
    }
}
