/* The ONNX reader: what it makes of valid files, and how it refuses the others. */
#include "fail_alloc.h"
#include "net/onnx_attr.h"
#include "net/onnx_model.h"
#include "onnx_writer.h"
#include "test_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of TensorProto.DataType. */
enum {
  ONNX_FLOAT = 1,
  ONNX_INT8 = 3,
  ONNX_INT64 = 7,
  ONNX_DOUBLE = 11,
};

static const int64_t two[] = {2};
static const float weights[] = {1.5F, -2.0F};

static void *must_alloc(size_t size) {
  void *memory = malloc(size > 0 ? size : 1);
  if (memory == NULL) {
    abort();
  }
  return memory;
}

static bo_status parse(bo_onnx_model **model, const wire *w, bo_diag *diag) {
  return bo_onnx_model_parse(model, "m.onnx", w->data, w->size, diag);
}

/* x[batch][2] -> Mul w -> Relu -> y, w an initializer. */
static wire small_graph(void) {
  wire graph = {.size = 0};
  wire relu = onnx_node("Relu", "ai.onnx", "act", "h", "y");
  onnx_node_add_attr(&relu, onnx_attr_int("number", -7));
  onnx_node_add_attr(&relu, onnx_attr_ints("list", 2, (const int64_t[]){3, -4}));
  onnx_node_add_attr(&relu, onnx_attr_float("real", 0.25F));
  onnx_node_add_attr(&relu, onnx_attr_text("word", "SAME"));
  graph_add_node(&graph, onnx_node("Mul", "", "", "x w -", "h"));
  graph_add_node(&graph, relu);
  graph_add_constant(&graph, onnx_tensor("w", ONNX_FLOAT, 1, two, weights, sizeof weights));
  graph_add_input(&graph, "x", ONNX_FLOAT, 2, (const int64_t[]){-1, 2});
  graph_add_output(&graph, "y");
  return graph;
}

static wire small_model(void) {
  const wire graph = small_graph();
  return onnx_model_of(&graph, 13);
}

static void check_refused(const wire *w, const char *text) {
  bo_diag diag = {{0}};
  bo_onnx_model *model = (bo_onnx_model *)&diag;
  CU_ASSERT_EQUAL(parse(&model, w, &diag), BO_E_INVALID);
  CU_ASSERT_PTR_NULL(model);
  CU_ASSERT(same_text(diag.text, text));
}

static void check_graph_refused(const wire *graph, const char *text) {
  const wire model = onnx_model_of(graph, 13);
  check_refused(&model, text);
}

static void names_become_indices_and_attributes_keep_their_values(void) {
  const wire w = small_model();
  bo_onnx_model *m = NULL;
  CU_ASSERT_EQUAL_FATAL(parse(&m, &w, NULL), BO_OK);
  CU_ASSERT_EQUAL(m->opset, 13);
  CU_ASSERT_EQUAL_FATAL(m->nodes, 2);
  CU_ASSERT_EQUAL_FATAL(m->inputs, 1);
  CU_ASSERT_EQUAL_FATAL(m->outputs, 1);
  const bo_onnx_node *mul = &m->node[0];
  const bo_onnx_node *relu = &m->node[1];
  CU_ASSERT_STRING_EQUAL(mul->op, "Mul");
  CU_ASSERT_STRING_EQUAL(mul->name, "h"); /* it has none: its first output */
  CU_ASSERT_EQUAL_FATAL(mul->inputs, 3);
  CU_ASSERT_EQUAL(mul->input[0], m->input[0]);
  CU_ASSERT_EQUAL(mul->input[2], BO_ONNX_NONE);
  const bo_onnx_value *constant = &m->value[mul->input[1]];
  CU_ASSERT_TRUE(constant->is_constant && !constant->is_input);
  CU_ASSERT_EQUAL(bo_tensor_real(&constant->tensor, 1), -2);
  CU_ASSERT_EQUAL(relu->input[0], mul->output[0]);
  CU_ASSERT_EQUAL(relu->output[0], m->output[0]);
  CU_ASSERT_STRING_EQUAL(relu->domain, ""); /* ai.onnx is the default domain */
  CU_ASSERT_STRING_EQUAL(relu->name, "act");
  const bo_onnx_value *input = &m->value[m->input[0]];
  CU_ASSERT_TRUE(input->is_input && !input->is_constant);
  CU_ASSERT_EQUAL(input->rank, 2);
  CU_ASSERT_EQUAL(input->dims[0], -1);
  CU_ASSERT_EQUAL(input->dims[1], 2);
  CU_ASSERT_EQUAL(bo_onnx_attr_find(relu, "number")->i, -7);
  CU_ASSERT_EQUAL(bo_onnx_attr_find(relu, "list")->ints[1], -4);
  CU_ASSERT_EQUAL(bo_onnx_attr_find(relu, "real")->f, 0.25F);
  CU_ASSERT_STRING_EQUAL(bo_onnx_attr_find(relu, "word")->s, "SAME");
  CU_ASSERT_PTR_NULL(bo_onnx_attr_find(relu, "none"));
  bo_onnx_model_free(m);
}

