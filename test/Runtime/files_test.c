// files_test.c - reads, writes and damages files of tensors: files_test FOLDER
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "check.h"
#include "files.h"
#include "hosted.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder;
static unsigned char out[1 << 16], other[1 << 16];

static const char *path_of(const char *name) {
  static char path[4][1024];
  static int turn;
  char *p = path[turn++ % 4];
  snprintf(p, 1024, "%s/%s", folder, name);
  return p;
}

// Messages are part of the interface: kept in a file and compared.
static int messages = -1;

static void begin_messages(void) {
  FILE *file = tmpfile();
  messages = file ? dup(fileno(file)) : -1;
  CHECK(messages >= 0 && dup2(messages, STDERR_FILENO) >= 0, "no temporary file");
}

static const char *last_message(void) {
  static char text[4096];
  ssize_t length = pread(messages, text, sizeof text - 1, 0);
  text[length > 0 ? length : 0] = 0;
  CHECK(ftruncate(messages, 0) == 0 && lseek(messages, 0, SEEK_SET) == 0, "no temporary file");
  return text;
}

// The message since the last call contains `part`; without a part there is none.
static void expect_message(const char *part) {
  const char *message = last_message();
  CHECK(*part ? strstr(message, part) != NULL : !*message, "'%s', expected '%s'", message, part);
}

static double expected_value(uint32_t dtype, int64_t i) {
  return dtype == GRADC_BOOL ? (double)(i % 2)
         : dtype == GRADC_U8 ? (double)(i % 7)
                             : (double)(i % 7 - 2);
}

static double value_at(uint32_t dtype, const unsigned char *data, int64_t i) {
  static const double halves[7] = {-2, -1, 0, 1, 2, 3, 4};
  static const uint16_t bits[7] = {0xc000, 0xbc00, 0, 0x3c00, 0x4000, 0x4200, 0x4400};
  switch (dtype) {
  case GRADC_F32:
    return ((const float *)data)[i];
  case GRADC_F64:
    return ((const double *)data)[i];
  case GRADC_F16:
    for (int k = 0; k < 7; ++k)
      if (((const uint16_t *)data)[i] == bits[k])
        return halves[k];
    return 99;
  case GRADC_I8:
    return ((const int8_t *)data)[i];
  case GRADC_I16:
    return ((const int16_t *)data)[i];
  case GRADC_I32:
    return ((const int32_t *)data)[i];
  case GRADC_I64:
    return (double)((const int64_t *)data)[i];
  default:
    return data[i];
  }
}

static gradc_tensor tensor_of(const char *name, uint32_t dtype, uint32_t rank,
                              const int64_t *shape) {
  return (gradc_tensor){.name = name, .shape = shape, .dtype = dtype, .rank = rank};
}

static void check_tensor(const gradc_archive *archive, gradc_tensor wanted) {
  gradc_array array;
  uint64_t bytes = 0;
  int found = gradc_archive_find(archive, wanted.name, &array);
  CHECK(found == GRADC_FOUND, "%s: '%s' is missing", archive->path, wanted.name);
  if (found != GRADC_FOUND)
    return;
  memset(out, 0xee, sizeof out);
  int status = gradc_load_tensor(archive->path, &array, &wanted, out);
  CHECK(status == 0, "%s: '%s' does not load", archive->path, wanted.name);
  gradc_tensor_bytes(wanted.shape, wanted.rank, wanted.dtype, &bytes);
  for (int64_t i = 0; i < (int64_t)(bytes / gradc_rt_dtype_bytes(wanted.dtype)); ++i)
    CHECK(value_at(wanted.dtype, out, i) == expected_value(wanted.dtype, i), "%s: '%s' element %d",
          archive->path, wanted.name, (int)i);
}

