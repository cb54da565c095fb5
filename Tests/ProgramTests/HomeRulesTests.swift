// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Program
import Testing

@Suite struct HomeRulesTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let rules: HomeRules
        let path: String
        let reason: Home.Reason

        init(
            _ name: String, flag: String? = nil, variable: String? = nil, isService: Bool = false,
            userID: UInt32 = 1000, userFolder: String? = "/users/ada", is path: String,
            by reason: Home.Reason
        ) {
            testDescription = name
            rules = HomeRules(
                flag: flag, variable: variable, isService: isService, userID: userID,
                userFolder: userFolder, workingFolder: "/now")
            self.path = path
            self.reason = reason
        }
    }

    static let cases = [
        Case("a person's own", is: "/users/ada/.arpguard", by: .user),
        Case(
            "HOME with a slash at its end", userFolder: "/users/ada/", is: "/users/ada/.arpguard",
            by: .user),
        Case("HOME is the root folder", userFolder: "/", is: "/.arpguard", by: .user),
        Case("root", userID: 0, is: "/var/lib/arpguard", by: .service),
        Case(
            "root without HOME", userID: 0, userFolder: nil, is: "/var/lib/arpguard", by: .service),
        Case("the service", isService: true, is: "/var/lib/arpguard", by: .service),
        Case("the variable", variable: "/srv/a", is: "/srv/a", by: .variable),
        Case(
            "the variable before root", variable: "/srv/a", userID: 0, is: "/srv/a", by: .variable),
        Case("an empty variable", variable: "", is: "/users/ada/.arpguard", by: .user),
        Case(
            "the variable without HOME", variable: "/srv/a", userFolder: nil, is: "/srv/a",
            by: .variable),
        Case(
            "the flag before all", flag: "/b", variable: "/srv/a", userID: 0, is: "/b", by: .flag),
        Case(
            "the service before the variable", variable: "/srv/a", isService: true,
            is: "/var/lib/arpguard", by: .service),
        Case("a relative flag", flag: "b/c/", is: "/now/b/c", by: .flag),
        Case("a flag that ends in a dot", flag: "/b/./", is: "/b", by: .flag),
        Case("the folder in which one is", flag: ".", is: "/now", by: .flag),
        Case("the root folder, in dots", flag: "/./.", is: "/", by: .flag),
        Case("a name that ends in a dot", flag: "/b.", is: "/b.", by: .flag),
    ]

    @Test(arguments: cases)
    func `the home follows from flag, variable, user and HOME`(example: Case) throws {
        let home = try example.rules.home()
        #expect(home.path == example.path)
        #expect(home.reason == example.reason)
    }

    struct Flagged: CustomTestStringConvertible {
        let testDescription: String
        let rules: HomeRules
        let flag: String?

        init(
            _ name: String, flag: String? = nil, variable: String? = nil, isService: Bool = false,
            userID: UInt32 = 1000, userFolder: String? = "/users/ada", callerID: String? = nil,
            workingFolder: String = "/now", is expected: String?
        ) {
            testDescription = name
            rules = HomeRules(
                flag: flag, variable: variable, isService: isService, userID: userID,
                userFolder: userFolder, workingFolder: workingFolder, callerID: callerID)
            self.flag = expected
        }
    }

    static let flagged = [
        Flagged("a person's own", is: nil), Flagged("root", userID: 0, is: nil),
        Flagged("the variable", variable: "/srv/a", is: "--home '/srv/a'"),
        Flagged("the variable, relative", variable: "a b", is: "--home '/now/a b'"),
        Flagged(
            "one's own by the variable, relative", variable: ".arpguard",
            workingFolder: "/users/ada", is: "--home '/users/ada/.arpguard'"),
        Flagged(
            "the service for a person by sudo", userID: 0, callerID: "1000", is: "--service"),
        Flagged(
            "root's own by the variable, for a person by sudo", variable: "/srv/a", userID: 0,
            callerID: "1000", is: "--home '/srv/a'"),
        Flagged("the service for root by sudo", userID: 0, callerID: "0", is: nil),
        Flagged("a person's own by sudo -u", callerID: "1001", is: nil),
        Flagged(
            "the variable without HOME", variable: "/srv/a", userFolder: nil,
            is: "--home '/srv/a'"),
        Flagged("one's own by the variable", variable: "/users/ada/.arpguard", is: nil),
        Flagged("another", flag: "/srv/b c", is: "--home '/srv/b c'"),
        Flagged("a quote in it", flag: "it's", is: #"--home '/now/it'\''s'"#),
        Flagged("a tab in it", flag: "/a\tb", is: #"--home "$(printf %b '/a\0011b')""#),
        Flagged("one's own by the flag", flag: "/users/ada/.arpguard/", is: nil),
        Flagged(
            "one's own beside the variable", flag: "/users/ada/.arpguard", variable: "/srv/a",
            is: "--home '/users/ada/.arpguard'"),
        Flagged(
            "that of the variable by the flag", flag: "/srv/a", variable: "/srv/a",
            is: "--home '/srv/a'"),
        Flagged("the service", isService: true, is: "--service"),
        Flagged("the service by the flag", flag: Home.servicePath, is: "--service"),
        Flagged("the service for root", isService: true, userID: 0, is: nil),
        Flagged(
            "the service beside the variable", variable: "/srv/a", isService: true, userID: 0,
            is: "--service"),
    ]

    @Test(arguments: flagged)
    func `a pasted command needs the flag that named the home, and no other`(
        example: Flagged
    ) throws {
        let home = try example.rules.home()
        #expect(home.flag == example.flag)
        let flag = example.flag.map { " \($0)" } ?? ""
        #expect(home.addressing("arpguard config get x") == "arpguard\(flag) config get x")
    }

    @Test(arguments: [
        ("run: arpguard telemetry enable", "run: arpguard --home '/b' telemetry enable"),
        (
            "arpguard status (arpguard watch)",
            "arpguard --home '/b' status (arpguard --home '/b' watch)"
        ),
        ("sudo arpguard watch -i a", "sudo arpguard --home '/b' watch -i a"),
        ("sudo arpguard --service status", "sudo arpguard --service status"),
        ("arpguard --help, and arpguard statuses", "arpguard --help, and arpguard statuses"),
        ("in /srv/arpguard telemetry is off", "in /srv/arpguard telemetry is off"),
        ("arpguard-upload is arpguard ", "arpguard-upload is arpguard "), ("", ""),
        (
            "zcat 'my arpguard replay x.gz' | arpguard replay -",
            "zcat 'my arpguard replay x.gz' | arpguard --home '/b' replay -"
        ),
    ])
    func `the flag stands in commands, and nowhere else`(text: String, told: String) throws {
        let rules = HomeRules(flag: "/b", userID: 1000, userFolder: nil, workingFolder: "/")
        #expect(try rules.home().addressing(text) == told)
    }

    @Test func `a home and the service's home can't both be meant`() {
        let rules = HomeRules(
            flag: "/b", isService: true, userID: 1000, userFolder: nil, workingFolder: "/")
        let error = #expect(throws: CommandFailure.self) { try rules.home() }
        #expect(error?.status == .usage)
    }

    @Test(arguments: [nil, "", "ada"])
    func `without HOME there is an error with a way out`(userFolder: String?) {
        let rules = HomeRules(userID: 1000, userFolder: userFolder, workingFolder: "/")
        let error = #expect(throws: CommandFailure.self) { try rules.home() }
        #expect(error?.hint == "name a folder with --home or ARPGUARD_HOME")
    }

    @Test(arguments: [
        ("/users/ada/.arpguard", "~/.arpguard"), ("/users/ada", "~"),
        ("/users/adam", "/users/adam"),
        ("/srv", "/srv"),
    ])
    func `a person's own folder is shown as a tilde`(path: String, shown: String) throws {
        let rules = HomeRules(userID: 1000, userFolder: "/users/ada", workingFolder: "/")
        #expect(try rules.home().abbreviated(path) == shown)
    }

    @Test(arguments: [
        ("it is in /users/ada/a", "it is in ~/a"),
        ("/users/ada/a, ('/users/ada/b')", "~/a, ('~/b')"),
        ("/srv/users/ada/a", "/srv/users/ada/a"), ("at /b/users/ada/users/ada/a", nil),
        ("/users/ada/users/ada/a", "~/users/ada/a"), ("x-/users/ada/a /users/adam/", nil),
        ("", nil),
    ])
    func `a tilde stands where a path begins, and nowhere else`(text: String, told: String?) throws
    {
        let rules = HomeRules(userID: 1000, userFolder: "/users/ada", workingFolder: "/")
        #expect(try rules.home().abbreviating(text) == told ?? text)
    }

    @Test(arguments: [
        HomeRules(flag: "/b\u{FFFD}", userID: 1000, userFolder: "/users/ada", workingFolder: "/"),
        HomeRules(variable: "/b\u{FFFD}", userID: 0, userFolder: "/users/ada", workingFolder: "/"),
        HomeRules(userID: 1000, userFolder: "/users/\u{FFFD}", workingFolder: "/"),
        HomeRules(flag: "b", userID: 1000, userFolder: "/users/ada", workingFolder: "/\u{FFFD}"),
    ])
    func `a home whose name is no UTF-8 is refused`(rules: HomeRules) throws {
        // Whoever has that sign in a name has a home like any other.
        #expect(try rules.home().path.contains("\u{FFFD}"))
        var rules = rules
        rules.isRepaired = true
        let error = #expect(throws: CommandFailure.self) { try rules.home() }
        #expect(error?.message.hasSuffix("has a name that is no UTF-8") == true)
        #expect(error?.hint == "name a folder that has one with --home or ARPGUARD_HOME")
    }
}
