/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CSQLite_SHIM_H
#define CSQLite_SHIM_H

#include <sqlite3.h>

/* SQLITE_TRANSIENT is a cast, which Swift can't import. */
static inline sqlite3_destructor_type csqlite_transient(void) { return SQLITE_TRANSIENT; }

/* sqlite3_db_config is variadic. */
static inline int csqlite_keep_log_on_close(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

#endif
