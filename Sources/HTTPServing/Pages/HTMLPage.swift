// SPDX-License-Identifier: Apache-2.0

/// One whole page without any script. Its style sheet is served beside it at
/// `HTMLPage.stylePath`, since the content policy admits no inline style.
public struct HTMLPage: Sendable, Equatable {
    /// Where the page expects its style sheet.
    public static let stylePath = "/style.css"

    /// Nothing but the server's own style sheet and inline SVG can load, run, frame or be framed.
    private static func contentSecurityPolicy(hasForms: Bool) -> String {
        "default-src 'none'; style-src 'self'; base-uri 'none'; "
            + "form-action \(hasForms ? "'self'" : "'none'"); frame-ancestors 'none'"
    }

    private let title: String
    private let product: String
    private let content: HTML
    private let head: HTML
    private let navigation: HTML
    private let hasForms: Bool

    /// Makes a page of a title and the content of its `main` element.
    ///
    /// - Parameters:
    ///   - product: what the page is of, for the browser's own list; nothing if it is empty.
    ///   - head: further elements of the head, such as a second style sheet of the same server.
    ///   - navigation: what stands before `main`.
    ///   - hasForms: whether forms may be sent, to the same server only.
    public init(
        title: String, product: String = "", content: HTML, head: HTML = "", navigation: HTML = "",
        hasForms: Bool = false
    ) {
        self.title = title
        self.product = product
        self.content = content
        self.head = head
        self.navigation = navigation
        self.hasForms = hasForms
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
        <title>\(product.isEmpty ? title : "\(title) - \(product)")</title>
        <link rel="stylesheet" href="\(Self.stylePath)">
        \(head)
        </head>
        <body>
        \(navigation)
        <main id="main" tabindex="-1">
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
                "Content-Security-Policy": Self.contentSecurityPolicy(hasForms: hasForms),
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
