// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Testing

@Suite struct HTMLTests {
    private static let hostile = "<script>alert('&\"')</script>"
    private static let harmless = "&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt;"

    @Test func `interpolated values are escaped and markup is not`() {
        let inner: HTML = "<b>\(Self.hostile)</b>"
        let outer: HTML = "<p title=\"\(Self.hostile)\">\(inner) \(7)</p>"
        #expect(
            outer.markup
                == "<p title=\"\(Self.harmless)\"><b>\(Self.harmless)</b> 7</p>")
    }

    @Test func `a page has a policy without script and nothing inline`() {
        let chart = BarChart(title: Self.hostile, bars: [.init(Self.hostile, 3), .init("b", 0)])
        let table = HTMLTable(
            caption: Self.hostile, columns: ["name", "count"],
            rows: [[.text(Self.hostile), .number(3)], [.text("b"), .absent]])
        let response = HTMLPage(title: Self.hostile, content: .join([chart.html, table.html]))
            .response
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(
            response.headers["Content-Security-Policy"]
                == "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
                + "frame-ancestors 'none'")
        #expect(!text.contains("<script") && !text.contains("style=") && !text.contains("<style"))
        #expect(text.hasPrefix("<!doctype html>\n<html lang=\"en\">"))
        #expect(text.contains("<th scope=\"col\" class=\"number\">count</th>"))
    }

    @Test func `bars are drawn in proportion to the longest`() {
        let markup = BarChart(title: "t", bars: [.init("a", 10), .init("b", 5), .init("c", -1)])
            .html.markup
        #expect(markup.contains("width=\"75.00%\""))
        #expect(markup.contains("width=\"37.50%\""))
        #expect(markup.contains("width=\"0.00%\"") && markup.contains(">-1</text>"))
        let few = BarChart(title: "t", bars: [.init("a", 0, words: "< 3")]).html.markup
        #expect(few.contains(">&lt; 3</text>") && !few.contains(">0</text>"))
        #expect(BarChart(title: "t", bars: []).html.markup.isEmpty)
    }
}
