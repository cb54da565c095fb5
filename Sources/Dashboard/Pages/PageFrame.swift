// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing
internal import Modules

/// What every page has around its content: the way to the others.
struct PageFrame {
    static let stylePath = "/dashboard.css"
    private static let product = "ARP Guard"
    private static let places = [
        ("/", "Usage"), ("/stored", "Stored"), ("/review", "Review"), ("/sent", "Sent"),
        ("/ledger", "Ledger"), ("/consent", "Consent"),
    ]

    let title: String
    /// The place of `places` that this page is; nil for one below them or none.
    var path: String?
    let content: HTML
    var showsNavigation = true

    var response: HTTPResponse {
        // The browser names the origin of a form only if it may name the page that it stands on.
        page.response.with("Referrer-Policy", "same-origin")
    }

    private var page: HTMLPage {
        HTMLPage(
            title: title, product: Self.product, content: .join([content, Self.note]),
            head: "<link rel=\"stylesheet\" href=\"\(Self.stylePath)\">\n\(refresh)",
            navigation: showsNavigation ? navigation : "", hasForms: true)
    }

    /// Goes on to the first page by itself; for the page that answers the code.
    var refresh: HTML = ""

    private static let note: HTML = """
        <footer><p class="quiet">Served by this machine to itself alone. Nothing here is loaded \
        from or sent to anywhere else.</p></footer>
        """

    private var navigation: HTML {
        let links = Self.places.map { place, name -> HTML in
            let current: HTML = place == path ? " aria-current=\"page\"" : ""
            return "<li><a href=\"\(place)\"\(current)>\(name)</a></li>"
        }
        return """
            <a class="skip" href="#main">Skip to the content</a>
            <header><nav aria-label="Pages"><p class="product">\(Self.product)</p><ul>
            \(HTML.join(links))
            </ul></nav></header>
            """
    }

    static let styleRoute = Route(.get, stylePath) { _ in
        HTTPResponse(
            .ok,
            headers: [
                "Content-Type": "text/css; charset=utf-8", "X-Content-Type-Options": "nosniff",
            ],
            body: Array(dashboardStyle.utf8))
    }
}

/// Colours and sizes of what only the dashboard has.
private let dashboardStyle = """
    :root { --button: #e9eef4; --alarm: #a3231b; --fine: #1d6b36; --link: #1f5fa3; }
    @media (prefers-color-scheme: dark) {
      :root { --button: #2a313a; --alarm: #f2938c; --fine: #7fd29a; --link: #8fbdf0; }
    }
    a { color: var(--link); }
    :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    .skip { position: absolute; left: -100rem; }
    .skip:focus { position: static; display: block; padding: 0.5rem 1rem; }
    header { border-bottom: 1px solid var(--line); }
    nav { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1.2rem; margin: 0 auto;
      padding: 0.3rem 1rem; max-width: 62rem; }
    nav ul { display: flex; flex-wrap: wrap; gap: 0 1.2rem; list-style: none; margin: 0;
      padding: 0; }
    .product { font-weight: 600; margin: 0; }
    nav a { display: inline-block; padding: 0.4rem 0; }
    nav a[aria-current] { font-weight: 600; color: var(--ink); text-decoration-thickness: 3px; }
    main:focus { outline: none; }
    main { overflow-wrap: anywhere; } table { overflow-wrap: normal; }
    footer { margin-top: 3rem; border-top: 1px solid var(--line); }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.3rem 1.2rem; }
    dt { color: var(--quiet); } dd { margin: 0; }
    @media (max-width: 34rem) { dl { grid-template-columns: 1fr; } dd { margin: 0 0 0.5rem; } }
    form { display: inline; }
    button, input, select { font: inherit; color: var(--ink); background: var(--button);
      border: 1px solid var(--quiet); border-radius: 4px; padding: 0.3rem 0.8rem;
      min-height: 2rem; white-space: nowrap; margin: 0.1rem 0.3rem 0.1rem 0; }
    .alarm { color: var(--alarm); font-weight: 600; } .fine { color: var(--fine); }
    code { font-family: ui-monospace, monospace; font-size: 0.92em; }
    .chart .axis { stroke: var(--line); }
    caption { font-weight: 400; }
    @media (max-width: 34rem) { th, td { padding-right: 0.7rem; } main { padding-top: 0.8rem; } }

    """

/// Forms and texts that several pages use.
enum Markup {
    /// A form of one button; hidden fields carry what it is about.
    static func button(
        _ label: String, to path: String, _ fields: [(String, String)], token: String,
        about: String = ""
    ) -> HTML {
        let hidden = (fields + [("token", token)]).map { name, value -> HTML in
            "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
        }
        let name: HTML = about.isEmpty ? "" : " aria-label=\"\(label) \(about)\""
        return """
            <form method="post" action="\(path)">\(HTML.join(hidden))\
            <button\(name)>\(label)</button></form>
            """
    }

    /// Names and values.
    static func facts(_ pairs: [(String, HTML)]) -> HTML {
        let rows = pairs.map { name, value -> HTML in "<dt>\(name)</dt><dd>\(value)</dd>" }
        return "<dl>\(HTML.join(rows))</dl>"
    }

    /// A text with a capital at its beginning.
    static func capitalised(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }

    /// A number with a blank between each three digits.
    static func number(_ number: Int64) -> String {
        var digits = Array(String(number.magnitude))
        var index = digits.count - 3
        while index > 0 {
            digits.insert("\u{202F}", at: index)
            index -= 3
        }
        return (number < 0 ? "-" : "") + String(digits)
    }

    /// Bytes in the unit that fits.
    static func bytes(_ count: Int64) -> String {
        if count < 10_240 { return "\(number(count)) bytes" }
        if count < 10 << 20 { return "\(number(count >> 10)) KiB" }
        return "\(number(count >> 20)) MiB"
    }

    /// A time in UTC to the second.
    static func time(_ time: Timestamp) -> String {
        let text = time.rfc3339
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
    }

    /// A link to what comes after a page; nothing at the end.
    static func next(_ href: String?, _ label: String) -> HTML {
        href.map { "<p><a href=\"\($0)\">\(label)</a></p>" } ?? ""
    }
}
