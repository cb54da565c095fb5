// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Testing

@Suite struct HelpTests {
    @Test func `the first level lists commands and global flags`() {
        #expect(
            SampleRun("--help").output == """
                Keep a collection of stamps

                usage: sample [FLAGS] COMMAND

                commands:
                  list    List stamps
                  sell    Sell stamps
                  status  Count stamps

                flags:
                      --folder DIR     Where the stamps are kept (default: ~/.sample)
                      --format FORMAT  How to print data: table, json (default: table)
                  -q, --quiet          Print errors only; the exit status tells the rest
                      --version        Print the version
                  -h, --help           Print this help

                'sample COMMAND --help' tells about one command

                """)
    }

    @Test func `a command's screen shows all it has`() {
        #expect(
            SampleRun("list", "--help").output == """
                List stamps

                usage: sample list [FLAGS]

                Stamps are listed from the oldest to the newest, each with its country and
                value.

                Nothing is changed.

                flags:
                  -n, --limit N   How many to show, 1 to 100
                      --tag TEXT  Only stamps with this tag (repeatable)
                  -a, --all       Show retired stamps too
                  -h, --help      Print this help

                global flags:
                      --folder DIR     Where the stamps are kept (default: ~/.sample)
                      --format FORMAT  How to print data: table, json (default: table)
                  -q, --quiet          Print errors only; the exit status tells the rest

                examples:
                  sample list --limit 3
                      Show the three oldest

                """)
    }

    @Test func `arguments are explained`() {
        #expect(
            SampleRun("sell", "-h").output == """
                Sell stamps

                usage: sample sell [FLAGS] PRICE STAMP...

                arguments:
                  PRICE     What each costs
                  STAMP...  What to sell

                flags:
                  -h, --help  Print this help

                global flags:
                      --folder DIR     Where the stamps are kept (default: ~/.sample)
                      --format FORMAT  How to print data: table, json (default: table)
                  -q, --quiet          Print errors only; the exit status tells the rest

                """)
    }

    @Test func `a narrow terminal gets shorter lines`() {
        #expect(
            SampleRun("list", "--help", terminalColumns: 44).output == """
                List stamps

                usage: sample list [FLAGS]

                Stamps are listed from the oldest to the
                newest, each with its country and value.

                Nothing is changed.

                flags:
                  -n, --limit N   How many to show, 1 to 100
                      --tag TEXT  Only stamps with this tag
                                  (repeatable)
                  -a, --all       Show retired stamps too
                  -h, --help      Print this help

                global flags:
                      --folder DIR     Where the stamps are
                                       kept (default:
                                       ~/.sample)
                      --format FORMAT  How to print data:
                                       table, json (default:
                                       table)
                  -q, --quiet          Print errors only;
                                       the exit status tells
                                       the rest

                examples:
                  sample list --limit 3
                      Show the three oldest

                """)
    }

    @Test(arguments: [20, 40, 79, 80, 500])
    func `no line but an example is wider than it may be`(columns: Int) {
        for words in [["--help"], ["list", "--help"], ["sell", "--help"]] {
            let sink = MemorySink(columns: columns)
            _ = SampleProgram.tool.run(
                words, environment: Environment([:]), standardOutput: sink,
                standardError: MemorySink())
            let widest = sink.text.split(separator: "\n").map(\.count).max() ?? 0
            #expect(widest <= min(80, max(40, columns)))
        }
    }

    @Test func `the version is one line`() {
        let run = SampleRun("--version")
        #expect(run.output == "sample 1.2.3\n")
        #expect(run.status == .success)
    }

    @Test func `the reference covers the whole tree`() {
        #expect(Reference(of: SampleProgram.root).markdown == Self.reference)
    }

    private static let reference = """
        # sample

        | exit status | meaning |
        |---|---|
        | 0 | all is well |
        | 1 | something was found that needs attention |
        | 2 | the command could not do its work |
        | 64 | the command line was wrong |

        ## sample

        Keep a collection of stamps.

        ```
        sample [FLAGS] COMMAND
        ```

        - `--folder DIR`: Where the stamps are kept (default: ~/.sample).
        - `--format FORMAT`: How to print data: table, json (default: table).
        - `-q, --quiet`: Print errors only; the exit status tells the rest.

        ## sample list

        List stamps.

        ```
        sample list [FLAGS]
        ```

        Stamps are listed from the oldest to the newest, each with its country and value.

        Nothing is changed.

        - `-n, --limit N`: How many to show, 1 to 100.
        - `--tag TEXT`: Only stamps with this tag (repeatable).
        - `-a, --all`: Show retired stamps too.

        Example: Show the three oldest.

        ```
        sample list --limit 3
        ```

        ## sample sell

        Sell stamps.

        ```
        sample sell [FLAGS] PRICE STAMP...
        ```

        - `PRICE`: What each costs.
        - `STAMP...`: What to sell.

        ## sample status

        Count stamps.

        ```
        sample status [FLAGS]
        ```

        """
}
