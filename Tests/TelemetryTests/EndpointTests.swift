// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@Suite struct EndpointTests {
    @Test(arguments: [
        ("https://t.example.org/v1/logs", "https://t.example.org", "/v1/logs"),
        ("HTTPS://T.Example.org:443/v1/logs", "https://t.example.org", "/v1/logs"),
        ("https://t.example.org:8443", "https://t.example.org:8443", "/"),
        ("http://127.0.0.1:4318/v1/logs", "http://127.0.0.1:4318", "/v1/logs"),
        ("http://localhost/x", "http://localhost", "/x"),
        ("http://[::1]:4318/v1/logs", "http://[::1]:4318", "/v1/logs"),
        ("https://192.0.2.7/a/../v1/logs", "https://192.0.2.7", "/a/../v1/logs"),
        ("https://[2001:db8::1]/v1/logs", "https://[2001:db8::1]", "/v1/logs"),
    ])
    func `a usable URL has an origin and a path`(text: String, origin: String, path: String) throws
    {
        let endpoint = try #require(Endpoint(text))
        #expect(endpoint.origin == origin)
        #expect(endpoint.path == path)
        #expect(Endpoint(endpoint.description) == endpoint)
    }

    @Test(arguments: [
        "", "t.example.org", "ftp://t.example.org/", "http://t.example.org/v1/logs",
        "http://128.0.0.1/", "http://127.0.0.1.example.org/", "http://localhost.example.org/",
        "https://user:secret@t.example.org/", "https://t.example.org/?key=1",
        "https://t.example.org/#x", "https://t.example.org:0/", "https://t.example.org:99999/",
        "https://t.example.org:+443/", "https:///v1/logs", "https://t..example.org/",
        "https://-x.example.org/", "https://t.example.org /", "https://t.ex%61mple.org/",
        "https://[::1/", "https://[zz]/", "http://127.1/", "http://0177.0.0.1/",
        "https://127.1/", "https://2130706433/", "https://0x7f.0.0.1/", "https://0177.0.0.1/",
        "https://t.example.0x1/", "https://1.2.3.256/",
        "http://127.0.0.08/", "http://127.0.0.+1/",
        "https://t.example.org/a\nb", "https://tëst.example.org/",
    ])
    func `a URL to which nothing may go is none`(text: String) {
        #expect(Endpoint(text) == nil)
    }

    @Test(
        arguments: [
            ("https://t.example.org/v1/logs", nil, "https://t.example.org/v1/installations"),
            ("https://t.example.org/v1/logs/", nil, "https://t.example.org/v1/installations"),
            ("https://t.example.org/otlp", nil, nil), ("https://v1/logs", nil, nil),
            (nil, nil, nil),
            (
                "https://t.example.org/otlp", "https://t.example.org/erase",
                "https://t.example.org/erase"
            ),
        ] as [(String?, String?, String?)])
    func `erasures go beside the logs of a collector of ours, or where the file says`(
        upload: String?, erasure: String?, expected: String?
    ) {
        var config = TelemetryModuleConfig(uploadURL: upload)
        config.erasureURL = erasure
        #expect(config.erasureEndpoint?.description == expected)
    }
}
