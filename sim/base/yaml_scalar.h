/**
 * @file yaml_scalar.h
 * Which texts are values of which type: stricter than libcyaml, so that nothing can be misread.
 *
 *   integer   decimal without leading zeros, or 0x and hexadecimal digits, in the range of its type
 *   number    decimal, with or without exponent, finite in its type
 *   boolean   true or false
 *   word      one of the schema's, in its case
 *   text      of the schema's length in bytes, no NUL
 *
 * Internal to yaml_check.c.
 */
#ifndef BO_BASE_YAML_SCALAR_H
#define BO_BASE_YAML_SCALAR_H

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a message says was expected, e.g. "an integer 0..255"; long lists of words are cut. */
typedef struct bo_yaml_expected {
  char text[240];
} bo_yaml_expected;

/**
 * Whether @p text of @p length bytes, zero-terminated, is a value of @p schema; if not, @p expected
 * says what would be. Precondition: the schema is of a type listed above.
 */
bool bo_yaml_scalar_fits(bo_yaml_expected *expected, const cyaml_schema_value_t *schema,
                         const char *text, size_t length);

/** Appends ", word" to a list, or its first word, as far as there is room. */
void bo_yaml_list_word(char *list, size_t size, const char *word);

#ifdef __cplusplus
}
#endif

#endif