static void test_valid(void) {
  static const char *const names[] = {"f32", "f64", "f16", "",   "i8",
                                      "i16", "i32", "i64", "u8", "bool"};
  static const int64_t two_three[] = {2, 3}, empty[] = {0, 4}, cube[] = {3, 4, 5}, many[] = {700},
                       five[] = {5}, ten_three[] = {10, 3}, ten_one[] = {10, 1}, three[] = {3};
  static const char *const whole[] = {"all.npz", "packed.npz"};
  gradc_archive archive;
  for (int k = 0; k < 2; ++k) {
    CHECK(gradc_archive_open(path_of(whole[k]), &archive) == 0, "%s", whole[k]);
    for (uint32_t dtype = 0; dtype < GRADC_DTYPES; ++dtype)
      if (dtype != GRADC_BF16)
        check_tensor(&archive, tensor_of(names[dtype], dtype, 2, two_three));
    check_tensor(&archive, tensor_of("scalar", GRADC_F32, 0, NULL));
    check_tensor(&archive, tensor_of("empty", GRADC_F32, 2, empty));
    check_tensor(&archive, tensor_of("fortran", GRADC_F64, 3, cube));
    check_tensor(&archive, tensor_of("long", GRADC_I32, 1, many));
  }
  CHECK(gradc_archive_open(path_of("mixed.npz"), &archive) == 0, "mixed.npz");
  check_tensor(&archive, tensor_of("stored", GRADC_F32, 2, two_three));
  check_tensor(&archive, tensor_of("folder/x", GRADC_I64, 1, five));
  check_tensor(&archive, tensor_of("v3", GRADC_I64, 1, five));
  CHECK(gradc_archive_open(path_of("piped.npz"), &archive) == 0, "piped.npz");
  check_tensor(&archive, tensor_of("x", GRADC_F32, 2, ten_three));
  check_tensor(&archive, tensor_of("y", GRADC_F32, 2, ten_one));
  CHECK(gradc_archive_open(path_of("xy.safetensors"), &archive) == 0, "xy.safetensors");
  check_tensor(&archive, tensor_of("x", GRADC_F32, 2, ten_three));
  check_tensor(&archive, tensor_of("y", GRADC_F32, 2, ten_one));
  check_tensor(&archive, tensor_of("h", GRADC_F16, 2, two_three));
  check_tensor(&archive, tensor_of("i", GRADC_I64, 1, five));
  check_tensor(&archive, tensor_of("s", GRADC_F64, 0, NULL));
  check_tensor(&archive, tensor_of("caf\xc3\xa9 \"q\"", GRADC_U8, 1, three));
  gradc_array array;
  CHECK(gradc_archive_find(&archive, "__metadata__", &array) == GRADC_MISSING,
        "metadata is no tensor");
  CHECK(gradc_archive_find(&archive, "nothing", &array) == GRADC_MISSING, "no such tensor");
  expect_message("");
}

// Files that are wrong in one way each, and what is said about it.
static void test_wrong(void) {
  static const struct {
    const char *file, *message;
  } cases[] = {
      {"wrong_shape.npz", "wrong_shape.npz: tensor 'x' has shape [3, 4], expected [10, 3]"},
      {"wrong_dtype.npz", "wrong_dtype.npz: tensor 'x' has dtype float64, expected float32"},
      {"big_endian.npz", "big_endian.npz: tensor 'x': its numbers are big-endian"},
      {"complex.npz", "complex.npz: tensor 'x': its dtype is not one of"},
      {"strings.npz", "strings.npz: tensor 'x': its dtype is not one of"},
      {"not_npy.npz", "not_npy.npz: tensor 'x': it is not in npy format"},
      {"bzip.npz", "bzip.npz: tensor 'x': its compression is neither"},
      {"twice.npz", "twice.npz: tensor 'x': the archive has it twice"},
      {"short.npz",
       "short.npz: tensor 'x': it is truncated: there are fewer numbers than its shape says"},
      {"spare.npz", "spare.npz: tensor 'x': there are more bytes than its shape says"},
      {"x.npy", "x.npy: it is one array without a name"},
      {"streams.bin", "streams.bin: it is neither an npz nor a safetensors file"},
      {"absent.npz", "absent.npz: cannot read: No such file or directory"},
      {".", ".: cannot read: Is a directory"},
  };
  static const int64_t shape[] = {10, 3}, seven[] = {7};
  gradc_tensor x = tensor_of("x", GRADC_F32, 2, shape),
               flag = tensor_of("flag", GRADC_BOOL, 1, seven);
  gradc_archive archive;
  gradc_array array;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    int good = gradc_archive_open(path_of(cases[i].file), &archive) == 0 &&
               gradc_archive_find(&archive, "x", &array) == GRADC_FOUND &&
               gradc_load_tensor(archive.path, &array, &x, out) == 0;
    CHECK(!good, "%s was accepted", cases[i].file);
    expect_message(cases[i].message);
  }
  CHECK(gradc_archive_open(path_of("bad_bool.npz"), &archive) == 0, "bad_bool.npz");
  CHECK(gradc_archive_find(&archive, "flag", &array) == GRADC_FOUND, "flag");
  CHECK(gradc_load_tensor(archive.path, &array, &flag, out) == -1, "a bool of 2 was accepted");
  expect_message("tensor 'flag' has a bool that is neither 0 nor 1");
}

