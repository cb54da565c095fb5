// SPDX-License-Identifier: Apache-2.0

/// A horizontal bar chart as inline SVG: looks come from the style sheet by class, sizes are
/// attributes, so that it shows under a policy without inline style. Its width is that of the
/// page, and its words are of the same size on every screen: each bar lies below its label.
public struct BarChart: Sendable, Equatable {
    /// One bar.
    public struct Bar: Sendable, Equatable {
        /// What the bar stands for.
        public let label: String
        /// Its length; negative values are drawn as zero.
        public let value: Int
        /// What is written beside it.
        public let words: String

        /// Makes a bar; beside it stands its value unless other words are given.
        public init(_ label: String, _ value: Int, words: String? = nil) {
            self.label = label
            self.value = value
            self.words = words ?? String(value)
        }
    }

    /// Bars drawn at most; the rest is left to the table beside the chart.
    public static let barsMax = 60
    private static let labelCharactersMax = 40
    /// What the longest bar leaves is for its value.
    private static let barPercentMax = 75
    private static let rowHeight = 40

    private let title: String
    private let bars: [Bar]

    /// Makes a chart; the title is what a screen reader says.
    public init(title: String, bars: [Bar]) {
        self.title = title
        self.bars = Array(bars.prefix(Self.barsMax))
    }

    /// The markup; nothing without bars.
    public var html: HTML {
        guard let longest = bars.map(\.value).max() else { return "" }
        let height = bars.count * Self.rowHeight
        let rows = bars.enumerated().map { index, bar in
            Self.row(bar, top: index * Self.rowHeight, longest: max(longest, 1))
        }
        return """
            <svg class="chart" width="100%" height="\(height)" role="img">
            <title>\(title)</title>
            \(HTML.join(rows))
            </svg>
            """
    }

    private static func row(_ bar: Bar, top: Int, longest: Int) -> HTML {
        let width = Percentage(max(bar.value, 0) * barPercentMax, of: longest * 100)
        return """
            <text class="value" x="0" y="\(top + 14)">\(shortened(bar.label))</text>
            <g><title>\(bar.label): \(bar.words)</title><rect class="bar" x="0" \
            y="\(top + 19)" width="\(width)" height="14" rx="2"/></g>
            <text class="value" x="\(width)" dx="6" y="\(top + 31)">\(bar.words)</text>
            """
    }

    private static func shortened(_ label: String) -> String {
        label.count <= labelCharactersMax
            ? label : label.prefix(labelCharactersMax - 1) + "\u{2026}"
    }
}
