#include "base/file.h"
#include "fail_alloc.h"
#include "test_suite.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char directory[32];

static const char *in_directory(char path[64], const char *name) {
  (void)snprintf(path, 64, "%s/%s", directory, name);
  return path;
}

/* Files in the test's directory but "." and "..". */
static unsigned files_left(void) {
  unsigned count = 0;
  DIR *dir = opendir(directory);
  CU_ASSERT_PTR_NOT_NULL(dir);
  while (dir != NULL && readdir(dir) != NULL) {
    count++;
  }
  if (dir != NULL) {
    (void)closedir(dir);
  }
  return count - 2;
}

static void make_directory(void) {
  (void)snprintf(directory, sizeof directory, "/tmp/bo_test_file.XXXXXX");
  CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
}

static void remove_directory(const char *const *names, size_t count) {
  char path[64];
  for (size_t i = 0; i < count; i++) {
    (void)unlink(in_directory(path, names[i]));
  }
  CU_ASSERT_EQUAL(rmdir(directory), 0); /* fails if anything else was left */
}

static void what_was_written_is_read_back_with_a_zero_behind_it(void) {
  make_directory();
  char path[64];
  (void)in_directory(path, "a");
  static const uint8_t data[] = {1, 0, 255, 10};
  CU_ASSERT_EQUAL(bo_file_write(path, data, sizeof data, NULL), BO_OK);
  bo_bytes bytes;
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, path, sizeof data, NULL), BO_OK);
  CU_ASSERT_EQUAL(bytes.size, sizeof data);
  CU_ASSERT_EQUAL(memcmp(bytes.data, data, sizeof data), 0);
  CU_ASSERT_EQUAL(bytes.data[bytes.size], 0);
  bo_bytes_free(&bytes);
  CU_ASSERT_PTR_NULL(bytes.data);
  CU_ASSERT_EQUAL(bytes.size, 0);
  remove_directory((const char *const[]){"a"}, 1);
}

static void an_empty_file_is_no_bytes(void) {
  make_directory();
  char path[64];
  (void)in_directory(path, "a");
  CU_ASSERT_EQUAL(bo_file_write(path, "", 0, NULL), BO_OK);
  bo_bytes bytes;
  CU_ASSERT_EQUAL(bo_file_read(&bytes, path, 0, NULL), BO_OK);
  CU_ASSERT_EQUAL(bytes.size, 0);
  bo_bytes_free(&bytes);
  CU_ASSERT_EQUAL(bo_file_read_gz(&bytes, path, 0, NULL), BO_OK);
  CU_ASSERT_EQUAL(bytes.size, 0);
  bo_bytes_free(&bytes);
  remove_directory((const char *const[]){"a"}, 1);
}

static void expect_failure(bo_status (*reader)(bo_bytes *, const char *, size_t, bo_diag *),
                           const char *path, size_t max_bytes, bo_status status,
                           const char *after_path) {
  bo_bytes bytes = {(uint8_t *)directory, 7};
  bo_diag diag = {{0}};
  char expected[200];
  (void)snprintf(expected, sizeof expected, "%s: %s", path, after_path);
  CU_ASSERT_EQUAL(reader(&bytes, path, max_bytes, &diag), status);
  CU_ASSERT(same_text(diag.text, expected));
  CU_ASSERT_PTR_NULL(bytes.data);
  CU_ASSERT_EQUAL(bytes.size, 0);
}

