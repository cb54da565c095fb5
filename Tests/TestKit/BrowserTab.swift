// SPDX-License-Identifier: Apache-2.0

import Foundation
package import JSON

/// One page of a browser: goes places, presses what is there, and tells what it asked the network.
package final class BrowserTab: Sendable {
    private let browser: Chromium
    private let session: String

    /// Opens an empty page.
    package init(_ browser: Chromium) throws {
        self.browser = browser
        let target = try browser.call("Target.createTarget", ["url": "about:blank"])
        let attached = try browser.call(
            "Target.attachToTarget",
            ["targetId": target["targetId"] ?? .null, "flatten": true])
        session = attached["sessionId"]?.stringValue ?? ""
        for domain in ["Page", "Network", "Runtime", "Log"] { try call("\(domain).enable") }
    }

    @discardableResult
    package func call(_ method: String, _ parameters: JSONObject = [:]) throws -> JSONValue {
        try browser.call(method, parameters, session: session)
    }

    /// Goes to a URL and waits until it is there, style sheets included.
    package func go(to url: String) throws {
        try moving(to: url) { try call("Page.navigate", ["url": .string(url)]) }
    }

    /// Presses the first element that a selector finds, and waits for the page that comes of it.
    package func press(_ selector: String, leadingTo end: String) throws {
        try moving(to: end) {
            try evaluate("document.querySelector(\(Self.quoted(selector))).click()")
        }
    }

    /// Presses a key, such as `Tab`.
    package func key(_ name: String) throws {
        let code: Int64 = name == "Enter" ? 13 : 9
        for kind in ["rawKeyDown", "char", "keyUp"] where kind != "char" || name == "Enter" {
            var event: JSONObject = [
                "type": .string(kind), "key": .string(name), "code": .string(name),
                "windowsVirtualKeyCode": .integer(code),
            ]
            if kind == "char" { event["text"] = "\r" }
            try call("Input.dispatchKeyEvent", event)
        }
    }

    /// Presses Enter on what has the focus, and waits for the page that comes of it.
    package func pressEnter(leadingTo end: String) throws {
        try moving(to: end) { try key("Enter") }
    }

    /// Runs `body` and waits until a page whose URL ends so is loaded after it.
    private func moving(to end: String, _ body: () throws -> Void) throws {
        let before = browser.events(of: session).count
        try body()
        _ = try browser.wait(in: session, for: end) { events -> Bool? in
            let later = events.dropFirst(before)
            let arrived = later.firstIndex { event in
                event["method"]?.stringValue == "Page.frameNavigated"
                    && event["params"]?["frame"]?["url"]?.stringValue?.hasSuffix(end) == true
            }
            guard let arrived else { return nil }
            return later[arrived...].contains {
                $0["method"]?.stringValue == "Page.loadEventFired"
            } ? true : nil
        }
    }

    /// The value of an expression of the page, which may be a promise.
    @discardableResult
    package func evaluate(_ expression: String) throws -> JSONValue {
        let answer = try call(
            "Runtime.evaluate",
            [
                "expression": .string(expression), "awaitPromise": true, "returnByValue": true,
            ])
        if let failure = answer["exceptionDetails"] {
            throw TestKitError("the page threw: \(failure.serialized(.compact))")
        }
        return answer["result"]?["value"] ?? .null
    }

    /// Shows the page on a screen of this width, light or dark.
    package func show(width: Int64, isDark: Bool) throws {
        try call(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .integer(width), "height": 900, "deviceScaleFactor": 1,
                "mobile": .bool(width < 600),
            ])
        try call(
            "Emulation.setEmulatedMedia",
            [
                "features": [
                    [
                        "name": "prefers-color-scheme",
                        "value": .string(isDark ? "dark" : "light"),
                    ]
                ]
            ])
    }

    /// A picture of the whole page as PNG.
    package func picture() throws -> [UInt8] {
        let answer = try call(
            "Page.captureScreenshot", ["format": "png", "captureBeyondViewport": true])
        let text = answer["data"]?.stringValue ?? ""
        guard let data = Data(base64Encoded: text) else { throw TestKitError("no picture") }
        return Array(data)
    }

    /// Every URL that the page asked for so far, what was blocked included.
    package var requestedURLs: [String] {
        browser.events(of: session).compactMap { event in
            guard event["method"]?.stringValue == "Network.requestWillBeSent" else { return nil }
            return event["params"]?["request"]?["url"]?.stringValue
        }
    }

    /// What the browser complained of: broken policy, failed loads.
    package var complaints: [String] {
        browser.events(of: session).compactMap { event in
            guard event["method"]?.stringValue == "Log.entryAdded" else { return nil }
            let entry = event["params"]?["entry"]
            return entry?["level"]?.stringValue == "error"
                ? entry?["text"]?.stringValue : nil
        }
    }

    private static func quoted(_ text: String) -> String {
        JSONValue.string(text).serialized(.compact)
    }
}
