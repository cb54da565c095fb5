// SPDX-License-Identifier: Apache-2.0

/// How much of what was sent under the identifier that stands can be asked to be erased.
package enum Erasability: Sendable {
    case all
    /// A part went to a place that can't be asked.
    case some
    /// None: it went to places that can't be asked.
    case none
    /// None: the identifier and its secret are not known.
    case lost
    /// The machine from which this home was copied can ask for it, and this one can't.
    case elsewhere
}

extension ConsentState {
    var erasability: Erasability {
        if isCopied { return .elsewhere }
        guard let record else { return .lost }
        let unerasable = record.unerasable
        if unerasable.isEmpty { return .all }
        guard record.sentErasureURLs.allSatisfy(\.isEmpty) else { return .some }
        return unerasable.contains(.noPlace) ? .none : .lost
    }
}
