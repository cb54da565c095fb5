// SPDX-License-Identifier: Apache-2.0

internal import CommandLineKit

CommandLineTool(rootCommand, version: "0.1.0").main()
