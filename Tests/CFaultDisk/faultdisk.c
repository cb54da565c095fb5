// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What SQLite has of one open file.
struct handle {
    sqlite3_file base;
    fault_disk *disk;
    fault_file *file;
    char *path;             // under which it was opened; NULL for a temporary one
    int level;
    int keeps_log;
    int has_shm;
    unsigned shm_shared;    // a bit for each lock that is held
};

static int outcome(fault_disk *disk) {
    if (disk->met && disk->kind == FAULT_DEATH) return FAULT_DEATH;
    if (disk->kind == FAULT_NONE) return FAULT_NONE;
    if (disk->met) return disk->kind == FAULT_FULL ? FAULT_FULL : FAULT_NONE;
    if (disk->countdown-- > 0) return FAULT_NONE;
    disk->met = 1;
    return disk->kind;
}

static int code(int outcome, int otherwise) {
    return outcome == FAULT_FULL ? SQLITE_FULL : otherwise;
}

static void free_if_unused(fault_disk *disk) {
    if (!disk->is_given_up || disk->handles > 0) return;
    disk_empty(disk);
    free(disk);
}

// MARK: - Bytes

static int file_close(sqlite3_file *base) {
    struct handle *handle = (struct handle *)base;
    free(handle->path);
    file_release(handle->file);
    handle->disk->handles--;
    free_if_unused(handle->disk);
    return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *bytes, int count, sqlite3_int64 offset) {
    const fault_file *file = ((struct handle *)base)->file;
    int64_t there = file->size > offset ? file->size - offset : 0;
    int64_t length = there < count ? there : count;
    if (length > 0) memcpy(bytes, file->bytes + offset, (size_t)length);
    if (length == count) return SQLITE_OK;
    memset((char *)bytes + length, 0, (size_t)(count - length));
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    struct handle *handle = (struct handle *)base;
    int met = outcome(handle->disk);
    if (met != FAULT_NONE) return code(met, SQLITE_IOERR_WRITE);
    if (!changes_add(handle->disk, handle->file, offset, bytes, count)) return SQLITE_NOMEM;
    return file_put(handle->file, offset, bytes, count) ? SQLITE_OK : SQLITE_NOMEM;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    struct handle *handle = (struct handle *)base;
    if (outcome(handle->disk) != FAULT_NONE) return SQLITE_IOERR_TRUNCATE;
    if (!changes_add(handle->disk, handle->file, size, NULL, -1)) return SQLITE_NOMEM;
    return file_resize(handle->file, size) ? SQLITE_OK : SQLITE_NOMEM;
}

static int file_sync(sqlite3_file *base, int flags) {
    struct handle *handle = (struct handle *)base;
    (void)flags;
    if (outcome(handle->disk) != FAULT_NONE) return SQLITE_IOERR_FSYNC;
    changes_forget(handle->disk, handle->file);
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    *size = ((struct handle *)base)->file->size;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int op, void *argument) {
    struct handle *handle = (struct handle *)base;
    int *number = argument;
    switch (op) {
    case SQLITE_FCNTL_PERSIST_WAL:
        if (*number >= 0) handle->keeps_log = *number;
        *number = handle->keeps_log;
        return SQLITE_OK;
    case SQLITE_FCNTL_HAS_MOVED:
        *number = handle->path && file_at(handle->disk, handle->path, 0) != handle->file;
        return SQLITE_OK;
    default: return SQLITE_NOTFOUND;
    }
}

static int file_sector(sqlite3_file *base) {
    (void)base;
    return 512;
}

static int file_traits(sqlite3_file *base) {
    (void)base;
    return 0;
}

// MARK: - Locks

static int file_lock(sqlite3_file *base, int level) {
    struct handle *handle = (struct handle *)base;
    fault_file *file = handle->file;
    if (handle->level >= level) return SQLITE_OK;
    if (file->writer && file->writer != handle && (level > SQLITE_LOCK_SHARED || file->is_pending))
        return SQLITE_BUSY;
    if (level == SQLITE_LOCK_SHARED) file->readers++;
    if (level > SQLITE_LOCK_SHARED) file->writer = handle;
    if (level == SQLITE_LOCK_EXCLUSIVE) {
        file->is_pending = 1;
        handle->level = SQLITE_LOCK_PENDING;
        if (file->readers > 1) return SQLITE_BUSY;
    }
    handle->level = level;
    return SQLITE_OK;
}