static void a_file_that_cannot_be_read_is_refused_with_the_reason(void) {
  make_directory();
  char path[64];
  char fifo[64];
  CU_ASSERT_EQUAL(bo_file_write(in_directory(path, "a"), "12345", 5, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(mkfifo(in_directory(fifo, "fifo"), 0600), 0);
  expect_failure(bo_file_read, "/no/such", 9, BO_E_IO, "cannot open: No such file or directory");
  expect_failure(bo_file_read, directory, 9, BO_E_INVALID, "expected a regular file");
  expect_failure(bo_file_read, fifo, 9, BO_E_INVALID, "expected a regular file");
  expect_failure(bo_file_read, path, 4, BO_E_INVALID, "expected at most 4 bytes, got 5");
  expect_failure(bo_file_read_gz, path, 4, BO_E_INVALID, "expected at most 4 bytes, got more");
  remove_directory((const char *const[]){"a", "fifo"}, 2);
}

/* A gzip file made by zlib's own writer; appended to if it is there. */
static void write_gz(const char *path, const void *data, size_t size) {
  gzFile file = gzopen(path, "ab");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  CU_ASSERT_EQUAL(gzwrite(file, data, (unsigned)size), (int)size);
  CU_ASSERT_EQUAL(gzclose(file), Z_OK);
}

static void gzip_is_inflated_up_to_the_bound_and_not_a_byte_more(void) {
  make_directory();
  char path[64];
  (void)in_directory(path, "a.gz");
  enum {
    SIZE = 100000
  };
  static uint8_t data[SIZE];
  for (unsigned i = 0; i < SIZE; i++) {
    data[i] = (uint8_t)(i * i >> 7);
  }
  write_gz(path, data, SIZE);
  bo_bytes bytes;
  CU_ASSERT_EQUAL_FATAL(bo_file_read_gz(&bytes, path, SIZE, NULL), BO_OK);
  CU_ASSERT_EQUAL(bytes.size, SIZE);
  CU_ASSERT_EQUAL(memcmp(bytes.data, data, SIZE), 0);
  CU_ASSERT_EQUAL(bytes.data[SIZE], 0);
  bo_bytes_free(&bytes);
  CU_ASSERT_EQUAL(bo_file_read_gz(&bytes, path, SIZE_MAX, NULL), BO_OK);
  CU_ASSERT_EQUAL(bytes.size, SIZE);
  bo_bytes_free(&bytes);
  expect_failure(bo_file_read_gz, path, SIZE - 1, BO_E_INVALID,
                 "expected at most 99999 bytes, got more");
  remove_directory((const char *const[]){"a.gz"}, 1);
}

static void a_bomb_is_refused_before_it_is_large(void) {
  make_directory();
  char path[64];
  (void)in_directory(path, "a.gz");
  static uint8_t zeros[1 << 24];
  write_gz(path, zeros, sizeof zeros);
  expect_failure(bo_file_read_gz, path, 1 << 16, BO_E_INVALID,
                 "expected at most 65536 bytes, got more");
  remove_directory((const char *const[]){"a.gz"}, 1);
}

static void members_of_a_gzip_file_are_joined(void) {
  make_directory();
  char path[64];
  (void)in_directory(path, "a.gz");
  write_gz(path, "one", 3);
  write_gz(path, "two", 3);
  bo_bytes bytes;
  CU_ASSERT_EQUAL_FATAL(bo_file_read_gz(&bytes, path, 6, NULL), BO_OK);
  CU_ASSERT_STRING_EQUAL((const char *)bytes.data, "onetwo");
  bo_bytes_free(&bytes);
  remove_directory((const char *const[]){"a.gz"}, 1);
}

static void each_cut_and_each_wrong_byte_of_a_gzip_file_is_refused(void) {
  make_directory();
  char path[64];
  char cut[64];
  (void)in_directory(path, "a.gz");
  (void)in_directory(cut, "cut");
  write_gz(path, "brownout", 8);
  bo_bytes gz;
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&gz, path, 1000, NULL), BO_OK);
  for (size_t size = 2; size < gz.size; size++) {
    CU_ASSERT_EQUAL(bo_file_write(cut, gz.data, size, NULL), BO_OK);
    expect_failure(bo_file_read_gz, cut, 1000, BO_E_INVALID,
                   "expected gzip data, got a truncated stream");
  }
  for (size_t i = gz.size - 8; i < gz.size; i++) { /* CRC and length */
    gz.data[i] ^= 1;
    CU_ASSERT_EQUAL(bo_file_write(cut, gz.data, gz.size, NULL), BO_OK);
    expect_failure(bo_file_read_gz, cut, 1000, BO_E_INVALID,
                   "expected gzip data, got a broken stream");
    gz.data[i] ^= 1;
  }
  bo_bytes_free(&gz);
  remove_directory((const char *const[]){"a.gz", "cut"}, 2);
}

