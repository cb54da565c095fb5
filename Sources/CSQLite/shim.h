/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CSQLite_SHIM_H
#define CSQLite_SHIM_H

#include <sqlite3.h>

/* SQLITE_TRANSIENT is a cast, which Swift can't import. */
static inline sqlite3_destructor_type csqlite_transient(void) { return SQLITE_TRANSIENT; }

#endif
