// SPDX-License-Identifier: Apache-2.0

import JSON
import OTLP
import Testing

@Suite struct HostileJSONTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `thousands of mutated texts give a request or an error`(seed: UInt64) throws {
        let text = Fixture.request.json().serializedBytes()
        var generator = SplitMix64(state: seed)
        var parsed = 0
        var accepted = 0
        for _ in 0..<1_500 {
            let mutated = mutated(text, using: &generator)
            guard let json = try? JSONValue.parse(bytes: mutated) else { continue }
            parsed += 1
            #expect(try JSONValue.parse(json.serialized()) == json)
            guard let request = try? ExportLogsRequest(json: json) else { continue }
            accepted += 1
            let again = try ExportLogsRequest(json: request.json())
            #expect(again.encoded() == request.encoded())
        }
        // All three outcomes occur, else the mutations prove nothing.
        #expect(accepted > 50 && accepted < parsed && parsed < 1_400)
    }

    /// One to three changes; most put in something that has a meaning in JSON.
    private func mutated(
        _ bytes: [UInt8], using generator: inout SplitMix64
    ) -> [UInt8] {
        let pieces = ["{", "}", "[", "]", ",", ":", "\"", "\\u00", "-", "1e9", "null", "0", "é"]
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let index = Int.random(in: bytes.indices, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[index] = .random(in: 0...255, using: &generator)
            case 1:
                bytes.insert(
                    contentsOf: pieces[.random(in: pieces.indices, using: &generator)].utf8,
                    at: index)
            case 2: bytes.replaceSubrange(index..., with: bytes[index...].dropFirst(20))
            case 3: bytes.remove(at: index)
            default: bytes[index] = UInt8(ascii: "0") + .random(in: 0..<10, using: &generator)
            }
        }
        return bytes
    }
}
