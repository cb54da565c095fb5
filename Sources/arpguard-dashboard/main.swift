// SPDX-License-Identifier: Apache-2.0

import Program

Program.run(.dashboardHelper)
