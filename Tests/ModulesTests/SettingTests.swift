// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import Testing

@Suite struct SettingTests {
    let schema = SettingsSchema(
        section: "telemetry",
        [
            .bool("enabled", default: .null, meaning: "on"),
            .integer("hours", 1...10, default: 5, meaning: "hours"),
            .integer("rate", 1...10, default: .null, meaning: "rate"),
            .choice("review", ["automatic", "manual"], default: "automatic", meaning: "review"),
            .list("days", form: "days of a week", entriesMax: 3, meaning: "days") {
                $0.integerValue.map { (1...7).contains($0) } ?? false
            },
            .members("rooms", form: "rooms with beds", entriesMax: 2, meaning: "rooms") {
                $0.hasPrefix("room") && $1.integerValue != nil
            },
        ])

    @Test(
        arguments: [
            ("hours", .integer(10)), ("rate", .null), ("enabled", .bool(false)),
            ("review", .string("manual")), ("days", [1, 7, 2]), ("days", []), ("rooms", [:]),
            ("rooms", ["room 1": 2, "room 2": 1]),
        ] as [(String, JSONValue)])
    func `a value within its bounds is no problem`(key: String, value: JSONValue) {
        #expect(schema.problems(in: JSONObject([(key, value)])).isEmpty)
    }

    @Test(
        arguments: [
            ("hours", .integer(11), "telemetry.hours is 11, must be 1 to 10"),
            ("hours", .null, "telemetry.hours is null, must be 1 to 10"),
            ("hours", .string("5"), "telemetry.hours is \"5\", must be 1 to 10"),
            ("enabled", .integer(1), "telemetry.enabled is 1, must be true or false"),
            ("review", .string("x"), "telemetry.review is \"x\", must be one of automatic, manual"),
            ("days", [1, 8, 9], "telemetry.days has 8, must be days of a week"),
            ("days", [1, 2, 3, 4], "telemetry.days is [1,2,3,4], must be days of a week"),
            ("days", 1, "telemetry.days is 1, must be days of a week"),
            (
                "rooms", ["room 1": 2, "hall": 1],
                "telemetry.rooms has {\"hall\":1}, must be rooms with beds"
            ),
            (
                "rooms", ["room": "x"],
                "telemetry.rooms has {\"room\":\"x\"}, must be rooms with beds"
            ),
            ("rooms", .null, "telemetry.rooms is null, must be rooms with beds"),
            ("nonsense", .null, "telemetry.nonsense: no such key"),
        ] as [(String, JSONValue, String)])
    func `a fault names key, value and bounds`(key: String, value: JSONValue, text: String) {
        #expect(schema.problems(in: JSONObject([(key, value)])).map(\.description) == [text])
    }

    @Test(
        arguments: [
            (
                #""https://anna:s3cret@10.1.2.3/v1/logs?token=abc""#,
                #""https://...@10.1.2.3/v1/logs?...""#
            ),
            (#"{"a": "socks5h://u:p@h:1", "b": "x?"}"#, #"{"a": "socks5h://...@h:1", "b": "x?"}"#),
            (#""anna@example.org?""#, #""anna@example.org?""#),
            (#""https://host/a@b""#, #""https://host/a@b""#),
        ])
    func `a fault tells neither who nor what key an address names`(value: String, told: String) {
        let problem = SettingProblem(key: "telemetry.upload_url", value: value, expected: "none")
        #expect(problem.description == "telemetry.upload_url is \(told), none")
    }

    @Test func `a fault tells the beginning of a long value`() {
        let whole = SettingProblem(
            key: "k", value: String(repeating: "9", count: 256), expected: "")
        #expect(whole.value == String(repeating: "9", count: 256))
        let long = SettingProblem(key: "k", value: String(repeating: "9", count: 257), expected: "")
        #expect(long.value == String(repeating: "9", count: 253) + "...")
    }
}
