// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Glibc
import HTTPServing
import JSON
import Telemetry
import TestKit
import Testing

/// A way of looking at the pages.
struct Look: CustomTestStringConvertible, Sendable {
    let width: Int64
    let isDark: Bool
    var testDescription: String { "\(width) columns of pixels, \(isDark ? "dark" : "light")" }
}

/// The pages in a real browser, served over a real socket.
@Suite(.serialized, .enabled(if: Chromium.isInstalled, "chromium is not installed"))
struct BrowserTests {
    static let looks = [
        Look(width: 1200, isDark: false), Look(width: 1200, isDark: true),
        Look(width: 360, isDark: false), Look(width: 360, isDark: true),
    ]
    static let axe = RepositoryRoot.file(".build/tests/axe.min.js")

    /// A browser that came in by the local file, as a person does.
    private final class Visit {
        let scene: Scene
        let server: HTTPServer
        let browser: Chromium
        let tab: BrowserTab

        init() throws {
            scene = try Scene(batch: 10)
            try scene.enable()
            scene.record(17)
            let reviewed = try #require(try scene.control.reviewable().first)
            try scene.control.release(reviewed.uid)
            try scene.haveOneBatchAccepted()
            let socket = try ListenSocket(.loopback(port: 0))
            let dashboard = scene.dashboard(port: try socket.boundAddress().port)
            server = try HTTPServer(on: socket, handler: dashboard)
            browser = try Chromium()
            tab = try BrowserTab(browser)
            let file = try scene.folder.write(dashboard.wayInDocument, to: "way-in.html")
            try tab.go(to: "file://\(file)")
            try tab.press("button", leadingTo: server.url("/"))
        }

        var batchPath: String {
            get throws {
                let batch = try scene.control.batches(in: [.held, .sealed], limit: 1).first
                return "/batch/\(try #require(batch).uid)"
            }
        }

        var allPaths: [String] {
            get throws {
                ["/", "/stored", "/review", "/sent", "/ledger", "/consent", try batchPath]
            }
        }
    }

    @Test func `the local file leads in, and no other origin is ever asked`() throws {
        let visit = try Visit()
        let (tab, server) = (visit.tab, visit.server)
        #expect(try tab.evaluate("document.title") == "Usage - ARP Guard")
        for path in try visit.allPaths { try tab.go(to: server.url(path)) }
        let own = tab.requestedURLs.filter { !$0.hasPrefix("file://") }
        #expect(own.count > 10)
        #expect(own.allSatisfy { $0.hasPrefix(server.url("/")) }, "\(own)")
        #expect(tab.complaints.isEmpty, "\(tab.complaints)")
        #expect(try tab.evaluate("document.scripts.length") == 0)
    }

    @Test func `a person reviews a batch with the keyboard alone`() throws {
        let visit = try Visit()
        let (tab, server) = (visit.tab, visit.server)
        let path = try visit.batchPath
        try tab.go(to: server.url(path))
        // The first Tab shows the way to the content, which is out of sight before.
        try tab.key("Tab")
        #expect(try tab.evaluate("document.activeElement.textContent") == "Skip to the content")
        #expect(
            try tab.evaluate("document.activeElement.getBoundingClientRect().left >= 0") == true)
        try tab.evaluate("document.querySelector('form[action$=withhold] button').focus()")
        try tab.pressEnter(leadingTo: "/review")
        let uid = String(path.dropFirst("/batch/".count))
        #expect(try visit.scene.control.batch(uid)?.state == .void)
    }

    @Test func `another browser gets nothing, and a second use of the file neither`() throws {
        let visit = try Visit()
        let other = try BrowserTab(try Chromium())
        try other.go(to: visit.server.url("/stored"))
        let text = try other.evaluate("document.body.innerText").stringValue ?? ""
        #expect(text.contains("For a new code") && !text.contains("feature_usage"))
    }

    @Test(
        .enabled(if: unsafe access(axe, R_OK) == 0, "axe-core is not there: Scripts/axe"),
        arguments: looks)
    func `no page breaks a rule of WCAG`(look: Look) throws {
        let visit = try Visit()
        let tab = visit.tab
        try tab.show(width: look.width, isDark: look.isDark)
        let checker = try RepositoryRoot.read(".build/tests/axe.min.js")
        for path in try visit.allPaths {
            try tab.go(to: visit.server.url(path))
            try tab.evaluate(checker + "; 0")
            let answer = try tab.evaluate(
                """
                axe.run(document).then(found => JSON.stringify({
                    passes: found.passes.length, violations: found.violations.map(one =>
                    one.id + ': ' + one.nodes.map(node => node.html).join(' '))}))
                """)
            let found = try JSONValue.parse(answer.stringValue ?? "")
            #expect(found["passes"]?.integerValue ?? 0 > 10)
            #expect(found["violations"] == [], "\(path)")
        }
    }

    /// How many words of charts are lower than 10 pixels on the screen, or stick out of the chart.
    private static let smallTexts = """
        [...document.querySelectorAll('.chart text')].filter(text => {
            const [word, chart] = [text, text.closest('svg')].map(e => e.getBoundingClientRect());
            return word.height < 10 || word.top < chart.top || word.right > chart.right + 1;
        }).length
        """

    /// Leaves a picture of each page in `.build/tests/pictures`, to be looked at.
    @Test(arguments: looks)
    func `nothing is wider than the screen`(look: Look) throws {
        let visit = try Visit()
        let pictures = RepositoryRoot.file(".build/tests/pictures")
        try visit.tab.show(width: look.width, isDark: look.isDark)
        for path in try visit.allPaths {
            try visit.tab.go(to: visit.server.url(path))
            let width = try visit.tab.evaluate("document.documentElement.scrollWidth")
            #expect(width.integerValue ?? .max <= look.width, "\(path)")
            let small = try visit.tab.evaluate(Self.smallTexts)
            #expect(small == 0, "\(path)")
            let name = path.split(separator: "/").first.map(String.init) ?? "usage"
            try RepositoryRoot.write(
                try visit.tab.picture(),
                to: "\(pictures)/\(name)-\(look.width)-\(look.isDark ? "dark" : "light").png")
        }
    }
}
