// SPDX-License-Identifier: Apache-2.0

import Modules
import OTLP
import TelemetryUpload
import Testing

struct ResponseVerdictTests {
    private static let now = Timestamp(seconds: 784_111_777)  // 1994-11-06T08:49:37Z
    private static let protobuf = UploadHeader("Content-Type", "application/x-protobuf")

    private func judge(
        _ status: Int, _ headers: [UploadHeader] = [], body: [UInt8] = []
    ) -> ResponseVerdict {
        let response = UploadResponse(status: status, headers: headers, body: body)
        return .judge(.answered(response), now: Self.now)
    }

    @Test(arguments: [200, 201, 202, 204, 299])
    func `success with an empty body takes the whole batch`(status: Int) {
        #expect(judge(status) == .accepted(rejectedRecords: 0, warning: nil))
        #expect(judge(status, [Self.protobuf]) == .accepted(rejectedRecords: 0, warning: nil))
    }

    @Test func `a partial success is never sent again, and its rejects are counted`() {
        let body = ExportLogsResponse(rejectedLogRecords: 3, errorMessage: "too old").encoded()
        let verdict = judge(200, [Self.protobuf], body: body)
        #expect(verdict == .accepted(rejectedRecords: 3, warning: "too old"))
    }

    @Test func `a message without rejects is a warning`() {
        let body = ExportLogsResponse(rejectedLogRecords: 0, errorMessage: "update soon").encoded()
        let verdict = judge(200, [Self.protobuf], body: body)
        #expect(verdict == .accepted(rejectedRecords: 0, warning: "update soon"))
    }

    @Test func `a partial success with nothing in it is a whole success`() {
        #expect(
            judge(200, [Self.protobuf], body: [0x0A, 0x00])
                == .accepted(rejectedRecords: 0, warning: nil))
    }

    @Test func `a negative number of rejects is none`() {
        let body = ExportLogsResponse(rejectedLogRecords: -5, errorMessage: "odd").encoded()
        let verdict = judge(200, [Self.protobuf], body: body)
        #expect(verdict == .accepted(rejectedRecords: 0, warning: "odd"))
    }

    @Test(arguments: [
        ([UploadHeader("Content-Type", "text/html")], Array("<html>".utf8)),
        ([], Array("ok".utf8)),
        ([protobuf], [0xFF]),
    ])
    func `a success whose body can't be read is a success with a warning`(
        headers: [UploadHeader], body: [UInt8]
    ) {
        guard case .accepted(0, let warning?) = judge(200, headers, body: body) else {
            Issue.record("no warning")
            return
        }
        #expect(warning.contains("could not be read"))
    }

    @Test func `parameters of the content type do not matter`() {
        let body = ExportLogsResponse(rejectedLogRecords: 1, errorMessage: "").encoded()
        let type = UploadHeader("content-type", "Application/X-Protobuf; charset=utf-8")
        #expect(judge(200, [type], body: body) == .accepted(rejectedRecords: 1, warning: nil))
    }

    @Test func `a warning is made fit for a terminal and a log`() {
        let message = "a\u{1B}[31m\nb\u{0}" + String(repeating: "c", count: 1000)
        let body = ExportLogsResponse(rejectedLogRecords: 0, errorMessage: message).encoded()
        guard case .accepted(0, let warning?) = judge(200, [Self.protobuf], body: body) else {
            Issue.record("no warning")
            return
        }
        #expect(warning.hasPrefix("a [31m b c"))
        #expect(warning.count == ResponseVerdict.warningCharactersMax)
    }

    @Test(arguments: [429, 502, 503, 504])
    func `exactly four statuses are retried, with the delay the server names`(status: Int) {
        #expect(judge(status) == .retryLater(after: nil))
        let seconds = UploadHeader("Retry-After", "7")
        #expect(judge(status, [seconds]) == .retryLater(after: .seconds(7)))
        let date = UploadHeader("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT")
        #expect(judge(status, [date]) == .retryLater(after: .seconds(60)))
        let garbage = UploadHeader("Retry-After", "soon")
        #expect(judge(status, [garbage]) == .retryLater(after: nil))
    }

    @Test(arguments: [
        300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 408, 410, 413, 415, 418, 422,
        431, 499, 500, 501, 505, 507, 511, 599, 600, 999, 100, 199, 0,
    ])
    func `every other status is final`(status: Int) {
        #expect(judge(status) == .final(.status(status)))
        let later = UploadHeader("Retry-After", "7")
        #expect(judge(status, [later]) == .final(.status(status)))
    }

    @Test(arguments: TransferFailure.Kind.allCases)
    func `without an answer the batch is sent again, unless the answer was at fault`(
        kind: TransferFailure.Kind
    ) {
        let expected: ResponseVerdict =
            switch kind {
            case .tooLarge: .final(.answerTooLarge)
            case .malformed: .final(.answerMalformed)
            default: .retryLater(after: nil)
            }
        #expect(.judge(.failed(TransferFailure(kind, "")), now: Self.now) == expected)
    }
}
