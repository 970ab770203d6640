/** @file probe_list.h  The registers of a cycle model by name, for suites that look at them. */
#ifndef BO_TESTS_PROBE_LIST_H
#define BO_TESTS_PROBE_LIST_H

#include "base/probe.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The bo_*_probes function of a model, with its model as void. */
typedef bo_status (*probe_source)(const void *model, const bo_probe_visitor *visitor);

typedef struct named_probe {
  char name[BO_PROBE_SCOPE_SIZE + 48]; /**< scope and name, joined by a dot */
  bo_probe probe;
} named_probe;

typedef struct probe_list {
  named_probe *probe; /**< [count], sorted by name */
  size_t count, room;
} probe_list;

/** All registers of @p model, with @p scope as its scope. Ends the program without memory. */
probe_list probe_list_new(probe_source source, const void *model, const char *scope);
void probe_list_free(probe_list *list);

/** The register of that name, made as by printf; one that is not there ends the program. */
__attribute__((format(printf, 2, 3))) const bo_probe *probe_find(const probe_list *list,
                                                                 const char *format, ...);

/** Whether no name is there twice. */
bool probe_names_are_unique(const probe_list *list);

/** Whether every register is zero. */
bool probes_are_zero(const probe_list *list);

/** Whether a visitor that fails at any of the registers ends the visit there, with its status. */
bool probe_visit_ends_on_failure(probe_source source, const void *model);

#endif
