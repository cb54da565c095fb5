// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
package import Telemetry

/// A home that several processes record into, and the file in which they acknowledge.
package struct KillHome: Sendable {
    /// The folder of the home and of the acknowledgements.
    package let folder: String

    /// Names the folder; touches no disk.
    package init(_ folder: String) { self.folder = folder }

    /// The file of the acknowledgements.
    package var acknowledgements: String { "\(folder)/acknowledged" }

    /// The store's database.
    package var store: String { TelemetryDirectory("\(home)/telemetry").store }

    private var home: String { "\(folder)/home" }
    private let product = Product("arpguard", version: "0.1.0")

    /// No upload, and room for everything.
    private var config: TelemetryModuleConfig {
        var config = TelemetryModuleConfig()
        config.storageBytesMax = 16 << 30
        return config
    }

    /// No variable of the environment and no file of this machine has a say.
    private var seams: TelemetrySeams {
        TelemetrySeams(
            environment: [:], userID: getuid(), logger: Logger(program: "kill-child"),
            machineIDPath: "\(folder)/machine-id", policyPath: "\(folder)/policy.json")
    }

    /// What records into the home.
    package var module: TelemetryModule {
        TelemetryModule(
            for: product, catalogue: NumberedEvent.catalogue, config: config, home: home,
            seams: seams)
    }

    /// What decides about the home and reads it.
    package var control: TelemetryControl {
        TelemetryControl(
            for: product, catalogue: NumberedEvent.catalogue, config: config, home: home,
            seams: seams)
    }
}
