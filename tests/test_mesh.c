/* When what enters the mesh comes out, pinned on both sides by values that differ in every cycle.
 */
#include "arch/arch.h"
#include "array/array.h"
#include "array/mesh.h"
#include "dice.h"
#include "fail_alloc.h"
#include "probe_list.h"
#include "test_suite.h"

#include <string.h>

enum {
  MAX_SIDE = 9,
  MAX_STEPS = 24, /* vectors of a tile, or steps of a sum */
};

static bo_mesh *new_mesh(uint32_t dataflow, uint32_t rows, uint32_t cols) {
  bo_mesh *mesh = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_mesh_new(&mesh, dataflow, rows, cols, NULL), BO_OK);
  return mesh;
}

static bo_status probes_of(const void *mesh, const bo_probe_visitor *visitor) {
  return bo_mesh_probes(mesh, visitor);
}

/* Inputs of one cycle, of which only the lanes in use count. */
typedef struct lanes {
  bo_lane row[BO_ARRAY_MAX_SIDE], col[BO_ARRAY_MAX_SIDE];
} lanes;

static int32_t draw_operand(dice *d) {
  return (int32_t)roll(d, 0, 511) - 256;
}

static const uint32_t sizes[][2] = {{1, 1}, {1, 6}, {6, 1}, {3, 4}, {9, 2}, {2, 9}, {8, 8}};

enum {
  SIZES = sizeof sizes / sizeof sizes[0],
};

/* --- weight-stationary: a tile after the other, loading under the one before --- */

typedef struct ws_tile {
  int32_t weight[MAX_SIDE][MAX_SIDE]; /* [row][column] */
  int32_t act[MAX_STEPS][MAX_SIDE];   /* [vector][row] */
  uint32_t start, vectors;            /* cycle of the first vector */
} ws_tile;

enum {
  TILES = 4,
};

static void draw_ws_tiles(dice *d, uint32_t rows, ws_tile *tile) {
  uint32_t cycle = rows; /* weights of tile 0 shift in cycles 0 … rows-1 */
  for (uint32_t t = 0; t < TILES; t++) {
    tile[t].start = cycle + roll(d, 0, 2);
    tile[t].vectors = roll(d, rows, MAX_STEPS);
    cycle = tile[t].start + tile[t].vectors;
    for (uint32_t r = 0; r < MAX_SIDE; r++) {
      for (uint32_t c = 0; c < MAX_SIDE; c++) {
        tile[t].weight[r][c] = draw_operand(d);
      }
      for (uint32_t v = 0; v < MAX_STEPS; v++) {
        tile[t].act[v][r] = draw_operand(d);
      }
    }
  }
}

/* Weights of a tile shift in during the last `rows` cycles before its first vector. */
static void ws_inputs(const ws_tile *tile, uint32_t rows, uint32_t cols, uint32_t cycle,
                      lanes *in) {
  const uint32_t item = cycle + rows - tile->start;
  const uint32_t vector = cycle - tile->start; /* wraps before the start */
  for (uint32_t c = 0; c < cols && item < rows; c++) {
    const uint32_t load = item == rows - 1 ? BO_LANE_LOAD : 0;
    in->col[c] = bo_lane_pack(tile->weight[rows - 1 - item][c], BO_LANE_SHIFT | load);
  }
  for (uint32_t r = 0; r < rows && vector < tile->vectors; r++) {
    in->row[r] = bo_lane_pack(tile->act[vector][r], vector == 0 ? BO_LANE_FIRST : 0);
  }
}

/* Sum of column c of the vector that entered in this cycle; 0 if none did. */
static int32_t ws_sum(const ws_tile *tile, uint32_t rows, uint32_t entered, uint32_t c) {
  int32_t sum = 0;
  for (uint32_t t = 0; t < TILES; t++) {
    const uint32_t vector = entered - tile[t].start;
    for (uint32_t r = 0; r < rows && vector < tile[t].vectors; r++) {
      sum += tile[t].act[vector][r] * tile[t].weight[r][c];
    }
  }
  return sum;
}

/* Zeros enter where no vector does, so each column is known in every cycle. */
static void expect_ws(const ws_tile *tile, uint32_t rows, uint32_t cols) {
  bo_mesh *mesh = new_mesh(BO_DATAFLOW_WEIGHT_STATIONARY, rows, cols);
  for (uint32_t cycle = 0; cycle < 160; cycle++) {
    lanes in = {{0}, {0}};
    for (uint32_t t = 0; t < TILES; t++) {
      ws_inputs(&tile[t], rows, cols, cycle, &in);
    }
    for (uint32_t c = 0; c < cols; c++) {
      CU_ASSERT_EQUAL(bo_mesh_sums(mesh)[c], ws_sum(tile, rows, cycle - rows - c, c));
    }
    bo_mesh_tick(mesh, in.row, in.col);
  }
  bo_mesh_free(mesh);
}

