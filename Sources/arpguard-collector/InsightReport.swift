// SPDX-License-Identifier: Apache-2.0

internal import Collector
internal import CommandLineKit
internal import Modules

extension Insight {
    var report: Report {
        Report(
            text: heading + tables.flatMap(\.blocks) + notes, json: .one(json))
    }

    private var heading: [Report.Block] {
        var daily = Table([
            .init("DAY"), .init("INSTALLATIONS", .trailing), .init("", isOrnament: true),
        ])
        let bars = Bars(self.daily.map(\.installations))
        for day in self.daily {
            daily.append([
                StyledText(day.day.description), StyledText(String(day.installations)),
                StyledText(bars.bar(day.installations)),
            ])
        }
        let active = activeInstallations.map { String($0) } ?? "fewer than \(k)"
        let others = services.filter { $0 != service }.joined(separator: ", ")
        return [
            .line(StyledText("\(service): active installations: \(active)", .bold)),
            .line("\(days.lowerBound) to \(days.upperBound), by UTC day"),
            .line("\(smallGroups)"),
        ] + (others.isEmpty ? [] : [.line("other services: \(others)")])
            + [.blank, .table(daily)]
    }

    private var notes: [Report.Block] {
        let lines = tally.counts.sorted { $0.key < $1.key }.map { reason, count in
            Report.Block.line(StyledText("left out: \(count) \(reason.rawValue)", .faint))
        }
        return lines.isEmpty ? [] : [.blank] + lines
    }
}

extension InsightTable {
    /// Nothing for a group of which nothing is shown.
    fileprivate var blocks: [Report.Block] {
        guard !rows.isEmpty else { return [] }
        let further = StyledText("\(furtherRows) more, of fewer installations", .faint)
        return [.blank, .line(StyledText(group.title, .bold)), .table(table)]
            + (furtherRows == 0 ? [] : [.line(further)])
    }

    private var table: Table {
        let hasCounts = rows.contains { $0.count != nil }
        let hasDurations = rows.contains { $0.durations != nil }
        let labels = group.labelNames.map { Table.Column($0.uppercased()) }
        let numbers =
            ["A DAY, AT LEAST"] + (hasCounts ? ["COUNT"] : [])
            + (hasDurations ? ["P50", "P90", "P99"] : [])
        let columns =
            labels + numbers.map { Table.Column($0, .trailing) } + [
                Table.Column("", isOrnament: true)
            ]
        var table = Table(columns)
        let isCounted = rows.allSatisfy { $0.count != nil }
        let values = rows.map { isCounted ? $0.count ?? 0 : $0.installations }
        let bars = Bars(values)
        for (row, value) in zip(rows, values) {
            let bar = StyledText(bars.bar(value))
            table.append(row.cells(hasCounts: hasCounts, hasDurations: hasDurations) + [bar])
        }
        return table
    }
}

extension InsightRow {
    fileprivate func cells(hasCounts: Bool, hasDurations: Bool) -> [StyledText] {
        let count = count.map { isAtLeast ? ">= \($0)" : String($0) } ?? "-"
        let counts = hasCounts ? [count] : []
        let figures = counter.labels + [String(installations)] + counts
        let quantiles = (durations?.all ?? [nil, nil, nil]).map { value in
            value.map { DurationQuantiles.words($0, atMost: "<=") } ?? "-"
        }
        let rest = hasDurations ? quantiles : []
        return (figures + rest).map { StyledText($0) }
    }
}

/// Bars of a terminal, the longest for the greatest value.
private struct Bars {
    private static let columns = 24
    private static let eighths = [
        "", "\u{258F}", "\u{258E}", "\u{258D}", "\u{258C}", "\u{258B}",
        "\u{258A}", "\u{2589}",
    ]
    private let greatest: Int

    init(_ values: [Int]) {
        greatest = max(1, values.max() ?? 1)
    }

    func bar(_ value: Int) -> String {
        let eighths = Int((Double(value) / Double(greatest) * Double(Self.columns * 8)).rounded())
        return String(repeating: "\u{2588}", count: eighths / 8) + Self.eighths[eighths % 8]
    }
}
