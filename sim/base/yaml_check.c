#include "base/yaml_check.h"

#include "base/yaml_scalar.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

typedef struct checker {
  yaml_parser_t parser;
  const char *name;
  const unsigned char *text;
  bo_diag *diag;
} checker;

/* What a message calls a value: its key, and its place in a sequence. */
typedef struct subject {
  const char *key;
  unsigned entry; /* counted from 1; 0: not in a sequence */
} subject;

/* A piece of the input as a message may show it: bounded, on one line. */
typedef struct shown {
  char text[48];
} shown;

static shown show_bytes(const unsigned char *bytes, size_t length) {
  shown s;
  const size_t max = sizeof s.text - sizeof "'...'";
  size_t kept = length < max ? length : max;
  while (kept < length && kept > 0 && (bytes[kept] & 0xc0) == 0x80) {
    kept--; /* not in the middle of a UTF-8 character */
  }
  size_t end = 0;
  s.text[end++] = '\'';
  for (size_t i = 0; i < kept; i++) {
    s.text[end++] = (char)(bytes[i] < 0x20 || bytes[i] == 0x7f ? '?' : bytes[i]);
  }
  (void)snprintf(s.text + end, sizeof s.text - end, kept < length ? "...'" : "'");
  return s;
}

static shown show_event(const yaml_event_t *event) {
  switch (event->type) {
  case YAML_SCALAR_EVENT:
    return show_bytes(event->data.scalar.value, event->data.scalar.length);
  case YAML_MAPPING_START_EVENT:
    return (shown){"a mapping"};
  case YAML_SEQUENCE_START_EVENT:
    return (shown){"a sequence"};
  case YAML_ALIAS_EVENT:
    return (shown){"an alias"};
  default:
    return (shown){"nothing"};
  }
}