static void test_headers(void) {
  static const struct {
    const char *header, *message; // null: good
  } cases[] = {
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", NULL},
      {"{\"shape\": ( 2 , ) ,\"descr\":\"<f4\",\"fortran_order\":True}\n", NULL},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)}", NULL},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2)}", "tuple of extents"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", "tuple of extents"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
       "tuple of extents"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2 3)}", "tuple of extents"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "too large"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)}", "too large"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4611686018427387904)}", "too large"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", "truncated"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "more bytes"},
      {"{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", "not a dict"},
      {"{'descr': '<f4', 'fortran_order': False}", "not a dict"},
      {"{'descr': '<f4', 'descr': '<f4', 'shape': (2,)}", "not a dict"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}", "not a dict"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", "not a dict"},
      {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", "not a plain one"},
      {"{'descr': '<f4", "not a plain one"},
      {"", "not a dict"},
  };
  unsigned char file[256];
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    gradc_array array;
    size_t length = strlen(cases[i].header);
    memcpy(file, "\x93NUMPY\x01\x00", 8);
    gradc_put16(file + 8, (uint32_t)length);
    memcpy(file + 10, cases[i].header, length);
    memset(file + 10 + length, 0, 8);
    const char *why = gradc_npy_parse((gradc_bytes){file, 18 + length}, &array);
    CHECK(cases[i].message ? why && strstr(why, cases[i].message) : !why, "%s: %s", cases[i].header,
          why ? why : "accepted");
    CHECK(gradc_npy_parse((gradc_bytes){file, 9 + length}, &array),
          "a truncated header was accepted");
  }
}

static void test_streams(void) {
  gradc_bytes file;
  CHECK(gradc_read_file(path_of("streams.bin"), &file) == 0, "streams.bin");
  unsigned count = 0;
  for (uint64_t at = 0; at + 12 <= file.size; ++count) {
    uint64_t packed = gradc_get32(file.data + at), size = gradc_get32(file.data + at + 4);
    uint32_t crc = gradc_get32(file.data + at + 8);
    // A copy of its own size: a read behind the end is seen by the sanitizer.
    unsigned char *copy = malloc(packed ? packed : 1), *result = malloc(size ? size : 1);
    memcpy(copy, file.data + at + 12, packed);
    CHECK(gradc_inflate((gradc_bytes){copy, packed}, result, size) == 0, "stream %u", count);
    CHECK(gradc_crc32(0, result, size) == crc, "stream %u", count);
    CHECK(gradc_inflate((gradc_bytes){copy, packed - 1}, result, size) != 0, "stream %u cut short",
          count);
    CHECK(gradc_inflate((gradc_bytes){copy, packed}, result, size + 1) != 0, "stream %u too short",
          count);
    CHECK(!size || gradc_inflate((gradc_bytes){copy, packed}, result, size - 1) != 0,
          "stream %u too long", count);
    for (uint64_t i = 0; i < packed && i < 400;
         ++i) { // must not leave its bounds, whatever it says
      unsigned char kept = copy[i];
      copy[i] ^= (unsigned char)(1u << i % 8);
      gradc_inflate((gradc_bytes){copy, packed}, result, size);
      copy[i] = kept;
    }
    free(copy);
    free(result);
    at += 12 + packed;
  }
  CHECK(count == 63, "%u streams", count);
}

