// SPDX-License-Identifier: Apache-2.0

import Figures
import Glibc
import Modules
import Telemetry
import TelemetryUpload

/// How much memory a process takes that uploads a million stored events.
struct UploadFigure {
    static let command = "upload"
    private static let events = 1_000_000

    let folder: String

    /// The peak of a process that uploads all of it, against one that finds nothing to upload.
    func figure() throws -> Figure {
        let sink = try HTTPSink()
        var home = BenchmarkHome(folder: "\(folder)/upload", isSendingAllowed: true)
        home.endpoint = sink.url
        let control = home.control
        try control.enable(control.terms)
        let idle = try peak(home)
        var mix = EventMix(seed: 1)
        try home.record(&mix, count: Self.events)
        let loaded = try peak(home)
        let status = try home.control.status()
        guard status.uploaded == Int64(Self.events) else {
            throw BenchmarkError("\(status.uploaded) of \(Self.events) events were uploaded")
        }
        return Figure(name: "upload.memory", value: loaded, unit: "MiB", floor: idle)
    }

    private func peak(_ home: BenchmarkHome) throws -> Double {
        let note = "\(home.folder)/peak"
        let child = ChildProcess(
            "/proc/self/exe", [Self.command, home.folder, home.endpoint ?? "", note])
        let end = try child.run(deadlineMilliseconds: 600_000)
        guard end == .exited(0) else { throw BenchmarkError("an upload ended badly: \(end)") }
        let text = String(decoding: try RealFileSystem().read(note, bytesMax: 100), as: UTF8.self)
        guard let kibibytes = Double(text) else { throw BenchmarkError("no peak: \(text)") }
        return kibibytes / 1024
    }

    /// What the child does: one round, then it notes its own peak.
    static func run(home folder: String, endpoint: String, note: String) throws {
        var home = BenchmarkHome(folder: folder, isSendingAllowed: true)
        home.endpoint = endpoint
        let summary = try home.uploader.run()
        guard let summary, !summary.hasFailed else {
            throw BenchmarkError("the upload failed: \(String(describing: summary?.problems))")
        }
        let status = try RealFileSystem().readAll("/proc/self/status")
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let peak = line?.split(separator: " ").dropFirst().first ?? ""
        try RealFileSystem().replace(note, with: Array(peak.utf8))
    }
}

extension RealFileSystem {
    /// A file of the kernel, whose length is not known before.
    fileprivate func readAll(_ path: String) throws -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(code: errno, call: "open", subject: path) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
