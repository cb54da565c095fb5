// SPDX-License-Identifier: Apache-2.0

private import CBenchmark
private import CIngest
import Glibc

/// Requests of as many installations, each with a batch of its own, as ARP Guard's clients send
/// them: whole HTTP requests, one after the other.
struct Requests {
    static let eventsPerBatch = 100

    private(set) var bytes: [UInt8] = []
    private(set) var ends: [Int] = []
    /// Bytes of all bodies, before and after compression.
    private(set) var bodyBytes = 0

    /// Makes `count` requests; `first` numbers the first installation. Their days are spread over
    /// as many as told, the last of them today.
    init(_ count: Int, first: Int, isCompressed: Bool, days: Int = 1) {
        let today = UInt64(time(nil)) / 86_400
        for number in first..<first + count {
            var body = Batch(number, day: today - UInt64(number % days)).request
            if isCompressed { body = Self.compressed(body) }
            bodyBytes += body.count
            let head =
                "POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: arpguard/0.1.0\r\n"
                + "Content-Type: application/x-protobuf\r\n"
                + (isCompressed ? "Content-Encoding: gzip\r\n" : "")
                + "Content-Length: \(body.count)\r\n\r\n"
            bytes += Array(head.utf8)
            bytes += body
            ends.append(bytes.count)
        }
    }

    private static func compressed(_ body: [UInt8]) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: body.count + 64)
        let room = out.count
        let count = unsafe cbenchmark_gzip(body, body.count, 6, &out, room)
        return Array(out.prefix(count))
    }
}

/// One batch of a hundred events.
private struct Batch {
    private static let features = ["watch", "replay", "arp_scan", "network_scan", "dashboard"]
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    let request: [UInt8]

    init(_ number: Int, day: UInt64) {
        let batch = Self.identifier(day: day, number)
        var scope = Message()
        for index in 0..<Requests.eventsPerBatch {
            scope.message(2, Self.record(index, number, day: day, uid: "\(batch)-\(index)"))
        }
        var resource = Message()
        resource.message(1, Self.resource(number))
        resource.message(2, scope)
        var request = Message()
        request.message(1, resource)
        self.request = request.bytes
    }

    /// A ULID whose random part is the number.
    private static func identifier(day: UInt64, _ number: Int) -> String {
        var time = day * 86_400_000
        var text = ""
        for _ in 0..<10 {
            text = String(alphabet[Int(time % 32)]) + text
            time /= 32
        }
        // A multiplier spreads the numbers over all the bits, as random ones are.
        var (rest, tail) = (UInt64(number) &* 0x9E37_79B9_7F4A_7C15, "")
        for _ in 0..<12 {
            tail += String(alphabet[Int(rest % 32)])
            rest /= 32
        }
        return text + tail + "0000"
    }

    private static func resource(_ number: Int) -> Message {
        let digits = String(UInt64(number) &* 0x9E37_79B9_7F4A_7C15, radix: 16)
        let padded = String(repeating: "0", count: 16 - digits.count) + digits
        let (left, right) = (padded.prefix(8), padded.suffix(8))
        var resource = Message()
        resource.attribute("service.name", "arpguard")
        resource.attribute("service.version", "0.1.0")
        resource.attribute("app.installation.id", "\(left)-0000-4000-8000-\(right)0000")
        resource.attribute(
            "telemetry.catalogue.digest", String(repeating: "0123456789abcdef", count: 4))
        resource.attribute(
            "telemetry.erasure_key_sha256", String(repeating: padded, count: 4))
        return resource
    }

    private static func record(_ index: Int, _ number: Int, day: UInt64, uid: String) -> Message {
        var record = Message()
        record.fixed64(1, day * 86_400_000_000_000)
        record.number(2, 9)
        switch index % 10 {
        case 0..<6:
            record.nested(6) { $0.pair("feature", features[(index + number) % features.count]) }
            record.nested(6) { $0.pair("duration_ms", 1 << (index % 12)) }
        case 6..<8:
            record.nested(6) {
                $0.pair("alert_type", index % 2 == 0 ? "arp_spoofing" : "arp_flood")
            }
            record.nested(6) { $0.pair("severity", "high") }
        default:
            record.nested(6) { $0.pair("mode", "watch") }
            record.nested(6) { $0.pair("duration_ms", 60_000) }
        }
        record.nested(6) { $0.pair("log.record.uid", uid) }
        let names = ["feature_usage", "alert_generated", "detection_run"]
        record.text(12, names[index % 10 < 6 ? 0 : index % 10 < 8 ? 1 : 2])
        return record
    }
}

/// A protobuf message on its way.
private struct Message {
    private(set) var bytes: [UInt8] = []

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func number(_ field: UInt8, _ value: UInt64) {
        bytes.append(field << 3)
        varint(value)
    }

    mutating func fixed64(_ field: UInt8, _ value: UInt64) {
        bytes.append(field << 3 | 1)
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    mutating func text(_ field: UInt8, _ text: String) {
        delimited(field, Array(text.utf8))
    }

    mutating func message(_ field: UInt8, _ message: Message) {
        delimited(field, message.bytes)
    }

    private mutating func delimited(_ field: UInt8, _ content: [UInt8]) {
        bytes.append(field << 3 | 2)
        varint(UInt64(content.count))
        bytes += content
    }

    mutating func nested(_ field: UInt8, _ fill: (inout Message) -> Void) {
        var message = Message()
        fill(&message)
        self.message(field, message)
    }

    mutating func pair(_ key: String, _ value: String) {
        text(1, key)
        nested(2) { $0.text(1, value) }
    }

    mutating func pair(_ key: String, _ value: UInt64) {
        text(1, key)
        nested(2) { $0.number(3, value) }
    }

    mutating func attribute(_ key: String, _ value: String) {
        nested(1) { $0.pair(key, value) }
    }
}