static void a_write_that_fails_leaves_the_old_file_and_no_other(void) {
  make_directory();
  char path[64];
  char inside[80];
  bo_diag diag = {{0}};
  CU_ASSERT_EQUAL(bo_file_write(in_directory(path, "a"), "old", 3, NULL), BO_OK);
  (void)snprintf(inside, sizeof inside, "%s/b", path); /* a plain file is no directory */
  CU_ASSERT_EQUAL(bo_file_write(inside, "new", 3, &diag), BO_E_IO);
  CU_ASSERT(has_text(diag.text, "/a/b: cannot create: Not a directory"));
  CU_ASSERT_EQUAL(files_left(), 1);
  remove_directory((const char *const[]){"a"}, 1);
}

/* The largest file that this process may write ends the write in the middle. */
static void a_write_that_ends_early_leaves_the_old_file_and_no_other(void) {
  make_directory();
  char path[64];
  bo_diag diag = {{0}};
  static const uint8_t data[100000];
  CU_ASSERT_EQUAL(bo_file_write(in_directory(path, "a"), "old", 3, NULL), BO_OK);
  struct rlimit limit;
  CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &limit), 0);
  const struct rlimit small = {.rlim_cur = 4096, .rlim_max = limit.rlim_max};
  (void)signal(SIGXFSZ, SIG_IGN);
  CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &small), 0);
  const bo_status status = bo_file_write(path, data, sizeof data, &diag);
  CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &limit), 0);
  CU_ASSERT_EQUAL(status, BO_E_IO);
  CU_ASSERT(has_text(diag.text, "/a: cannot write: File too large"));
  CU_ASSERT_EQUAL(files_left(), 1);
  bo_bytes bytes;
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, path, 100, NULL), BO_OK);
  CU_ASSERT_STRING_EQUAL((const char *)bytes.data, "old");
  bo_bytes_free(&bytes);
  remove_directory((const char *const[]){"a"}, 1);
}

/* Devices are reached through a link only: a wrong writer replaces the link, not the device. */
static void a_full_disk_is_reported(void) {
  make_directory();
  char path[64];
  bo_diag diag = {{0}};
  CU_ASSERT_EQUAL_FATAL(symlink("/dev/full", in_directory(path, "full")), 0);
  CU_ASSERT_EQUAL(bo_file_write(path, "new", 3, &diag), BO_E_IO);
  CU_ASSERT(has_text(diag.text, "/full: cannot write: No space left on device"));
  remove_directory((const char *const[]){"full"}, 1);
}

static void a_new_file_replaces_the_old_one_and_has_its_own_inode(void) {
  make_directory();
  char path[64];
  struct stat before;
  struct stat after;
  CU_ASSERT_EQUAL(bo_file_write(in_directory(path, "a"), "older", 5, NULL), BO_OK);
  CU_ASSERT_EQUAL(stat(path, &before), 0);
  CU_ASSERT_EQUAL(bo_file_write(path, "new", 3, NULL), BO_OK);
  CU_ASSERT_EQUAL(stat(path, &after), 0);
  CU_ASSERT_NOT_EQUAL(before.st_ino, after.st_ino);
  CU_ASSERT_EQUAL(after.st_size, 3);
  CU_ASSERT_EQUAL(files_left(), 1);
  remove_directory((const char *const[]){"a"}, 1);
}