static void attributes_default_when_absent_and_are_refused_with_another_type(void) {
  const wire w = small_model();
  bo_onnx_model *m = NULL;
  bo_diag diag = {{0}};
  int64_t number = 0;
  int64_t list[3] = {0};
  const char *word = NULL;
  CU_ASSERT_EQUAL_FATAL(parse(&m, &w, NULL), BO_OK);
  const bo_onnx_node *relu = &m->node[1];
  CU_ASSERT_EQUAL(bo_onnx_attr_int(&number, relu, "absent", 42, &diag), BO_OK);
  CU_ASSERT_EQUAL(number, 42);
  CU_ASSERT_EQUAL(bo_onnx_attr_ints(list, 3, 0, 9, relu, "absent", 5, &diag), BO_OK);
  CU_ASSERT_EQUAL(list[2], 5);
  CU_ASSERT_EQUAL(bo_onnx_attr_ints(list, 3, 0, 9, relu, "list", 5, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "list: expected 3 integers"));
  CU_ASSERT_EQUAL(bo_onnx_attr_ints(list, 2, 0, 9, relu, "list", 5, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "list: expected 0..9, got -4"));
  CU_ASSERT_EQUAL(bo_onnx_attr_int(&number, relu, "word", 0, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "word: expected an integer"));
  CU_ASSERT_EQUAL(bo_onnx_attr_text(&word, relu, "number", "", &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "number: expected a string"));
  CU_ASSERT_EQUAL(bo_onnx_attrs_known(relu, "list number real word", &diag), BO_OK);
  CU_ASSERT_EQUAL(bo_onnx_attrs_known(relu, "lists number real word", &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "unknown attribute 'list'"));
  bo_onnx_model_free(m);
}

static void an_initializer_listed_as_an_input_is_a_constant(void) {
  wire graph = small_graph();
  graph_add_input(&graph, "w", ONNX_FLOAT, 1, two);
  const wire w = onnx_model_of(&graph, 13);
  bo_onnx_model *m = NULL;
  CU_ASSERT_EQUAL_FATAL(parse(&m, &w, NULL), BO_OK);
  CU_ASSERT_EQUAL(m->inputs, 1);
  CU_ASSERT_STRING_EQUAL(m->value[m->input[0]].name, "x");
  bo_onnx_model_free(m);
}

static void constant_nodes_become_values(void) {
  const wire tensor = onnx_tensor("", ONNX_FLOAT, 1, two, weights, sizeof weights);
  wire value = {.size = 0}; /* AttributeProto: name, type TENSOR, t */
  wire_text(&value, 1, "value");
  wire_int(&value, 20, 4);
  wire_message(&value, 5, &tensor);
  wire a = onnx_node("Constant", "", "", "", "a");
  wire b = onnx_node("Constant", "", "", "", "b");
  wire c = onnx_node("Constant", "", "", "", "c");
  onnx_node_add_attr(&a, value);
  onnx_node_add_attr(&b, onnx_attr_float("value_float", 0.5F));
  onnx_node_add_attr(&c, onnx_attr_ints("value_ints", 2, (const int64_t[]){8, 9}));
  wire graph = {.size = 0};
  graph_add_node(&graph, a);
  graph_add_node(&graph, b);
  graph_add_node(&graph, c);
  graph_add_output(&graph, "a");
  graph_add_output(&graph, "b");
  graph_add_output(&graph, "c");
  const wire w = onnx_model_of(&graph, 13);
  bo_onnx_model *m = NULL;
  CU_ASSERT_EQUAL_FATAL(parse(&m, &w, NULL), BO_OK);
  CU_ASSERT_EQUAL(m->nodes, 0);
  const bo_tensor *t = &m->value[m->output[0]].tensor;
  CU_ASSERT_EQUAL(bo_tensor_real(t, 1), -2);
  t = &m->value[m->output[1]].tensor;
  CU_ASSERT_TRUE(t->rank == 0 && t->dtype == BO_F32 && bo_tensor_real(t, 0) == 0.5);
  t = &m->value[m->output[2]].tensor;
  CU_ASSERT_TRUE(t->rank == 1 && t->dtype == BO_I64 && bo_tensor_int(t, 1) == 9);
  bo_onnx_model_free(m);
}

