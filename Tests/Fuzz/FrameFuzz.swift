// SPDX-License-Identifier: Apache-2.0

import Capture
import Detection
import Glibc

/// Frames straight into a detector: the first byte of each is its length, the second its framing.
enum FrameFuzz {
    private static let formats: [FrameFormat] = [
        .ethernet, .linuxCooked, .linuxCooked2, .wireless, .radiotap,
    ]

    static func feed(_ bytes: [UInt8]) {
        var detector = Detector()
        var rest = bytes[...]
        var number: UInt64 = 0
        var time: Int64 = 0
        while rest.count > 2 {
            let length = min(Int(rest[rest.startIndex]), rest.count - 2)
            let format = formats[Int(rest[rest.startIndex + 1]) % formats.count]
            let frame = Array(rest.dropFirst(2).prefix(length))
            rest = rest.dropFirst(2 + length)
            number += 1
            time += 100_000_000
            detector.process(
                frame.span, format: format, time: time, number: number, report: { _ in })
        }
    }
}

/// Whole capture files, through whichever reader they choose.
enum CaptureFuzz {
    static func feed(_ bytes: [UInt8]) {
        let path = "/dev/shm/fuzz-\(getpid()).pcap"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "no room for a file in memory")
        _ = unsafe write(descriptor, bytes, bytes.count)
        close(descriptor)
        guard var file = try? CaptureFile(path: path) else { return }
        var detector = Detector()
        let format = file.linkType.frameFormat
        try? file.forEachFrame { header, frame in
            detector.process(
                frame, format: format, time: header.time, number: header.number,
                report: { _ in })
        }
    }
}

extension LinkType {
    fileprivate var frameFormat: FrameFormat {
        switch self {
        case .ethernet: .ethernet
        case .linuxCooked: .linuxCooked
        case .linuxCooked2: .linuxCooked2
        case .wireless: .wireless
        case .radiotap: .radiotap
        default: .ethernet
        }
    }
}
