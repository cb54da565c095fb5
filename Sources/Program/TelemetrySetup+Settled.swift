// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit

extension TelemetrySetup {
    /// The setup of a command that shows or changes what is recorded: what was decided and is still
    /// to be done in folders that are there is done first. What keeps that from it is a warning.
    public static func settled(_ invocation: Invocation) throws(CommandFailure) -> TelemetrySetup {
        settled(try ProgramContext(invocation), invocation).setup
    }

    /// The same, with what kept it from that; nil where nothing did.
    public static func settled(
        _ context: ProgramContext, _ invocation: Invocation
    ) -> (setup: TelemetrySetup, failure: CommandFailure?) {
        let setup = TelemetrySetup(context, invocation)
        let failure = setup.settle()
        if let failure { invocation.diagnostics.warning(failure.message, hint: failure.hint) }
        return (setup, failure)
    }
}
