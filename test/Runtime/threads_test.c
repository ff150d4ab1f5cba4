// threads_test.c - teams: every part runs once, barriers hold, memory is each thread's own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc_abi.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 9, ROUNDS = 300, TURNS = 4 };

typedef struct record {
  int calls[MOST];
  int seen[MOST][TURNS]; // what thread i read of its neighbour in each turn
  int values[MOST];
  uint32_t count;
  int wrong;
} record;

// Writes a number, waits, reads its neighbour's, waits before it writes the next.
static void part(void *arguments, gradc_team *team, uint32_t index, uint32_t count) {
  record *r = arguments;
  ++r->calls[index];
  if (count != team->count || index >= count)
    r->wrong = 1;
  if (index && team->scratch)
    memset((char *)team->scratch + (index - 1) * team->scratch_bytes, (int)index, 100);
  for (int turn = 0; turn < TURNS; ++turn) {
    r->values[index] = turn * 100 + (int)index;
    team->barrier(team);
    r->seen[index][turn] = r->values[(index + 1) % count];
    team->barrier(team);
  }
}

static int check(uint32_t count) {
  gradc_team *team = gradc_rt_team_start(count, 100);
  if (!team || team->count != count)
    return 1;
  if (count > 1 && (team->scratch_bytes < 100 || (uintptr_t)team->scratch % 64))
    return 2;
  for (int round = 0; round < ROUNDS; ++round) {
    record r = {.count = count};
    team->run(team, part, &r);
    if (r.wrong)
      return 3;
    for (uint32_t i = 0; i < count; ++i) {
      if (r.calls[i] != 1)
        return 4;
      for (int turn = 0; turn < TURNS; ++turn)
        if (r.seen[i][turn] != turn * 100 + (int)((i + 1) % count))
          return 5;
      for (int k = 0; i && k < 100; ++k)
        if (((char *)team->scratch)[(i - 1) * team->scratch_bytes + (uint64_t)k] != (char)i)
          return 6;
    }
  }
  gradc_rt_team_stop(team);
  return 0;
}

// A handle takes a team only if the team has the memory that the program needs.
static int check_use(void) {
  gradc_program program = {.thread_scratch = 1000};
  gradc_header header = {.program = &program};
  gradc_team small = {.count = 2, .scratch_bytes = 999}, alone = {.count = 1},
             enough = {.count = 2, .scratch_bytes = 1000};
  if (gradc_rt_use_team(&header, &small) != GRADC_ERROR_ARGUMENT || header.team)
    return 1;
  if (gradc_rt_use_team(&header, &alone) || gradc_rt_use_team(&header, &enough) ||
      header.team != &enough)
    return 2;
  return gradc_rt_use_team(&header, NULL) || header.team ? 3 : 0;
}

int main(void) {
  for (uint32_t count = 1; count <= MOST; count += 1 + count / 3) {
    int wrong = check(count);
    if (wrong) {
      printf("%u threads: check %d fails\n", count, wrong);
      return 1;
    }
  }
  gradc_team *cores = gradc_rt_team_start(0, 0);
  if (!cores || !cores->count || cores->scratch) {
    puts("a team of all cores fails");
    return 1;
  }
  gradc_rt_team_stop(cores);
  gradc_rt_team_stop(NULL);
  int wrong = check_use();
  if (wrong)
    printf("use_team: check %d fails\n", wrong);
  return wrong != 0;
}
