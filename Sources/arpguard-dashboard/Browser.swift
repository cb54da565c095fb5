// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Modules
import Program

/// The person's browser, if there is one that can show something.
struct Browser {
    /// How long starting it may take; it goes on by itself after that.
    private static let startMilliseconds: Int64 = 5_000
    private static let openers = ["/usr/bin/xdg-open"]

    private let own: String?
    private let hasScreen: Bool

    /// - Parameter environment: `BROWSER` names a program by its absolute path; `DISPLAY` and
    ///   `WAYLAND_DISPLAY` tell that there is a screen.
    init(_ environment: Environment) {
        let named = environment["BROWSER"] ?? ""
        own = named.hasPrefix("/") ? named : nil
        hasScreen = ["DISPLAY", "WAYLAND_DISPLAY"].contains { !(environment[$0] ?? "").isEmpty }
    }

    /// Opens a file in it, apart from this program's terminal and signals. False if nothing could.
    func open(_ file: String) -> Bool {
        let candidates = own.map { [$0] } ?? (hasScreen ? Self.openers : [])
        for program in candidates where isProgram(program) {
            let start = ChildProcess(
                "/bin/sh",
                ["-c", "exec setsid -f \"$0\" \"$1\" </dev/null >/dev/null 2>&1", program, file])
            let end = try? start.run(deadlineMilliseconds: Self.startMilliseconds)
            if end == .exited(0) { return true }
        }
        return false
    }

    private func isProgram(_ path: String) -> Bool {
        // A place that can't be looked at holds no program that could be run.
        guard let status = try? RealFileSystem().status(of: path) else { return false }
        return status.kind == .link || (status.kind == .file && status.mode & 0o111 != 0)
    }
}

/// The file that carries the code to a browser: mode 0600, in the home, gone at the end.
struct WayInFile {
    private let context: ProgramContext
    let path: String
    private var document: [UInt8]?

    init(_ context: ProgramContext) {
        self.context = context
        path = context.home.path + "/dashboard.html"
    }

    mutating func write(_ document: String) throws(CommandFailure) {
        try context.prepareHome()
        let bytes = Array(document.utf8)
        do throws(SystemError) {
            try context.files.replace(path, with: bytes)
            self.document = bytes
        } catch {
            throw CommandFailure(
                "the file for the browser can't be written: \(error)",
                hint: "make the folder writable, free space, or name another with --home")
        }
    }

    /// Removes it, unless another dashboard of the home has put its own in its place. What can't be
    /// removed holds a code that is worth nothing any more.
    func remove() {
        guard let document,
            (try? context.files.read(path, bytesMax: document.count)) == document
        else { return }
        try? context.files.remove(path)
    }
}