static void a_link_stays_a_link_and_its_target_is_written(void) {
  make_directory();
  char path[64];
  char link[64];
  struct stat info;
  CU_ASSERT_EQUAL(bo_file_write(in_directory(path, "a"), "older", 5, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(symlink(path, in_directory(link, "link")), 0);
  CU_ASSERT_EQUAL(bo_file_write(link, "new", 3, NULL), BO_OK);
  CU_ASSERT_EQUAL(lstat(link, &info), 0);
  CU_ASSERT_TRUE(S_ISLNK(info.st_mode));
  CU_ASSERT_EQUAL(stat(path, &info), 0);
  CU_ASSERT_EQUAL(info.st_size, 3);
  remove_directory((const char *const[]){"a", "link"}, 2);
}

static void a_pipe_is_written_to_and_stays_a_pipe(void) {
  make_directory();
  char path[64];
  char text[4] = "";
  struct stat info;
  CU_ASSERT_EQUAL_FATAL(mkfifo(in_directory(path, "fifo"), 0600), 0);
  const int reader = open(path, O_RDONLY | O_NONBLOCK);
  CU_ASSERT_TRUE_FATAL(reader >= 0);
  CU_ASSERT_EQUAL(bo_file_write(path, "new", 3, NULL), BO_OK);
  CU_ASSERT_EQUAL(lstat(path, &info), 0);
  CU_ASSERT_TRUE(S_ISFIFO(info.st_mode));
  CU_ASSERT_EQUAL(read(reader, text, 3), 3);
  CU_ASSERT_STRING_EQUAL(text, "new");
  (void)close(reader);
  remove_directory((const char *const[]){"fifo"}, 1);
}

/* Two writers of one path have a file each, and a file of the user's with a like name is let be. */
static void a_stream_becomes_the_file_when_it_is_committed_and_not_before(void) {
  make_directory();
  char path[64];
  char part[64];
  bo_file_writer *first = NULL;
  bo_file_writer *second = NULL;
  bo_bytes bytes;
  CU_ASSERT_EQUAL(bo_file_write(in_directory(part, "a.part"), "mine", 4, NULL), BO_OK);
  CU_ASSERT_EQUAL(bo_file_write(in_directory(path, "a"), "old", 3, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_file_begin(&first, path, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_file_begin(&second, path, NULL), BO_OK);
  CU_ASSERT_EQUAL(files_left(), 4);
  CU_ASSERT_EQUAL(fputs("first", bo_file_stream(first)) >= 0, true);
  CU_ASSERT_EQUAL(fputs("second", bo_file_stream(second)) >= 0, true);
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, path, 100, NULL), BO_OK);
  CU_ASSERT_STRING_EQUAL((const char *)bytes.data, "old");
  bo_bytes_free(&bytes);
  CU_ASSERT_EQUAL(bo_file_commit(first, NULL), BO_OK);
  bo_file_abort(second);
  bo_file_abort(NULL);
  CU_ASSERT_EQUAL(files_left(), 2);
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, path, 100, NULL), BO_OK);
  CU_ASSERT_STRING_EQUAL((const char *)bytes.data, "first");
  bo_bytes_free(&bytes);
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, part, 100, NULL), BO_OK);
  CU_ASSERT_STRING_EQUAL((const char *)bytes.data, "mine");
  bo_bytes_free(&bytes);
  remove_directory((const char *const[]){"a", "a.part"}, 2);
}

static void a_stream_into_a_pipe_goes_there_and_an_abort_leaves_the_pipe(void) {
  make_directory();
  char path[64];
  char text[4] = "";
  struct stat info;
  bo_file_writer *writer = NULL;
  CU_ASSERT_EQUAL_FATAL(mkfifo(in_directory(path, "fifo"), 0600), 0);
  const int reader = open(path, O_RDONLY | O_NONBLOCK);
  CU_ASSERT_TRUE_FATAL(reader >= 0);
  for (int commits = 0; commits < 2; commits++) {
    CU_ASSERT_EQUAL_FATAL(bo_file_begin(&writer, path, NULL), BO_OK);
    CU_ASSERT_EQUAL(files_left(), 1);
    CU_ASSERT_EQUAL(fputs("new", bo_file_stream(writer)) >= 0, true);
    if (commits != 0) {
      CU_ASSERT_EQUAL(bo_file_commit(writer, NULL), BO_OK);
    } else {
      bo_file_abort(writer);
    }
    CU_ASSERT_EQUAL(lstat(path, &info), 0);
    CU_ASSERT_TRUE(S_ISFIFO(info.st_mode));
    CU_ASSERT_EQUAL(read(reader, text, 3), 3);
    CU_ASSERT_STRING_EQUAL(text, "new");
  }
  (void)close(reader);
  remove_directory((const char *const[]){"fifo"}, 1);
}

