// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing
internal import Telemetry

/// The file that a browser is opened on. It has the person press a button, since no page of ours
/// has a script; the button has the focus, so Enter is enough.
struct WayInPage {
    static let path = "/session"

    let port: UInt16
    let code: String

    var document: HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>ARP Guard dashboard</title>
        </head>
        <body>
        <main>
        <h1>ARP Guard dashboard</h1>
        <p>What ARP Guard recorded about its own use stays on this machine. This opens it once.</p>
        <form method="post" action="http://127.0.0.1:\(port)\(Self.path)">
        <input type="hidden" name="code" value="\(code)">
        <button autofocus>Open the dashboard</button>
        </form>
        </main>
        </body>
        </html>

        """
    }
}

/// The answer to a right code. The cookie goes out with it, and a page of this origin leads on:
/// a redirect would still count as coming from the file, and carry no strict cookie.
struct WelcomePage {
    var response: HTTPResponse {
        var frame = PageFrame(
            title: "Dashboard opened",
            content: "<p><a href=\"/\">Go on to the dashboard</a></p>", showsNavigation: false)
        frame.refresh = "<meta http-equiv=\"refresh\" content=\"0; url=/\">"
        return frame.response
    }
}

/// The answer to a request that is not let through.
struct RefusalPage {
    private let refusal: DashboardGuard.Refusal
    private let awaitsCode: Bool
    private let addressing: (String) -> String

    init(
        _ refusal: DashboardGuard.Refusal, awaitsCode: Bool,
        _ addressing: @escaping (String) -> String
    ) {
        self.refusal = refusal
        self.awaitsCode = awaitsCode
        self.addressing = addressing
    }

    var response: HTTPResponse {
        var response = PageFrame(title: title, content: content, showsNavigation: false).response
        response.status = status
        return response
    }

    private var status: HTTPStatus {
        switch refusal {
        case .otherHost: .misdirectedRequest
        case .otherOrigin, .noToken: .forbidden
        case .noSession: .unauthorized
        }
    }

    private var title: String {
        switch refusal {
        case .otherHost: "Not this server"
        case .otherOrigin: "Not from this page"
        case .noToken: "This form is out of date"
        case .noSession: "Dashboard"
        }
    }

    private var content: HTML {
        switch refusal {
        case .otherHost: "<p>The dashboard answers only to the address that it printed.</p>"
        case .otherOrigin: "<p>A form was sent from another site. Nothing was changed.</p>"
        case .noToken:
            "<p>Nothing was changed. <a href=\"/\">Open the page again</a> and repeat it.</p>"
        case .noSession: awaitsCode ? codeForm : expired
        }
    }

    private var codeForm: HTML {
        """
        <form method="post" action="\(WayInPage.path)">
        <p><label for="code">The code that the terminal printed</label></p>
        <p><input id="code" name="code" autocomplete="off" spellcheck="false" required>
        <button>Open the dashboard</button></p>
        </form>
        """
    }

    private var expired: HTML {
        """
        <p>The code was used, and this browser has not the session that came of it, or it is too \
        old. For a new code, start it again: \
        <code>\(addressing("arpguard telemetry dashboard"))</code></p>
        """
    }
}

/// The answer where something failed: what, and what to do.
struct ErrorPage {
    private let error: any Error
    private let addressing: (String) -> String

    init(_ error: any Error, _ addressing: @escaping (String) -> String) {
        self.error = error
        self.addressing = addressing
    }

    var response: HTTPResponse {
        let hint = addressing((error as? TelemetryError)?.hint ?? "try again")
        var response = PageFrame(
            title: "That did not work",
            content: """
                <p class="alarm" role="alert">\("\(error)")</p>
                <p>\(hint)</p>
                <p><a href="/">Back to the first page</a></p>
                """
        ).response
        response.status = error is TelemetryError ? .conflict : .internalServerError
        return response
    }
}
