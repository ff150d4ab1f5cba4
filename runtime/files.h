// files.h - tensors in files: npy, npz and safetensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions here report what is wrong with a file themselves (gradc_report) and return 0 on
// success, -1 otherwise.
#ifndef GRADC_FILES_H
#define GRADC_FILES_H

#include "gradc_abi.h"

#include <stddef.h>

enum { GRADC_MAX_RANK = 64, GRADC_SHAPE_CHARS = 512 };

// ---- bytes.c: whole files in memory, little-endian fields, checksums, shapes as text ----

typedef struct gradc_bytes {
  const unsigned char *data;
  uint64_t size;
} gradc_bytes;

int gradc_read_file(const char *path, gradc_bytes *out);
// Little-endian fields at any address.
uint16_t gradc_get16(const unsigned char *p);
uint32_t gradc_get32(const unsigned char *p);
uint64_t gradc_get64(const unsigned char *p);
void gradc_put16(unsigned char *p, uint32_t x);
void gradc_put32(unsigned char *p, uint32_t x);
void gradc_put64(unsigned char *p, uint64_t x);
// zlib's crc32 of `size` more bytes; begins with 0.
uint32_t gradc_crc32(uint32_t crc, const unsigned char *data, uint64_t size);
// "[10, 3]"; cut off with "..." where `out` of GRADC_SHAPE_CHARS is too small. Returns `out`.
const char *gradc_shape_text(const int64_t *shape, uint32_t rank, char *out);
// Bytes of a dense tensor. Returns 0 when an extent is negative or the size does not fit.
int gradc_tensor_bytes(const int64_t *shape, uint32_t rank, uint32_t dtype, uint64_t *out);
// Keeps text from files printable and short: at most 100 characters, the rest '?' and "...". `out`
// has 104 bytes.
const char *gradc_printable(const char *text, size_t length, char *out);

// inflate.c. Unpacks raw deflate data that must fill `out` exactly. Returns 0, or -1.
int gradc_inflate(gradc_bytes packed, unsigned char *out, uint64_t size);

// ---- arrays as they lie in files ----

typedef struct gradc_array {
  uint32_t dtype, rank;
  int64_t shape[GRADC_MAX_RANK];
  int fortran; // first dim fastest
  const unsigned char *data;
  uint64_t bytes;
} gradc_array;

// npy.c. Parses a whole .npy file. Returns null, or what is wrong with it.
const char *gradc_npy_parse(gradc_bytes file, gradc_array *out);
enum { GRADC_NPY_HEADER = 1600 };
// Writes the header of an array to `out`, GRADC_NPY_HEADER bytes; returns its size.
uint32_t gradc_npy_header(uint32_t dtype, const int64_t *shape, uint32_t rank, unsigned char *out);

// A file of named tensors that is open for reading.
typedef struct gradc_archive {
  const char *path;
  gradc_bytes file;
  int is_safetensors;
  // npz: the central directory. safetensors: the JSON header.
  uint64_t directory, directory_bytes, members;
} gradc_archive;

// What a search found.
enum { GRADC_FOUND = 0, GRADC_MISSING = 1, GRADC_BROKEN = -1 };

// archive.c. Opens an .npz or a .safetensors file, told apart by their contents.
int gradc_archive_open(const char *path, gradc_archive *out);
// GRADC_BROKEN has been reported.
int gradc_archive_find(const gradc_archive *archive, const char *name, gradc_array *out);
// The first names in the archive as text: "a, b, c, ...". `out` has GRADC_SHAPE_CHARS bytes.
const char *gradc_archive_names(const gradc_archive *archive, char *out);
// Whether an array has the tensor's dtype; float32 is rounded to bfloat16, which npy lacks.
int gradc_is_readable(const gradc_array *array, const gradc_tensor *wanted);
// Copies an array into `out` if it is readable as the tensor and has its shape, else reports that.
int gradc_load_tensor(const char *path, const gradc_array *array, const gradc_tensor *wanted,
                      void *out);

// zip.c and safetensors.c, for archive.c. find: `why` is set when GRADC_BROKEN is returned.
const char *gradc_zip_open(gradc_archive *archive);
int gradc_zip_find(const gradc_archive *archive, const char *name, gradc_array *out,
                   const char **why);
// Calls `visit` for each name until it returns 0.
typedef int (*gradc_name_visitor)(void *context, const char *name, size_t length);
void gradc_zip_names(const gradc_archive *archive, gradc_name_visitor visit, void *context);
const char *gradc_safetensors_open(gradc_archive *archive);
int gradc_safetensors_find(const gradc_archive *archive, const char *name, gradc_array *out,
                           const char **why);
void gradc_safetensors_names(const gradc_archive *archive, gradc_name_visitor visit, void *context);

// ---- writing (save.c, archive_write.c) ----

// A file that appears under its name only when all of it is written.
typedef struct gradc_save {
  const char *path; // as the user wrote it, for messages
  char *target;     // where it goes, links followed
  char *aside;      // where it is being written; null for a pipe or a device
  int fd, error;
  int synced;      // survives a loss of power from gradc_save_close on
  uint64_t offset; // bytes put so far
  size_t used;
  unsigned char buffer[1 << 14];
} gradc_save;

int gradc_save_open(gradc_save *save, const char *path);
// The same for files that are written again and again: synced, and written to PATH.part, so that
// what a killed process leaves behind is replaced by the next.
int gradc_save_open_synced(gradc_save *save, const char *path);
void gradc_save_put(gradc_save *save, const void *data, uint64_t size);
// Moves the file to its name. On failure nothing is left behind.
int gradc_save_close(gradc_save *save);
void gradc_save_abandon(gradc_save *save);

// One tensor to write; its name is `prefix` followed by `name`.
typedef struct gradc_item {
  const char *prefix, *name;
  uint32_t dtype, rank;
  const int64_t *shape;
  const void *data;
} gradc_item;

// Whether the path ends in ".safetensors".
int gradc_is_safetensors_path(const char *path);
// npz, or safetensors if the path says so. bfloat16 becomes float32 in npz, which has no such type.
int gradc_save_items(gradc_save *save, const gradc_item *items, size_t n);
// safetensors, whatever the path says. Returns 0, or -1 without memory (reported).
int gradc_save_safetensors(gradc_save *save, const gradc_item *items, size_t n);

#endif // GRADC_FILES_H
