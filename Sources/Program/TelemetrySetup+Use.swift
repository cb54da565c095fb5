// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
import Telemetry

extension TelemetrySetup {
    /// Does what is one use of a feature, and records that and how long it took, if somebody
    /// agreed; where nobody did nothing is opened for it.
    ///
    /// - Parameter feature: a word of `feature_usage.feature`.
    public func measure<Outcome>(
        _ feature: String, _ body: () throws(CommandFailure) -> Outcome
    ) throws(CommandFailure) -> Outcome {
        guard control().causes(blocking: .recording).isEmpty else { return try body() }
        let module = module()
        module.initialize()
        defer { module.shutdown() }
        return try module.measure(feature, body)
    }
}
