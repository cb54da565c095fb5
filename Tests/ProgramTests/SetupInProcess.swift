// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Modules
import Synchronization
import Telemetry
import Testing

@testable import Program

extension TelemetrySetup {
    /// Does something in this process for a home, whose files are these.
    static func use<Result: Sendable>(
        _ home: String, _ files: any FileSystem,
        _ body: @escaping @Sendable (TelemetrySetup) -> Result
    ) throws -> Result {
        let result = Mutex<Result?>(nil)
        let command = Command("look", summary: "Look", flags: Flag.common) {
            invocation throws(CommandFailure) in
            var setup = TelemetrySetup(try ProgramContext(invocation), invocation)
            setup.seams.files = files
            let found = body(setup)
            result.withLock { $0 = found }
            return .success
        }
        let status = CommandLineTool(command, version: "1").run(
            ["--home", home], environment: Environment([:]),
            standardOutput: DescriptorSink.standardOutput,
            standardError: DescriptorSink.standardError)
        try #require(status == .success)
        let found = result.withLock(\.self)
        return try #require(found)
    }
}
