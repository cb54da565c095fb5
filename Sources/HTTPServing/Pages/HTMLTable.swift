// SPDX-License-Identifier: Apache-2.0

/// A table with a caption, named columns and rows of cells.
public struct HTMLTable: Sendable, Equatable {
    /// One cell.
    public enum Cell: Sendable, Equatable {
        /// Words, set to the left.
        case text(String)
        /// Words that are never broken into lines, such as a time.
        case fixed(String)
        /// A number, set to the right.
        case number(Int)
        /// Words in a column of numbers, such as a value with a unit.
        case quantity(String)
        /// There is no value.
        case absent
        /// Markup, such as a link or a form, set to the left.
        case markup(HTML)
    }

    private let caption: String
    private let columns: [String]
    private let rows: [[Cell]]

    /// Makes a table; the first cell of each row is its header.
    public init(caption: String, columns: [String], rows: [[Cell]]) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
    }

    /// The markup; wide tables scroll by themselves.
    public var html: HTML {
        let numeric = columns.indices.map { index in rows.contains { Self.isNumeric($0, index) } }
        let heads = zip(columns, numeric).map { name, isNumeric -> HTML in
            isNumeric
                ? "<th scope=\"col\" class=\"number\">\(name)</th>"
                : "<th scope=\"col\">\(name)</th>"
        }
        return """
            <div class="wide" role="region" tabindex="0" aria-label="\(caption)"><table>
            <caption>\(caption)</caption>
            <thead><tr>\(HTML.join(heads))</tr></thead>
            <tbody>
            \(HTML.join(rows.map(Self.row)))
            </tbody>
            </table></div>
            """
    }

    private static func isNumeric(_ row: [Cell], _ index: Int) -> Bool {
        guard row.indices.contains(index) else { return false }
        switch row[index] {
        case .number, .quantity: return true
        case .text, .fixed, .absent, .markup: return false
        }
    }

    private static func row(_ cells: [Cell]) -> HTML {
        let rest = cells.dropFirst().map { cell -> HTML in
            switch cell {
            case .text(let text): "<td>\(text)</td>"
            case .fixed(let text): "<td class=\"fixed\">\(text)</td>"
            case .number(let number): "<td class=\"number\">\(number)</td>"
            case .quantity(let text): "<td class=\"number\">\(text)</td>"
            case .absent: "<td class=\"number quiet\">-</td>"
            case .markup(let markup): "<td>\(markup)</td>"
            }
        }
        let look: HTML = if case .fixed = cells.first { " class=\"fixed\"" } else { "" }
        return "<tr><th scope=\"row\"\(look)>\(words(cells.first))</th>\(HTML.join(rest))</tr>"
    }

    private static func words(_ cell: Cell?) -> HTML {
        switch cell {
        case .text(let text), .fixed(let text), .quantity(let text): .text(text)
        case .number(let number): "\(number)"
        case .markup(let markup): markup
        case .absent, nil: "-"
        }
    }
}
