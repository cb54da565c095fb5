// SPDX-License-Identifier: Apache-2.0

/// How much of what was sent under the identifier that stands can be asked to be erased.
package enum Erasability: Sendable {
    case all
    /// A part went to a place that can't be asked.
    case some
    /// None, or the identifier and its secret are not known.
    case none
    /// The machine from which this home was copied can ask for it, and this one can't.
    case elsewhere
}

extension ConsentState {
    var erasability: Erasability {
        if isCopied { return .elsewhere }
        guard let places = record?.sentErasureURLs else { return .none }
        guard places.contains("") else { return .all }
        return places.allSatisfy(\.isEmpty) ? .none : .some
    }
}
