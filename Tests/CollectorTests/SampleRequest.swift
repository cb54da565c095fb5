// SPDX-License-Identifier: Apache-2.0

import Hashing
import Modules
import OTLP

@testable import Collector

/// An export request as a client makes it; a test changes what it is about.
struct SampleRequest {
    var installation = CollectorTests.installation(1)
    var service = "arpguard"
    var resource: [KeyValue] = []
    var batch = batchText(1)
    var day = today
    var records: [LogRecord] = []

    /// A request of the installation with this number, with its secret.
    init(_ number: Int = 1, batch: Int = 1) {
        installation = CollectorTests.installation(number)
        self.batch = batchText(batch)
        let hash = Hex.encode(SHA256.hash(Array(secret(number).utf8)))
        resource = [
            KeyValue(key: "service.version", value: .string("0.1.0")),
            KeyValue(key: "telemetry.catalogue.digest", value: .string("ab")),
            KeyValue(key: "telemetry.erasure_key_sha256", value: .string(hash)),
        ]
    }

    /// The same with one more record.
    func with(_ event: String, _ attributes: (String, AnyValue)..., day: Day? = nil) -> Self {
        var request = self
        var record = LogRecord()
        record.timeUnixNano = UInt64((day ?? self.day).start.nanoseconds)
        record.observedTimeUnixNano = record.timeUnixNano
        record.severityNumber = 9
        record.eventName = event
        let identifier = KeyValue(
            key: "log.record.uid", value: .string("\(batch)-\(records.count)"))
        record.attributes = attributes.map { KeyValue(key: $0.0, value: $0.1) } + [identifier]
        request.records.append(record)
        return request
    }

    /// The same with one more resource attribute.
    func resource(_ key: String, _ value: AnyValue) -> Self {
        var request = self
        request.resource.append(KeyValue(key: key, value: value))
        return request
    }

    var message: ExportLogsRequest {
        var logs = ResourceLogs()
        logs.resource.attributes =
            [
                KeyValue(key: "service.name", value: .string(service)),
                KeyValue(key: "app.installation.id", value: .string(installation)),
            ] + resource
        var scope = ScopeLogs()
        scope.logRecords = records
        logs.scopeLogs = [scope]
        var request = ExportLogsRequest()
        request.resourceLogs = [logs]
        return request
    }

    var bytes: [UInt8] { message.encoded() }

    var flat: FlatLogs { get throws { try FlatLogs(bytes) } }
}

/// A batch identifier of the test's day, told from others by a number.
func batchText(_ number: Int, day: Day = today) -> String {
    let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    var milliseconds = day.start.nanoseconds / 1_000_000
    var time = ""
    for _ in 0..<10 {
        time = String(alphabet[Int(milliseconds % 32)]) + time
        milliseconds /= 32
    }
    var (rest, tail) = (number, "")
    for _ in 0..<16 {
        tail = String(alphabet[rest % 32]) + tail
        rest /= 32
    }
    return time + tail
}
