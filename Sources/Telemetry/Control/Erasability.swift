// SPDX-License-Identifier: Apache-2.0

/// How much of what was sent under the identifier that stands can be asked to be erased.
package enum Erasability: Sendable {
    case all
    /// A part went to a place that can't be asked.
    case some
    /// None, and why.
    case none(Unerasable)
    /// The machine from which this home was copied can ask for it, and this one can't.
    case elsewhere
}

extension ConsentState {
    var erasability: Erasability {
        if isCopied { return .elsewhere }
        guard let record else { return .none(.rightLost) }
        let unerasable = record.unerasable
        if unerasable.isEmpty { return .all }
        guard record.sentErasureURLs.allSatisfy(\.isEmpty) else { return .some }
        return .none(unerasable)
    }
}
