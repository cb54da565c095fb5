// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing
internal import Modules

/// The insight as one page for a browser.
struct InsightPage {
    let insight: Insight
    let retention: RetentionPolicy

    var page: HTMLPage {
        HTMLPage(
            title: "ARP Guard collector",
            content: .join(
                [introduction, active] + insight.tables.map(section) + [leftOut, privacy]))
    }

    private var introduction: HTML {
        """
        <p>What installations whose owners agreed to it reported from
        \(insight.days.lowerBound) to \(insight.days.upperBound). No figure rests on fewer than
        \(insight.k) installations.</p>
        """
    }

    private var active: HTML {
        let days = insight.daily.map { day in
            [HTMLTable.Cell.text(day.day.description), cell(day.installations)]
        }
        let bars = insight.daily.map {
            BarChart.Bar(
                $0.day.description, $0.installations ?? 0,
                words: $0.installations == nil ? few : nil)
        }
        let figure: HTML =
            insight.activeInstallations.map { "<p class=\"figure\">\($0)</p>" }
            ?? "<p>Fewer than \(insight.k).</p>"
        guard !days.isEmpty else { return .join(["<h2>Active installations</h2>", figure]) }
        return .join([
            "<h2>Active installations</h2>", figure,
            BarChart(title: "Active installations by day", bars: bars).html,
            HTMLTable(
                caption: "Installations that reported anything, by day (UTC)",
                columns: ["Day", "Installations"], rows: days
            ).html,
        ])
    }

    private func section(_ table: InsightTable) -> HTML {
        .join([
            "<h2>\(table.group.title)</h2>",
            table.rows.isEmpty ? "<p class=\"quiet\">Nothing to show.</p>" : figures(of: table),
            note(on: table),
        ])
    }

    private func figures(of table: InsightTable) -> HTML {
        let bars = table.rows.map {
            BarChart.Bar($0.counter.labels.joined(separator: ", "), $0.installations)
        }
        let hasDurations = table.rows.contains { $0.durations != nil }
        let columns =
            table.group.labelNames + ["installations", "count"]
            + (hasDurations ? ["p50", "p90", "p99"] : [])
        return .join([
            BarChart(title: "\(table.group.title): installations", bars: bars).html,
            HTMLTable(
                caption: table.group.title, columns: columns,
                rows: table.rows.map { row($0, hasDurations: hasDurations) }
            ).html,
        ])
    }

    private func row(_ row: InsightRow, hasDurations: Bool) -> [HTMLTable.Cell] {
        let labels = row.counter.labels.map { HTMLTable.Cell.text($0) }
        let figures: [HTMLTable.Cell] = [
            .number(row.installations), row.count.map { .number($0) } ?? .absent,
        ]
        guard hasDurations else { return labels + figures }
        guard let durations = row.durations else {
            return labels + figures + [.absent, .absent, .absent]
        }
        let quantiles = [durations.p50, durations.p90, durations.p99]
        return labels + figures + quantiles.map { .quantity("\u{2264} \($0) ms") }
    }

    private func note(on table: InsightTable) -> HTML {
        guard table.suppressedRows > 0 else { return "" }
        let figures =
            table.suppressedRows == 1 ? "1 figure is" : "\(table.suppressedRows) figures are"
        return """
            <p class="quiet">\(figures) not shown, so that nothing here tells about fewer than
            \(insight.k) installations.</p>
            """
    }

    private var leftOut: HTML {
        let counts = insight.tally.counts.sorted { $0.key < $1.key }
        guard !counts.isEmpty else { return "" }
        return .join([
            "<h2>Left out</h2>",
            HTMLTable(
                caption: "What was rejected or not counted, by reason",
                columns: ["reason", "count"],
                rows: counts.map { [.text($0.key.rawValue), .number($0.value)] }
            ).html,
        ])
    }

    private var privacy: HTML {
        """
        <h2>How this is kept</h2>
        <p>Installations stand in the store as keyed hashes; addresses are neither stored nor
        logged. What an installation reported of a day is kept, and can be erased, for
        \(retention.openDays) days; then it is added to plain totals of the day, from which nobody
        can be taken out again, and deleted. One installation adds at most
        \(DayFigures.contributionsMax) a day to each number. Hiding small groups can't stop someone
        who invents installations, nor hide a change that is seen by comparing two readings.</p>
        """
    }

    private func cell(_ number: Int?) -> HTMLTable.Cell {
        number.map { .number($0) } ?? .quantity(few)
    }

    private var few: String { "< \(insight.k)" }
}
