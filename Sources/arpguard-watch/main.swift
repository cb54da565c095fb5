// SPDX-License-Identifier: Apache-2.0

import Program

CaptureChild.runIfAsked(Array(CommandLine.arguments.dropFirst()))
Program.run(.watchHelper)
