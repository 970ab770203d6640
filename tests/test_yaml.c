#include "base/yaml.h"
#include "fail_alloc.h"
#include "test_suite.h"

#include <string.h>

typedef enum colour {
  RED = 3,
  BLUE = 5
} colour;

typedef struct point {
  double vdd_ratio;
  float ber;
} point;

typedef struct config {
  uint8_t rows;
  int16_t offset;
  uint64_t seed;
  bool enabled;
  colour tint;
  char *title;
  char code[4];
  point first;
  point *points;
  uint32_t points_count;
} config;

static const cyaml_strval_t colours[] = {{"red", RED}, {"blue", BLUE}};

static const cyaml_schema_field_t point_fields[] = {
    CYAML_FIELD_FLOAT("vdd_ratio", CYAML_FLAG_DEFAULT, point, vdd_ratio),
    CYAML_FIELD_FLOAT("ber", CYAML_FLAG_DEFAULT, point, ber), CYAML_FIELD_END};

static const cyaml_schema_value_t point_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, point, point_fields)};

static const cyaml_schema_field_t config_fields[] = {
    CYAML_FIELD_UINT("rows", CYAML_FLAG_DEFAULT, config, rows),
    CYAML_FIELD_INT("offset", CYAML_FLAG_OPTIONAL, config, offset),
    CYAML_FIELD_UINT("seed", CYAML_FLAG_OPTIONAL, config, seed),
    CYAML_FIELD_BOOL("enabled", CYAML_FLAG_OPTIONAL, config, enabled),
    CYAML_FIELD_ENUM("tint", CYAML_FLAG_OPTIONAL, config, tint, colours, 2),
    CYAML_FIELD_STRING_PTR("title", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, config, title, 1, 9),
    CYAML_FIELD_STRING("code", CYAML_FLAG_OPTIONAL, config, code, 0),
    CYAML_FIELD_MAPPING("first", CYAML_FLAG_OPTIONAL, config, first, point_fields),
    CYAML_FIELD_SEQUENCE("points", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, config, points,
                         &point_schema, 1, 2),
    CYAML_FIELD_END};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, config, config_fields)};

static const char good_text[] = "# all of it\n"
                                "rows: 0x10\n"
                                "offset: -32768\n"
                                "seed: 18446744073709551615\n"
                                "enabled: true\n"
                                "tint: blue\n"
                                "title: 'a b'\n"
                                "code: xyz\n"
                                "first: {vdd_ratio: 0.83, ber: 1.5e-2}\n"
                                "points:\n"
                                "  - {vdd_ratio: 1, ber: 0}\n"
                                "  - vdd_ratio: .5\n"
                                "    ber: 1\n";

static bo_status parse(config **out, const char *text, bo_diag *diag) {
  return bo_yaml_parse((void **)out, "a.yaml", text, strlen(text), &schema, diag);
}

static void every_type_of_value_is_stored(void) {
  config *c = NULL;
  bo_diag diag = {{0}};
  CU_ASSERT_EQUAL_FATAL(parse(&c, good_text, &diag), BO_OK);
  CU_ASSERT_EQUAL(c->rows, 16);
  CU_ASSERT_EQUAL(c->offset, INT16_MIN);
  CU_ASSERT_EQUAL(c->seed, UINT64_MAX);
  CU_ASSERT_TRUE(c->enabled);
  CU_ASSERT_EQUAL(c->tint, BLUE);
  CU_ASSERT_STRING_EQUAL(c->title, "a b");
  CU_ASSERT_STRING_EQUAL(c->code, "xyz");
  CU_ASSERT_EQUAL(c->first.vdd_ratio, 0.83);
  CU_ASSERT_EQUAL(c->first.ber, 1.5e-2F);
  CU_ASSERT_EQUAL_FATAL(c->points_count, 2);
  CU_ASSERT_EQUAL(c->points[1].vdd_ratio, 0.5);
  bo_yaml_free(c, &schema);
}

static void a_key_that_is_optional_may_be_left_out_and_is_zero(void) {
  config *c = NULL;
  CU_ASSERT_EQUAL_FATAL(parse(&c, "rows: 3", NULL), BO_OK);
  CU_ASSERT_EQUAL(c->rows, 3);
  CU_ASSERT_EQUAL(c->seed, 0);
  CU_ASSERT_PTR_NULL(c->points);
  bo_yaml_free(c, &schema);
}

