// SPDX-License-Identifier: Apache-2.0

/// A chart of upright columns as inline SVG, for values in the order of time; its numbers belong
/// into a table beside it. Its width is that of the page, and its words are of the same size on
/// every screen.
public struct ColumnChart: Sendable, Equatable {
    /// One column.
    public struct Column: Sendable, Equatable {
        /// What it stands for, such as a day.
        public let label: String
        /// Its height; negative values are drawn as zero.
        public let value: Int

        /// Makes a column.
        public init(_ label: String, _ value: Int) {
            self.label = label
            self.value = value
        }
    }

    /// Columns drawn at most: the last ones.
    public static let columnsMax = 120
    private static let height = 150
    private static let top = 18
    private static let bottom = 22

    private let title: String
    private let columns: [Column]

    /// Makes a chart; the title is what a screen reader says.
    public init(title: String, columns: [Column]) {
        self.title = title
        self.columns = columns.suffix(Self.columnsMax)
    }

    /// The markup; nothing without columns.
    public var html: HTML {
        guard let first = columns.first, let last = columns.last,
            let highest = columns.map(\.value).max()
        else { return "" }
        let base = Self.height - Self.bottom
        let bars = columns.enumerated().map { index, column in
            bar(column, at: index, highest: max(highest, 1))
        }
        return """
            <svg class="chart" width="100%" height="\(Self.height)" role="img">
            <title>\(title)</title>
            <text class="value" x="0" y="12">\(highest)</text>
            <line class="axis" x1="0" x2="100%" y1="\(base)" y2="\(base)"/>
            \(HTML.join(bars))
            <text class="value" x="0" y="\(Self.height - 6)">\(first.label)</text>
            <text class="label" x="100%" y="\(Self.height - 6)">\(last.label)</text>
            </svg>
            """
    }

    private func bar(_ column: Column, at index: Int, highest: Int) -> HTML {
        let room = Self.height - Self.top - Self.bottom
        let share = Double(max(column.value, 0)) / Double(highest)
        let height = column.value > 0 ? max(1, Int((share * Double(room)).rounded())) : 0
        let left = Percentage(index, of: columns.count)
        let width = Percentage(columns.count > 60 ? 9 : 8, of: columns.count * 10)
        return """
            <rect class="bar" x="\(left)" y="\(Self.height - Self.bottom - height)" \
            width="\(width)" height="\(height)"/>
            """
    }
}
