// SPDX-License-Identifier: Apache-2.0

/// What a word may mean where it stands in an identifier.
struct WordTraits: OptionSet, Sendable {
    let rawValue: UInt64

    /// Nothing; a literal would be slow here.
    static var nothing: WordTraits { WordTraits(rawValue: 0) }
    /// A top-level domain that is no word of programs.
    static let domain = WordTraits(rawValue: 1 << 0)
    /// A top-level domain, or the end of local names, that is also such a word.
    static let perhapsDomain = WordTraits(rawValue: 1 << 1)
    /// `com`, which is a domain wherever it stands behind another piece.
    static let company = WordTraits(rawValue: 1 << 2)
    /// `www`, `arpa` and others that stand in no identifier of a program.
    static let always = WordTraits(rawValue: 1 << 3)
    /// A provider of mail.
    static let mailHost = WordTraits(rawValue: 1 << 4)
    /// The scheme of a URL.
    static let scheme = WordTraits(rawValue: 1 << 5)
    /// `at`.
    static let at = WordTraits(rawValue: 1 << 6)
    /// `dot`.
    static let dot = WordTraits(rawValue: 1 << 7)
    /// What people put between the numbers of an address.
    static let betweenNumbers = WordTraits(rawValue: 1 << 8)
    /// The kind of a machine, before its number.
    static let hostKind = WordTraits(rawValue: 1 << 9)
    /// A thing that people call after themselves.
    static let device = WordTraits(rawValue: 1 << 10)
    /// A part of such a thing's name, telling only after its owner's.
    static let owned = WordTraits(rawValue: 1 << 29)
    /// Such a thing by its brand, which is no word of programs.
    static let branded = WordTraits(rawValue: 1 << 31)
    /// A kind of a machine that is also a protocol: `SMTP_550` is an answer.
    static let `protocol` = WordTraits(rawValue: 1 << 32)
    /// What programs put before the names of their parts, and nobody before a host's.
    static let namespace = WordTraits(rawValue: 1 << 33)
    /// A top-level domain that is one also with more behind it, as in `anna.lan_failed`.
    static let surelyDomain = WordTraits(rawValue: 1 << 35)
    /// A kind of a machine that is no word of programs: `nas12`.
    static let onlyHost = WordTraits(rawValue: 1 << 36)
    /// A top-level domain that is one behind a word that no program uses.
    static let rareDomain = WordTraits(rawValue: 1 << 37)
    /// The first part of a device's name: `MacBook`.
    static let deviceStart = WordTraits(rawValue: 1 << 39)
    /// The end of compound names of machines: `fileserver3`.
    static let serving = WordTraits(rawValue: 1 << 38)
    /// What stands before a telephone number.
    static let telephone = WordTraits(rawValue: 1 << 34)
    /// What stands before the degrees of a place.
    static let position = WordTraits(rawValue: 1 << 43)
    /// A provider of mail that no program names its parts after.
    static let onlyMailHost = WordTraits(rawValue: 1 << 44)
    /// The form of a company, behind its name.
    static let legalForm = WordTraits(rawValue: 1 << 45)
    /// What stands before a password.
    static let password = WordTraits(rawValue: 1 << 46)
    /// What programs have with a number behind a word for passwords: `password_sha256`.
    static let numbered = WordTraits(rawValue: 1 << 47)
    /// How names begin that an installer makes up.
    static let maker = WordTraits(rawValue: 1 << 11)
    /// The ending of a file that is no word of programs.
    static let file = WordTraits(rawValue: 1 << 12)
    /// The ending of a file that is also such a word.
    static let perhapsFile = WordTraits(rawValue: 1 << 13)
    /// Where people's folders are.
    static let home = WordTraits(rawValue: 1 << 14)
    /// A folder in a person's own.
    static let folder = WordTraits(rawValue: 1 << 15)
    /// A folder of the system.
    static let systemFolder = WordTraits(rawValue: 1 << 16)
    /// What stands in one.
    static let inSystemFolder = WordTraits(rawValue: 1 << 17)
    /// What stands at the top of a drive.
    static let inDrive = WordTraits(rawValue: 1 << 18)
    /// `id`, before the kind of a key.
    static let key = WordTraits(rawValue: 1 << 19)
    /// The kind of a key.
    static let keyKind = WordTraits(rawValue: 1 << 20)
    /// How tokens begin.
    static let tokenPrefix = WordTraits(rawValue: 1 << 21)
    /// How names of types end.
    static let typeEnding = WordTraits(rawValue: 1 << 22)
    /// A top-level domain that is one also after an underscore.
    static let onlyDomain = WordTraits(rawValue: 1 << 24)
    /// What stands between a thing and its owner's name.
    static let of = WordTraits(rawValue: 1 << 25)
    /// A folder of the system that is no word of programs.
    static let onlySystemFolder = WordTraits(rawValue: 1 << 26)
    /// How the names of pictures begin.
    static let camera = WordTraits(rawValue: 1 << 27)
    /// What stands before the number of a thing.
    static let serial = WordTraits(rawValue: 1 << 28)
    /// What people put before an address.
    static let address = WordTraits(rawValue: 1 << 30)
    /// A word for a dot that is also a word of programs.
    static let point = WordTraits(rawValue: 1 << 40)
    /// A top-level domain that types have as the name of a part.
    static let member = WordTraits(rawValue: 1 << 41)
    /// What ends the names of hosts in a local network.
    static let local = WordTraits(rawValue: 1 << 42)
    /// A word of programs that would be taken for something else.
    static let technical = WordTraits(rawValue: 1 << 23)
}

/// The traits of all words that the guard knows, by the hash of the word.
struct WordTable: Sendable {
    static let shared = WordTable(GuardWords.all)

    private let mask: Int
    private var slots: [Slot]

    private struct Slot {
        var hash: UInt64 = 0
        var traits = WordTraits.nothing
    }

    /// Made when a program starts, since declarations ask: so a word is put where it belongs at
    /// once, without a collection between.
    ///
    /// - Parameter lists: words with blanks between them, and their trait.
    init(_ lists: [(WordTraits, String)]) {
        let bytes = lists.reduce(0) { $0 + $1.1.utf8.count }
        // A word has some six characters, so that two thirds of the slots stay free.
        var size = 64
        while size < bytes / 2 { size *= 2 }
        mask = size - 1
        slots = [Slot](repeating: Slot(), count: size)
        for (trait, words) in lists {
            var hash = IdentifierForm.hashStart
            for byte in words.utf8 {
                if byte == 0x20 || byte == 0x0A {
                    add(hash, trait)
                    hash = IdentifierForm.hashStart
                } else {
                    hash = IdentifierForm.hash(hash, byte)
                }
            }
            add(hash, trait)
        }
    }

    private mutating func add(_ hash: UInt64, _ trait: WordTraits) {
        guard hash != IdentifierForm.hashStart else { return }
        var slot = Self.slot(hash) & mask
        while slots[slot].hash != 0, slots[slot].hash != hash { slot = (slot + 1) & mask }
        slots[slot].hash = hash
        slots[slot].traits.insert(trait)
    }

    private static func slot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 20) }

    /// The traits of the word with this hash; none for a word that is not known.
    func traits(_ hash: UInt64) -> WordTraits {
        var slot = Self.slot(hash) & mask
        while slots[slot].hash != 0 {
            if slots[slot].hash == hash { return slots[slot].traits }
            slot = (slot + 1) & mask
        }
        return .nothing
    }
}
