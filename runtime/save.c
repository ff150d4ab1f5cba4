// save.c - files that appear under their name only when they are complete.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "files.h"
#include "hosted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const gradc_save *save, int error) {
  gradc_report("%s: cannot write: %s", save->path, strerror(error));
  return -1;
}

// Pipes and devices are written as they are; so is nothing else.
static int open_in_place(gradc_save *save) {
  save->fd = open(save->path, O_WRONLY | O_CLOEXEC);
  return save->fd < 0 ? fail(save, errno) : 0;
}

static int open_part(gradc_save *save) {
  size_t length = strlen(save->target);
  save->aside = malloc(length + 6);
  if (!save->aside)
    return fail(save, ENOMEM);
  memcpy(save->aside, save->target, length);
  memcpy(save->aside + length, ".part", 6);
  save->fd = open(save->aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  return save->fd < 0 ? fail(save, errno) : 0;
}

// Opens a file beside the target. `mode` is that of the file to be replaced, or 0.
static int open_aside(gradc_save *save, mode_t mode) {
  size_t room = strlen(save->target) + 32;
  save->aside = malloc(room);
  if (!save->aside)
    return fail(save, ENOMEM);
  for (unsigned attempt = 0;; ++attempt) {
    snprintf(save->aside, room, "%s.%ld-%u.part", save->target, (long)getpid(), attempt);
    save->fd = open(save->aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (save->fd >= 0)
      break;
    if (errno != EEXIST || attempt == 99) {
      int error = errno;
      free(save->aside);
      save->aside = NULL;
      return fail(save, error);
    }
  }
  if (mode)
    (void)!fchmod(save->fd, mode & 0777); // a courtesy: the file is good without
  return 0;
}

static int open_for(gradc_save *save, const char *path, int synced) {
  struct stat status;
  save->path = path;
  save->synced = synced;
  save->target = save->aside = NULL;
  save->fd = -1;
  save->error = 0;
  save->offset = 0;
  save->used = 0;
  int exists = stat(path, &status) == 0;
  if (exists && S_ISDIR(status.st_mode))
    return fail(save, EISDIR);
  if (exists && !S_ISREG(status.st_mode))
    return open_in_place(save);
  if (exists && access(path, W_OK))
    return fail(save, errno);
  save->target = exists ? realpath(path, NULL) : strdup(path);
  if (!save->target)
    return fail(save, errno);
  return synced ? open_part(save) : open_aside(save, exists ? status.st_mode : 0);
}

int gradc_save_open(gradc_save *save, const char *path) { return open_for(save, path, 0); }

int gradc_save_open_synced(gradc_save *save, const char *path) { return open_for(save, path, 1); }

static void write_out(gradc_save *save, const unsigned char *data, uint64_t size) {
  while (size && !save->error) {
    ssize_t written = write(save->fd, data, size < 1u << 30 ? (size_t)size : 1u << 30);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      save->error = errno;
      return;
    }
    data += written;
    size -= (uint64_t)written;
  }
}

void gradc_save_put(gradc_save *save, const void *data, uint64_t size) {
  save->offset += size;
  if (size > sizeof save->buffer - save->used) {
    write_out(save, save->buffer, save->used);
    save->used = 0;
  }
  if (size > sizeof save->buffer) {
    write_out(save, data, size);
    return;
  }
  if (size)
    memcpy(save->buffer + save->used, data, (size_t)size);
  save->used += (size_t)size;
}

void gradc_save_abandon(gradc_save *save) {
  if (save->fd >= 0)
    close(save->fd);
  save->fd = -1;
  if (save->aside)
    unlink(save->aside);
  free(save->aside);
  free(save->target);
  save->aside = save->target = NULL;
}

// A rename lasts when its directory is synced. File systems that cannot do that say EINVAL.
static void sync_directory(gradc_save *save) {
  char *slash = strrchr(save->target, '/');
  if (slash)
    slash[slash == save->target] = 0; // the target is not needed any more
  int fd = open(slash ? save->target : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || (fsync(fd) && errno != EINVAL))
    save->error = errno;
  if (fd >= 0)
    close(fd);
}

int gradc_save_close(gradc_save *save) {
  write_out(save, save->buffer, save->used);
  save->used = 0;
  if (save->synced && save->aside && !save->error && fsync(save->fd))
    save->error = errno;
  if (close(save->fd) && !save->error)
    save->error = errno;
  save->fd = -1;
  if (!save->error && save->aside && rename(save->aside, save->target))
    save->error = errno;
  if (!save->error) {
    free(save->aside);
    if (save->synced && save->aside)
      sync_directory(save);
    save->aside = NULL; // it has moved: nothing to remove
  }
  int error = save->error;
  gradc_save_abandon(save);
  return error ? fail(save, error) : 0;
}
