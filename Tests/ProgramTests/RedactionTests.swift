// SPDX-License-Identifier: Apache-2.0

import Program
import Testing

@testable import arpguard

@Suite struct RedactionTests {
    @Test(arguments: [
        ("in /users/ada/a", "in ~/a"), ("x-/users/ada/a", "x-~/a"), ("/srv/users/ada/a", ".../a"),
        ("(a+/users/ada/a /etc/users)", "(a+~/a /etc/users)"),
    ])
    func `a report to others never shows the person's own folder`(text: String, told: String) throws
    {
        let rules = HomeRules(userID: 1000, userFolder: "/users/ada", workingFolder: "/")
        #expect(try Redaction(home: rules.home(), paths: []).text(text) == told)
    }
}
