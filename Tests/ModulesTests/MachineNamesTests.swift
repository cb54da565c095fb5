// SPDX-License-Identifier: Apache-2.0

import Modules
import TestKit
import Testing

@Suite struct MachineNamesTests {
    @Test func `the host and the account of this process are told`() throws {
        for (command, option) in [("/usr/bin/id", "-un"), ("/usr/bin/uname", "-n")] {
            let name = try CommandRunner.run(command, [option]).stdout.filter { $0 != "\n" }
            #expect(MachineNames.read().contains(name))
        }
    }

    @Test(arguments: [("5", true), ("", false), ("-5", false), ("games", false), ("5x", false)])
    func `whoever called sudo is told by number`(sudoUID: String, isTold: Bool) {
        #expect(!MachineNames.read().contains("games"))
        #expect(MachineNames.read(sudoUID: sudoUID).contains("games") == isTold)
    }

    @Test func `an account that nobody has adds nothing`() {
        #expect(MachineNames.read(sudoUID: "4123456789") == MachineNames.read())
    }
}
