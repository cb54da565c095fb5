// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Program
import Testing

@Suite struct ConfigurationKeyTests {
    private let schema = ConfigurationSchema([
        SettingsSchema(
            section: "shop",
            [
                .integer("hours", 1...24, default: 8, meaning: "how long it is open"),
                .choice("door", ["open", "shut"], default: "shut", meaning: "the door"),
                .integer("guests", 1...9, default: .null, meaning: "the most guests"),
            ]), DetectionSettings.schema,
    ])

    @Test(arguments: [
        ("shop.hours", "24", "{\"shop\":{\"hours\":24}}"),
        ("shop.door", "open", "{\"shop\":{\"door\":\"open\"}}"),
        ("shop.door", "\"open\"", "{\"shop\":{\"door\":\"open\"}}"),
        ("shop.guests", "null", "{\"shop\":{\"guests\":null}}"),
        ("detection.gateway", "192.0.2.1", "{\"detection\":{\"gateway\":\"192.0.2.1\"}}"),
        (
            "detection.static_bindings.192.0.2.1", "02:00:00:00:00:01",
            "{\"detection\":{\"static_bindings\":{\"192.0.2.1\":\"02:00:00:00:00:01\"}}}"
        ),
        ("detection.static_bindings.192.0.2.9", "null", "{\"detection\":{\"static_bindings\":{}}}"),
        ("detection.static_bindings", "{}", "{\"detection\":{\"static_bindings\":{}}}"),
    ])
    func `a value is JSON or a bare word`(key: String, value: String, content: String) throws {
        let changed = try ConfigurationKey(key, in: schema).setting(value, in: [:])
        #expect(JSONValue.object(changed).serialized(.compact) == content)
    }

    @Test(arguments: [
        ("shop.hours", "0", "shop.hours can't be 0", "it must be 1 to 24"),
        ("shop.hours", "many", "shop.hours can't be many", "it must be 1 to 24"),
        ("shop.hours", "null", "shop.hours can't be null", "it must be 1 to 24"),
        ("shop.door", "ajar", "shop.door can't be ajar", "it must be one of open, shut"),
        (
            "detection.static_bindings.192.0.2", "02:00:00:00:00:01",
            "detection.static_bindings can't be 192.0.2: 02:00:00:00:00:01",
            "it must be up to 4096 pairs of a host's IPv4 and MAC address"
        ),
    ])
    func `a refused value is named with its bounds`(
        key: String, value: String, message: String, hint: String
    ) throws {
        let key = try ConfigurationKey(key, in: schema)
        let error = #expect(throws: CommandFailure.self) { try key.setting(value, in: [:]) }
        #expect(error == CommandFailure(message, hint: hint, status: .usage))
    }

    @Test(arguments: [
        ("shop.hour", "did you mean 'shop.hours'?"),
        ("hours", "arpguard config get lists all keys"),
        ("shop.hours.x", "did you mean 'shop.hours'?"),
        ("detection.static_bindings.", "did you mean 'detection.static_bindings'?"),
    ])
    func `an unknown key gets the nearest one`(key: String, hint: String) {
        let error = #expect(throws: CommandFailure.self) { try ConfigurationKey(key, in: schema) }
        #expect(error == CommandFailure("unknown key '\(key)'", hint: hint, status: .usage))
    }

    @Test func `other keys stay as and where they are`() throws {
        let content: JSONObject = ["shop": ["door": "open", "hours": 3, "odd": 1], "x": 1]
        let changed = try ConfigurationKey("shop.hours", in: schema).setting("4", in: content)
        #expect(changed == ["shop": ["door": "open", "hours": 4, "odd": 1], "x": 1])
    }

    @Test func `a key that the file leaves out has its default`() throws {
        let hours = try ConfigurationKey("shop.hours", in: schema)
        #expect(hours.effectiveValue(in: [:]) == 8)
        #expect(hours.effectiveValue(in: ["shop": ["hours": 3]]) == 3)
        let binding = try ConfigurationKey("detection.static_bindings.192.0.2.1", in: schema)
        #expect(binding.effectiveValue(in: [:]) == .null)
    }
}

@Suite struct DetectionSchemaTests {
    @Test(arguments: [
        "192.0.2", "192.0.2.1.", "192.0.2.01", "192.0.2.256", "+1.0.0.0", "a.b.c.d", "", "::1",
        "0.0.0.0", "255.255.255.255", "224.0.0.1", "239.255.255.255", "127.0.0.1",
    ])
    func `what is no host's IPv4 address is no gateway`(text: String) {
        #expect(DetectionSettings.schema.problems(in: ["gateway": .string(text)]).count == 1)
    }

    @Test(arguments: [
        "02:00:00:00:00", "02:00:00:00:00:00:00", "2:0:0:0:0:0", "02-00-00-00-00-01",
        "02:00:00:00:00:0g", "", "０2:00:00:00:00:01",
        "00:00:00:00:00:00", "FF:FF:FF:FF:ff:ff",
    ])
    func `what is no host's MAC address is no binding, and is not trusted`(text: String) {
        let section: JSONObject = ["static_bindings": ["192.0.2.1": .string(text)]]
        #expect(DetectionSettings.schema.problems(in: section).count == 1)
        #expect(DetectionSettings.schema.problems(in: ["trusted": [.string(text)]]).count == 1)
    }

    @Test func `whoever shares a group's MAC address can be declared, at a host's address alone`() {
        for (address, count) in [("223.255.255.1", 0), ("240.0.0.1", 0), ("0.0.0.0", 1)] {
            let section: JSONObject = ["static_bindings": [address: "03:bf:00:00:00:01"]]
            #expect(DetectionSettings.schema.problems(in: section).count == count)
        }
    }

    @Test func `a rule that there is not is refused with those that there are`() {
        let problems = DetectionSettings.schema.problems(in: ["suppress": [["rule": "Z9"]]])
        #expect(problems.first?.expected.contains("; rules are B1, C1, C2, ") == true)
        #expect(DetectionSettings.schema.problems(in: ["suppress": [["rule": "U3"]]]).isEmpty)
    }

    @Test func `the number of bindings is bounded`() {
        let pairs = (0...DetectionSettings.staticBindingsMax).map { number in
            ("10.0.\(number / 256).\(number % 256)", JSONValue.string("02:00:00:00:00:01"))
        }
        let full = JSONObject(pairs.dropLast())
        #expect(DetectionSettings.schema.problems(in: ["static_bindings": .object(full)]).isEmpty)
        let tooFull = JSONObject(pairs)
        #expect(
            DetectionSettings.schema.problems(in: ["static_bindings": .object(tooFull)]).count == 1)
    }
}
