// SPDX-License-Identifier: Apache-2.0

#ifndef CFAULTDISK_DISK_H
#define CFAULTDISK_DISK_H

#include <sqlite3.h>

#include "files.h"

struct fault_disk {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;      // for time and randomness
    char name[32];
    int kind;
    int64_t countdown;
    int met;
    fault_file *files;
    struct change *newest;
    int64_t handles;        // files that SQLite has open
    int is_given_up;        // whether nobody but SQLite has it any more
};

#endif
