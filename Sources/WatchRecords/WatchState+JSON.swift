// SPDX-License-Identifier: Apache-2.0

public import JSON
import Modules

extension WatchState {
    /// The state as a JSON object; times in RFC 3339 and in nanoseconds.
    public var json: JSONObject {
        [
            "pid": .integer(process),
            "since": .string(Timestamp(nanoseconds: since).rfc3339),
            "since_ns": .integer(since),
            "written_ns": .integer(written),
            "interfaces": .array(interfaces.map(\.json)),
            "alerts": .object(
                JSONObject(alerts.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })),
            "last_alert": lastAlert.map(\.json) ?? .null,
            "outputs": .array(outputs.map(\.json)),
            "gateway_contested_until_ns": contestedUntil.map { .integer($0) } ?? .null,
        ]
    }

    /// Reads what ``json`` made; nil for anything else.
    public init?(_ value: JSONValue) {
        guard let process = value["pid"]?.integerValue, let since = value["since_ns"]?.integerValue,
            let written = value["written_ns"]?.integerValue
        else { return nil }
        self.init(process: process, since: since)
        self.written = written
        interfaces = (value["interfaces"]?.arrayValue ?? []).compactMap(Interface.init)
        for member in value["alerts"]?.objectValue?.members ?? [] {
            alerts[member.name] = member.value.integerValue
        }
        lastAlert = value["last_alert"].flatMap(LastAlert.init)
        contestedUntil = value["gateway_contested_until_ns"]?.integerValue
        outputs = (value["outputs"]?.arrayValue ?? []).compactMap(Output.init)
    }
}

extension WatchState.Interface {
    fileprivate var json: JSONValue {
        [
            "name": .string(name),
            "gateway": gateway.map { .string($0) } ?? .null,
            "gateway_mac": gatewayHardware.map { .string($0) } ?? .null,
            "gateway_contested": .bool(isGatewayContested),
            "carrier": .bool(hears),
            "frames": .integer(frames), "dropped": .integer(dropped), "evicted": .integer(evicted),
            "sandbox": .string(sandbox),
        ]
    }

    fileprivate init?(_ value: JSONValue) {
        guard let name = value["name"]?.stringValue else { return nil }
        self.init(name: name)
        gateway = value["gateway"]?.stringValue
        gatewayHardware = value["gateway_mac"]?.stringValue
        isGatewayContested = value["gateway_contested"]?.boolValue ?? false
        frames = value["frames"]?.integerValue ?? 0
        dropped = value["dropped"]?.integerValue ?? 0
        evicted = value["evicted"]?.integerValue ?? 0
        hears = value["carrier"]?.boolValue ?? true
        sandbox = value["sandbox"]?.stringValue ?? ""
    }
}

extension WatchState.LastAlert {
    fileprivate var json: JSONValue {
        [
            "time": .string(Timestamp(nanoseconds: time).rfc3339), "time_ns": .integer(time),
            "severity": .string(severity), "summary": .string(summary),
        ]
    }

    fileprivate init?(_ value: JSONValue) {
        guard let time = value["time_ns"]?.integerValue,
            let severity = value["severity"]?.stringValue,
            let summary = value["summary"]?.stringValue
        else { return nil }
        self.init(time: time, severity: severity, summary: summary)
    }
}

extension WatchState.Output {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "delivered": .integer(delivered), "failed": .integer(failed),
            "dropped": .integer(dropped),
        ]
    }

    fileprivate init?(_ value: JSONValue) {
        guard let name = value["name"]?.stringValue else { return nil }
        self.init(
            name: name, delivered: value["delivered"]?.integerValue ?? 0,
            failed: value["failed"]?.integerValue ?? 0,
            dropped: value["dropped"]?.integerValue ?? 0)
    }
}