static void a_file_out_of_order_is_sorted(void) {
  wire graph = {.size = 0};
  graph_add_node(&graph, onnx_node("Add", "", "third", "b a", "c"));
  graph_add_node(&graph, onnx_node("Relu", "", "second", "a", "b"));
  graph_add_node(&graph, onnx_node("Relu", "", "first", "x", "a"));
  graph_add_node(&graph, onnx_node("Relu", "", "fourth", "x", "d"));
  graph_add_input(&graph, "x", ONNX_FLOAT, 1, two);
  graph_add_output(&graph, "c");
  const wire w = onnx_model_of(&graph, 13);
  bo_onnx_model *m = NULL;
  CU_ASSERT_EQUAL_FATAL(parse(&m, &w, NULL), BO_OK);
  const char *const order[] = {"first", "second", "third", "fourth"};
  for (uint32_t n = 0; n < 4; n++) {
    CU_ASSERT_STRING_EQUAL(m->node[n].name, order[n]);
  }
  bo_onnx_model_free(m);
}

static void a_cycle_is_refused_naming_a_node_on_it(void) {
  wire graph = small_graph();
  graph_add_node(&graph, onnx_node("Relu", "", "before", "p", "q"));
  graph_add_node(&graph, onnx_node("Add", "", "one", "y s", "r"));
  graph_add_node(&graph, onnx_node("Relu", "", "two", "r", "s"));
  graph_add_node(&graph, onnx_node("Relu", "", "after", "s", "p"));
  check_graph_refused(&graph, "m.onnx: node 'two' (Relu): depends on its own output");
}

/* One node more than a valid graph has. */
static void check_node_refused(wire node, const char *text) {
  wire graph = small_graph();
  graph_add_node(&graph, node);
  check_graph_refused(&graph, text);
}

static void wrong_nodes_are_refused_by_name(void) {
  check_node_refused(onnx_node("Relu", "", "n", "gone", "z"),
                     "m.onnx: node 'n' (Relu): input 'gone' is never defined");
  check_node_refused(onnx_node("Relu", "", "n", "x", "h"),
                     "m.onnx: node 'n' (Relu): 'h' is defined twice");
  check_node_refused(onnx_node("Relu", "", "n", "x", "w"),
                     "m.onnx: node 'n' (Relu): 'w' is defined twice");
  check_node_refused(
      onnx_node("Constant", "", "n", "", "z"),
      "m.onnx: node 'n' (Constant): expected no input, one output and one attribute");
  check_node_refused(onnx_node("Relu", "", "a\nb", "x", "z"),
                     "m.onnx: name or string: expected printable UTF-8, got the byte 0x0a");
  check_node_refused(onnx_node("Relu", "", "a\xff", "x", "z"),
                     "m.onnx: name or string: expected printable UTF-8, got the byte 0xff");
  wire loop = onnx_node("Loop", "", "n", "x", "z");
  wire body = {.size = 0}; /* AttributeProto: name, type GRAPH, g */
  wire_text(&body, 1, "body");
  wire_int(&body, 20, 5);
  wire_bytes(&body, 6, NULL, 0);
  onnx_node_add_attr(&loop, body);
  check_node_refused(loop,
                     "m.onnx: node 'n' (Loop): attribute 'body': subgraphs are not supported");
  wire untyped = onnx_node("Relu", "", "n", "x", "z");
  wire no_type = {.size = 0};
  wire_text(&no_type, 1, "axis");
  wire_int(&no_type, 3, 1);
  onnx_node_add_attr(&untyped, no_type);
  check_node_refused(untyped, "m.onnx: node 'n' (Relu): attribute 'axis': type is missing");
}

static void check_tensor_refused(wire tensor, const char *text) {
  wire graph = small_graph();
  graph_add_constant(&graph, tensor);
  check_graph_refused(&graph, text);
}

