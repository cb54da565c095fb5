// SPDX-License-Identifier: Apache-2.0

import JSON

@testable import Telemetry

/// Files of a home that say what was decided: the record of consent, and the list of erasures.
enum DecisionFuzz {
    static func feed(_ bytes: [UInt8]) {
        if let record = ConsentRecord(bytes) {
            precondition(ConsentRecord(record.serialized) == record, "another decision")
        }
        guard let list = (try? JSONValue.parse(bytes: bytes))?.arrayValue else { return }
        for erasure in list.compactMap(PendingErasure.init(json:)) {
            precondition(erasure.attempts + 1 > 0, "attempts that can't be counted on")
            precondition(PendingErasure(json: erasure.json) == erasure, "another request")
        }
    }
}