// Every byte changed and every length cut: refused, or the tensor is as it was.
static void damage(const char *name, const char *tensor) {
  char path[] = "damaged.XXXXXX";
  int fd = mkstemp(path);
  gradc_bytes file;
  CHECK(fd >= 0 && gradc_read_file(path_of(name), &file) == 0, "%s", name);
  static const int64_t shape[] = {10, 1};
  gradc_tensor wanted = tensor_of(tensor, GRADC_F32, 2, shape);
  unsigned accepted = 0;
  for (uint64_t i = 0; i < 2 * file.size; ++i) {
    int cut = i >= file.size;
    unsigned char *copy = malloc(file.size);
    uint64_t size = cut ? i - file.size : file.size;
    memcpy(copy, file.data, file.size);
    if (!cut)
      copy[i] ^= (unsigned char)(1u << i % 8);
    CHECK(pwrite(fd, copy, size, 0) == (ssize_t)size && ftruncate(fd, (off_t)size) == 0,
          "cannot write");
    free(copy);
    gradc_archive archive;
    gradc_array array;
    if (gradc_archive_open(path, &archive) ||
        gradc_archive_find(&archive, tensor, &array) != GRADC_FOUND)
      continue;
    if (gradc_load_tensor(path, &array, &wanted, out))
      continue;
    ++accepted;
    CHECK(!cut, "%s: accepted with %d bytes of %d", name, (int)size, (int)file.size);
    int is_same = 1;
    for (int64_t k = 0; k < 10; ++k)
      is_same &= value_at(GRADC_F32, out, k) == expected_value(GRADC_F32, k);
    // safetensors has no checksums: a changed number, or the data of another place, cannot be seen.
    CHECK(is_same || strstr(name, ".safetensors"), "%s: wrong numbers with byte %d changed", name,
          (int)i);
  }
  CHECK(accepted < file.size, "%s: %u damaged files were accepted", name, accepted);
  close(fd);
  unlink(path);
  last_message();
}

static void test_writing(void) {
  static const int64_t shape[] = {2, 3}, none[] = {0}, many[] = {9000};
  static const float x[] = {1, 2, 3, 4, 5, 6};
  static const uint16_t brain[] = {0x3f80, 0xc040, 0x7f80, 0, 0x4000, 0x4040};
  for (size_t i = 0; i < sizeof other; ++i)
    other[i] = (unsigned char)(i * 7);
  const gradc_item items[] = {
      {"", "loss", GRADC_F32, 0, NULL, x},        {"out/", "x", GRADC_F32, 2, shape, x},
      {"", "none", GRADC_I64, 1, none, other},    {"param/", "big", GRADC_I32, 1, many, other},
      {"", "brain", GRADC_BF16, 2, shape, brain}, {"", "tab\t\"", GRADC_U8, 2, shape, other}};
  static const char *const paths[] = {"written.npz", "written.safetensors"};
  static gradc_save save;
  for (int k = 0; k < 2; ++k) {
    CHECK(gradc_save_open(&save, paths[k]) == 0 && gradc_save_items(&save, items, 6) == 0, "%s",
          paths[k]);
    CHECK(access(paths[k], F_OK) != 0, "%s is there before it is complete", paths[k]);
    CHECK(gradc_save_close(&save) == 0, "%s", paths[k]);
    gradc_archive archive;
    CHECK(gradc_archive_open(paths[k], &archive) == 0, "%s", paths[k]);
    for (int i = 0; i < 6; ++i) {
      gradc_array array;
      char name[64];
      uint64_t bytes = 0;
      uint32_t dtype =
          k == 0 && items[i].dtype == GRADC_BF16 ? (uint32_t)GRADC_F32 : items[i].dtype;
      snprintf(name, sizeof name, "%s%s", items[i].prefix, items[i].name);
      int found = gradc_archive_find(&archive, name, &array);
      CHECK(found == GRADC_FOUND, "%s", name);
      if (found != GRADC_FOUND)
        continue;
      gradc_tensor wanted = tensor_of(name, dtype, items[i].rank, items[i].shape);
      CHECK(gradc_load_tensor(paths[k], &array, &wanted, out) == 0, "%s", name);
      gradc_tensor_bytes(wanted.shape, wanted.rank, dtype, &bytes);
      if (dtype == items[i].dtype)
        CHECK(!bytes || !memcmp(out, items[i].data, bytes), "%s differs", name);
      else
        CHECK(((float *)out)[1] == -3 && ((float *)out)[4] == 2, "%s differs", name);
    }
    unlink(paths[k]);
  }
  expect_message("");
}

