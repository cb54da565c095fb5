// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Which parser is fed, by the environment variable `FUZZ_TARGET`.
private let chosen: FuzzTarget = {
    let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        print("FUZZ_TARGET must be one of \(FuzzTarget.allCases.map(\.rawValue))")
        exit(64)
    }
    return target
}()

/// What libFuzzer calls with each input (https://llvm.org/docs/LibFuzzer.html).
@c(LLVMFuzzerTestOneInput)
func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer lends the bytes for the length of the call.
    chosen.feed(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

#if !FUZZER
/// Without the fuzzer: feeds the files that are named, each once, to the chosen parser.
@main enum Replay {
    static func main() {
        for path in CommandLine.arguments.dropFirst() {
            chosen.feed(read(path))
        }
        print("\(CommandLine.arguments.count - 1) inputs")
    }

    private static func read(_ path: String) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
        _ = unsafe pread(descriptor, &bytes, bytes.count, 0)
        return bytes
    }
}
#endif
