// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import Modules
import Program
import Telemetry
import TestKit
import Testing

extension LaboratorySuite {
    /// Whether the full counts are asked for.
    static var isFull: Bool {
        unsafe getenv("ARPGUARD_TEST_FULL").map { unsafe String(cString: $0) != "0" } == true
    }

    /// Records something two days ago, so that the upload that was planned then is due.
    func recordTwoDaysAgo(for url: String) throws {
        let clock = ManualClock(SystemClock().now().advanced(bySeconds: -2 * 86_400))
        let seams = TelemetrySeams(
            environment: [:], userID: geteuid(), logger: Logger(program: "test", level: .error),
            clock: clock, files: RealFileSystem())
        let config = TelemetryModuleConfig(uploadURL: url)
        let control = TelemetryControl(
            for: Program.product, config: config, home: home, seams: seams)
        try control.enable(control.terms)
        let module = TelemetryModule(
            for: Program.product, config: config, home: home, seams: seams)
        module.initialize()
        #expect(module.trackEvent("feature_usage", ["feature": "watch"]))
        module.shutdown(within: 30_000)
        _ = try control.uploadAgenda()
    }
}
