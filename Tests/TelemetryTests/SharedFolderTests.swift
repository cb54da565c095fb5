// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import Telemetry
import TestKit
import Testing

/// A folder into which others may write: what stands there is no yes, and the right to erasure
/// stays.
@Suite struct SharedFolderTests {
    private let home: Home

    init() throws {
        home = try Home()
        try home.enable()
        home.record(3)
        try home.haveOneBatchAccepted()
        try share(true)
    }

    private func share(_ isShared: Bool) throws {
        try RealFileSystem().setMode(isShared ? 0o775 : 0o700, of: home.storage)
    }

    @Test func `no yes can be said there, and the error tells why`() throws {
        let control = home.control()
        #expect(control.causes(blocking: .recording) == [.stateUnreadable])
        let error = #expect(throws: TelemetryError.self) { try control.enable(control.terms) }
        #expect(error?.hint == "chmod go-w \(home.storage)")
        try share(false)
        #expect(home.control().causes(blocking: .recording).isEmpty)
    }

    @Test(arguments: [false, true])
    func `what was sent is asked to be erased, whatever is done in between`(disables: Bool) throws {
        if disables {
            try home.control().disable()
            try share(false)
            #expect(home.control().causes(blocking: .recording) == [.withdrawn])
        }
        #expect(try home.control().deleteData().erasureRequested)
        #expect(try home.control().status().pendingErasures == 1)
    }
}
