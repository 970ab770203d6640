/**
 * @file yaml_check.h
 * Judges a YAML text against a libcyaml schema before libcyaml stores it. libcyaml alone reports
 * the line before the mistake and lets pass what a configuration should not: -1 in a uint64_t, any
 * word as a boolean, 1e999 and nan as numbers, a second document. Internal to yaml.c.
 */
#ifndef BO_BASE_YAML_CHECK_H
#define BO_BASE_YAML_CHECK_H

#include "base/status.h"

#include <cyaml/cyaml.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Keys a mapping's schema may have. */
#define BO_YAML_MAX_KEYS 256

/**
 * One document, every key known, none missing or twice, every value of its type and in its range.
 * Nesting is as deep as the schema, never as deep as the text.
 *
 * @return BO_OK, BO_E_INVALID ("name:line: …"), BO_E_NOMEM.
 */
bo_status bo_yaml_check(const char *name, const void *text, size_t size,
                        const cyaml_schema_value_t *schema, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
