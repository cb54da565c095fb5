// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
internal import Hashing
internal import OTLP

/// What the resource of a request says about its sender, checked.
struct ResourceFacts: Sendable, Equatable {
    /// Why a client may have lost records (its own words for it).
    static let lossReasons: Set<String> = [
        "queue_full", "catalogue", "storage_cap", "retention", "damaged", "rejected",
        "dropped_in_review", "revoked",
    ]
    private static let lossPrefix = "telemetry.lost."
    /// The most records that count as lost for one reason: far more than an installation can add to
    /// a figure, and far too few for a sum of them to leave 64 bits.
    static let lossMax: Int64 = 1_000_000

    private(set) var service: String?
    private(set) var version: String?
    private(set) var installation: String?
    private(set) var erasureKeyHash: [UInt8]?
    private(set) var losses: [String: Int] = [:]
    /// How many attributes were not known or had a value that is not admitted.
    private(set) var ignored = 0

    /// Reads a resource; of an attribute that comes twice the first counts.
    init(_ logs: FlatLogs, _ attributes: Range<Int>) {
        var seen: [String] = []
        seen.reserveCapacity(attributes.count)
        for attribute in logs.resourceAttributes[attributes] {
            let key = logs.text(attribute.key)
            let isRepeated = seen.contains(key)
            seen.append(key)
            guard !isRepeated, take(key, Value(attribute.value, in: logs)) else {
                ignored += 1
                continue
            }
        }
    }

    private enum Value {
        case string(String)
        case int(Int64)
        case other

        init(_ value: FlatLogs.Value, in logs: FlatLogs) {
            switch value {
            case .string(let place): self = .string(logs.text(place))
            case .int(let number): self = .int(number)
            case .bool, .double, .other: self = .other
            }
        }
    }

    private mutating func take(_ key: String, _ value: Value) -> Bool {
        switch (key, value) {
        case ("service.name", .string(let name)):
            service = name
        case ("service.version", .string(let text)):
            guard PropertyGuard.isVersion(text) else { return false }
            version = text
        case ("app.installation.id", .string(let text)):
            guard InstallationIdentifier.isValid(text) else { return false }
            installation = text
        case ("telemetry.catalogue.digest", .string):
            break
        case ("telemetry.erasure_key_sha256", .string(let text)):
            guard let hash = Hex.decode(text), hash.count == SHA256.bytes else { return false }
            erasureKeyHash = hash
        case (let key, .int(let count)) where key.hasPrefix(Self.lossPrefix):
            let reason = String(key.dropFirst(Self.lossPrefix.count))
            guard Self.lossReasons.contains(reason), count > 0 else { return false }
            losses[reason] = Int(min(count, Self.lossMax))
        default:
            return false
        }
        return true
    }
}

/// The form of `app.installation.id`.
enum InstallationIdentifier {
    private static let hyphens = [8, 13, 18, 23]
    private static let characters = 36

    /// Whether a text is a UUID in lower case (RFC 9562 section 4).
    static func isValid(_ text: String) -> Bool {
        text.utf8.count == characters
            && text.utf8.enumerated().allSatisfy { place, byte in
                hyphens.contains(place) ? byte == UInt8(ascii: "-") : isLowerHex(byte)
            }
    }

    private static func isLowerHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}
