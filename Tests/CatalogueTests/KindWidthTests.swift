// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Testing

@Suite struct KindWidthTests {
    @Test(
        arguments: [
            ("choice a|b", "choice a|b", true), ("choice a", "choice a|b", true),
            ("choice a|b|c", "choice a|b", false), ("count 5", "count 6", true),
            ("count 6", "count 5", false), ("duration seconds 5", "duration seconds 9", true),
            ("duration seconds 5", "duration milliseconds 9", false), ("count 5", "bool", false),
            ("bool", "bool", true), ("identifier", "version", false), ("bool", "", false),
            ("count 5", "", false), ("choice a", "", false), ("choice 5", "count 6", false),
        ])
    func `a kind is covered by one that admits all it admits`(
        kind: String, other: String, isCovered: Bool
    ) {
        #expect(PropertyKind.isCovered(kind, by: other) == isCovered)
    }
}
