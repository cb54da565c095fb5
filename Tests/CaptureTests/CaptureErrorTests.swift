// SPDX-License-Identifier: Apache-2.0

import Capture
import Glibc
import TestKit
import Testing

/// Bytes that no reader can follow to their end, and what is said about them.
struct BrokenCapture: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    let code: CaptureError.Code
    var framesBefore = 0

    static let all = [
        BrokenCapture(testDescription: "no bytes at all", bytes: [], code: .emptyFile),
        BrokenCapture(testDescription: "two bytes", bytes: [0xD4, 0xC3], code: .truncatedHeader),
        BrokenCapture(
            testDescription: "a classic header cut short",
            bytes: Array(CaptureBytes().header.prefix(23)), code: .truncatedHeader),
        BrokenCapture(
            testDescription: "text", bytes: Array("not a capture, but some text".utf8),
            code: .notACapture),
        BrokenCapture(
            testDescription: "a gzip member", bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3],
            code: .compressed),
        BrokenCapture(
            testDescription: "a zstd frame", bytes: [0x28, 0xB5, 0x2F, 0xFD, 4, 0],
            code: .compressed),
        BrokenCapture(
            testDescription: "an xz stream", bytes: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0],
            code: .compressed),
        BrokenCapture(
            testDescription: "bytes of bzip2", bytes: Array("BZh91AY".utf8), code: .compressed),
        BrokenCapture(
            testDescription: "a record header cut short",
            bytes: CaptureBytes().classic([[1]]) + [0, 0, 0], code: .truncatedFrame,
            framesBefore: 1),
        BrokenCapture(
            testDescription: "a frame cut short",
            bytes: CaptureBytes().classic([[1], [2], [3, 4, 5]]).dropLast(1),
            code: .truncatedFrame, framesBefore: 2),
        BrokenCapture(
            testDescription: "a length beyond all bounds",
            bytes: CaptureBytes().header + CaptureBytes().record([1], length: .max),
            code: .damagedFrame),
        BrokenCapture(
            testDescription: "pcapng cut short before the order of its bytes",
            bytes: Array(CaptureBytes().pcapng([]).prefix(10)), code: .truncatedHeader),
        BrokenCapture(
            testDescription: "pcapng cut short inside its section",
            bytes: Array(CaptureBytes().pcapng([]).prefix(20)), code: .truncatedHeader),
        BrokenCapture(
            testDescription: "pcapng cut short inside an interface",
            bytes: CaptureBytes().pcapng([]).dropLast(4), code: .truncatedHeader),
        BrokenCapture(
            testDescription: "pcapng cut short inside a frame",
            bytes: CaptureBytes().pcapng([[1, 2, 3, 4], [5, 6, 7, 8]]).dropLast(6),
            code: .truncatedFrame, framesBefore: 1),
        BrokenCapture(
            testDescription: "pcapng with a block of impossible length",
            bytes: CaptureBytes().pcapng([[1, 2, 3, 4]])
                + Frame.hex("06000000", "01000000", "00000000", "01000000"),
            code: .damagedFrame, framesBefore: 1),
    ]
}

struct CaptureErrorTests {
    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    @Test(arguments: BrokenCapture.all)
    func `a broken capture gives its good frames, then its error`(_ broken: BrokenCapture) throws {
        let path = try folder.write(broken.bytes, to: "broken")
        var count = 0
        let error = #expect(throws: CaptureError.self) {
            var file = try CaptureFile(path: path)
            try file.forEachFrame { _, _ in count += 1 }
        }
        #expect(error?.code == broken.code)
        #expect(count == broken.framesBefore)
        let stopsAtFrame = broken.code == .truncatedFrame || broken.code == .damagedFrame
        #expect(error?.frame == (stopsAtFrame ? UInt64(broken.framesBefore) + 1 : nil))
    }

    /// Cut behind the second frame, and within the third one.
    @Test(arguments: [0, 5], [false, true])
    func `a capture that shrinks while it is read keeps what was read, and says so`(
        extra: Int, isNewer: Bool
    ) throws {
        let form = CaptureBytes()
        // Larger than all that is read ahead.
        let frames = (0..<40).map { [UInt8](repeating: UInt8($0), count: 200_000) }
        let whole = isNewer ? form.pcapng(frames) : form.classic(frames)
        let part = isNewer ? form.pcapng(Array(frames[..<20])) : form.classic(Array(frames[..<20]))
        let path = try folder.write(whole, to: "shrinks")
        var file = try CaptureFile(path: path)
        var kept: [UInt8] = []
        func take() throws(CaptureError) -> Bool {
            try file.next { _, bytes in kept.append(bytes[0]) }
        }
        #expect(try take())
        try #require(unsafe truncate(path, off_t(part.count + extra)) == 0)
        var error: CaptureError?
        do throws(CaptureError) {
            while try take() {}
        } catch let stopped {
            error = stopped
        }
        #expect(error?.code == .shrunk)
        #expect(kept == (0..<20).map { UInt8($0) })
    }

    @Test(arguments: [
        (119, "Prism"), (163, "AVS"), (228, "raw IPv4"), (77, "link type 77"),
    ])
    func `framings that are not read are refused by name`(number: UInt32, name: String) throws {
        var form = CaptureBytes()
        form.linkType = number
        for (file, bytes) in [("a.pcap", form.classic([])), ("a.pcapng", form.pcapng([]))] {
            let path = try folder.write(bytes, to: file)
            let error = #expect(throws: CaptureError.self) { _ = try CaptureFile(path: path) }
            #expect(error?.code == .unsupportedLinkType)
            // libpcap gives some framings a number of its own: the text must name them still.
            #expect(error?.detail.contains(name) == true)
        }
    }

    @Test(arguments: [1, 105, 113, 127, 276] as [UInt32])
    func `framings that are read are accepted`(number: UInt32) throws {
        var form = CaptureBytes()
        form.linkType = number
        for (file, bytes) in [("a.pcap", form.classic([])), ("a.pcapng", form.pcapng([]))] {
            let opened = try CaptureFile(path: try folder.write(bytes, to: file))
            #expect(opened.linkType.rawValue == number)
        }
    }

    @Test func `names that cannot be read say why`() throws {
        let missing = #expect(throws: CaptureError.self) { try readAll(folder.file("missing")) }
        #expect(missing?.code == .notFound)
        #expect(missing?.description == "there is no file \(folder.file("missing"))")
        let directory = #expect(throws: CaptureError.self) { try readAll(folder.path) }
        #expect(directory?.code == .isDirectory)
    }

    @Test func `every error has a text and a hint in the house's form`() {
        for code in CaptureError.Code.allCases {
            let error = CaptureError(code: code, source: "a.pcap", detail: "why", frame: 3)
            for text in [error.description, error.hint(replaying: "a replay")] {
                #expect(!text.isEmpty)
                #expect(!text.hasSuffix("."))
                #expect(text.first?.isUppercase == false)
            }
        }
    }
}
