// SPDX-License-Identifier: Apache-2.0

package import JSON
import Modules
import Synchronization

/// What was decided, as it stands in `consent.json`.
struct ConsentRecord: Sendable, Equatable {
    /// The layout that this program writes, and the only one that it reads.
    static let layout: Int64 = 1
    /// The longest file that is read, in bytes.
    static let bytesMax = 1 << 20

    /// The program that was decided about, by its name.
    var product: String
    /// Whether the last decision was a yes.
    var isGiven: Bool
    /// The epoch that the decision opened.
    var epoch: UInt32
    var decidedAt: String
    /// A random UUID; nil after a deletion without consent.
    var installationID: String?
    /// Known to this machine alone; the collector knows its hash.
    var erasureSecret: String?
    /// The machine's identifier, salted and hashed; nil where the machine has none.
    var machine: String?
    var machineSalt: String
    var terms: ConsentTerms
    /// Where to ask for erasure: a place for each endpoint to which sending has begun under the
    /// identifier, empty text for one without. Here and not in the store, which may be damaged.
    var sentErasureURLs: [String] = []
    /// Whether an identifier that is not known any more may have sent.
    var isSendingForgotten = false

    var serialized: [UInt8] {
        var object: JSONObject = [
            "layout": .integer(Self.layout),
            "product": .string(product),
            "decision": .string(isGiven ? "given" : "withdrawn"),
            "epoch": .integer(Int64(epoch)),
            "decided_at": .string(decidedAt),
            "installation_id": .optional(installationID),
            "erasure_secret": .optional(erasureSecret),
            "machine": .optional(machine),
            "machine_salt": .string(machineSalt),
            "terms": terms.json,
            "sent_erasure_urls": .array(sentErasureURLs.map { .string($0) }),
        ]
        if isSendingForgotten { object["sending_forgotten"] = true }
        return Array(JSONValue.object(object).serialized(.pretty).utf8) + [0x0A]
    }
}

extension ConsentRecord {
    /// Reads a record; nil for anything that this program would not have written.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONValue.parse(bytes: bytes), let object = json.objectValue,
            object["layout"]?.integerValue == Self.layout,
            let product = object["product"]?.stringValue,
            let decision = object["decision"]?.stringValue,
            ["given", "withdrawn"].contains(decision),
            let epoch = object["epoch"]?.integerValue.flatMap(UInt32.init(exactly:)),
            epoch < ConsentPage.State.epochMax,
            let decidedAt = object["decided_at"]?.stringValue,
            let salt = object["machine_salt"]?.stringValue,
            let terms = object["terms"].flatMap(ConsentTerms.init(json:))
        else { return nil }
        self.init(
            product: product, isGiven: decision == "given", epoch: epoch, decidedAt: decidedAt,
            installationID: object["installation_id"]?.stringValue,
            erasureSecret: object["erasure_secret"]?.stringValue,
            machine: object["machine"]?.stringValue, machineSalt: salt, terms: terms,
            sentErasureURLs: (object["sent_erasure_urls"]?.arrayValue ?? [])
                .compactMap(\.stringValue),
            isSendingForgotten: object["sending_forgotten"]?.boolValue ?? false)
        if isGiven, installationID == nil || erasureSecret == nil { return nil }
    }
}

/// The record that was read last: the gate asks many times for each change of the file.
final class ConsentMemory: Sendable {
    private let last = Mutex<(bytes: [UInt8], record: ConsentRecord?)>(([], nil))

    /// The record that a file's bytes say; nil for anything that this program would not have
    /// written.
    func record(_ bytes: [UInt8]) -> ConsentRecord? {
        last.withLock { last in
            if last.bytes != bytes { last = (bytes, ConsentRecord(bytes)) }
            return last.record
        }
    }
}

extension JSONValue {
    /// Text, or null where there is none.
    package static func optional(_ text: String?) -> JSONValue {
        text.map { .string($0) } ?? .null
    }
}
