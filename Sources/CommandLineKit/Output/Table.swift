// SPDX-License-Identifier: Apache-2.0

/// Rows under headings in aligned columns.
public struct Table: Sendable, Equatable {
    /// On which side a column's cells are flush.
    public enum Alignment: Sendable, Equatable {
        /// Text.
        case leading
        /// Numbers.
        case trailing
    }

    /// One column: its heading and alignment.
    public struct Column: Sendable, Equatable {
        /// The heading, in capitals by custom.
        public let title: String
        /// Where its cells are flush.
        public let alignment: Alignment
        /// Whether it only repeats what others say, as a bar does, and is the first to go where the
        /// terminal is too narrow. Only looked at in the last column.
        public let isOrnament: Bool

        /// A column.
        public init(_ title: String, _ alignment: Alignment = .leading, isOrnament: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.isOrnament = isOrnament
        }
    }

    /// Blanks between two columns.
    static let gap = 2

    private var columns: [Column]
    private var rows: [[StyledText]] = []
    private let hasHeader: Bool

    /// An empty table under headings.
    public init(_ columns: [Column]) {
        self.columns = columns
        hasHeader = true
    }

    /// Names and their values without headings.
    public init(pairs: [(name: String, value: StyledText)]) {
        columns = [Column("name"), Column("value")]
        hasHeader = false
        rows = pairs.map { [StyledText($0.name), $0.value] }
    }

    /// Adds a row with one cell for each column.
    public mutating func append(_ cells: [StyledText]) {
        precondition(cells.count == columns.count, "a row has one cell for each column")
        rows.append(cells)
    }

    /// A last column narrower than this is not worth breaking: cells then stand below each other.
    private static let lastColumnsMin = 16

    /// The lines of the table; without rows there are none. On a terminal that is too narrow the
    /// last column is broken, or, if that leaves it no room, each row into its cells.
    func lines(
        withColours: Bool, columns terminal: Int? = nil, keeping commands: ToldCommands? = nil
    ) -> [String] {
        guard !rows.isEmpty else { return [] }
        let header = hasHeader ? [columns.map { StyledText($0.title, .bold) }] : []
        let all = header + rows
        let widths = columns.indices.map { index in all.map { $0[index].width }.max() ?? 0 }
        let before = widths.dropLast().reduce(0) { $0 + $1 + Self.gap }
        guard let terminal, before + (widths.last ?? 0) > terminal else {
            return all.map { line($0, widths: widths, withColours: withColours) }
        }
        if columns.last?.isOrnament == true {
            return withoutLastColumn.lines(
                withColours: withColours, columns: terminal, keeping: commands)
        }
        let room = terminal - before
        guard columns.last?.alignment == .leading, room >= Self.lastColumnsMin else {
            return stacked(terminal, withColours, commands)
        }
        return all.flatMap { row in
            let last = row[row.count - 1].folded(columns: room, keeping: commands)
            return broken(row, last, widths, before, withColours)
        }
    }

    private var withoutLastColumn: Table {
        var table = self
        table.columns.removeLast()
        table.rows = rows.map { $0.dropLast() }
        return table
    }

    /// A row whose last cell goes on below itself.
    private func broken(
        _ cells: [StyledText], _ parts: [StyledText], _ widths: [Int], _ before: Int,
        _ withColours: Bool
    ) -> [String] {
        let first = cells.dropLast() + parts.prefix(1)
        let margin = String(repeating: " ", count: before)
        return [line(Array(first), widths: widths, withColours: withColours)]
            + parts.dropFirst().map { margin + $0.rendered(withColours: withColours) }
    }

    /// Each row as its first cell, and below it the others with their headings; empty ones are left
    /// out.
    private func stacked(
        _ terminal: Int, _ withColours: Bool, _ commands: ToldCommands?
    ) -> [String] {
        rows.flatMap { row in
            zip(columns, row).enumerated().flatMap { index, pair -> [String] in
                let (column, cell) = pair
                if index > 0, cell.text.isEmpty { return [] }
                let label = index == 0 || !hasHeader ? "" : column.title.lowercased() + ": "
                let margin = index == 0 ? "" : "  "
                return StyledText(margin + label + cell.text, cell.style)
                    .folded(columns: terminal, keeping: commands)
                    .map { $0.rendered(withColours: withColours) }
            }
        }
    }

    private func line(_ cells: [StyledText], widths: [Int], withColours: Bool) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let blanks = String(repeating: " ", count: widths[index] - cell.width)
            let text = cell.rendered(withColours: withColours)
            let isLast = index == cells.count - 1
            switch columns[index].alignment {
            case .trailing: line += blanks + text
            case .leading: line += isLast ? text : text + blanks
            }
            if !isLast { line += String(repeating: " ", count: Self.gap) }
        }
        // What comes before an empty cell needs no room behind it.
        while line.last == " " { line.removeLast() }
        return line
    }
}
