// output.c - buffered standard output, messages and memory of the hosted runtime.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hosted.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct {
  char text[1 << 15];
  size_t used;
  int mode, error;
  const char *name;
} out;

void gradc_output_mode(int mode) { out.mode = mode; }

int gradc_output_is_dropped(void) { return out.mode == GRADC_OUTPUT_DROPPED; }

static void write_all(const char *text, size_t length) {
  while (length && !out.error) {
    ssize_t written = write(STDOUT_FILENO, text, length);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      out.error = errno;
      return;
    }
    text += written;
    length -= (size_t)written;
  }
}

int gradc_output_flush(void) {
  write_all(out.text, out.used);
  out.used = 0;
  return out.error;
}

void gradc_output(const char *text, size_t length) {
  if (length > sizeof out.text - out.used)
    gradc_output_flush();
  if (length > sizeof out.text) {
    write_all(text, length);
    return;
  }
  memcpy(out.text + out.used, text, length);
  out.used += length;
}

void gradc_output_end(void) {
  if (out.mode == GRADC_OUTPUT_EACH)
    gradc_output_flush();
}

void gradc_report_as(const char *name) { out.name = name; }

void gradc_report(const char *format, ...) {
  char text[2048];
  gradc_output_flush(); // what the program printed before comes before
  const char *name = out.name ? out.name : "gradc";
  size_t room = sizeof text - 1; // keeps one byte for the newline
  int head = snprintf(text, room, "%.200s: error: ", name);
  size_t length = head < 0 ? 0 : (size_t)head;
  va_list arguments;
  va_start(arguments, format);
  int body = vsnprintf(text + length, room - length, format, arguments);
  va_end(arguments);
  length += body < 0 ? 0 : (size_t)body;
  if (length >= room)
    length = room - 1;
  text[length++] = '\n';
  for (const char *rest = text; length;) {
    ssize_t written = write(STDERR_FILENO, rest, length);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return; // nowhere left to say it; the exit code still does
    rest += written;
    length -= (size_t)written;
  }
}

static void *map(uint64_t bytes, int flags) {
  if (bytes > SIZE_MAX / 2)
    return NULL;
  size_t size = bytes ? (size_t)bytes : 1;
  void *pages =
      mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  if (pages == MAP_FAILED)
    return NULL;
  // Few page faults matter more than a little memory for large tensors.
  if (size >= (size_t)4 << 20)
    madvise(pages, size, MADV_HUGEPAGE);
  return pages;
}

void *gradc_pages(uint64_t bytes) { return map(bytes, 0); }

void *gradc_room(uint64_t bytes) { return map(bytes, MAP_NORESERVE); }
