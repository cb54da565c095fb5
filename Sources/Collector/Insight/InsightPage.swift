// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing
internal import Modules

/// The insight as one page for a browser: charts that need no script, a table under each.
struct InsightPage {
    /// Rows of a group that have a chart by day.
    private static let chartedRowsMax = 3

    let insight: Insight
    let retention: RetentionPolicy
    /// Links to other ranges and services; empty on a page that stands alone.
    var ways: HTML = ""

    var page: HTMLPage {
        HTMLPage(
            title: "ARP Guard collector",
            content: .join(
                [introduction, ways, active] + insight.tables.map(section) + [leftOut, privacy]))
    }

    private var introduction: HTML {
        """
        <p>What installations of <strong>\(insight.service)</strong> whose owners agreed to it
        reported from \(insight.days.lowerBound) to \(insight.days.upperBound), by UTC day. No
        figure of a day rests on fewer than \(insight.k) installations, and a day that is missing
        has fewer; figures of several days are sums of the days on which they may be shown. A
        duration is told that \(insight.k) installations reached and \(insight.k) stayed within.</p>
        """
    }

    // MARK: - Installations

    private var active: HTML {
        let figure: HTML =
            insight.activeInstallations.map { "<p class=\"figure\">\($0)</p>" }
            ?? "<p>Fewer than \(insight.k) on every day.</p>"
        let heading: HTML = "<h2>Active installations on the busiest day</h2>"
        guard !insight.daily.isEmpty else { return .join([heading, figure]) }
        let byDay = insight.daily.reduce(into: [:]) { $0[$1.day] = $1.installations }
        let points = insight.dailyDays.map { day in
            LineChart.Point(
                day.description, byDay[day],
                words: "\(day): \(byDay[day].map { String($0) } ?? few)")
        }
        let rows = insight.daily.map { day in
            [HTMLTable.Cell.text(day.day.description), .number(day.installations)]
        }
        return .join([
            heading, figure, LineChart(title: "Active installations by day", points: points).html,
            folded(
                HTMLTable(
                    caption: "Installations that reported anything, by day (UTC)",
                    columns: ["Day", "Installations"], rows: rows)),
        ])
    }

    private func folded(_ table: HTMLTable, isOpen: Bool = false) -> HTML {
        let opening: HTML = isOpen ? "<details open>" : "<details>"
        return "\(opening)<summary>Numbers</summary>\(table.html)</details>"
    }

    private var few: String { "< \(insight.k)" }

    // MARK: - Groups of figures

    private func section(_ table: InsightTable) -> HTML {
        .join([
            "<h2>\(table.group.title)</h2>",
            table.rows.isEmpty ? "<p class=\"quiet\">Nothing to show.</p>" : figures(of: table),
            note(on: table),
        ])
    }

    private func figures(of table: InsightTable) -> HTML {
        let hasCounts = table.rows.contains { $0.count != nil }
        let hasDurations = table.rows.contains { $0.durations != nil }
        let columns =
            table.group.labelNames + ["installations a day, at least"]
            + (hasCounts ? ["count"] : []) + (hasDurations ? ["p50", "p90", "p99"] : [])
        let rows = table.rows.map { row($0, hasCounts: hasCounts, hasDurations: hasDurations) }
        return .join(
            [chart(of: table)]
                + table.rows.filter { $0.durations != nil }.prefix(Self.chartedRowsMax)
                .map(durations)
                + [
                    folded(
                        HTMLTable(caption: table.group.title, columns: columns, rows: rows),
                        isOpen: true)
                ])
    }

    /// A bar for each row: counts, or installations where not all are counted.
    private func chart(of table: InsightTable) -> HTML {
        let isCounted = table.rows.allSatisfy { $0.count != nil }
        let bars = table.rows.map { row in
            guard isCounted, let count = row.count else {
                return BarChart.Bar(
                    Self.name(row), row.installations, words: "\u{2265} \(row.installations)")
            }
            return BarChart.Bar(
                Self.name(row), count, words: row.isAtLeast ? "\u{2265} \(count)" : nil)
        }
        let what = isCounted ? "count" : "installations"
        return BarChart(title: "\(table.group.title): \(what)", bars: bars).html
    }

