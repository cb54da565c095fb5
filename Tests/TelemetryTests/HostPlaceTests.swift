// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import Telemetry
import TestKit
import Testing

/// What a host program gets that names no home and no seams of its own.
@Suite struct HostPlaceTests {
    @Test(
        arguments: [
            (0, "/people/ann", "/var/lib/linter"), (0, nil, "/var/lib/linter"),
            (1000, "/people/ann", "/people/ann/.linter"), (1000, "people/ann", nil),
            (1000, "", nil), (1000, nil, nil),
        ] as [(UInt32, String?, String?)])
    func `data lies in the person's folder, or in root's`(
        user: UInt32, folder: String?, home: String?
    ) {
        let product = Product("linter", version: "1.0.0")
        #expect(product.home(userID: user, userFolder: folder) == home)
    }

    @Test func `the process's own environment and user are looked at`() {
        let product = Product("linter", version: "1.0.0")
        let place = HostPlace(for: product)
        let names = ["HOME", "SUDO_UID", "DO_NOT_TRACK", product.environmentVariable]
        #expect(Set(place.seams.environment.keys).isSubset(of: names))
        let folder = unsafe getenv("HOME").map { unsafe String(cString: $0) }
        #expect(place.seams.environment["HOME"] == folder)
        #expect(place.seams.userID == geteuid())
        #expect((place.problem == nil) == (place.home != "/nonexistent"))
        // Neither a module nor a view of it makes anything before somebody agreed.
        let nowhere = Product("arpguard-test-\(getpid())", version: "1.0.0")
        let module = TelemetryModule(for: nowhere)
        module.initialize()
        #expect(!module.trackEvent("app_start"))
        module.shutdown()
        #expect(module.status.blockedBy.contains(.notAsked))
        #expect(TelemetryControl(for: nowhere).causes(blocking: .recording).contains(.notAsked))
        #expect(unsafe access(HostPlace(for: nowhere).home, F_OK) != 0)
    }

    @Test func `the name of whoever called sudo is one of the person's own`() async {
        await #expect(processExitsWith: .success) {
            let product = Product("linter", version: "1.0.0")
            unsafe unsetenv("SUDO_UID")
            precondition(!HostPlace(for: product).seams.ownNames.occur(in: "GamesScan"))
            // Debian's account for games.
            unsafe setenv("SUDO_UID", "5", 1)
            precondition(HostPlace(for: product).seams.ownNames.occur(in: "GamesScan"))
        }
    }
}
