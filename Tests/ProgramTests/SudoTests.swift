// SPDX-License-Identifier: Apache-2.0

import Catalogue
import CommandLineKit
import Program
import Synchronization
import Telemetry
import TestKit
import Testing

/// A program that sudo started.
@Suite struct SudoTests {
    @Test(arguments: [nil, "5"])
    func `the name of whoever called sudo is one of the person's own`(sudoUID: String?) throws {
        let arpguard = try Arpguard()
        let isOwn = Mutex<Bool?>(nil)
        let command = Command("look", summary: "Look", flags: Flag.common) {
            invocation throws(CommandFailure) in
            let setup = TelemetrySetup(try ProgramContext(invocation), invocation)
            // Debian's account for games has the number 5.
            isOwn.withLock { $0 = setup.seams.ownNames.occur(in: "GamesScan") }
            return .success
        }
        let status = CommandLineTool(command, version: "1").run(
            ["--home", arpguard.home], environment: Environment(["SUDO_UID": sudoUID ?? ""]),
            standardOutput: DescriptorSink.standardOutput,
            standardError: DescriptorSink.standardError)
        try #require(status == .success)
        #expect(isOwn.withLock(\.self) == (sudoUID != nil))
    }
}
