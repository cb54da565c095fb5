// SPDX-License-Identifier: Apache-2.0

import Capture
import CommandLineKit
import Program

/// A capture that is to be replayed: under which name it is told, and how it is opened.
struct ReplayCapture {
    /// How many files are held open at once, where they have to be opened before any is read.
    static let openFilesMax = 512
    /// Under which name alerts in the capture of the program are told.
    static let sampleName = "sample"

    let name: String
    let open: (InputWatch?) throws(CaptureError) -> CaptureFile

    /// The capture that is part of the program.
    static var sample: ReplayCapture {
        ReplayCapture(name: sampleName) { _ throws(CaptureError) in try CaptureFile.sample() }
    }

    /// A file that is opened when its turn comes.
    static func file(_ path: String) -> ReplayCapture {
        ReplayCapture(name: path) { watch throws(CaptureError) in
            try CaptureFile(path: path, watch: watch)
        }
    }

    /// A file that is opened now, with the rights of now; why it can't be is told in its turn.
    static func fileOpenedNow(_ path: String) -> ReplayCapture {
        let opening = Result { () throws(CaptureError) in try OpenCapture(path: path) }
        return ReplayCapture(name: path) { watch throws(CaptureError) in
            try opening.get().file(watch: watch)
        }
    }

    /// What a command line names, in its order.
    ///
    /// - Parameter opensNow: whether the files can't be opened any more when their turn comes.
    static func named(
        by invocation: Invocation, opensNow: Bool
    ) throws(CommandFailure) -> [ReplayCapture] {
        let paths = invocation.command.arguments("FILE")
        let samples = invocation.command.isOn(.sample) ? [sample] : []
        if paths.isEmpty, samples.isEmpty {
            throw CommandFailure(
                "missing argument FILE",
                hint: "name a capture file, or try the one that comes along: arpguard replay "
                    + "--sample", status: .usage)
        }
        // The second would be read as empty, once the first is judged.
        if paths.count(where: { $0 == "-" }) > 1 {
            throw CommandFailure(
                "standard input is named twice", hint: "name '-' once", status: .usage)
        }
        if opensNow, paths.count > openFilesMax {
            throw CommandFailure(
                "\(paths.count) files are more than the \(openFilesMax) that root can have "
                    + "replayed at once in the service's home",
                hint: "replay fewer at once, or as another user", status: .usage)
        }
        return samples + paths.map { opensNow ? fileOpenedNow($0) : file($0) }
    }
}
