// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import TestKit

/// Prints, for each kind of a corpus, how many strings the guard of identifiers lets through.
struct Rates {
    let corpus: LabelledStrings

    func print() {
        for isPersonal in [true, false] {
            let entries = corpus.entries.filter { $0.isPersonal == isPersonal }
            let kinds = Dictionary(grouping: entries, by: \.kind).sorted { $0.key < $1.key }
            for (kind, entries) in kinds { line(kind, entries, isPersonal) }
            line("ALL", entries, isPersonal)
        }
        speed()
    }

    private func line(
        _ kind: String, _ entries: [LabelledStrings.Entry], _ isPersonal: Bool
    ) {
        let passed = entries.count { PropertyGuard.admits($0.text) }
        let count = isPersonal ? passed : entries.count - passed
        let share = (Double(count) * 10_000 / Double(max(1, entries.count))).rounded() / 100
        let words = isPersonal ? "personal passed" : "harmless refused"
        Swift.print("\(words)\t\(kind)\t\(count) of \(entries.count)\t\(share) %")
    }

    /// Processor time over all strings, as often as makes half a second.
    private func speed() {
        let texts = corpus.entries.map(\.text)
        guard !texts.isEmpty else { return Swift.print("speed\tALL\tno strings\t") }
        var (rounds, admitted) = (0, 0)
        let start = clock()
        repeat {
            for text in texts where PropertyGuard.admits(text) { admitted += 1 }
            rounds += 1
        } while clock() - start < CLOCKS_PER_SEC / 2
        let nanoseconds =
            Double(clock() - start) * 1e9 / Double(CLOCKS_PER_SEC) / Double(rounds * texts.count)
        Swift.print("speed\tALL\t\(Int(1e9 / nanoseconds)) strings/s\t\(Int(nanoseconds)) ns")
        if admitted == 0 { Swift.print("nothing was admitted") }
    }
}

let corpora = CommandLine.arguments.dropFirst()
if corpora.isEmpty { try Rates(corpus: .identifiers()).print() }
for path in corpora { try Rates(corpus: .lines(path)).print() }