/* What is refused, and the whole line that says so. */
static void each_mistake_is_one_line_with_its_place(void) {
  static const char *const cases[][2] = {
      /* keys */
      {"rows: 3\n\n# x\nrosw: 4\n",
       "a.yaml:4: unknown key 'rosw', expected one of rows, offset, seed, enabled, tint, title, "
       "code, first, points"},
      {"Rows: 3\n", "a.yaml:1: unknown key 'Rows', expected one of rows, offset, seed, enabled, "
                    "tint, title, code, first, points"},
      {"rows: 3\n\"seed\\0x\": 3\n",
       "a.yaml:2: unknown key 'seed?x', expected one of rows, offset, seed, enabled, tint, title, "
       "code, first, points"},
      {"rows: 3\nfirst:\n  vdd_ratio: 1\n  bre: 2\n",
       "a.yaml:4: unknown key 'bre', expected one of vdd_ratio, ber"},
      {"# no rows\nseed: 3\n", "a.yaml:2: document: missing key 'rows'"},
      {"rows: 3\nfirst:\n  vdd_ratio: 1\nseed: 3\n", "a.yaml:3: first: missing key 'ber'"},
      {"rows: 3\nseed: 4\nrows: 3\n", "a.yaml:3: key 'rows' is given twice"},
      {"rows: 3\n? [a, b]\n: 3\n", "a.yaml:2: expected a key, got a sequence"},
      /* types */
      {"rows: [1]", "a.yaml:1: rows: expected a single value, got a sequence"},
      {"rows: 3\nfirst: 4", "a.yaml:2: first: expected a mapping, got '4'"},
      {"rows: 3\npoints: {a: 1}", "a.yaml:2: points: expected a sequence, got a mapping"},
      {"rows: 3\npoints:\n- 7", "a.yaml:3: points: entry 1: expected a mapping, got '7'"},
      {"[1]", "a.yaml:1: document: expected a mapping, got a sequence"},
      {"rows: three", "a.yaml:1: rows: expected an integer 0..255, got 'three'"},
      {"rows: 1.5", "a.yaml:1: rows: expected an integer 0..255, got '1.5'"},
      {"rows: ", "a.yaml:1: rows: expected an integer 0..255, got ''"},
      {"rows: 010", "a.yaml:1: rows: expected an integer 0..255, got '010'"},
      {"rows: ' 5'", "a.yaml:1: rows: expected an integer 0..255, got ' 5'"},
      {"rows: 0x", "a.yaml:1: rows: expected an integer 0..255, got '0x'"},
      {"rows: \"1\\n2\"", "a.yaml:1: rows: expected an integer 0..255, got '1?2'"},
      {"rows: 3\nenabled: maybe", "a.yaml:2: enabled: expected true or false, got 'maybe'"},
      {"rows: 3\ntint: green", "a.yaml:2: tint: expected one of red, blue, got 'green'"},
      {"rows: 3\nfirst: {vdd_ratio: x, ber: 1}",
       "a.yaml:2: vdd_ratio: expected a finite decimal number, got 'x'"},
      {"rows: 3\ntitle: \"a\\0b\"",
       "a.yaml:2: title: expected text without a NUL character, got 'a?b'"},
      /* ranges */
      {"rows: 256", "a.yaml:1: rows: expected an integer 0..255, got '256'"},
      {"rows: -1", "a.yaml:1: rows: expected an integer 0..255, got '-1'"},
      {"rows: 3\noffset: 32768",
       "a.yaml:2: offset: expected an integer -32768..32767, got '32768'"},
      {"rows: 3\noffset: -32769",
       "a.yaml:2: offset: expected an integer -32768..32767, got '-32769'"},
      {"rows: 3\nseed: -1",
       "a.yaml:2: seed: expected an integer 0..18446744073709551615, got '-1'"},
      {"rows: 3\nseed: 18446744073709551616",
       "a.yaml:2: seed: expected an integer 0..18446744073709551615, got '18446744073709551616'"},
      {"rows: 3\nfirst: {vdd_ratio: 1e999, ber: 1}",
       "a.yaml:2: vdd_ratio: expected a finite decimal number, got '1e999'"},
      {"rows: 3\nfirst: {vdd_ratio: nan, ber: 1}",
       "a.yaml:2: vdd_ratio: expected a finite decimal number, got 'nan'"},
      {"rows: 3\nfirst: {vdd_ratio: 1, ber: 1e39}",
       "a.yaml:2: ber: expected a finite decimal number, got '1e39'"},
      {"rows: 3\ntitle: ''", "a.yaml:2: title: expected text of 1..9 bytes, got ''"},
      {"rows: 3\ntitle: 0123456789abcdefghij0123456789abcdefghij0123456789",
       "a.yaml:2: title: expected text of 1..9 bytes, got "
       "'0123456789abcdefghij0123456789abcdefghij01...'"},
      {"rows: 3\ncode: wxyz", "a.yaml:2: code: expected text of 0..3 bytes, got 'wxyz'"},
      {"rows: 3\npoints: []", "a.yaml:2: points: expected at least 1 entries, got 0"},
      {"rows: 3\npoints:\n- {vdd_ratio: 1, ber: 0}\n- {vdd_ratio: 1, ber: 0}\n- x\n",
       "a.yaml:5: points: expected at most 2 entries, got more"},
      /* documents */
      {"", "a.yaml:1: expected a document, got nothing"},
      {"# nothing\n", "a.yaml:2: expected a document, got nothing"},
      {"rows: 3\n---\nrows: 4\n", "a.yaml:2: expected one document, got a second"},
      {"first: &a {vdd_ratio: 1, ber: 0}\nrows: *a\n",
       "a.yaml:2: rows: expected a single value, got an alias"},
      /* syntax */
      {"rows: 3\nfirst: {vdd_ratio: 1]\n", "a.yaml:2: not YAML: did not find expected ',' or '}'"},
      {"rows: 3\n\tseed: 4\n",
       "a.yaml:2: not YAML: found a tab character that violates indentation"},
      {"rows: 3\nseed: \xff\n", "a.yaml:2: not YAML: invalid leading UTF-8 octet"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    static config never;
    config *c = &never;
    bo_diag diag = {{0}};
    CU_ASSERT_EQUAL(parse(&c, cases[i][0], &diag), BO_E_INVALID);
    CU_ASSERT_PTR_NULL(c);
    CU_ASSERT(same_text(diag.text, cases[i][1]));
  }
}

static void text_cut_in_a_message_ends_with_a_whole_character(void) {
  bo_diag diag = {{0}};
  config *c = NULL;
  /* 41 bytes, then a character of 3: its first byte alone would be within the room of 42. */
  CU_ASSERT_EQUAL(parse(&c, "rows: 01234567890123456789012345678901234567890\u20ac\u20ac", &diag),
                  BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "a.yaml:1: rows: expected an integer 0..255, got "
                                 "'01234567890123456789012345678901234567890...'"));
}