static int file_unlock(sqlite3_file *base, int level) {
    struct handle *handle = (struct handle *)base;
    fault_file *file = handle->file;
    if (handle->level <= level) return SQLITE_OK;
    if (file->writer == handle) {
        file->writer = NULL;
        file->is_pending = 0;
    }
    if (level == SQLITE_LOCK_NONE) file->readers--;
    handle->level = level;
    return SQLITE_OK;
}

static int file_reserved(sqlite3_file *base, int *result) {
    *result = ((struct handle *)base)->file->writer != NULL;
    return SQLITE_OK;
}

// MARK: - The index of the write-ahead log

// Its name is seen in the folder, its bytes are those that `regions` holds.
static fault_file *index_of(struct handle *handle, int create) {
    char *path = NULL;
    if (asprintf(&path, "%s-shm", handle->path) < 0) return NULL;
    fault_file *index = file_at(handle->disk, path, create);
    free(path);
    return index;
}

static int file_map(sqlite3_file *base, int page, int size, int extend, void volatile **out) {
    struct handle *handle = (struct handle *)base;
    fault_file *file = handle->file;
    if (!handle->has_shm) file->shm_users++;
    handle->has_shm = 1;
    *out = NULL;
    if (page >= SHM_REGIONS_MAX) return SQLITE_NOMEM;
    if (!file->regions[page]) {
        if (!extend) return SQLITE_OK;
        fault_file *index = index_of(handle, 1);
        if (!index) return SQLITE_NOMEM;
        int64_t length = (int64_t)size * (page + 1);
        if (index->size < length && !file_resize(index, length)) return SQLITE_NOMEM;
        file->regions[page] = calloc(1, (size_t)size);
        if (!file->regions[page]) return SQLITE_NOMEM;
    }
    *out = file->regions[page];
    return SQLITE_OK;
}

static int take_shm(struct handle *handle, int first, int last, int is_shared) {
    fault_file *file = handle->file;
    for (int lock = first; lock < last; lock++) {
        int own = (handle->shm_shared >> lock) & 1;
        if (file->shm_writer[lock] && file->shm_writer[lock] != handle) return SQLITE_BUSY;
        if (!is_shared && file->shm_readers[lock] > own) return SQLITE_BUSY;
    }
    for (int lock = first; lock < last; lock++) {
        if (!is_shared) {
            file->shm_writer[lock] = handle;
        } else if (!((handle->shm_shared >> lock) & 1)) {
            handle->shm_shared |= 1u << lock;
            file->shm_readers[lock]++;
        }
    }
    return SQLITE_OK;
}

static void leave_shm(struct handle *handle, int first, int last) {
    fault_file *file = handle->file;
    for (int lock = first; lock < last; lock++) {
        if (file->shm_writer[lock] == handle) file->shm_writer[lock] = NULL;
        if (!((handle->shm_shared >> lock) & 1)) continue;
        handle->shm_shared &= ~(1u << lock);
        file->shm_readers[lock]--;
    }
}

static int file_shm_lock(sqlite3_file *base, int offset, int count, int flags) {
    struct handle *handle = (struct handle *)base;
    if (flags & SQLITE_SHM_LOCK)
        return take_shm(handle, offset, offset + count, flags & SQLITE_SHM_SHARED);
    leave_shm(handle, offset, offset + count);
    return SQLITE_OK;
}

// One thread alone uses the disk.
static void file_barrier(sqlite3_file *base) { (void)base; }

