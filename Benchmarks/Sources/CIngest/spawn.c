/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CIngest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int cingest_start(const char *path, char *const *arguments, cingest_server *server) {
    int in[2], out[2];
    posix_spawn_file_actions_t actions;
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) return errno;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    int status = posix_spawn(&server->process, path, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    if (status != 0) return status;
    server->input = in[1];
    server->output = out[0];
    server->port = cingest_next_port(server);
    return server->port == 0 ? EPROTO : 0;
}

uint16_t cingest_next_port(const cingest_server *server) {
    char line[256];
    size_t count = 0;
    while (count < sizeof line - 1 && read(server->output, line + count, 1) == 1
           && line[count] != '\n')
        count++;
    line[count] = 0;
    /* "intake http://127.0.0.1:4318/v1/logs" of a collector, the port alone of the floor */
    const char *colon = strrchr(line, ':');
    unsigned port = 0;
    int found = sscanf(colon ? colon + 1 : line, "%u", &port);
    return found == 1 && port <= UINT16_MAX ? (uint16_t) port : 0;
}

void cingest_stop(cingest_server *server) {
    int status;
    close(server->input);
    kill(server->process, SIGTERM);
    waitpid(server->process, &status, 0);
    close(server->output);
}
