// SPDX-License-Identifier: Apache-2.0

import Modules
import Telemetry
import TestKit
import Testing

/// A process that dies while it puts a file in the place of another leaves what it wrote.
@Suite struct UnfinishedFileTests {
    @Test(arguments: ["consent.json", "erasures.json", "deletion.intent"], [false, true])
    func `what is left of the old identifier goes with it`(
        name: String, isDeletion: Bool
    ) throws {
        let home = try Home()
        try home.enable()
        home.record(3)
        try home.haveOneBatchAccepted()
        try home.folder.write("secret-of-before", to: "home/telemetry/\(name).4711.new")
        if isDeletion {
            _ = try home.control().deleteData()
        } else {
            _ = try home.control().rotateID()
        }
        #expect(try !home.holds("secret-of-before"))
    }
}
