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

        /// A column.
        public init(_ title: String, _ alignment: Alignment = .leading) {
            self.title = title
            self.alignment = alignment
        }
    }

    /// Blanks between two columns.
    static let gap = 2

    private let columns: [Column]
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

    /// The lines of the table; without rows there are none.
    func lines(withColours: Bool) -> [String] {
        guard !rows.isEmpty else { return [] }
        let header = hasHeader ? [columns.map { StyledText($0.title, .bold) }] : []
        let all = header + rows
        let widths = columns.indices.map { index in all.map { $0[index].width }.max() ?? 0 }
        return all.map { line($0, widths: widths, withColours: withColours) }
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
        return line
    }
}