/* The error of a write that nobody looked at, and one that only the flush meets. */
static void a_stream_that_could_not_be_written_is_not_committed(void) {
  make_directory();
  char path[64];
  struct rlimit limit;
  CU_ASSERT_EQUAL(bo_file_write(in_directory(path, "a"), "old", 3, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &limit), 0);
  const struct rlimit small = {.rlim_cur = 2, .rlim_max = limit.rlim_max};
  (void)signal(SIGXFSZ, SIG_IGN);
  for (int flushes = 0; flushes < 2; flushes++) {
    bo_diag diag = {{0}};
    bo_file_writer *writer = NULL;
    CU_ASSERT_EQUAL_FATAL(bo_file_begin(&writer, path, NULL), BO_OK);
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &small), 0);
    (void)fputs("new", bo_file_stream(writer));
    if (flushes != 0) {
      (void)fflush(bo_file_stream(writer));
    }
    const bo_status status = bo_file_commit(writer, &diag);
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &limit), 0);
    CU_ASSERT_EQUAL(status, BO_E_IO);
    CU_ASSERT(has_text(diag.text, flushes != 0 ? "/a: cannot write: Input/output error"
                                               : "/a: cannot write: File too large"));
    CU_ASSERT_EQUAL(files_left(), 1);
  }
  remove_directory((const char *const[]){"a"}, 1);
}

static void each_failed_allocation_of_a_writer_is_reported(void) {
  make_directory();
  char path[64];
  unsigned k = 0;
  for (;; k++) {
    bo_diag diag = {{0}};
    fail_alloc_arm(k);
    const bo_status status = bo_file_write(in_directory(path, "a"), "new", 3, &diag);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT(has_text(diag.text, "/a: out of memory"));
    CU_ASSERT_EQUAL(files_left(), 0);
  }
  CU_ASSERT_TRUE(k >= 1);
  remove_directory((const char *const[]){"a"}, 1);
}

static void each_failed_allocation_of_a_reader_is_reported(void) {
  make_directory();
  char path[64];
  static uint8_t zeros[20000];
  write_gz(in_directory(path, "a.gz"), zeros, sizeof zeros);
  unsigned k = 0;
  for (;; k++) {
    bo_bytes bytes;
    bo_diag diag = {{0}};
    fail_alloc_arm(k);
    const bo_status status = bo_file_read_gz(&bytes, path, sizeof zeros, &diag);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      bo_bytes_free(&bytes);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT(has_text(diag.text, "/a.gz: out of memory"));
    CU_ASSERT_PTR_NULL(bytes.data);
  }
  CU_ASSERT_TRUE(k >= 3);
  remove_directory((const char *const[]){"a.gz"}, 1);
}

/* XXH3-64 without a seed, from the reference implementation's self test and xxhsum -H3. */
static void the_hash_is_xxh3(void) {
  CU_ASSERT_EQUAL(bo_hash("", 0), 0x2d06800538d394c2);
  CU_ASSERT_EQUAL(bo_hash("abc", 3), 0x78af5f94892f3950);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(what_was_written_is_read_back_with_a_zero_behind_it),
    BO_TEST(an_empty_file_is_no_bytes),
    BO_TEST(a_file_that_cannot_be_read_is_refused_with_the_reason),
    BO_TEST(gzip_is_inflated_up_to_the_bound_and_not_a_byte_more),
    BO_TEST(a_bomb_is_refused_before_it_is_large),
    BO_TEST(members_of_a_gzip_file_are_joined),
    BO_TEST(each_cut_and_each_wrong_byte_of_a_gzip_file_is_refused),
    BO_TEST(a_write_that_fails_leaves_the_old_file_and_no_other),
    BO_TEST(a_write_that_ends_early_leaves_the_old_file_and_no_other),
    BO_TEST(a_full_disk_is_reported),
    BO_TEST(a_new_file_replaces_the_old_one_and_has_its_own_inode),
    BO_TEST(a_link_stays_a_link_and_its_target_is_written),
    BO_TEST(a_pipe_is_written_to_and_stays_a_pipe),
    BO_TEST(a_stream_becomes_the_file_when_it_is_committed_and_not_before),
    BO_TEST(a_stream_into_a_pipe_goes_there_and_an_abort_leaves_the_pipe),
    BO_TEST(a_stream_that_could_not_be_written_is_not_committed),
    BO_TEST(each_failed_allocation_of_a_writer_is_reported),
    BO_TEST(each_failed_allocation_of_a_reader_is_reported),
    BO_TEST(the_hash_is_xxh3),
    CU_TEST_INFO_NULL,
};
