/* SPDX-License-Identifier: Apache-2.0 */
/* Bare SQLite: one prepared statement, one transaction. */
#include "CBenchmark.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

struct cbenchmark_rows {
    int columns;
    int64_t count;
    int64_t room;
    char *table;
    sqlite3_value **values;
};

static const char *const settings =
    "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
    "PRAGMA secure_delete = ON;";

static int open_new(const char *path, sqlite3 **database) {
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(path, database, flags, NULL);
    return code != SQLITE_OK ? code : sqlite3_exec(*database, settings, NULL, NULL, NULL);
}

void cbenchmark_rows_free(cbenchmark_rows *rows) {
    if (rows == NULL) return;
    for (int64_t i = 0; i < rows->count * rows->columns; i++) sqlite3_value_free(rows->values[i]);
    free(rows->values);
    sqlite3_free(rows->table);
    free(rows);
}

int64_t cbenchmark_rows_count(const cbenchmark_rows *rows) { return rows->count; }

static int add_row(cbenchmark_rows *rows, sqlite3_stmt *statement) {
    if (rows->count == rows->room) {
        int64_t room = rows->room == 0 ? 1024 : rows->room * 2;
        size_t bytes = (size_t)(room * rows->columns) * sizeof *rows->values;
        sqlite3_value **values = realloc(rows->values, bytes);
        if (values == NULL) return SQLITE_NOMEM;
        rows->values = values;
        rows->room = room;
    }
    for (int i = 0; i < rows->columns; i++) {
        rows->values[rows->count * rows->columns + i] =
            sqlite3_value_dup(sqlite3_column_value(statement, i));
    }
    rows->count++;
    return SQLITE_OK;
}

static int read_rows(cbenchmark_rows *rows, sqlite3 *database) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(database, "SELECT * FROM events", -1, &statement, NULL);
    if (code != SQLITE_OK) return code;
    rows->columns = sqlite3_column_count(statement);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        if (add_row(rows, statement) != SQLITE_OK) break;
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static char *table_sql(sqlite3 *database) {
    sqlite3_stmt *statement = NULL;
    char *sql = NULL;
    const char *query = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'events'";
    if (sqlite3_prepare_v2(database, query, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        sql = sqlite3_mprintf("%s", sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    return sql;
}

cbenchmark_rows *cbenchmark_rows_read(const char *path) {
    cbenchmark_rows *rows = calloc(1, sizeof *rows);
    sqlite3 *database = NULL;
    int code = SQLITE_NOMEM;
    if (rows != NULL) code = sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK) {
        rows->table = table_sql(database);
        code = rows->table == NULL ? SQLITE_ERROR : read_rows(rows, database);
    }
    sqlite3_close(database);
    if (code == SQLITE_OK) return rows;
    cbenchmark_rows_free(rows);
    return NULL;
}

static int insert_rows(const cbenchmark_rows *rows, sqlite3 *database) {
    char sql[256] = "INSERT INTO events VALUES (?";
    size_t length = 28;
    for (int i = 1; i < rows->columns && length < sizeof sql - 4; i++) {
        length += (size_t)snprintf(sql + length, sizeof sql - length, ",?");
    }
    snprintf(sql + length, sizeof sql - length, ")");
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);
    for (int64_t row = 0; code == SQLITE_OK && row < rows->count; row++) {
        for (int i = 0; i < rows->columns; i++) {
            sqlite3_bind_value(statement, i + 1, rows->values[row * rows->columns + i]);
        }
        code = sqlite3_step(statement) == SQLITE_DONE ? sqlite3_reset(statement) : SQLITE_ERROR;
    }
    sqlite3_finalize(statement);
    return code;
}

int cbenchmark_rows_insert(const cbenchmark_rows *rows, const char *path) {
    sqlite3 *database = NULL;
    int code = open_new(path, &database);
    if (code == SQLITE_OK) code = sqlite3_exec(database, rows->table, NULL, NULL, NULL);
    if (code == SQLITE_OK) code = sqlite3_exec(database, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code == SQLITE_OK) code = insert_rows(rows, database);
    if (code == SQLITE_OK) code = sqlite3_exec(database, "COMMIT", NULL, NULL, NULL);
    int closed = sqlite3_close(database);
    return code != SQLITE_OK ? code : closed;
}

int64_t cbenchmark_count(const char *path, const char *table) {
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    int64_t count = -1;
    char *sql = sqlite3_mprintf("SELECT count(*) FROM \"%w\"", table);
    if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        count = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
    sqlite3_free(sql);
    return count;
}
