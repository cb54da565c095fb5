// SPDX-License-Identifier: Apache-2.0

/// One whole page without any script. Its style sheet is served beside it at
/// `HTMLPage.stylePath`, since the content policy admits no inline style.
public struct HTMLPage: Sendable, Equatable {
    /// Where the page expects its style sheet.
    public static let stylePath = "/style.css"

    /// Nothing but the server's own style sheet and inline SVG can load, run, frame or be framed.
    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"

    private let title: String
    private let content: HTML

    /// Makes a page of a title and the content of its `main` element.
    public init(title: String, content: HTML) {
        self.title = title
        self.content = content
    }

    /// The document.
    public var document: HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(title)</title>
        <link rel="stylesheet" href="\(Self.stylePath)">
        </head>
        <body>
        <main>
        <h1>\(title)</h1>
        \(content)
        </main>
        </body>
        </html>

        """
    }

    /// The page as a response with its policy; nothing may keep a copy.
    public var response: HTTPResponse {
        HTTPResponse(
            .ok,
            headers: [
                "Content-Type": "text/html; charset=utf-8",
                "Content-Security-Policy": Self.contentSecurityPolicy,
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
                "Cache-Control": "no-store",
            ],
            body: Array(document.markup.utf8))
    }

    /// The route of the style sheet.
    public static let styleRoute = Route(.get, stylePath) { _ in
        HTTPResponse(
            .ok,
            headers: [
                "Content-Type": "text/css; charset=utf-8", "X-Content-Type-Options": "nosniff",
            ],
            body: Array(styleSheet.utf8))
    }
}
