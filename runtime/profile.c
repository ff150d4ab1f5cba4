// profile.c - times the kernels of programs built with --profile: a table, and a trace.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hosted.h"
#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One launch in the program's text, and what its runs took.
typedef struct site {
  const char *name, *kind, *where;
  uint64_t flops, bytes, calls;
  double total, best; // nanoseconds
} site;

typedef struct event {
  uint32_t site;
  float duration; // nanoseconds
  double start;
} event;

// The trace ends here; the table goes on.
enum { MOST_EVENTS = 1 << 20 };

static struct {
  site *sites;
  event *events;
  size_t n_sites, room_sites, n_events, room_events, next;
  uint64_t lost;
  double start, first;
  double took; // by the device, of what runs there; 0: the time between begin and end counts
} profile;

void gradc_rt_profile_begin(void) { profile.start = gradc_now(); }

void gradc_profile_took(double nanoseconds) { profile.took = nanoseconds; }

// Room for one more; 0 if there is no memory.
static int grow(void **list, size_t count, size_t *room, size_t size) {
  if (count < *room)
    return 1;
  size_t wanted = *room ? 2 * *room : 256;
  void *more = realloc(*list, wanted * size);
  if (!more)
    return 0;
  *list = more;
  *room = wanted;
  return 1;
}

// Launches come in the same order again and again: the one looked for is most often the next.
static site *find_site(const char *name, const char *where, uint64_t flops, uint64_t bytes) {
  for (size_t i = 0; i < profile.n_sites; ++i) {
    size_t k = (profile.next + i) % profile.n_sites;
    site *s = &profile.sites[k];
    if (s->name == name && s->where == where && s->flops == flops && s->bytes == bytes) {
      profile.next = k + 1;
      return s;
    }
  }
  return NULL;
}

void gradc_rt_profile_end(const char *name, const char *kind, const char *where, uint64_t flops,
                          uint64_t bytes) {
  double time = profile.took > 0 ? profile.took : gradc_now() - profile.start;
  profile.took = 0;
  site *s = find_site(name, where, flops, bytes);
  if (!s) {
    if (!grow((void **)&profile.sites, profile.n_sites, &profile.room_sites, sizeof *s))
      return;
    profile.next = profile.n_sites + 1;
    s = &profile.sites[profile.n_sites++];
    *s = (site){name, kind, where, flops, bytes, 0, 0, time};
  }
  ++s->calls;
  s->total += time;
  s->best = time < s->best ? time : s->best;
  if (profile.n_events >= MOST_EVENTS ||
      !grow((void **)&profile.events, profile.n_events, &profile.room_events, sizeof(event))) {
    ++profile.lost;
    return;
  }
  if (!profile.n_events)
    profile.first = profile.start;
  profile.events[profile.n_events++] =
      (event){(uint32_t)(s - profile.sites), (float)time, profile.start - profile.first};
}

static void put_text(FILE *file, const char *text) {
  putc('"', file);
  for (const char *c = text; *c; ++c) {
    if (*c == '"' || *c == '\\')
      putc('\\', file);
    if ((unsigned char)*c < 0x20)
      fprintf(file, "\\u%04x", (unsigned)*c);
    else
      putc(*c, file);
  }
  putc('"', file);
}

static void write_trace(FILE *file) {
  fputs("{\"displayTimeUnit\": \"ns\", \"traceEvents\": [\n", file);
  for (size_t i = 0; i < profile.n_events; ++i) {
    const event *e = &profile.events[i];
    const site *s = &profile.sites[e->site];
    fputs(i ? ",\n{\"name\": " : "{\"name\": ", file);
    put_text(file, s->name);
    fputs(", \"cat\": ", file);
    put_text(file, s->kind);
    fprintf(file, ", \"ph\": \"X\", \"pid\": 1, \"tid\": 1, \"ts\": %.3f, \"dur\": %.3f",
            e->start / 1e3, (double)e->duration / 1e3);
    fputs(", \"args\": {\"where\": ", file);
    put_text(file, s->where);
    fprintf(file, ", \"flops\": %llu, \"bytes\": %llu}}", (unsigned long long)s->flops,
            (unsigned long long)s->bytes);
  }
  fprintf(file, "\n], \"otherData\": {\"launches left out\": \"%llu\"}}\n",
          (unsigned long long)profile.lost);
}

static int by_total(const void *a, const void *b) {
  double x = ((const site *)a)->total, y = ((const site *)b)->total;
  return (x < y) - (x > y);
}

static void print_table(void) {
  double total = 0;
  for (size_t i = 0; i < profile.n_sites; ++i)
    total += profile.sites[i].total;
  fprintf(stderr, "%10s %6s %9s %10s %8s %8s  %s\n", "ms", "share", "launches", "best us",
          "GFLOP/s", "GB/s", "kernel");
  for (size_t i = 0; i < profile.n_sites; ++i) {
    const site *s = &profile.sites[i];
    double best = s->best > 0 ? s->best : 1;
    fprintf(stderr, "%10.3f %5.1f%% %9llu %10.2f %8.1f %8.1f  %s %s\n", s->total / 1e6,
            total > 0 ? 100 * s->total / total : 0, (unsigned long long)s->calls, s->best / 1e3,
            (double)s->flops / best, (double)s->bytes / best, s->name, s->where);
  }
  fprintf(stderr, "%10.3f in kernels\n", total / 1e6);
}

int gradc_rt_profile_write(const char *path, int table) {
  errno = 0;
  FILE *file = fopen(path, "w");
  if (!file)
    return errno;
  write_trace(file);
  int failed = ferror(file);
  failed |= fclose(file);
  if (failed)
    return errno ? errno : EIO;
  if (!table)
    return 0;
  qsort(profile.sites, profile.n_sites, sizeof *profile.sites, by_total);
  // The events counted sites in the order before.
  profile.n_events = 0;
  gradc_output_flush();
  print_table();
  return 0;
}
