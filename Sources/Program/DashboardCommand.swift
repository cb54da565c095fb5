// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit

extension Flag {
    /// `--port`: where the dashboard listens.
    public static let dashboardPort = Flag(
        "port", .integer(1...65_535), value: "N", default: "a free one",
        help: "Listen on this port of 127.0.0.1")
    /// `--no-browser`: only print where the dashboard is.
    public static let noBrowser = Flag(
        "no-browser", help: "Open no browser; print the address and the code")
}

extension Command {
    /// The dashboard, the same in the program that a person types and in the helper that does it.
    public static func dashboard(_ name: String, flags: [Flag] = [], action: @escaping Action)
        -> Command
    {
        Command(
            name, summary: "Show the same and more in a browser, from this machine to itself",
            discussion: [
                "Serves pages on 127.0.0.1 only: usage by day, what is stored and held for review, "
                    + "what was sent byte for byte, the ledger, consent and what blocks it.",
                "The browser is opened on a local file that only you can read; it holds a code "
                    + "that works once. Without a browser, type the printed code into the page. "
                    + "Runs until Ctrl-C.",
            ],
            flags: flags + [.dashboardPort, .noBrowser],
            examples: [
                .init(
                    "arpguard telemetry dashboard --no-browser --port 8080",
                    "Serve it for a browser that is reached another way, such as ssh -L")
            ],
            json: [
                .init("url", "The address of the first page"),
                .init("code", "What opens it, once"),
                .init("file", "The local file that carries the code to a browser"),
            ],
            action: action)
    }
}
