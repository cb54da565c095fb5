/* SPDX-License-Identifier: Apache-2.0 */
/* A capture that is part of the program, to show what an alert looks like. */
#ifndef CSAMPLE_H
#define CSAMPLE_H

#include <stddef.h>

/* Where it begins, and how many bytes it has. */
const unsigned char *csample_bytes(void);
size_t csample_count(void);

#endif
