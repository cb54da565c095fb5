// SPDX-License-Identifier: Apache-2.0

import Foundation
package import JSON

/// A real browser without a window, spoken to in the DevTools protocol over two pipes.
///
/// It ends with the value, and finds no host but this machine.
package final class Chromium: Sendable {
    /// Where Debian puts it.
    package static let path = "/usr/bin/chromium"
    /// Whether this machine has it.
    package static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }
    /// One message may have this many bytes: a picture of a page is one.
    static let messageBytesMax = 64 << 20

    private struct State {
        var answers: [Int64: JSONValue] = [:]
        var events: [JSONValue] = []
        var sent: Int64 = 0
        var hasEnded = false
    }

    private let process: SpawnedProcess
    private let profile: TemporaryDirectory
    private let state = Monitor(State())

    /// Starts the browser with a profile of its own.
    package init() throws {
        profile = try TemporaryDirectory()
        let script = "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null"
        let flags = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--hide-scrollbars",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--user-data-dir=\(profile.path)", "--remote-debugging-pipe", "about:blank",
        ]
        process = try SpawnedProcess(
            SpawnRequest(
                path: "/bin/sh", arguments: ["-c", script, Self.path] + flags,
                environment: CommandRunner.leastEnvironment.merging(["HOME": profile.path]) { $1 }))
        let (output, errors, state) = (process.stdout, process.stderr, state)
        Thread.detachNewThread { Self.read(output, state) }
        Thread.detachNewThread { Self.drain(errors) }
    }

    deinit {
        kill(-process.pid, SIGKILL)
        close(process.stdin)
        var status: Int32 = 0
        unsafe waitpid(process.pid, &status, 0)
    }

    /// Sends one command and waits for its answer's `result`.
    package func call(
        _ method: String, _ parameters: JSONObject = [:], session: String? = nil
    ) throws -> JSONValue {
        let number = state.update { state in
            state.sent += 1
            return state.sent
        }
        var message: JSONObject = [
            "id": .integer(number), "method": .string(method), "params": .object(parameters),
        ]
        if let session { message["sessionId"] = .string(session) }
        try write(Array(JSONValue.object(message).serialized(.compact).utf8) + [0])
        let answer: JSONValue?? = state.wait(until: .within(CommandRunner.deadline)) { state in
            if let answer = state.answers[number] { return answer }
            return state.hasEnded ? .some(nil) : nil
        }
        guard let answer, let answer else { throw TestKitError("no answer to \(method)") }
        guard let result = answer["result"] else {
            throw TestKitError("\(method): \(answer.serialized(.compact))")
        }
        return result
    }

    /// All events of a session so far, in order.
    package func events(of session: String) -> [JSONValue] {
        state.read(\.events).filter { $0["sessionId"]?.stringValue == session }
    }

    /// Waits until `look` finds something in a session's events.
    func wait<Found>(
        in session: String, for what: String, _ look: ([JSONValue]) -> Found?
    ) throws -> Found {
        let found: Found? = state.wait(until: .within(CommandRunner.deadline)) { state in
            look(state.events.filter { $0["sessionId"]?.stringValue == session })
        }
        guard let found else { throw TestKitError("the browser did not come to: \(what)") }
        return found
    }

    private func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Foundation.write(process.stdin, $0.baseAddress, $0.count)
            }
            guard count > 0 else { throw TestKitError("the browser has gone") }
            rest = rest.dropFirst(count)
        }
    }

    private static func read(_ descriptor: Int32, _ state: Monitor<State>) {
        defer {
            close(descriptor)
            state.update { $0.hasEnded = true }
        }
        var waiting: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe Foundation.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return }
            waiting += buffer.prefix(count)
            while let end = waiting.firstIndex(of: 0) {
                take(Array(waiting[..<end]), state)
                waiting.removeSubrange(...end)
            }
        }
    }

    private static func take(_ bytes: [UInt8], _ state: Monitor<State>) {
        let limits = JSONLimits(bytesMax: messageBytesMax)
        guard let message = try? JSONValue.parse(bytes: bytes, limits: limits) else { return }
        state.update { state in
            if let number = message["id"]?.integerValue {
                state.answers[number] = message
            } else {
                state.events.append(message)
            }
        }
    }

    private static func drain(_ descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while unsafe Foundation.read(descriptor, &buffer, buffer.count) > 0 {}
        close(descriptor)
    }
}
