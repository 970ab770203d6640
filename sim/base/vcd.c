#include "base/vcd.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
  ID_SIZE = 8, /* a short name: 94^7 are different; and a zero */
};

#define NO_INDEX UINT32_MAX /* in place of an index: the name has none */

/* One probe: a register, or an element of one that is an array. */
typedef struct element {
  bo_probe probe;
  char *scope, *name; /* name without the index */
  bool owns_scope;    /* else it is that of an earlier element */
  uint32_t index;     /* NO_INDEX: none */
  uint64_t last;      /* value that the file has */
} element;

/* Elements [first, first + count) of one name and width, lowest first. */
typedef struct variable {
  size_t first, count;
} variable;

struct bo_vcd {
  FILE *file;
  uint32_t period_ps;
  uint8_t clk;
  const uint8_t *clk_q; /* for its probe */
  element *element;     /* sorted from bo_vcd_begin on */
  size_t elements, capacity;
  variable *variable; /* from bo_vcd_begin on */
  size_t variables, clk_variable;
  bool has_values; /* a first cycle was written */
  uint64_t cycle;  /* the last one written */
};

bo_status bo_vcd_new(bo_vcd **out, const bo_vcd_config *config, bo_diag *diag) {
  assert(config->period_ps >= 2);
  bo_vcd *const vcd = calloc(1, sizeof *vcd);
  *out = NULL;
  if (vcd == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "waveform: out of memory");
  }
  vcd->file = config->file;
  vcd->period_ps = config->period_ps;
  vcd->clk_q = &vcd->clk;
  const bo_probe clk = {BO_PROBE_U8, 1, (const void *const *)&vcd->clk_q, 0};
  if (bo_vcd_add(vcd, config->top, "clk_i", &clk) != BO_OK) {
    bo_vcd_free(vcd);
    return bo_fail(diag, BO_E_NOMEM, "waveform: out of memory");
  }
  *out = vcd;
  return BO_OK;
}

void bo_vcd_free(bo_vcd *vcd) {
  if (vcd == NULL) {
    return;
  }
  for (size_t i = 0; i < vcd->elements; i++) {
    free(vcd->element[i].name);
    if (vcd->element[i].owns_scope) {
      free(vcd->element[i].scope);
    }
  }
  free(vcd->element);
  free(vcd->variable);
  free(vcd);
}

/* --- registers ---------------------------------------------------------------------------------
 */

static bool make_room(bo_vcd *vcd) {
  if (vcd->elements < vcd->capacity) {
    return true;
  }
  const size_t capacity = vcd->capacity == 0 ? 256 : 2 * vcd->capacity;
  element *const grown = realloc(vcd->element, capacity * sizeof *grown);
  if (grown == NULL) {
    return false;
  }
  vcd->element = grown;
  vcd->capacity = capacity;
  return true;
}

/* Cuts "name[3]" to "name" and returns 3; leaves any other name. */
static uint32_t cut_index(char *name) {
  char *const bracket = strchr(name, '[');
  if (bracket == NULL || !isdigit((unsigned char)bracket[1])) {
    return NO_INDEX;
  }
  char *end = NULL;
  const unsigned long index = strtoul(bracket + 1, &end, 10);
  if (strcmp(end, "]") != 0 || index >= NO_INDEX) {
    return NO_INDEX;
  }
  *bracket = '\0';
  return (uint32_t)index;
}

bo_status bo_vcd_add(void *context, const char *scope, const char *name, const bo_probe *probe) {
  bo_vcd *const vcd = context;
  assert(vcd->variable == NULL);
  if (!make_room(vcd)) {
    return BO_E_NOMEM;
  }
  element *const new = &vcd->element[vcd->elements];
  const element *const before = vcd->elements > 0 ? new - 1 : NULL;
  const bool shares = before != NULL && strcmp(before->scope, scope) == 0;
  *new = (element){.probe = *probe,
                   .scope = shares ? before->scope : strdup(scope),
                   .name = strdup(name),
                   .owns_scope = !shares};
  vcd->elements++; /* bo_vcd_free has it, whatever is missing */
  if (new->scope == NULL || new->name == NULL) {
    return BO_E_NOMEM;
  }
  new->index = cut_index(new->name);
  return BO_OK;
}

