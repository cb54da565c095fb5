// SPDX-License-Identifier: Apache-2.0

import Catalogue

/// What a consent lets be recorded: no more than was shown when it was given.
struct Permit: Sendable {
    private let terms: Set<String>

    init(_ catalogue: Catalogue, agreed: ConsentTerms?) {
        terms = Set(agreed?.properties ?? []).intersection(catalogue.terms)
    }

    /// Whether `event` or `event.property` may be recorded.
    func allows(_ term: String) -> Bool { terms.contains(term) }
}
