// SPDX-License-Identifier: Apache-2.0

/// A chart of one value over days as inline SVG, with a band around it where a range is known. A
/// day without a value leaves a gap. Each day says its value when a pointer rests on it; all values
/// belong into a table beside the chart.
public struct LineChart: Sendable, Equatable {
    /// One day.
    public struct Point: Sendable, Equatable {
        /// The day.
        public let label: String
        /// The line's value; nil where there is none to show.
        public let value: Int?
        /// The band's lower and upper end; nil without a band.
        public let band: ClosedRange<Int>?
        /// What the pointer reads.
        public let words: String

        /// Makes a point.
        public init(_ label: String, _ value: Int?, band: ClosedRange<Int>? = nil, words: String) {
            self.label = label
            self.value = value
            self.band = band
            self.words = words
        }
    }

    /// Points drawn at most, the last ones; the rest is left to the table beside the chart.
    public static let pointsMax = 1100
    private static let width = 640
    private static let height = 190
    private static let left = 64
    private static let right = 12
    private static let top = 12
    private static let bottom = 26
    private static let dotsMax = 90

    private let title: String
    private let points: [Point]
    private let highest: Int

    /// Makes a chart; the title is what a screen reader says.
    public init(title: String, points: [Point]) {
        self.title = title
        self.points = Array(points.suffix(Self.pointsMax))
        highest = max(
            1, self.points.map { max($0.value ?? 0, $0.band?.upperBound ?? 0) }.max() ?? 1)
    }

    /// The markup; nothing without points.
    public var html: HTML {
        guard let first = points.first, let last = points.last else { return "" }
        return """
            <svg class="chart scaled" viewBox="0 0 \(Self.width) \(Self.height)" role="img">
            <title>\(title)</title>
            \(grid)
            \(HTML.join(runs.map(band)))
            \(HTML.join(runs.map(line)))
            \(HTML.join(points.indices.map(spot)))
            <text class="tick" x="\(Self.left)" y="\(Self.height - 8)">\(first.label)</text>
            <text class="tick end" x="\(Self.width - Self.right)" y="\(Self.height - 8)">\
            \(last.label)</text>
            </svg>
            """
    }

    /// Stretches of days that have values.
    private var runs: [[Int]] {
        points.indices.reduce(into: [[Int]]()) { runs, index in
            guard points[index].value != nil else { return }
            if let last = runs.last?.last, last == index - 1 {
                runs[runs.count - 1].append(index)
            } else {
                runs.append([index])
            }
        }
    }

    private var grid: HTML {
        .join(
            [0, highest / 2, highest].reduce(into: [Int]()) { marks, mark in
                if marks.last != mark { marks.append(mark) }
            }.map { mark in
                """
                <line class="grid" x1="\(Self.left)" x2="\(Self.width - Self.right)" \
                y1="\(y(mark))" y2="\(y(mark))"/>
                <text class="tick end" x="\(Self.left - 8)" y="\(y(mark) + 4)">\(mark)</text>
                """
            })
    }

    private func line(_ run: [Int]) -> HTML {
        let places = run.map { "\(x($0)),\(y(points[$0].value ?? 0))" }.joined(separator: " ")
        return "<polyline class=\"line\" points=\"\(places)\"/>"
    }

    private func band(_ run: [Int]) -> HTML {
        let banded = run.compactMap { index in points[index].band.map { (index, $0) } }
        guard banded.count > 1 else { return "" }
        let upper = banded.map { "\(x($0.0)),\(y($0.1.upperBound))" }
        let lower = banded.reversed().map { "\(x($0.0)),\(y($0.1.lowerBound))" }
        return "<polygon class=\"band\" points=\"\((upper + lower).joined(separator: " "))\"/>"
    }

    /// A dot, and an area around it for the pointer.
    private func spot(_ index: Int) -> HTML {
        guard let value = points[index].value else { return "" }
        let reach = max(4, (Self.width - Self.left - Self.right) / max(points.count, 1) / 2)
        let dot: HTML =
            points.count <= Self.dotsMax
            ? "<circle class=\"dot\" cx=\"\(x(index))\" cy=\"\(y(value))\" r=\"3\"/>" : ""
        return """
            <g><title>\(points[index].words)</title>\(dot)<rect class="hover" \
            x="\(x(index) - reach)" y="\(Self.top)" width="\(reach * 2)" \
            height="\(Self.height - Self.top - Self.bottom)"/></g>
            """
    }

    private func x(_ index: Int) -> Int {
        let room = Self.width - Self.left - Self.right
        guard points.count > 1 else { return Self.left + room / 2 }
        return Self.left + index * room / (points.count - 1)
    }

    private func y(_ value: Int) -> Int {
        let room = Self.height - Self.top - Self.bottom
        let share = Double(max(value, 0)) / Double(highest)
        return Self.top + room - Int((share * Double(room)).rounded())
    }
}
