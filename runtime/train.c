// train.c - the steps of --steps and what is shown of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hosted.h"
#include "number.h"
#include "session.h"

#include <string.h>
#include <unistd.h>

enum { BAR = 24 };

static void put(const char *text) { gradc_output(text, strlen(text)); }

static void put_count(uint64_t x) {
  char text[GRADC_NUMBER_CHARS];
  gradc_output(text, (size_t)gradc_format_i64(text, (int64_t)x));
}

static void put_loss(float loss) {
  char text[GRADC_NUMBER_CHARS];
  put(" loss ");
  gradc_output(text, (size_t)gradc_format_repr_f32(text, loss));
}

// ---- plain lines ----

// Up to 100 lines, evenly spread, the last step among them; none with --quiet.
static int train_plainly(gradc_session *session, const gradc_function *step) {
  uint64_t all = session->options->steps,
           every = session->options->quiet ? all : all / 100 + (all % 100 != 0);
  for (uint64_t done = 0; done < all;) {
    uint64_t n = all - done < every ? all - done : every;
    int status = gradc_session_call(session, step, n);
    if (status)
      return status;
    done += n;
    if (session->options->quiet)
      continue;
    put("step ");
    put_count(done);
    put_loss(session->step_loss);
    put("\n");
    gradc_output_flush();
  }
  return GRADC_EXIT_DONE;
}

// ---- one line on a terminal, written again and again ----

static void draw_line(uint64_t done, uint64_t all, float loss, double seconds) {
  char bar[BAR + 3];
  int full = (int)((double)done / (double)all * BAR);
  double rate = (double)done / (seconds > 1e-9 ? seconds : 1e-9),
         left = (double)(all - done) / rate;
  bar[0] = '[';
  for (int i = 0; i < BAR; ++i)
    bar[1 + i] = i < full ? '=' : ' ';
  bar[BAR + 1] = ']';
  bar[BAR + 2] = 0;
  put("\r");
  put(bar);
  put(" step ");
  put_count(done);
  put("/");
  put_count(all);
  put_loss(loss);
  put("  ");
  put_count((uint64_t)(rate < 1e18 ? rate : 1e18));
  put(" steps/s");
  if (done < all) {
    put("  ");
    put_count((uint64_t)(left < 1e9 ? left + 1 : 1e9));
    put(" s left");
  }
  put("\x1b[K"); // clears the rest of the line
  gradc_output_flush();
}

// As many steps at once as take about a twentieth of a second. The numbers do not depend on it.
static int train_on_terminal(gradc_session *session, const gradc_function *step) {
  uint64_t all = session->options->steps, n = 1;
  double begin = gradc_now(), last = begin;
  for (uint64_t done = 0; done < all;) {
    n = all - done < n ? all - done : n;
    int status = gradc_session_call(session, step, n);
    if (status) {
      put("\n");
      return status;
    }
    done += n;
    double time = gradc_now(), took = time - last;
    last = time;
    draw_line(done, all, session->step_loss, (time - begin) * 1e-9);
    if (took < 25e6)
      n *= 2;
    else if (took > 100e6 && n > 1)
      n /= 2;
  }
  put("\n");
  return GRADC_EXIT_DONE;
}

int gradc_train(gradc_session *session, const gradc_function *step) {
  int shows = !session->options->quiet && isatty(STDOUT_FILENO);
  return shows ? train_on_terminal(session, step) : train_plainly(session, step);
}
