#include "net/onnx_order.h"

#include <stdlib.h>
#include <string.h>

/* Depth first from every node in file order, with an own stack: a chain can be a million long. */
typedef struct walk {
  const bo_onnx_model *model;
  uint32_t *producer; /* of each value: node, or BO_ONNX_NONE */
  uint32_t *stack;    /* nodes that wait for their inputs */
  uint32_t *next;     /* of each node: first input not yet looked at */
  uint8_t *state;     /* of each node: WHITE, OPEN (on the stack), DONE */
  bo_onnx_node *sorted;
  uint32_t depth, done;
} walk;

enum {
  WHITE,
  OPEN,
  DONE
};

static void open_node(walk *w, uint32_t node) {
  w->state[node] = OPEN;
  w->stack[w->depth++] = node;
}

/* The next producer that @p node waits for, BO_ONNX_NONE when all its inputs are there. */
static uint32_t next_missing(walk *w, uint32_t node) {
  const bo_onnx_node *n = &w->model->node[node];
  while (w->next[node] < n->inputs) {
    const uint32_t value = n->input[w->next[node]++];
    const uint32_t from = value == BO_ONNX_NONE ? BO_ONNX_NONE : w->producer[value];
    if (from != BO_ONNX_NONE && w->state[from] != DONE) {
      return from;
    }
  }
  return BO_ONNX_NONE;
}

static bo_status visit(walk *w, uint32_t root, bo_diag *diag) {
  open_node(w, root);
  while (w->depth > 0) {
    const uint32_t node = w->stack[w->depth - 1];
    const uint32_t missing = next_missing(w, node);
    if (missing == BO_ONNX_NONE) {
      w->state[node] = DONE;
      w->sorted[w->done++] = w->model->node[node];
      w->depth--;
    } else if (w->state[missing] == OPEN) {
      return bo_fail(diag, BO_E_INVALID, "node '%s' (%s): depends on its own output",
                     w->model->node[missing].name, w->model->node[missing].op);
    } else {
      open_node(w, missing);
    }
  }
  return BO_OK;
}

static void find_producers(walk *w) {
  memset(w->producer, 0xff, w->model->values * sizeof *w->producer); /* BO_ONNX_NONE */
  for (uint32_t n = 0; n < w->model->nodes; n++) {
    for (uint32_t i = 0; i < w->model->node[n].outputs; i++) {
      if (w->model->node[n].output[i] != BO_ONNX_NONE) {
        w->producer[w->model->node[n].output[i]] = n;
      }
    }
  }
}

static bo_status visit_all(walk *w, bo_onnx_model *model, bo_diag *diag) {
  find_producers(w);
  for (uint32_t n = 0; n < model->nodes; n++) {
    const bo_status status = w->state[n] == WHITE ? visit(w, n, diag) : BO_OK;
    if (status != BO_OK) {
      return status;
    }
  }
  memcpy(model->node, w->sorted, model->nodes * sizeof *w->sorted);
  return BO_OK;
}

bo_status bo_onnx_sort_nodes(bo_onnx_model *model, bo_diag *diag) {
  /* One more than there are: a graph may have no node or no value. */
  const size_t nodes = (size_t)model->nodes + 1;
  walk w = {.model = model,
            .producer = malloc(((size_t)model->values + 1) * sizeof *w.producer),
            .stack = malloc(nodes * sizeof *w.stack),
            .next = calloc(nodes, sizeof *w.next),
            .state = calloc(nodes, sizeof *w.state),
            .sorted = malloc(nodes * sizeof *w.sorted)};
  const bool complete = w.producer != NULL && w.stack != NULL && w.next != NULL &&
                        w.state != NULL && w.sorted != NULL;
  const bo_status status =
      complete ? visit_all(&w, model, diag) : bo_fail(diag, BO_E_NOMEM, "out of memory");
  free(w.producer);
  free(w.stack);
  free(w.next);
  free(w.state);
  free(w.sorted);
  return status;
}