static void wrong_tensors_are_refused_by_name(void) {
  const int64_t negative[] = {2, -3};
  const int64_t huge[] = {1 << 20, 1 << 20};
  const int64_t three[] = {3};
  check_tensor_refused(
      onnx_tensor("t", ONNX_DOUBLE, 1, two, weights, 8),
      "m.onnx: initializer 't': element type: expected float32, uint8, int8, int32 or int64, got "
      "float64");
  check_tensor_refused(onnx_tensor("t", 99, 1, two, weights, 8),
                       "m.onnx: initializer 't': element type: unknown number 99");
  check_tensor_refused(onnx_tensor("t", ONNX_FLOAT, 2, negative, weights, 8),
                       "m.onnx: initializer 't': dimension 1: expected 0..268435456, got -3");
  check_tensor_refused(onnx_tensor("t", ONNX_FLOAT, 2, huge, weights, 8),
                       "m.onnx: initializer 't': tensor has more than 268435456 elements");
  check_tensor_refused(onnx_tensor("t", ONNX_FLOAT, 1, three, weights, 8),
                       "m.onnx: initializer 't': expected 3 elements of the shape, got 2");
  check_tensor_refused(onnx_tensor("t", ONNX_FLOAT, 1, two, weights, 7),
                       "m.onnx: initializer 't': raw data: expected whole elements of 4 bytes and "
                       "no other data, got 7 bytes and 0 elements");
  check_tensor_refused(onnx_tensor("w", ONNX_FLOAT, 1, two, weights, 8),
                       "m.onnx: 'w' is defined twice");
  check_tensor_refused(onnx_tensor("", ONNX_FLOAT, 1, two, weights, 8),
                       "m.onnx: a value without a name");
  wire external = onnx_tensor("t", ONNX_FLOAT, 1, two, weights, 8);
  wire_int(&external, 14, 1); /* data_location EXTERNAL */
  check_tensor_refused(external,
                       "m.onnx: initializer 't': external data: expected the data inside the file");
}

static void typed_fields_hold_data_as_raw_ones_do(void) {
  wire w = {.size = 0}; /* int8 in int32_data, once packed and once not */
  wire_int(&w, 1, 3);
  wire_int(&w, 2, ONNX_INT8);
  wire_bytes(&w, 5, "\x05\x7f", 2);
  wire_int(&w, 5, -128);
  bo_tensor t;
  bo_diag diag = {{0}};
  CU_ASSERT_EQUAL_FATAL(bo_onnx_tensor_parse(&t, "t", w.data, w.size, &diag), BO_OK);
  CU_ASSERT_EQUAL(bo_tensor_int(&t, 0), 5);
  CU_ASSERT_EQUAL(bo_tensor_int(&t, 1), 127);
  CU_ASSERT_EQUAL(bo_tensor_int(&t, 2), -128);
  bo_tensor_free(&t);
  wire_int(&w, 1, 1);
  wire_int(&w, 5, 128);
  CU_ASSERT_EQUAL(bo_onnx_tensor_parse(&t, "t.pb", w.data, w.size, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "t.pb: expected 3 elements of the shape, got 4"));
  wire wide = {.size = 0};
  wire_int(&wide, 1, 1);
  wire_int(&wide, 2, ONNX_INT8);
  wire_int(&wide, 5, 128);
  CU_ASSERT_EQUAL(bo_onnx_tensor_parse(&t, "t.pb", wide.data, wide.size, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "t.pb: element 0: expected -128..127, got 128"));
  wire long_ints = {.size = 0};
  wire_int(&long_ints, 2, ONNX_INT64);
  wire_int(&long_ints, 7, INT64_MIN);
  CU_ASSERT_EQUAL_FATAL(bo_onnx_tensor_parse(&t, "t", long_ints.data, long_ints.size, &diag),
                        BO_OK);
  CU_ASSERT_EQUAL(bo_tensor_int(&t, 0), INT64_MIN);
  bo_tensor_free(&t);
}

