/* SPDX-License-Identifier: Apache-2.0 */
/* Counts that Swift can't take of itself, and the floors that figures are measured against. */
#ifndef CBENCHMARK_H
#define CBENCHMARK_H

#include <stddef.h>
#include <stdint.h>

/* How often the calling thread has asked for memory: malloc and all its kin, of any library. */
uint64_t cbenchmark_allocations(void);

/* Nothing, in a call that can't be inlined. */
void cbenchmark_nothing(void);

/* A ring of records in memory that is shared with a file: the least that recording can be. */
enum { CBENCHMARK_RECORD_BYTES = 48, CBENCHMARK_RING_RECORDS = 1360 };
typedef struct {
    uint8_t *base;
    uint64_t head;
} cbenchmark_ring;

/* Makes the file and maps it. Returns 0, or errno. */
int cbenchmark_ring_open(cbenchmark_ring *ring, const char *path);
/* The coarse clock, a copy of a record's bytes, a release store of the head. */
void cbenchmark_ring_record(cbenchmark_ring *ring, const uint8_t *record);

/* All rows of a database's table `events`, in memory. */
typedef struct cbenchmark_rows cbenchmark_rows;
/* Reads them; NULL if that fails. */
cbenchmark_rows *cbenchmark_rows_read(const char *path);
void cbenchmark_rows_free(cbenchmark_rows *rows);
int64_t cbenchmark_rows_count(const cbenchmark_rows *rows);
/* Inserts them into a table of the same form, without index, in a new database, in one
   transaction, with the settings of the store. Returns 0, or SQLite's code. */
int cbenchmark_rows_insert(const cbenchmark_rows *rows, const char *path);
/* The count of a table's rows; -1 if there is no such database or table. */
int64_t cbenchmark_count(const char *path, const char *table);

/* gzip by libdeflate. Both return the count of bytes written, 0 if they don't fit. */
size_t cbenchmark_gzip(const uint8_t *in, size_t count, int level, uint8_t *out, size_t room);
size_t cbenchmark_gunzip(const uint8_t *in, size_t count, uint8_t *out, size_t room);

/* Lets the parent watch this thread's system calls from here on. Returns 0, or errno. */
int cbenchmark_be_watched(void);
/* Marks where counting starts, and where it ends. */
void cbenchmark_mark(void);
/* Runs a program that calls the two above, and counts the system calls between the marks of the
   thread that called them; -1 if that is not possible here. `arguments` ends with NULL. */
int64_t cbenchmark_system_calls(const char *path, char *const *arguments);

#endif
