/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CSQLite_SHIM_H
#define CSQLite_SHIM_H

#include <sqlite3.h>

#endif
