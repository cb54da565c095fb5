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
        ])

    @Test(
        arguments: [
            ("hours", .integer(10)), ("rate", .null), ("enabled", .bool(false)),
            ("review", .string("manual")),
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
}
