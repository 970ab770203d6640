/**
 * @file yaml.h
 * One way to read a configuration: libcyaml with a schema, for one document. Unknown, missing and
 * repeated keys, wrong types and aliases are refused; the diagnostic is one line "file:line: what,
 * expected, found". Values are read strictly (yaml_scalar.h): 010, 1e999, nan, and yes as a boolean
 * are no values.
 *
 * A schema is a mapping with CYAML_FLAG_POINTER, of mappings with at most 256 keys, sequences,
 * integers, floats, booleans, enumerations and strings.
 */
#ifndef BO_BASE_YAML_H
#define BO_BASE_YAML_H

#include "base/file.h"
#include "base/status.h"

#include <cyaml/cyaml.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Reads the text of a configuration, at most 1 MiB. As bo_file_read. */
bo_status bo_yaml_read(bo_bytes *out, const char *path, bo_diag *diag);

/**
 * Parses a text as described by @p schema into @p *out; free with bo_yaml_free. @p name stands for
 * the file in diagnostics.
 *
 * @return BO_OK, BO_E_INVALID (@p diag has file and line), BO_E_NOMEM. On failure @p *out is NULL.
 */
bo_status bo_yaml_parse(void **out, const char *name, const void *text, size_t size,
                        const cyaml_schema_value_t *schema, bo_diag *diag);

void bo_yaml_free(void *data, const cyaml_schema_value_t *schema);

#ifdef __cplusplus
}
#endif

#endif
