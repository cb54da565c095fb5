// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Figures
import Glibc
import Modules
import Telemetry
import TelemetryUpload

/// A home of the benchmark's own. Nothing of this machine's environment has a say.
struct BenchmarkHome: Sendable {
    static let catalogue = Catalogue.standard.adding(Typed.declaration)
    /// Where nobody listens: the discard port of this machine.
    static let unreachable = "https://127.0.0.1:9/v1/logs"
    /// The most that a configuration may ask for.
    static let batchEventsMax = 10_000

    let folder: String
    var isSendingAllowed = false
    /// Where uploads go; nil is where nobody listens.
    var endpoint: String?
    var batchEvents = BenchmarkHome.batchEventsMax
    var compression = "gzip"

    private var product: Product { Product("arpguard", version: "0.1.0") }
    var storage: TelemetryDirectory { TelemetryDirectory("\(folder)/telemetry") }

    private var config: TelemetryModuleConfig {
        var config = TelemetryModuleConfig(
            uploadURL: isSendingAllowed ? endpoint ?? Self.unreachable : nil)
        config.storageBytesMax = 16 << 30
        config.uploadBytesPerDayMax = 16 << 30
        config.maxEventsPerBatch = batchEvents
        config.compression = compression
        return config
    }

    private var seams: TelemetrySeams {
        TelemetrySeams(
            environment: [:], userID: getuid(),
            logger: Logger(program: "telemetry-bench", level: .error),
            policyPath: "\(folder)/policy.json")
    }

    var module: TelemetryModule {
        TelemetryModule(
            for: product, catalogue: Self.catalogue, config: config, home: folder, seams: seams)
    }

    var control: TelemetryControl {
        TelemetryControl(
            for: product, catalogue: Self.catalogue, config: config, home: folder, seams: seams)
    }

    var uploader: TelemetryUploader {
        TelemetryUploader(
            for: product, catalogue: Self.catalogue, config: config, home: folder, seams: seams)
    }

    /// A home whose person said yes.
    static func enabled(_ folder: String, isSendingAllowed: Bool = false) throws -> BenchmarkHome {
        let home = BenchmarkHome(folder: folder, isSendingAllowed: isSendingAllowed)
        let control = home.control
        try control.enable(control.terms)
        return home
    }

    /// Records the events of a mix, in as many modules as that takes.
    func record(_ mix: inout EventMix, count: Int) throws {
        var left = count
        while left > 0 {
            let module = module
            module.initialize()
            let before = left
            while left > 0, mix.record(into: module) { left -= 1 }
            module.shutdown(within: 60_000)
            if left == before { throw BenchmarkError("nothing is recorded: \(module.blockedBy)") }
        }
    }
}
