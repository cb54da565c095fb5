// SPDX-License-Identifier: Apache-2.0

import Simulation

SimulateCommand.main(CommandLine.arguments)
