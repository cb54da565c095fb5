// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestKit
import Testing

/// What the processes of a running watch have given up, as the kernel sees it.
@Suite(.serialized) struct TakenOverChildTests: LaboratorySuite {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// The lines of a process's status that name sets of capabilities, of all its threads.
    private func capabilities(of pid: Int32) throws -> Set<String> {
        let shown = try CommandRunner.run(
            "/bin/sh",
            [
                "-c", "grep -hE '^(Cap(Inh|Prm|Eff|Amb)|NoNewPrivs)' /proc/$0/task/*/status",
                "\(pid)",
            ])
        #expect(shown.status == 0, "\(shown.stderr)")
        return Set(shown.stdout.split(separator: "\n").map { $0.filter { !$0.isWhitespace } })
    }

    @Test(arguments: [0, 12_345] as [UInt32])
    func `a watch that root has started holds no capability, in none of its threads`(
        owner: UInt32
    ) throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        #expect(try arpguard("config", "set", "watch.passive", "false").status == 0)
        try #require(unsafe chmod(folder.path, 0o711) == 0)
        for name in ["home", "home/config.json"] {
            try #require(unsafe chown(folder.file(name), owner, owner) == 0)
        }
        let laboratory = try Laboratory(owner == 0 ? "c0" : "c1")
        let watch = try watch(laboratory)
        _ = try watch.waitForErrorLine(containing: "gateway 10.9.0.1 is ")
        let nothing = String(repeating: "0", count: 16)
        let given = Set(["Inh", "Prm", "Eff", "Amb"].map { "Cap\($0):\(nothing)" })
        #expect(try capabilities(of: watch.pid) == given.union(["NoNewPrivs:1"]))
        watch.send(signal: SIGTERM)
        #expect(try watch.waitForEnd().status == 0)
    }

    /// Makes a stopped process call write(2), and sendto(2), on each of its descriptors with a few
    /// bytes of its own stack, and prints what the kernel answers (x86_64).
    private static let takeOver = """
        import ctypes, os, sys, time
        libc = ctypes.CDLL(None, use_errno=True)
        libc.ptrace.restype = ctypes.c_long
        libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        pid = int(sys.argv[1])
        NAMES = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags"
                 " rsp ss fs_base gs_base ds es fs gs").split()
        class Registers(ctypes.Structure):
            _fields_ = [(name, ctypes.c_ulonglong) for name in NAMES]
        PEEK, STEP, GET, SET, ATTACH, DETACH = 1, 9, 12, 13, 16, 17
        def ptrace(request, address=None, data=None):
            result = libc.ptrace(request, pid, address, data)
            assert result != -1 or request == PEEK, ctypes.get_errno()
            return result
        def registers():
            now = Registers()
            ptrace(GET, data=ctypes.addressof(now))
            return now
        # Where it has just made a system call there is the instruction to make another by.
        def waits():
            with open(f"/proc/{pid}/stat") as stat: return stat.read().rsplit(") ")[1][0] == "S"
        for attempt in range(100):
            deadline = time.monotonic() + 10
            while not waits(): assert time.monotonic() < deadline, "never waits"
            ptrace(ATTACH)
            os.waitpid(pid, 0)
            home = registers()
            if ptrace(PEEK, home.rip - 2) & 0xFFFF == 0x050F:
                break
            ptrace(DETACH)
        else:
            sys.exit("never in a system call")
        def call(number, *words):
            now = Registers.from_buffer_copy(home)
            now.rip, now.rax, now.orig_rax = home.rip - 2, number, 2**64 - 1
            now.rdi, now.rsi, now.rdx, now.r10, now.r8, now.r9 = (words + (0,) * 6)[:6]
            ptrace(SET, data=ctypes.addressof(now))
            ptrace(STEP)
            os.waitpid(pid, 0)
            return ctypes.c_longlong(registers().rax).value
        for descriptor in sorted(map(int, os.listdir(f"/proc/{pid}/fd"))):
            kind = os.readlink(f"/proc/{pid}/fd/{descriptor}").split(":")[0]
            length = 0 if descriptor == 3 else 60
            print(descriptor, kind, call(1, descriptor, home.rsp, length),
                  call(44, descriptor, home.rsp, length))
        os.kill(pid, 9)
        """

    @Test func `a taken over capture process can send no frame, and write to its supervisor alone`()
        throws
    {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let machine = try CommandRunner.run("/bin/uname", ["-m"]).stdout
        if machine != "x86_64\n" { try Test.cancel("registers are known of x86_64 alone") }
        let laboratory = try Laboratory("to")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        let pgrep = try CommandRunner.run("/usr/bin/pgrep", ["-P", String(watch.pid)])
        let child = try #require(pgrep.stdout.split(separator: "\n").first)
        let taken = try CommandRunner.run(
            "/usr/bin/python3", ["-c", Self.takeOver, String(child)])
        try #require(taken.status == 0, "\(taken.stderr)")
        let answers = taken.stdout.split(separator: "\n").map { $0.split(separator: " ") }
        // Two sockets at the least: the supervisor's, and that of the frames.
        #expect(answers.count { $0[1] == "socket" } >= 2, "\(taken.stdout)")
        for answer in answers {
            // EPERM is 1.
            #expect(answer[2] == (answer[0] == "3" ? "0" : "-1"), "\(answer)")
            #expect(answer[3] == "-1", "\(answer)")
        }
        #expect(try watch.waitForEnd().stderr.contains("is gone"))
    }
}
