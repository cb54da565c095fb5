// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite struct SerializingTests {
    @Test(
        arguments: [
            (.null, "null"), (true, "true"), (false, "false"),
            (.integer(.min), "-9223372036854775808"),
            (1.5, "1.5"), (1.0, "1.0"), (1e300, "1e+300"), (.double(.nan), "null"),
            (.double(-.infinity), "null"), ("a\"b\\c/", #""a\"b\\c/""#),
            ("\u{0}\u{8}\t\n\r\u{1F}", #""\u0000\u0008\t\n\r\u001f""#),
            ("\u{7F}\u{80}\u{9B}\u{9F}\u{A0}", "\"\\u007f\\u0080\\u009b\\u009f\u{A0}\""),
            ("\u{2027}\u{2028}\u{2029}\u{202A}", "\"\u{2027}\\u2028\\u2029\u{202A}\""),
            ("\u{e9}\u{1F600}", "\"\u{e9}\u{1F600}\""), ([], "[]"), ([:], "{}"),
            ([1, "a", [nil]], #"[1,"a",[null]]"#), (["b": 1, "a": [:]], #"{"b":1,"a":{}}"#),
        ] as [(JSONValue, String)])
    func `a value has one compact text`(value: JSONValue, text: String) {
        #expect(value.serialized() == text)
        #expect(value.serialized(.compact).unicodeScalars.elementsEqual(text.unicodeScalars))
    }

    @Test func `the pretty text indents by two spaces`() {
        let value: JSONValue = ["a": [1, ["b": []]], "c": [:]]
        let text = """
            {
              "a": [
                1,
                {
                  "b": []
                }
              ],
              "c": {}
            }
            """
        #expect(value.serialized(.pretty) == text)
    }

    @Test(
        arguments: [
            .double(0.1), .double(.leastNonzeroMagnitude), .double(.greatestFiniteMagnitude),
            .double(1e20),
            .double(3),
            .integer(.max), "\u{0}\u{2028}\u{10FFFF}\\u0041",
            ["z": [1, 2.5, nil], "a": ["": false]],
        ] as [JSONValue])
    func `a value survives the way to text and back`(value: JSONValue) throws {
        #expect(try JSONValue.parse(value.serialized()) == value)
        #expect(try JSONValue.parse(value.serialized(.pretty)) == value)
        #expect(try JSONValue.parse(bytes: value.serializedBytes()) == value)
    }
}

@Suite struct ObjectTests {
    @Test func `setting a name keeps its place and setting nil removes it`() {
        var object: JSONObject = ["a": 1, "b": 2, "c": 3]
        object["a"] = "x"
        object["b"] = nil
        object["d"] = 4
        object["none"] = nil
        #expect(object.names == ["a", "c", "d"])
        #expect(object.members.map(\.value) == ["x", 3, 4])
    }

    @Test func `order does not count for equality`() {
        let object: JSONObject = ["a": 1, "b": 2]
        #expect(object == ["b": 2, "a": 1])
        #expect(object != ["b": 2, "a": 3])
        #expect(object != ["a": 1])
        #expect(object != ["a": 1, "c": 2])
        #expect(object == JSONObject([("b", 0), ("a", 1), ("b", 2)]))
    }

    @Test func `a parsed object keeps the order of the text`() throws {
        let object = try JSONValue.parse(#"{"z":1,"a":2,"m":3}"#).objectValue
        #expect(object?.names == ["z", "a", "m"])
        #expect(object?.count == 3)
        #expect(object?.isEmpty == false)
    }

    @Test func `an accessor answers only for its own kind`() {
        let value: JSONValue = ["s": "x", "i": 1, "d": 1.5, "b": true, "a": [1]]
        #expect(value["s"]?.stringValue == "x")
        #expect(value["i"]?.integerValue == 1)
        #expect(value["i"]?.doubleValue == 1.0)
        #expect(value["d"]?.doubleValue == 1.5)
        #expect(value["d"]?.integerValue == nil)
        #expect(value["b"]?.boolValue == true)
        #expect(value["a"]?.arrayValue == [1])
        #expect(value["s"]?.objectValue == nil)
        #expect(value["missing"] == nil)
        #expect(value["s"]?["x"] == nil)
    }
}
