/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CSodium_SHIM_H
#define CSodium_SHIM_H

#include <sodium.h>

#endif
