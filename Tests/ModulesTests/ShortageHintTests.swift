// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import Testing

@Suite struct ShortageHintTests {
    @Test(arguments: [
        (EMFILE, "more open files (ulimit -n)"), (ENFILE, "end other programs"),
        (EAGAIN, "(ulimit -u)"), (ENOMEM, "free memory"), (ENOSPC, "free space"),
        (EDQUOT, "free space"), (EROFS, "can be written"),
    ])
    func `what has run out is told as what to do`(code: Int32, words: String) {
        let hint = SystemError(code: code, call: "open").shortageHint
        #expect(hint?.contains(words) == true)
    }

    @Test func `other reasons are no shortage`() {
        #expect(SystemError(code: EPERM, call: "open").shortageHint == nil)
    }
}