static void wrong_models_are_refused(void) {
  const wire graph = small_graph();
  const wire future = onnx_model_of(&graph, 20);
  check_refused(&future, "m.onnx: opset: expected 1..19, got 20");
  const wire empty = {.size = 0};
  check_refused(&empty, "m.onnx: not a valid ONNX file: no graph");
  wire twice = onnx_model_of(&graph, 13);
  wire_message(&twice, 7, &graph);
  bo_diag diag = {{0}};
  bo_onnx_model *model = NULL;
  CU_ASSERT_EQUAL(parse(&model, &twice, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "not a valid ONNX file: ModelProto.graph twice"));
  wire functions = onnx_model_of(&graph, 13);
  wire_bytes(&functions, 25, NULL, 0);
  check_refused(&functions, "m.onnx: functions of the model's own are not supported");
  wire output = small_graph();
  graph_add_output(&output, "gone");
  check_graph_refused(&output, "m.onnx: output 'gone' is never defined");
  wire input = small_graph();
  graph_add_input(&input, "z", ONNX_FLOAT, 1, (const int64_t[]){-2});
  check_graph_refused(&input, "m.onnx: input 'z': dimension 0: expected 0..268435456, got -2");
  CU_ASSERT_EQUAL(bo_onnx_model_load(&model, "/nonexistent/m.onnx", &diag), BO_E_IO);
  CU_ASSERT(has_text(diag.text, "/nonexistent/m.onnx"));
}

static void broken_protobuf_is_refused_with_its_place(void) {
  check_refused(&(const wire){.data = {0x3a, 0x02, 0}, .size = 3},
                "m.onnx: not a valid ONNX file: size beyond the enclosing message at byte 2");
  check_refused(&(const wire){.data = {0x0b}, .size = 1},
                "m.onnx: not a valid ONNX file: group or unknown wire type at byte 1");
  check_refused(&(const wire){.data = {0x38, 0x01}, .size = 2},
                "m.onnx: not a valid ONNX file: field of the wrong type at byte 1");
  check_refused(&(const wire){.data = {0x08, 0x80}, .size = 2},
                "m.onnx: not a valid ONNX file: number cut short at byte 2");
  check_refused(&(const wire){.data = {0x00, 0x00}, .size = 2},
                "m.onnx: not a valid ONNX file: broken field tag at byte 1");
}

static void a_file_cut_anywhere_or_with_a_bit_flipped_never_crashes(void) {
  const wire whole = small_model();
  unsigned refused = 0;
  for (size_t size = 0; size < whole.size; size++) {
    uint8_t *exact = must_alloc(size); /* a sanitizer sees any byte read beyond */
    memcpy(exact, whole.data, size);
    bo_onnx_model *m = NULL;
    bo_diag diag = {{0}};
    refused += bo_onnx_model_parse(&m, "m", exact, size, &diag) == BO_E_INVALID && m == NULL &&
               diag.text[0] != '\0';
    bo_onnx_model_free(m);
    free(exact);
    wire flipped = whole;
    for (int bit = 0; bit < 8; bit++) {
      flipped.data[size] = (uint8_t)(whole.data[size] ^ 1U << bit);
      (void)parse(&m, &flipped, NULL);
      bo_onnx_model_free(m);
    }
  }
  CU_ASSERT_EQUAL(refused, whole.size); /* the graph is the last field: every cut breaks it */
}

/* Bytes written from the end to the front, so that each size is known before it is written. */
typedef struct backwards {
  uint8_t *data;
  size_t at, capacity;
} backwards;

static void put_front(backwards *b, uint8_t byte) {
  if (b->at == 0) {
    abort();
  }
  b->data[--b->at] = byte;
}

/* Makes all that is there a field of an enclosing message; @p tag is below 128. */
static void enclose(backwards *b, uint8_t tag) {
  const size_t size = b->capacity - b->at;
  for (int digit = 4; digit >= 0; digit--) { /* a varint of five bytes, whether needed or not */
    put_front(b, (uint8_t)((size >> (7 * digit) & 0x7f) | (digit == 4 ? 0 : 0x80)));
  }
  put_front(b, tag);
}

static void a_hundred_thousand_graphs_inside_each_other_are_refused(void) {
  enum {
    LEVELS = 100000,
    BYTES_A_LEVEL = 18
  };
  const size_t capacity = (size_t)LEVELS * BYTES_A_LEVEL + 64;
  backwards b = {must_alloc(capacity), capacity, capacity};
  for (int level = 0; level < LEVELS; level++) {
    enclose(&b, 6 << 3 | 2); /* AttributeProto.g */
    enclose(&b, 5 << 3 | 2); /* NodeProto.attribute */
    enclose(&b, 1 << 3 | 2); /* GraphProto.node */
  }
  enclose(&b, 7 << 3 | 2); /* ModelProto.graph */
  bo_onnx_model *model = NULL;
  bo_diag diag = {{0}};
  CU_ASSERT_EQUAL(bo_onnx_model_parse(&model, "m", b.data + b.at, capacity - b.at, &diag),
                  BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "m: messages nested deeper than 32 at byte "));
  free(b.data);
}

