#include "report/plot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  MAX_WORDS = 4096, /* bytes of what gnuplot says that are kept */
};

/* Reads @p from to its end; keeps the last bytes, zero-terminated, in words[MAX_WORDS]. */
static void listen_to(int from, char *words) {
  size_t length = 0;
  char piece[512];
  for (;;) {
    const ssize_t got = read(from, piece, sizeof piece);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      break;
    }
    const size_t count = (size_t)got;
    if (length + count >= MAX_WORDS) { /* the newest half says why */
      memmove(words, words + length - MAX_WORDS / 2, MAX_WORDS / 2);
      length = MAX_WORDS / 2;
    }
    memcpy(words + length, piece, count);
    length += count;
  }
  words[length] = '\0';
}

/* The last line that is not empty: gnuplot quotes the command first and ends with the reason. */
static const char *last_line(char *words) {
  size_t end = strlen(words);
  while (end > 0 && strchr("\n\r\t ", words[end - 1]) != NULL) {
    words[--end] = '\0';
  }
  const char *const newline = strrchr(words, '\n');
  return newline == NULL ? words : newline + 1;
}

/* Starts argv[0] with its stderr, and nothing on stdin, at the end of a pipe; errno's value. */
static int start(pid_t *child, int *from, char *const *argv) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return errno;
  }
  posix_spawn_file_actions_t actions;
  int code = posix_spawn_file_actions_init(&actions);
  if (code == 0) {
    (void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    code = posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    code = code == 0 ? posix_spawnp(child, argv[0], &actions, NULL, argv, environ) : code;
    (void)posix_spawn_file_actions_destroy(&actions);
  }
  (void)close(ends[1]);
  if (code != 0) {
    (void)close(ends[0]);
    return code;
  }
  *from = ends[0];
  return 0;
}

static bo_status run_gnuplot(char *script, char *csv, char *base, bo_diag *diag) {
  char *const argv[] = {"gnuplot", "-d", "-c", script, csv, base, NULL};
  pid_t child = 0;
  int from = -1;
  const int code = start(&child, &from, argv);
  if (code != 0) {
    return bo_fail(diag, BO_E_IO, "gnuplot: cannot be started: %s", strerror(code));
  }
  char words[MAX_WORDS];
  listen_to(from, words);
  (void)close(from);
  int result = 0;
  while (waitpid(child, &result, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(result) || WEXITSTATUS(result) != 0) {
    return bo_fail(diag, BO_E_IO, "gnuplot: %s: %.300s", script, last_line(words));
  }
  return BO_OK;
}

/* "DIR/NAME" on the heap. "./" keeps gnuplot from seeing more than a file name in "<cat". */
static char *make_path(const char *dir, const char *name, const char *extension) {
  const size_t size = strlen(dir) + strlen(name) + strlen(extension) + 4;
  char *const path = malloc(size);
  if (path != NULL) {
    (void)snprintf(path, size, "%s%s%s%s%s", dir[0] == '/' ? "" : "./", dir,
                   name[0] == '\0' ? "" : "/", name, extension);
  }
  return path;
}

bo_status bo_plot_draw(const bo_figure *figure, const char *scripts_dir, const char *csv,
                       const char *out_dir, bo_diag *diag) {
  char *const script = make_path(scripts_dir, figure->name, ".gp");
  char *const data = make_path(csv, "", "");
  char *const base = make_path(out_dir, figure->name, "");
  bo_status status = BO_OK;
  if (script == NULL || data == NULL || base == NULL) {
    status = bo_fail(diag, BO_E_NOMEM, "out of memory");
  } else {
    status = run_gnuplot(script, data, base, diag);
  }
  free(script);
  free(data);
  free(base);
  return status;
}