static int file_unmap(sqlite3_file *base, int remove) {
    struct handle *handle = (struct handle *)base;
    fault_file *file = handle->file;
    if (!handle->has_shm) return SQLITE_OK;
    leave_shm(handle, 0, SHM_LOCKS);
    handle->has_shm = 0;
    if (--file->shm_users > 0) return SQLITE_OK;
    // Whoever opens the database next reads the log anew.
    for (int index = 0; index < SHM_REGIONS_MAX; index++) {
        free(file->regions[index]);
        file->regions[index] = NULL;
    }
    fault_file *index = remove ? index_of(handle, 0) : NULL;
    if (index) fault_disk_remove(handle->disk, index->path);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_barrier,
    .xShmUnmap = file_unmap,
};

// MARK: - The disk

static int disk_open(
    sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *flags_out) {
    fault_disk *disk = vfs->pAppData;
    struct handle *handle = (struct handle *)base;
    memset(handle, 0, sizeof *handle);
    handle->disk = disk;
    handle->file =
        name ? fault_file_open(disk, name, flags & SQLITE_OPEN_CREATE) : file_make();
    if (!handle->file) return SQLITE_CANTOPEN;
    if (name && !(handle->path = strdup(name))) {
        file_release(handle->file);
        return SQLITE_NOMEM;
    }
    if (flags_out) *flags_out = flags;
    handle->base.pMethods = &methods;
    disk->handles++;
    return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync_folder) {
    fault_disk *disk = vfs->pAppData;
    (void)sync_folder;
    if (outcome(disk) != FAULT_NONE) return SQLITE_IOERR_DELETE;
    return fault_disk_remove(disk, name) ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

static int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
    const fault_file *file = file_at(vfs->pAppData, name, 0);
    // As on a real disk, an empty file is none where existence is asked for.
    *result = file && (flags != SQLITE_ACCESS_EXISTS || file->size > 0);
    return SQLITE_OK;
}

static int disk_full_path(sqlite3_vfs *vfs, const char *name, int count, char *out) {
    (void)vfs;
    return snprintf(out, (size_t)count, "%s", name) < count ? SQLITE_OK : SQLITE_CANTOPEN;
}

static sqlite3_vfs *real_of(sqlite3_vfs *vfs) { return ((fault_disk *)vfs->pAppData)->real; }

static int disk_random(sqlite3_vfs *vfs, int count, char *out) {
    return real_of(vfs)->xRandomness(real_of(vfs), count, out);
}

static int disk_sleep(sqlite3_vfs *vfs, int microseconds) {
    return real_of(vfs)->xSleep(real_of(vfs), microseconds);
}

static int disk_time(sqlite3_vfs *vfs, double *out) {
    return real_of(vfs)->xCurrentTime(real_of(vfs), out);
}

static int disk_error(sqlite3_vfs *vfs, int count, char *out) {
    (void)vfs;
    if (count > 0) out[0] = 0;
    return 0;
}

fault_disk *fault_disk_make(void) {
    fault_disk *disk = calloc(1, sizeof *disk);
    // Counting its memory takes a lock of all threads; too late where SQLite runs already.
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    if (!disk || !real) {
        free(disk);
        return NULL;
    }
    snprintf(disk->name, sizeof disk->name, "fault-%p", (void *)disk);
    disk->real = real;
    disk->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(struct handle),
        .mxPathname = real->mxPathname,
        .zName = disk->name,
        .pAppData = disk,
        .xOpen = disk_open,
        .xDelete = disk_delete,
        .xAccess = disk_access,
        .xFullPathname = disk_full_path,
        .xRandomness = disk_random,
        .xSleep = disk_sleep,
        .xCurrentTime = disk_time,
        .xGetLastError = disk_error,
    };
    if (sqlite3_vfs_register(&disk->vfs, 0) != SQLITE_OK) {
        free(disk);
        return NULL;
    }
    return disk;
}

void fault_disk_free(fault_disk *disk) {
    sqlite3_vfs_unregister(&disk->vfs);
    disk->is_given_up = 1;
    free_if_unused(disk);
}

const char *fault_disk_name(const fault_disk *disk) { return disk->name; }

void fault_disk_plan(fault_disk *disk, int kind, int64_t writes) {
    disk->kind = kind;
    disk->countdown = writes;
    disk->met = 0;
}

int fault_disk_step(fault_disk *disk) { return outcome(disk); }

int fault_disk_was_met(const fault_disk *disk) { return disk->met; }