static bo_status fail_at(const checker *c, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bo_status fail_at(const checker *c, size_t line, const char *format, ...) {
  char text[sizeof c->diag->text];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return bo_fail(c->diag, BO_E_INVALID, "%s:%zu: %s", c->name, line + 1, text);
}

static bo_status fail_value(const checker *c, const subject *what, const yaml_event_t *event,
                            const char *expected) {
  char entry[32] = "";
  if (what->entry > 0) {
    (void)snprintf(entry, sizeof entry, "entry %u: ", what->entry);
  }
  return fail_at(c, event->start_mark.line, "%s: %sexpected %s, got %s", what->key, entry, expected,
                 show_event(event).text);
}

static size_t line_of_offset(const checker *c, size_t offset) {
  size_t line = 0;
  for (size_t i = 0; i < offset; i++) {
    line += c->text[i] == '\n';
  }
  return line;
}

/* Next event; the caller deletes it. */
static bo_status next_event(checker *c, yaml_event_t *event) {
  if (yaml_parser_parse(&c->parser, event)) {
    return BO_OK;
  }
  const yaml_parser_t *p = &c->parser;
  if (p->error == YAML_MEMORY_ERROR) {
    return bo_fail(c->diag, BO_E_NOMEM, "%s: out of memory", c->name);
  }
  const size_t line =
      p->error == YAML_READER_ERROR ? line_of_offset(c, p->problem_offset) : p->problem_mark.line;
  return fail_at(c, line, "not YAML: %s", p->problem != NULL ? p->problem : "no reason given");
}

static bo_status check_scalar(const checker *c, const cyaml_schema_value_t *schema,
                              const subject *what, const yaml_event_t *event) {
  if (event->type != YAML_SCALAR_EVENT) {
    return fail_value(c, what, event, "a single value");
  }
  bo_yaml_expected expected;
  const char *text = (const char *)event->data.scalar.value;
  return bo_yaml_scalar_fits(&expected, schema, text, event->data.scalar.length)
             ? BO_OK
             : fail_value(c, what, event, expected.text);
}

static bo_status check_value(checker *c, const cyaml_schema_value_t *schema, const subject *what,
                             const yaml_event_t *event);

/* Reads the event of a value and checks it with what follows. */
static bo_status check_next(checker *c, const cyaml_schema_value_t *schema, const subject *what) {
  yaml_event_t event;
  bo_status status = next_event(c, &event);
  if (status == BO_OK) {
    status = check_value(c, schema, what, &event);
    yaml_event_delete(&event);
  }
  return status;
}

static bo_status check_sequence(checker *c, const cyaml_schema_value_t *schema, const subject *what,
                                size_t line) {
  const uint32_t max = schema->sequence.max;
  for (uint32_t count = 0;; count++) {
    yaml_event_t event;
    bo_status status = next_event(c, &event);
    if (status != BO_OK) {
      return status;
    }
    const bool ended = event.type == YAML_SEQUENCE_END_EVENT;
    if (ended && count < schema->sequence.min) {
      status = fail_at(c, line, "%s: expected at least %u entries, got %u", what->key,
                       schema->sequence.min, count);
    } else if (!ended && count == max) {
      status = fail_at(c, event.start_mark.line, "%s: expected at most %u entries, got more",
                       what->key, max);
    } else if (!ended) {
      const subject entry = {what->key, count + 1};
      status = check_value(c, schema->sequence.entry, &entry, &event);
    }
    yaml_event_delete(&event);
    if (ended || status != BO_OK) {
      return status;
    }
  }
}

static bo_status fail_unknown_key(const checker *c, const cyaml_schema_field_t *fields,
                                  const yaml_event_t *key) {
  char known[400] = "";
  for (const cyaml_schema_field_t *f = fields; f->key != NULL; f++) {
    bo_yaml_list_word(known, sizeof known, f->key);
  }
  return fail_at(c, key->start_mark.line, "unknown key %s, expected one of %s",
                 show_event(key).text, known);
}

/* One "key: value" of a mapping. seen[i] tells that field i was there. */
static bo_status check_field(checker *c, const cyaml_schema_field_t *fields, bool *seen,
                             const yaml_event_t *key) {
  if (key->type != YAML_SCALAR_EVENT) {
    return fail_at(c, key->start_mark.line, "expected a key, got %s", show_event(key).text);
  }
  const char *text = (const char *)key->data.scalar.value;
  size_t i = 0;
  while (fields[i].key != NULL && strcmp(fields[i].key, text) != 0) {
    i++;
  }
  assert(i < BO_YAML_MAX_KEYS);
  if (fields[i].key == NULL || strlen(text) != key->data.scalar.length) {
    return fail_unknown_key(c, fields, key);
  }
  if (seen[i]) {
    return fail_at(c, key->start_mark.line, "key '%s' is given twice", text);
  }
  seen[i] = true;
  const subject what = {fields[i].key, 0};
  return check_next(c, &fields[i].value, &what);
}

static bo_status check_missing(const checker *c, const cyaml_schema_field_t *fields,
                               const bool *seen, const subject *what, size_t line) {
  for (size_t i = 0; fields[i].key != NULL; i++) {
    if (!seen[i] && (fields[i].value.flags & CYAML_FLAG_OPTIONAL) == 0) {
      return fail_at(c, line, "%s: missing key '%s'", what->key, fields[i].key);
    }
  }
  return BO_OK;
}

static bo_status check_mapping(checker *c, const cyaml_schema_value_t *schema, const subject *what,
                               size_t line) {
  const cyaml_schema_field_t *fields = schema->mapping.fields;
  bool seen[BO_YAML_MAX_KEYS] = {false};
  for (;;) {
    yaml_event_t key;
    bo_status status = next_event(c, &key);
    if (status != BO_OK) {
      return status;
    }
    const bool ended = key.type == YAML_MAPPING_END_EVENT;
    status =
        ended ? check_missing(c, fields, seen, what, line) : check_field(c, fields, seen, &key);
    yaml_event_delete(&key);
    if (ended || status != BO_OK) {
      return status;
    }
  }
}

static bo_status check_value(checker *c, const cyaml_schema_value_t *schema, const subject *what,
                             const yaml_event_t *event) {
  const size_t line = event->start_mark.line;
  if (schema->type == CYAML_MAPPING) {
    return event->type == YAML_MAPPING_START_EVENT ? check_mapping(c, schema, what, line)
                                                   : fail_value(c, what, event, "a mapping");
  }
  if (schema->type == CYAML_SEQUENCE || schema->type == CYAML_SEQUENCE_FIXED) {
    return event->type == YAML_SEQUENCE_START_EVENT ? check_sequence(c, schema, what, line)
                                                    : fail_value(c, what, event, "a sequence");
  }
  return check_scalar(c, schema, what, event);
}

/* Takes the next event, which has to be of the given type. */
static bo_status expect(checker *c, yaml_event_type_t type, const char *otherwise) {
  yaml_event_t event;
  bo_status status = next_event(c, &event);
  if (status == BO_OK) {
    if (event.type != type) {
      status = fail_at(c, event.start_mark.line, "%s", otherwise);
    }
    yaml_event_delete(&event);
  }
  return status;
}

bo_status bo_yaml_check(const char *name, const void *text, size_t size,
                        const cyaml_schema_value_t *schema, bo_diag *diag) {
  checker c = {.name = name, .text = text, .diag = diag};
  if (!yaml_parser_initialize(&c.parser)) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory", name);
  }
  yaml_parser_set_input_string(&c.parser, text, size);
  bo_status status = expect(&c, YAML_STREAM_START_EVENT, "expected a stream");
  if (status == BO_OK) {
    status = expect(&c, YAML_DOCUMENT_START_EVENT, "expected a document, got nothing");
  }
  if (status == BO_OK) {
    status = check_next(&c, schema, &(subject){"document", 0});
  }
  if (status == BO_OK) {
    status = expect(&c, YAML_DOCUMENT_END_EVENT, "expected the end of the document");
  }
  if (status == BO_OK) {
    status = expect(&c, YAML_STREAM_END_EVENT, "expected one document, got a second");
  }
  yaml_parser_delete(&c.parser);
  return status;
}