static void a_vector_of_cycle_e_has_its_sum_of_column_c_in_cycle_e_plus_rows_plus_c(void) {
  for (uint32_t i = 0; i < 10 * SIZES; i++) {
    dice d = {i, 0};
    ws_tile tile[TILES];
    draw_ws_tiles(&d, sizes[i % SIZES][0], tile);
    expect_ws(tile, sizes[i % SIZES][0], sizes[i % SIZES][1]);
  }
}

/* --- output-stationary --- */

typedef struct os_tile {
  int32_t left[MAX_STEPS][MAX_SIDE], top[MAX_STEPS][MAX_SIDE]; /* [step][row or column] */
  uint32_t start, steps;
} os_tile;

/* A tile has at least as many steps as rows: the one before needs so many cycles to drain. */
static void draw_os_tiles(dice *d, uint32_t rows, os_tile *tile) {
  uint32_t cycle = 0;
  for (uint32_t t = 0; t < TILES; t++) {
    tile[t].start = cycle + roll(d, 0, 2);
    tile[t].steps = roll(d, rows, MAX_STEPS);
    cycle = tile[t].start + tile[t].steps;
    for (uint32_t s = 0; s < MAX_STEPS; s++) {
      for (uint32_t i = 0; i < MAX_SIDE; i++) {
        tile[t].left[s][i] = draw_operand(d);
        tile[t].top[s][i] = draw_operand(d);
      }
    }
  }
}

/* load is given `rows` cycles after the last step entered. */
static void os_inputs(const os_tile *tile, uint32_t rows, uint32_t cols, uint32_t cycle,
                      lanes *in) {
  const uint32_t step = cycle - tile->start;
  const uint32_t last = tile->steps - 1;
  const uint32_t tokens = (step == 0 ? BO_LANE_FIRST : 0U) | (step == last ? BO_LANE_LAST : 0U);
  for (uint32_t r = 0; r < rows && step <= last; r++) {
    in->row[r] = bo_lane_pack(tile->left[step][r], tokens);
  }
  for (uint32_t c = 0; c < cols; c++) {
    in->col[c] |= step <= last ? bo_lane_pack(tile->top[step][c], 0) : 0;
    in->col[c] |= step == last + rows ? BO_LANE_LOAD : 0;
  }
}

/* With the last step in cycle T: row R-1 in cycle T+R+c+1 … row 0 in cycle T+2R+c. */
static int32_t os_sum(const os_tile *tile, uint32_t rows, uint32_t cycle, uint32_t c) {
  int32_t sum = 0;
  for (uint32_t t = 0; t < TILES; t++) {
    const uint32_t last_entered = tile[t].start + tile[t].steps - 1;
    const uint32_t above_bottom = cycle - (last_entered + rows + c + 1);
    for (uint32_t s = 0; s < tile[t].steps && above_bottom < rows; s++) {
      sum += tile[t].left[s][rows - 1 - above_bottom] * tile[t].top[s][c];
    }
  }
  return sum;
}

static void expect_os(const os_tile *tile, uint32_t rows, uint32_t cols) {
  bo_mesh *mesh = new_mesh(BO_DATAFLOW_OUTPUT_STATIONARY, rows, cols);
  for (uint32_t cycle = 0; cycle < 160; cycle++) {
    lanes in = {{0}, {0}};
    for (uint32_t t = 0; t < TILES; t++) {
      os_inputs(&tile[t], rows, cols, cycle, &in);
    }
    for (uint32_t c = 0; c < cols; c++) {
      CU_ASSERT_EQUAL(bo_mesh_sums(mesh)[c], os_sum(tile, rows, cycle, c));
    }
    bo_mesh_tick(mesh, in.row, in.col);
  }
  bo_mesh_free(mesh);
}

static void results_drain_from_the_bottom_row_up_from_cycle_t_plus_rows_plus_c_plus_1(void) {
  for (uint32_t i = 100; i < 100 + 10 * SIZES; i++) {
    dice d = {i, 0};
    os_tile tile[TILES];
    draw_os_tiles(&d, sizes[i % SIZES][0], tile);
    expect_os(tile, sizes[i % SIZES][0], sizes[i % SIZES][1]);
  }
}

/* --- registers, reset, making --- */

static void draw_lanes(dice *d, lanes *in) {
  for (uint32_t i = 0; i < MAX_SIDE; i++) {
    in->row[i] = (bo_lane)roll(d, 0, 2047);
    in->col[i] = (bo_lane)roll(d, 0, 2047);
  }
}

