// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
import Telemetry

extension TelemetrySetup {
    /// The same, for work that takes its time and asks whether the configuration is still the one
    /// that was read.
    public func heedingChanges(
        _ context: ProgramContext, _ invocation: Invocation
    ) -> TelemetrySetup {
        var setup = self
        setup.seams.reconfiguration = { [self] in
            let next = TelemetrySetup(context, invocation)
            guard next.config != config || next.fault != fault else { return .none }
            return next.control().causes(blocking: .sending).isEmpty ? .changed : .forbidding
        }
        return setup
    }
}