static void a_chain_of_a_hundred_thousand_nodes_backwards_is_sorted(void) {
  enum {
    NODES = 100000,
    BYTES_A_NODE = 64
  };
  const size_t capacity = (size_t)NODES * BYTES_A_NODE;
  backwards b = {must_alloc(capacity), capacity, capacity};
  const int64_t dims[] = {1};
  wire graph = {.size = 0};
  graph_add_input(&graph, "v0", ONNX_FLOAT, 1, dims);
  for (int n = 0; n < NODES; n++) { /* written in front of each other: the last one comes first */
    char inputs[16];
    char outputs[16];
    (void)snprintf(inputs, sizeof inputs, "v%d", n);
    (void)snprintf(outputs, sizeof outputs, "v%d", n + 1);
    graph_add_node(&graph, onnx_node("Relu", "", "", inputs, outputs));
    CU_ASSERT_FATAL(b.at >= graph.size);
    b.at -= graph.size;
    memcpy(b.data + b.at, graph.data, graph.size);
    graph.size = 0;
  }
  enclose(&b, 7 << 3 | 2);
  const uint8_t opset_13[] = {0x42, 0x02, 0x10, 13}; /* ModelProto.opset_import */
  b.at -= sizeof opset_13;
  memcpy(b.data + b.at, opset_13, sizeof opset_13);
  bo_onnx_model *model = NULL;
  bo_diag diag = {{0}};
  CU_ASSERT_EQUAL_FATAL(bo_onnx_model_parse(&model, "m", b.data + b.at, capacity - b.at, &diag),
                        BO_OK);
  CU_ASSERT_EQUAL(model->nodes, NODES);
  CU_ASSERT_STRING_EQUAL(model->node[0].name, "v1");
  CU_ASSERT_STRING_EQUAL(model->node[NODES - 1].name, "v100000");
  bo_onnx_model_free(model);
  free(b.data);
}

static void more_fields_than_any_model_has_are_refused(void) {
  const size_t size = 2 * ((size_t)1 << 20) + 2;
  uint8_t *data = must_alloc(size);
  for (size_t i = 0; i < size; i += 2) { /* ir_version 0, again and again */
    data[i] = 0x08;
    data[i + 1] = 0;
  }
  bo_onnx_model *model = NULL;
  bo_diag diag = {{0}};
  CU_ASSERT_EQUAL(bo_onnx_model_parse(&model, "m", data, size, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "m: more than 1048576 fields"));
  free(data);
}

static void every_failing_allocation_is_noticed_and_leaks_nothing(void) {
  const wire w = small_model();
  unsigned k = 0;
  for (;; k++) {
    bo_onnx_model *m = NULL;
    bo_diag diag = {{0}};
    fail_alloc_arm(k);
    const bo_status status = parse(&m, &w, &diag);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      bo_onnx_model_free(m);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT_PTR_NULL(m);
  }
  CU_ASSERT_TRUE(k > 20); /* protobuf-c's are among them */
}

CU_TestInfo suite_tests[] = {
    BO_TEST(names_become_indices_and_attributes_keep_their_values),
    BO_TEST(attributes_default_when_absent_and_are_refused_with_another_type),
    BO_TEST(an_initializer_listed_as_an_input_is_a_constant),
    BO_TEST(constant_nodes_become_values),
    BO_TEST(a_file_out_of_order_is_sorted),
    BO_TEST(a_cycle_is_refused_naming_a_node_on_it),
    BO_TEST(wrong_nodes_are_refused_by_name),
    BO_TEST(wrong_tensors_are_refused_by_name),
    BO_TEST(typed_fields_hold_data_as_raw_ones_do),
    BO_TEST(wrong_models_are_refused),
    BO_TEST(broken_protobuf_is_refused_with_its_place),
    BO_TEST(a_file_cut_anywhere_or_with_a_bit_flipped_never_crashes),
    BO_TEST(a_hundred_thousand_graphs_inside_each_other_are_refused),
    BO_TEST(a_chain_of_a_hundred_thousand_nodes_backwards_is_sorted),
    BO_TEST(more_fields_than_any_model_has_are_refused),
    BO_TEST(every_failing_allocation_is_noticed_and_leaks_nothing),
    CU_TEST_INFO_NULL,
};
