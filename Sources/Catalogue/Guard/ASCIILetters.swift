// SPDX-License-Identifier: Apache-2.0

/// How the letters of names are written where there is ASCII alone, as in names of accounts and of
/// types.
enum ASCIILetters {
    /// A text with its letters spelled out, and with their marks left out: `Jörg` is `Joerg` and
    /// `Jorg`. What has no such form is left out.
    static func spellings(of text: String) -> Set<String> {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return [text] }
        return [
            respelled(text) { spelled[$0] ?? plain[$0] },
            respelled(text) { plain[$0] ?? spelled[$0] },
        ]
    }

    private static func respelled(
        _ text: String, _ spelling: (Character) -> String?
    ) -> String {
        text.map { letter in
            let small = letter.lowercased()
            // What is not listed may be a letter and a mark of its own.
            let known =
                small.first.flatMap(spelling) ?? String(small.unicodeScalars.prefix { $0.isASCII })
            return letter.isUppercase ? known.prefix(1).uppercased() + known.dropFirst() : known
        }.joined()
    }

    /// Two letters for one.
    private static let spelled: [Character: String] = [
        "ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe", "ß": "ss",
        "þ": "th", "ð": "dh", "ĳ": "ij",
    ]

    /// The letter below the marks. Letters of two code points are equal to those of one.
    private static let plain: [Character: String] = {
        let rows = [
            "aàáâãäåāăąǎảạấầẩẫậắằẳẵặ", "cçćĉċč", "dďđð", "eèéêëēĕėęěẻẽẹếềểễệ", "gĝğġģ", "hĥħ",
            "iìíîïĩīĭįıǐỉị", "jĵ", "kķ", "lĺļľŀł", "nñńņň", "oòóôõöøōŏőǒỏọốồổỗộơớờởỡợ", "rŕŗř",
            "sśŝşšș", "tţťŧț", "uùúûüũūŭůűųǔủụưứừửữự", "wŵẁẃẅ", "yýÿŷỳỷỹỵ", "zźżž",
        ]
        var plain: [Character: String] = [:]
        for row in rows {
            for letter in row.dropFirst() { plain[letter] = String(row.prefix(1)) }
        }
        return plain
    }()
}