/* As strcmp, but numbers in a text by their value: gen_row[9] before gen_row[10]. */
static int compare_text(const char *a, const char *b) {
  while (*a != '\0' && *b != '\0') {
    if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
      char *a_end = NULL;
      char *b_end = NULL;
      const unsigned long a_number = strtoul(a, &a_end, 10);
      const unsigned long b_number = strtoul(b, &b_end, 10);
      if (a_number != b_number) {
        return a_number < b_number ? -1 : 1;
      }
      a = a_end;
      b = b_end;
    } else if (*a != *b) {
      return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
    } else {
      a++;
      b++;
    }
  }
  return (*a != '\0') - (*b != '\0');
}

static int compare_elements(const void *left, const void *right) {
  const element *const a = left;
  const element *const b = right;
  const int scopes = a->scope == b->scope ? 0 : compare_text(a->scope, b->scope);
  if (scopes != 0) {
    return scopes;
  }
  const int names = compare_text(a->name, b->name);
  return names != 0 ? names : (a->index > b->index) - (a->index < b->index);
}

/* Whether element i goes on with the vector that begins at first. */
static bool joins(const bo_vcd *vcd, size_t first, size_t i) {
  const element *const head = &vcd->element[first];
  const element *const e = &vcd->element[i];
  return head->index == 0 && e->index == i - first &&
         e->probe.width_bits == head->probe.width_bits && strcmp(e->scope, head->scope) == 0 &&
         strcmp(e->name, head->name) == 0;
}

static void find_variables(bo_vcd *vcd) {
  size_t count = 0;
  for (size_t first = 0; first < vcd->elements; first += vcd->variable[count - 1].count) {
    size_t last = first + 1;
    while (last < vcd->elements && joins(vcd, first, last)) {
      last++;
    }
    if (vcd->element[first].probe.base == (const void *const *)&vcd->clk_q) {
      vcd->clk_variable = count;
    }
    vcd->variable[count++] = (variable){first, last - first};
  }
  vcd->variables = count;
}

/* --- the file ----------------------------------------------------------------------------------
 */

/* Short name of a variable: a number in the printable characters '!' to '~'. */
static const char *short_name(char *id, size_t variable_index) {
  enum {
    BASE = '~' - '!' + 1
  };
  size_t rest = variable_index;
  size_t length = 0;
  do {
    id[length++] = (char)('!' + rest % BASE);
    rest /= BASE;
  } while (rest > 0 && length < ID_SIZE - 1);
  id[length] = '\0';
  return id;
}

/* Length of what two scopes share: whole parts, each with its dot. */
static size_t shared_length(const char *a, const char *b) {
  size_t shared = 0;
  for (size_t i = 0;; i++) {
    const bool a_ends = a[i] == '\0' || a[i] == '.';
    const bool b_ends = b[i] == '\0' || b[i] == '.';
    if (a_ends && b_ends) {
      shared = i + (a[i] == '.' || b[i] == '.');
    }
    if (a[i] == '\0' || b[i] == '\0' || a[i] != b[i]) {
      return shared;
    }
  }
}

static void leave_scopes(FILE *file, const char *scope, size_t keep) {
  if (strlen(scope) <= keep) {
    return;
  }
  for (const char *part = scope + keep; part != NULL; part = strchr(part, '.')) {
    (void)fprintf(file, "$upscope $end\n");
    part++;
  }
}

static void enter_scopes(FILE *file, const char *scope, size_t keep) {
  if (strlen(scope) <= keep) {
    return;
  }
  for (const char *part = scope + keep; *part != '\0';) {
    const size_t length = strcspn(part, ".");
    (void)fprintf(file, "$scope %s %.*s $end\n", strncmp(part, "gen_", 4) == 0 ? "begin" : "module",
                  (int)length, part);
    part += length + (part[length] == '.');
  }
}

static void declare(const bo_vcd *vcd, size_t i) {
  const variable *const var = &vcd->variable[i];
  const element *const head = &vcd->element[var->first];
  const uint64_t width_bits = (uint64_t)head->probe.width_bits * var->count;
  const bool has_index = head->index != NO_INDEX && head->index != 0;
  const bool is_escaped = has_index || strchr(head->name, '[') != NULL;
  char id[ID_SIZE];
  (void)fprintf(vcd->file, "$var reg %" PRIu64 " %s %s%s", width_bits, short_name(id, i),
                is_escaped ? "\\" : "", head->name);
  if (has_index) {
    (void)fprintf(vcd->file, "[%" PRIu32 "]", head->index);
  }
  if (width_bits > 1) {
    (void)fprintf(vcd->file, " [%" PRIu64 ":0]", width_bits - 1);
  }
  (void)fprintf(vcd->file, " $end\n");
}

