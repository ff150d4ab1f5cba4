// hosted.h - what the hosted parts of the runtime share: output, errors, memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_HOSTED_H
#define GRADC_HOSTED_H

#include "gradc_abi.h"

#include <stddef.h>

// ---- standard output (output.c) ----

enum { GRADC_OUTPUT_EACH = 0, GRADC_OUTPUT_BUFFERED = 1, GRADC_OUTPUT_DROPPED = 2 };
// How the text of print statements leaves: at the end of each, when the buffer is full, or never.
void gradc_output_mode(int mode);
int gradc_output_is_dropped(void);
void gradc_output(const char *text, size_t length);
// Ends a statement: writes out what is due.
void gradc_output_end(void);
// Writes all. Returns 0, or the errno of the first write that failed since the start.
int gradc_output_flush(void);

// ---- errors (output.c) ----

// Writes "NAME: error: TEXT" to standard error, after all printed text; the format is printf's.
__attribute__((format(printf, 1, 2))) void gradc_report(const char *format, ...);
// The name that messages begin with; the default is "gradc".
void gradc_report_as(const char *name);

// ---- memory (output.c) ----

// Zeroed pages, 64-byte aligned and more; null when there is no memory. Never freed: the process
// ends soon after.
void *gradc_pages(uint64_t bytes);
// The same for memory of which only a part will be used: more of it may be had than there is.
void *gradc_room(uint64_t bytes);

#endif // GRADC_HOSTED_H
