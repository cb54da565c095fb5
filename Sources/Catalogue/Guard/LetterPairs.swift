// SPDX-License-Identifier: Apache-2.0

/// How rare pairs of letters are in the names of types and functions.
///
/// Counted over some ten thousand names of Swift's, Python's and C's libraries. A row for each
/// first letter, a column for each second: minus the logarithm to base 2 of the share, up to 9.
struct LetterPairs: Sendable {
    static let shared = LetterPairs()

    /// Fewer pairs say nothing.
    static let pairsMin = 6

    private let table: [UInt8]

    private init() {
        table = Self.rows.filter { $0.isDigit }.map { $0 & 0xF }
    }

    /// The rarity of two lower-case letters, 0 to 9.
    func rarity(_ first: UInt8, _ second: UInt8) -> Int {
        Int(table[Int(first &- 0x61) * 26 + Int(second &- 0x61)])
    }

    /// Ten times the highest mean rarity that words reach; few pairs scatter more.
    static func rarityMax(pairs: Int) -> Int {
        switch pairs {
        case ...7: 60
        case 8...10: 58
        case 11...12: 53
        case 13...15: 51
        default: 50
        }
    }

    private static let rows = Array(
        """
            95447759587344949343576469
            37664779357377459555399748
            36573774594457369453589879
            45642677389567469455577979
            46446669799553766233857469
            47554479299366379444496969
            57572776399463659445488898
            29652779398658379465587969
            55445559999452359543969695
            47472588484758258846488888
            57451566299675669746568899
            37652679397377379844549867
            25552798499559439745599999
            48433439497676479742569989
            66347669696443649255566899
            38563665595467349363577969
            57675868687465768668188888
            37663769497656369344669859
            57573775396566558742576949
            37573694397468459345588849
            65554559499443849433879799
            37572667395737669766999999
            37554764298654458346887989
            59444579496646628652867669
            56665879699652719744887998
            49871799499538469959998956
        """.utf8)
}