    private static func name(_ row: InsightRow) -> String {
        row.counter.labels.joined(separator: ", ")
    }

    /// The median by day in a band up to the slowest tenth, with its numbers.
    private func durations(_ row: InsightRow) -> HTML {
        let timed = row.daily.filter { $0.durations != nil }
        guard timed.count > 1 else { return "" }
        let byDay = row.daily.reduce(into: [:]) { $0[$1.day] = $1.durations }
        // Every day has its place, so that all charts of the page have one scale of time.
        let points = insight.dailyDays.map { day in
            guard let p50 = byDay[day]?.p50 else {
                return LineChart.Point(day.description, nil, words: "")
            }
            guard let p90 = byDay[day]?.p90 else {
                return LineChart.Point(day.description, p50, words: "\(day): p50 \(p50) ms")
            }
            return LineChart.Point(
                day.description, p50, band: p50...p90,
                words: "\(day): p50 \(p50) ms, p90 \(p90) ms")
        }
        let hasCounts = row.count != nil
        let rows = timed.map { day in
            [.text(day.day.description)] + (hasCounts ? [Self.cell(day.count, day.isAtLeast)] : [])
                + quantiles(day.durations)
        }
        let title = "\(Self.name(row)): how long it took by day, p50 to p90 in ms"
        return .join([
            "<h3>\(title)</h3>", LineChart(title: title, points: points).html,
            folded(
                HTMLTable(
                    caption: title,
                    columns: ["Day"] + (hasCounts ? ["count"] : []) + ["p50", "p90", "p99"],
                    rows: rows)),
        ])
    }

    private func row(
        _ row: InsightRow, hasCounts: Bool, hasDurations: Bool
    ) -> [HTMLTable.Cell] {
        let labels = row.counter.labels.map { HTMLTable.Cell.text($0) }
        let counts = hasCounts ? [Self.cell(row.count, row.isAtLeast)] : []
        let figures = [.number(row.installations)] + counts
        return labels + figures + (hasDurations ? quantiles(row.durations) : [])
    }

    private static func cell(_ count: Int?, _ isAtLeast: Bool) -> HTMLTable.Cell {
        guard let count else { return .absent }
        return isAtLeast ? .quantity("\u{2265} \(count)") : .number(count)
    }

    private func quantiles(_ durations: DurationQuantiles?) -> [HTMLTable.Cell] {
        (durations?.all ?? [nil, nil, nil]).map { value in
            value.map { .quantity(DurationQuantiles.words($0, atMost: "\u{2264}")) } ?? .absent
        }
    }

    private func note(on table: InsightTable) -> HTML {
        let further: HTML =
            table.furtherRows == 0
            ? "" : "<p class=\"quiet\">\(table.furtherRows) more, of fewer installations.</p>"
        return .join([further, "<p class=\"quiet\">\(insight.smallGroups)</p>"])
    }

    // MARK: - Notes

    private var leftOut: HTML {
        let counts = insight.tally.counts.sorted { $0.key < $1.key }
        guard !counts.isEmpty else { return "" }
        return .join([
            "<h2>Left out</h2>",
            HTMLTable(
                caption: "What was rejected or not counted, by reason, of all services",
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
        \(DayFigures.contributionsMax) a day to each number. How many installations a figure rests
        on is told in steps of \(insight.k), and so is a count that is not well above the day's
        installations; an event that one table divides is counted there alone: so nothing can be
        subtracted to learn of a group that is not shown. Hiding small groups can't stop someone who
        invents installations, nor hide a change that is seen by comparing two readings.</p>
        """
    }
}
