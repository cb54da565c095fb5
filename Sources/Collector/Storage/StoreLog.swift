// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Modules
private import Synchronization

/// What becomes of a store's write-ahead log. No commit moves it: the log may be long, and not by
/// this process, and who waits for the commit would wait for the disk.
final class StoreLog: Sendable {
    /// Pages of the log after which they are moved into the file, and after how many more that is
    /// tried again where it can't be done.
    private static let (pagesMax, pagesMore) = (4000, 1000)
    /// Bytes of a log that is moved so quickly that commits can wait for it.
    private static let quickBytesMax: Int64 = 32 << 20
    /// Pages of the same.
    static let quickPagesMax = 8000

    private struct State {
        var pagesTried = 0
        var isAsked = false
    }

    /// Moves the log, beside commits.
    let queue = DispatchQueue(label: "collector.log")
    private let path: String
    private let fileSystem: any FileSystem
    private let state = Mutex(State())
    private let isOwed = Atomic(false)

    init(path: String, _ fileSystem: any FileSystem) {
        self.path = path
        self.fileSystem = fileSystem
    }

    /// Whether the log was to be emptied, and something was in the way.
    var owesEmptying: Bool {
        get { isOwed.load(ordering: .sequentiallyConsistent) }
        set { isOwed.store(newValue, ordering: .sequentiallyConsistent) }
    }

    /// Whether moving it may take long. A file that was long once stays so until it is emptied.
    var isLong: Bool {
        let status = try? fileSystem.status(of: path)
        return status.map { $0.bytes > Self.quickBytesMax } ?? false
    }

    /// Whether the log is to be moved, by its length after a commit.
    func isDue(pages: Int) -> Bool {
        state.withLock { state in
            // It began anew.
            if pages < state.pagesTried { state.pagesTried = 0 }
            let isTried = state.pagesTried > 0
            let enough = isTried ? state.pagesTried + Self.pagesMore : Self.pagesMax
            guard pages >= enough else { return false }
            state.pagesTried = pages
            return true
        }
    }

    /// Runs `move` on the queue, unless it is going to run there anyway.
    func moveSoon(_ move: @escaping @Sendable () -> Void) {
        let isAsked = state.withLock { state in
            defer { state.isAsked = true }
            return state.isAsked
        }
        guard !isAsked else { return }
        queue.async {
            self.state.withLock { $0.isAsked = false }
            move()
        }
    }
}