/* As deep as a megabyte allows: neither recursion nor time may follow. */
static void nesting_that_the_schema_does_not_have_is_refused_at_once(void) {
  static char text[1 << 20];
  static const char start[] = "rows: ";
  for (size_t i = 0; i < sizeof text; i++) {
    text[i] = '[';
    if (i < sizeof start - 1) {
      text[i] = start[i];
    }
  }
  bo_diag diag = {{0}};
  void *out = NULL;
  CU_ASSERT_EQUAL(bo_yaml_parse(&out, "a.yaml", text, sizeof text, &schema, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "a.yaml:1: rows: expected a single value, got a sequence"));
}

static void a_file_is_named_in_the_message(void) {
  bo_bytes text = {0};
  void *out = &out;
  bo_diag diag = {{0}};
  CU_ASSERT_EQUAL(bo_yaml_read(&text, "no/such.yaml", &diag), BO_E_IO);
  CU_ASSERT(same_text(diag.text, "no/such.yaml: cannot open: No such file or directory"));
  CU_ASSERT_PTR_NULL(text.data);
  CU_ASSERT_EQUAL_FATAL(bo_yaml_read(&text, BO_SOURCE_DIR "/LICENSE", &diag), BO_OK);
  CU_ASSERT_EQUAL(bo_yaml_parse(&out, "LICENSE", text.data, text.size, &schema, &diag),
                  BO_E_INVALID);
  CU_ASSERT_EQUAL(strncmp(diag.text, "LICENSE:", 8), 0);
  CU_ASSERT_PTR_NULL(out);
  bo_bytes_free(&text);
}

static void each_failed_allocation_is_reported_and_nothing_leaks(void) {
  unsigned k = 0;
  for (;; k++) {
    config *c = NULL;
    bo_diag diag = {{0}};
    fail_alloc_arm(k);
    const bo_status status = parse(&c, good_text, &diag);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      bo_yaml_free(c, &schema);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT_PTR_NULL(c);
  }
  CU_ASSERT_TRUE(k >= 4); /* the struct, the title, the points, libcyaml's own state */
}

static void freeing_nothing_is_fine(void) {
  bo_yaml_free(NULL, &schema);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(every_type_of_value_is_stored),
    BO_TEST(a_key_that_is_optional_may_be_left_out_and_is_zero),
    BO_TEST(each_mistake_is_one_line_with_its_place),
    BO_TEST(text_cut_in_a_message_ends_with_a_whole_character),
    BO_TEST(nesting_that_the_schema_does_not_have_is_refused_at_once),
    BO_TEST(a_file_is_named_in_the_message),
    BO_TEST(each_failed_allocation_is_reported_and_nothing_leaks),
    BO_TEST(freeing_nothing_is_fine),
    CU_TEST_INFO_NULL,
};