static bo_status check_file(const bo_vcd *vcd, bo_diag *diag) {
  if (ferror(vcd->file) == 0) {
    return BO_OK;
  }
  return bo_fail(diag, BO_E_IO, "waveform: cannot write: %s",
                 errno != 0 ? strerror(errno) : "an earlier write failed");
}

bo_status bo_vcd_begin(bo_vcd *vcd, bo_diag *diag) {
  const char *scope = "";
  errno = 0;
  qsort(vcd->element, vcd->elements, sizeof *vcd->element, compare_elements);
  vcd->variable = calloc(vcd->elements, sizeof *vcd->variable);
  if (vcd->variable == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "waveform of %zu registers: out of memory", vcd->elements);
  }
  find_variables(vcd);
  (void)fprintf(vcd->file, "$version brownout $end\n$timescale 1ps $end\n");
  for (size_t i = 0; i < vcd->variables; i++) {
    const char *const next = vcd->element[vcd->variable[i].first].scope;
    const size_t keep = shared_length(scope, next);
    leave_scopes(vcd->file, scope, keep);
    enter_scopes(vcd->file, next, keep);
    declare(vcd, i);
    scope = next;
  }
  leave_scopes(vcd->file, scope, 0);
  (void)fprintf(vcd->file, "$enddefinitions $end\n");
  return check_file(vcd, diag);
}

/* Reads the elements of a variable; whether the file has another value. */
static bool update(bo_vcd *vcd, const variable *var) {
  bool changed = !vcd->has_values;
  for (size_t i = var->first; i < var->first + var->count; i++) {
    element *const e = &vcd->element[i];
    const uint64_t value = bo_probe_read(&e->probe);
    changed = changed || value != e->last;
    e->last = value;
  }
  return changed;
}

/* Binary digits from the highest 1 on. */
static void write_digits(const bo_vcd *vcd, const variable *var) {
  bool begun = false;
  for (size_t i = var->count; i-- > 0;) {
    const element *const e = &vcd->element[var->first + i];
    for (uint32_t bit = e->probe.width_bits; bit-- > 0;) {
      const bool is_one = (e->last >> bit & 1) != 0;
      begun = begun || is_one || (i == 0 && bit == 0);
      if (begun) {
        (void)fputc(is_one ? '1' : '0', vcd->file);
      }
    }
  }
}

static void write_value(const bo_vcd *vcd, size_t i) {
  const variable *const var = &vcd->variable[i];
  const element *const head = &vcd->element[var->first];
  const bool is_vector = var->count * head->probe.width_bits > 1;
  char id[ID_SIZE];
  if (is_vector) {
    (void)fputc('b', vcd->file);
  }
  write_digits(vcd, var);
  (void)fprintf(vcd->file, "%s%s\n", is_vector ? " " : "", short_name(id, i));
}

static void clock_falls(bo_vcd *vcd) {
  const uint64_t begin_ps = vcd->cycle * vcd->period_ps;
  vcd->clk = 0;
  (void)fprintf(vcd->file, "#%" PRIu64 "\n", begin_ps + vcd->period_ps / 2);
  (void)update(vcd, &vcd->variable[vcd->clk_variable]);
  write_value(vcd, vcd->clk_variable);
}

bo_status bo_vcd_cycle(bo_vcd *vcd, uint64_t cycle, bo_diag *diag) {
  assert(!vcd->has_values || cycle > vcd->cycle);
  errno = 0;
  if (vcd->has_values) {
    clock_falls(vcd);
  }
  vcd->clk = 1;
  (void)fprintf(vcd->file, "#%" PRIu64 "\n%s", cycle * vcd->period_ps,
                vcd->has_values ? "" : "$dumpvars\n");
  for (size_t i = 0; i < vcd->variables; i++) {
    if (update(vcd, &vcd->variable[i])) {
      write_value(vcd, i);
    }
  }
  if (!vcd->has_values) {
    (void)fprintf(vcd->file, "$end\n");
  }
  vcd->has_values = true;
  vcd->cycle = cycle;
  return check_file(vcd, diag);
}

bo_status bo_vcd_end(bo_vcd *vcd, bo_diag *diag) {
  errno = 0;
  if (vcd->has_values) {
    clock_falls(vcd);
    (void)fprintf(vcd->file, "#%" PRIu64 "\n", (vcd->cycle + 1) * vcd->period_ps);
  }
  (void)fflush(vcd->file);
  return check_file(vcd, diag);
}
