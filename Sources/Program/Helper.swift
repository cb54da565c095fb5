// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
private import Glibc
public import Modules

/// A program of ours that does one part of the work: it links what the first one does without.
public struct Helper: Sendable, Equatable {
    /// The file's name.
    public let name: String

    /// Detection and recording.
    public static let watch = Helper(name: "arpguard-watch")
    /// One round of uploads and erasures.
    public static let upload = Helper(name: "arpguard-upload")
    /// The local pages.
    public static let dashboard = Helper(name: "arpguard-dashboard")

    /// The first word behind the name of a process that captures for ``watch``.
    public static let captureWord = "capture-child"

    /// Every helper, in the order in which people hear of them.
    public static let all = [watch, upload, dashboard]

    /// Whether the helper stands where it is looked for; its version shows when it runs.
    public var isInstalled: Bool {
        do throws(CommandFailure) {
            _ = try path(besideFolder: Self.ownFolder(), RealFileSystem())
            return true
        } catch {
            return false
        }
    }

    /// Where helpers are looked for, relative to the folder of the running program.
    static let folders = ["", "/../libexec/arpguard"]

    /// The helper's file for a program in `folder`: beside it, else in `../libexec/arpguard`.
    ///
    /// `PATH` is never searched: who can set a variable shall not choose what runs.
    public func path(
        besideFolder folder: String, _ files: any FileSystem
    ) throws(CommandFailure) -> String {
        var shut: String?
        for candidate in Self.folders.map({ "\(folder)\($0)/\(name)" }) {
            // A place that can't be looked at holds no helper that could be run.
            guard let status = try? files.status(of: candidate), status.kind == .file else {
                continue
            }
            if status.mode & 0o111 != 0 { return candidate }
            shut = shut ?? candidate
        }
        if let shut {
            throw CommandFailure(
                "\(shut) is no program: its mode lets nobody run it",
                hint: "chmod a+x \(ShellText.file(shut))")
        }
        throw CommandFailure(
            "\(name) is missing: it stands neither in \(folder) nor in \(folder)\(Self.folders[1])",
            hint: "install all programs of \(Program.name) from one package")
    }

    /// Puts the helper in the place of this process; returns only by throwing.
    public func replaceThisProcess(arguments: [String]) throws(CommandFailure) -> Never {
        let process = try process(arguments)
        do throws(SystemError) {
            try process.replaceThisProcess()
        } catch {
            throw failure(error)
        }
    }

    /// Starts the helper beside this process and does not wait for it. What it prints goes to
    /// standard error.
    public func start(arguments: [String]) throws(CommandFailure) -> RunningChild {
        let process = try process(arguments)
        do throws(SystemError) {
            return try process.start(descriptors: [(2, 1)])
        } catch {
            throw failure(error)
        }
    }

    /// Runs the helper beside this process until it ends or the deadline ends it.
    ///
    /// - Parameter streams: where it prints.
    public func run(
        arguments: [String], deadlineMilliseconds: Int64,
        streams: ChildProcess.Streams = .inherited
    ) throws(CommandFailure) -> ChildProcess.End {
        let process = try process(arguments)
        do throws(SystemError) {
            return try process.start(streams: streams)
                .end(deadlineMilliseconds: deadlineMilliseconds)
        } catch {
            throw failure(error)
        }
    }

    private func process(_ arguments: [String]) throws(CommandFailure) -> ChildProcess {
        ChildProcess(
            try path(besideFolder: Self.ownFolder(), RealFileSystem()), arguments,
            adding: [Program.expectedVersionVariable: Program.version])
    }

    private static func ownFolder() throws(CommandFailure) -> String {
        let own = try ownPath()
        return String(own[..<(own.lastIndex(of: "/") ?? own.startIndex)])
    }

    /// The file of the running program, whatever name and link it was started by.
    public static func ownPath() throws(CommandFailure) -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &path, path.count)
        guard count > 0 else {
            throw CommandFailure(
                "the program's own folder is unknown: /proc/self/exe can't be read",
                hint: "mount /proc")
        }
        return String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func failure(_ error: SystemError) -> CommandFailure {
        CommandFailure(
            "\(name) can't be started: \(error)",
            hint: error.shortageHint ?? "install all programs of \(Program.name) from one package")
    }
}