// More members than 16 bits count: the 64-bit end records.
static void test_many(void) {
  enum { MANY = 66000 };
  static gradc_save save;
  static char names[MANY][16];
  static gradc_item items[MANY];
  static int32_t values[MANY];
  for (int i = 0; i < MANY; ++i) {
    snprintf(names[i], sizeof names[i], "t%d", i);
    values[i] = i;
    items[i] = (gradc_item){"", names[i], GRADC_I32, 0, NULL, &values[i]};
  }
  CHECK(gradc_save_open(&save, "many.npz") == 0 && gradc_save_items(&save, items, MANY) == 0,
        "many.npz");
  CHECK(gradc_save_close(&save) == 0, "many.npz");
  gradc_archive archive;
  gradc_array array;
  CHECK(gradc_archive_open("many.npz", &archive) == 0 && archive.members == MANY, "many.npz");
  for (int i = 0; i < MANY; i += 13199) {
    int found = gradc_archive_find(&archive, names[i], &array);
    CHECK(found == GRADC_FOUND && array.bytes == 4 && gradc_get32(array.data) == (uint32_t)i, "%s",
          names[i]);
  }
  unlink("many.npz");
  expect_message("");
}

static void test_failing_writes(void) {
  static gradc_save save;
  static const struct {
    const char *path, *message;
  } cases[] = {
      {"absent/x.npz", "absent/x.npz: cannot write: No such file or directory"},
      {".", ".: cannot write: Is a directory"},
      {"/dev/full", "/dev/full: cannot write: No space left on device"},
  };
  const gradc_item item = {"", "x", GRADC_F32, 0, NULL, "\0\0\0"};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    int good = gradc_save_open(&save, cases[i].path) == 0 &&
               gradc_save_items(&save, &item, 1) == 0 && gradc_save_close(&save) == 0;
    CHECK(!good, "%s was written", cases[i].path);
    expect_message(cases[i].message);
  }
  // A file is replaced through a link, keeps its mode, and stays as it was when the new one is
  // given up.
  FILE *file = fopen("kept.npz", "w");
  CHECK(file && fputs("old", file) >= 0 && fclose(file) == 0, "cannot write");
  CHECK(chmod("kept.npz", 0640) == 0 && symlink("kept.npz", "link.npz") == 0, "cannot link");
  CHECK(gradc_save_open(&save, "link.npz") == 0 && gradc_save_items(&save, &item, 1) == 0,
        "link.npz");
  gradc_save_abandon(&save);
  gradc_bytes bytes;
  CHECK(gradc_read_file("kept.npz", &bytes) == 0 && bytes.size == 3, "the old file is gone");
  CHECK(gradc_save_open(&save, "link.npz") == 0 && gradc_save_items(&save, &item, 1) == 0,
        "link.npz");
  CHECK(gradc_save_close(&save) == 0, "link.npz");
  struct stat status;
  CHECK(lstat("link.npz", &status) == 0 && S_ISLNK(status.st_mode), "the link was replaced");
  CHECK(stat("kept.npz", &status) == 0 && status.st_size > 3 && (status.st_mode & 0777) == 0640,
        "the file or its mode");
  unlink("link.npz");
  unlink("kept.npz");
  expect_message("");
}

int main(int argc, char **argv) {
  char place[] = "/tmp/gradc-files-XXXXXX";
  char *full = argc > 1 ? realpath(argv[1], NULL) : NULL;
  folder = full ? full : ".";
  CHECK(mkdtemp(place) && chdir(place) == 0, "no place to work");
  int saved = dup(STDERR_FILENO);
  begin_messages();
  test_valid();
  test_wrong();
  test_headers();
  test_streams();
  damage("only_y.npz", "y");
  damage("piped.npz", "y");
  damage("xy.safetensors", "y");
  test_writing();
  test_many();
  test_failing_writes();
  CHECK(chdir("/") == 0 && rmdir(place) == 0, "files were left behind in %s", place);
  dup2(saved, STDERR_FILENO);
  return check_done(6000);
}