/* The array of the mesh does what an array of its own does with lanes that are skewed by hand. */
static void the_array_gets_row_r_and_column_c_r_and_c_cycles_late(void) {
  enum {
    ROWS = 3,
    COLS = 5,
    CYCLES = 60,
    LATE = 8, /* zeros before the first cycle */
  };
  lanes in[LATE + CYCLES] = {{{0}, {0}}};
  dice d = {300, 0};
  for (uint32_t cycle = LATE; cycle < LATE + CYCLES; cycle++) {
    draw_lanes(&d, &in[cycle]);
  }
  for (uint32_t dataflow = 0; dataflow < 2; dataflow++) {
    bo_mesh *mesh = new_mesh(dataflow, ROWS, COLS);
    bo_array *array = NULL;
    CU_ASSERT_EQUAL_FATAL(bo_array_new(&array, dataflow, ROWS, COLS, NULL), BO_OK);
    for (uint32_t cycle = LATE; cycle < LATE + CYCLES; cycle++) {
      lanes skewed;
      for (uint32_t i = 0; i < COLS; i++) {
        skewed.row[i] = in[cycle - i].row[i];
        skewed.col[i] = in[cycle - i].col[i];
      }
      bo_mesh_tick(mesh, in[cycle].row, in[cycle].col);
      bo_array_tick(array, skewed.row, skewed.col);
      CU_ASSERT_EQUAL(memcmp(bo_mesh_sums(mesh), bo_array_sums(array), sizeof(int32_t[COLS])), 0);
    }
    bo_mesh_free(mesh);
    bo_array_free(array);
  }
}

static void every_register_of_skews_and_array_is_there_once(void) {
  static const size_t of_a_pe[] = {6, 7}; /* weight-stationary, output-stationary */
  for (uint32_t dataflow = 0; dataflow < 2; dataflow++) {
    bo_mesh *mesh = new_mesh(dataflow, 4, 3);
    probe_list list = probe_list_new(probes_of, mesh, "bo_core.u_mesh");
    CU_ASSERT_TRUE(probe_names_are_unique(&list));
    CU_ASSERT_EQUAL(list.count, 6 + 3 + 12 * of_a_pe[dataflow]);
    lanes in = {{0, 0x123}, {0, 0x456}};
    bo_mesh_tick(mesh, in.row, in.col);
    const bo_probe *probe = probe_find(&list, "bo_core.u_mesh.u_act_skew.gen_lane[1].delay_q[0]");
    CU_ASSERT_EQUAL(bo_probe_read(probe), 0x123);
    probe = probe_find(&list, "bo_core.u_mesh.u_weight_skew.gen_lane[1].delay_q[0]");
    CU_ASSERT_EQUAL(bo_probe_read(probe), 0x456);
    (void)probe_find(&list, "bo_core.u_mesh.u_act_skew.gen_lane[3].delay_q[2]");
    (void)probe_find(&list, "bo_core.u_mesh.u_weight_skew.gen_lane[2].delay_q[1]");
    (void)probe_find(&list,
                     "bo_core.u_mesh.u_array.gen_row[3].u_row.gen_pe[2].gen_kind.u_pe.act_q");
    probe_list_free(&list);
    CU_ASSERT_TRUE(probe_visit_ends_on_failure(probes_of, mesh));
    bo_mesh_free(mesh);
  }
}

static void reset_zeroes_every_register(void) {
  for (uint32_t dataflow = 0; dataflow < 2; dataflow++) {
    bo_mesh *mesh = new_mesh(dataflow, 4, 3);
    probe_list list = probe_list_new(probes_of, mesh, "m");
    dice d = {301, 0};
    for (uint32_t cycle = 0; cycle < 30; cycle++) {
      lanes in;
      draw_lanes(&d, &in);
      bo_mesh_tick(mesh, in.row, in.col);
    }
    CU_ASSERT_TRUE(bo_probe_read(&list.probe[0].probe) != 0); /* not vacuous */
    bo_mesh_reset(mesh);
    CU_ASSERT_TRUE(probes_are_zero(&list));
    probe_list_free(&list);
    bo_mesh_free(mesh);
  }
}

static void what_the_array_refuses_the_mesh_does_too(void) {
  bo_mesh *mesh = (bo_mesh *)&sizes;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_mesh_new(&mesh, 0, 257, 1, &diag), BO_E_INVALID);
  CU_ASSERT_PTR_NULL(mesh);
  CU_ASSERT(same_text(diag.text, "array_rows: expected 1..256, got 257"));
}

static void each_failed_allocation_is_reported(void) {
  for (unsigned k = 0;; k++) {
    bo_mesh *mesh = NULL;
    fail_alloc_arm(k);
    const bo_status status = bo_mesh_new(&mesh, 0, 3, 5, NULL);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      CU_ASSERT_EQUAL(k, 5); /* mesh, array and its planes, two skews */
      bo_mesh_free(mesh);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT_PTR_NULL(mesh);
  }
  bo_mesh_free(NULL);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_vector_of_cycle_e_has_its_sum_of_column_c_in_cycle_e_plus_rows_plus_c),
    BO_TEST(results_drain_from_the_bottom_row_up_from_cycle_t_plus_rows_plus_c_plus_1),
    BO_TEST(the_array_gets_row_r_and_column_c_r_and_c_cycles_late),
    BO_TEST(every_register_of_skews_and_array_is_there_once),
    BO_TEST(reset_zeroes_every_register),
    BO_TEST(what_the_array_refuses_the_mesh_does_too),
    BO_TEST(each_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
