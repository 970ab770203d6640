#include "probe_list.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bo_status append(void *context, const char *scope, const char *name, const bo_probe *probe) {
  probe_list *const list = context;
  if (list->count == list->room) {
    list->room = list->room == 0 ? 64 : 2 * list->room;
    list->probe = realloc(list->probe, list->room * sizeof *list->probe);
    if (list->probe == NULL) {
      abort();
    }
  }
  named_probe *const entry = &list->probe[list->count++];
  entry->probe = *probe;
  (void)snprintf(entry->name, sizeof entry->name, "%s.%s", scope, name);
  return BO_OK;
}

static int by_name(const void *left, const void *right) {
  return strcmp(((const named_probe *)left)->name, ((const named_probe *)right)->name);
}

probe_list probe_list_new(probe_source source, const void *model, const char *scope) {
  probe_list list = {0};
  const bo_probe_visitor visitor = {append, &list, scope};
  if (source(model, &visitor) != BO_OK) {
    abort();
  }
  if (list.count > 0) {
    qsort(list.probe, list.count, sizeof *list.probe, by_name);
  }
  return list;
}

void probe_list_free(probe_list *list) {
  free(list->probe);
  *list = (probe_list){0};
}

const bo_probe *probe_find(const probe_list *list, const char *format, ...) {
  named_probe key;
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(key.name, sizeof key.name, format, arguments);
  va_end(arguments);
  const named_probe *const found =
      bsearch(&key, list->probe, list->count, sizeof *list->probe, by_name);
  if (found == NULL) {
    (void)fprintf(stderr, "no register %s\n", key.name);
    abort();
  }
  return &found->probe;
}

bool probe_names_are_unique(const probe_list *list) {
  for (size_t i = 1; i < list->count; i++) {
    if (by_name(&list->probe[i - 1], &list->probe[i]) == 0) {
      (void)fprintf(stderr, "twice: register %s\n", list->probe[i].name);
      return false;
    }
  }
  return true;
}

bool probes_are_zero(const probe_list *list) {
  for (size_t i = 0; i < list->count; i++) {
    if (bo_probe_read(&list->probe[i].probe) != 0) {
      (void)fprintf(stderr, "not zero: register %s\n", list->probe[i].name);
      return false;
    }
  }
  return true;
}

/* Visits that went well, and how many may. */
typedef struct visit_limit {
  size_t seen, limit;
} visit_limit;

static bo_status fail_at_limit(void *context, const char *scope, const char *name,
                               const bo_probe *probe) {
  (void)scope;
  (void)name;
  (void)probe;
  visit_limit *const visits = context;
  return visits->seen++ == visits->limit ? BO_E_INTERRUPTED : BO_OK;
}

bool probe_visit_ends_on_failure(probe_source source, const void *model) {
  for (size_t limit = 0;; limit++) {
    visit_limit visits = {0, limit};
    const bo_probe_visitor visitor = {fail_at_limit, &visits, "top"};
    const bo_status status = source(model, &visitor);
    if (visits.seen == limit) {
      return status == BO_OK && limit > 0; /* there is no such register */
    }
    if (status != BO_E_INTERRUPTED || visits.seen != limit + 1) {
      return false;
    }
  }
}
