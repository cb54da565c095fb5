// SPDX-License-Identifier: Apache-2.0

internal import CommandLineKit
internal import Program

Program.run(rootCommand, voice: rootCommand.name)
