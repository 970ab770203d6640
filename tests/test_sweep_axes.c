/* Profiles and placements as axes of a sweep. The oracle: a sweep of its own for each of them. */
#include "base/file.h"
#include "campaign/campaign.h"
#include "campaign/store.h"
#include "sweep_fixture.h"
#include "temp_dir.h"
#include "test_suite.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define GOLDEN BO_SOURCE_DIR "/tests/golden/campaign"

enum {
  MODELS = 2,
  PROFILES = 2,
  PLACEMENTS = 2,
  STEPS = 2,
  CHIPS = 2,
  VARIANTS = MODELS * PROFILES * PLACEMENTS,
  POINTS = VARIANTS * STEPS,
  TRIALS = POINTS * CHIPS,
};

/* From 10 % at 0.7, a decade a 0.2 V/Vmin. */
static const char steep[] = "name: steep\n"
                            "technology: none\n"
                            "source: made up\n"
                            "licence: Apache-2.0\n"
                            "curve:\n"
                            "  - { vdd_ratio: 0.7, ber_pct: 10 }\n"
                            "  - { vdd_ratio: 0.9, ber_pct: 1 }\n"
                            "  - { vdd_ratio: 1, ber_pct: 0 }\n";

/* The tiny network under two names, on two profiles, with two placements, at two voltages. */
typedef struct sweep_grid {
  temp_dir temp;
  char second_model[160], second_profile[160];
  char *model[MODELS], *profile[PROFILES];
  bo_placement_setting placement[PLACEMENTS];
  double step[STEPS];
  bo_sweep_config config;
} sweep_grid;

static void open_grid(sweep_grid *grid) {
  static char model[] = GOLDEN "/tiny.onnx";
  static char dataset[] = GOLDEN "/tiny.npz";
  static char profile[] = BO_SOURCE_DIR "/profiles/silicon/ibm14.yaml";
  static char energy[] = BO_SOURCE_DIR "/profiles/energy/cmos14.yaml";
  *grid = (sweep_grid){
      .temp = temp_dir_make(),
      .model = {model, grid->second_model},
      .profile = {profile, grid->second_profile},
      .placement = {{.policy = BO_PLACEMENT_TILE, .banks = BO_BANKS_OF_ARCH, .interleave = 1},
                    {.policy = BO_PLACEMENT_LINEAR,
                     .start_row = 7,
                     .banks = BO_BANKS_OF_ARCH,
                     .interleave = 4}},
      .step = {0.76, 0.9},
  };
  grid->config = (bo_sweep_config){.models = MODELS,
                                   .model = grid->model,
                                   .profiles = PROFILES,
                                   .profile = grid->profile,
                                   .placements = PLACEMENTS,
                                   .placement = grid->placement,
                                   .axis = BO_SWEEP_VDD_RATIO,
                                   .steps = STEPS,
                                   .step = grid->step,
                                   .chips = CHIPS,
                                   .seed = 5,
                                   .dataset = dataset,
                                   .energy = energy};
  bo_bytes bytes = {0};
  const char *const dir = grid->temp.dir;
  (void)snprintf(grid->second_model, sizeof grid->second_model, "%s/other.onnx", dir);
  (void)snprintf(grid->second_profile, sizeof grid->second_profile, "%s/steep.yaml", dir);
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, model, 1 << 20, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_file_write(grid->second_model, bytes.data, bytes.size, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_file_write(grid->second_profile, steep, strlen(steep), NULL), BO_OK);
  bo_bytes_free(&bytes);
}

static void run_into(const bo_sweep_config *config, const char *store, uint32_t jobs) {
  const bo_campaign_control control = {.jobs = jobs};
  bo_diag diag = {""};
  if (bo_sweep_run(config, store, &control, &diag) != BO_OK) {
    (void)fprintf(stderr, "\n%s\n", diag.text);
    CU_FAIL_FATAL("the sweep fails");
  }
}

/* All of a finished store. */
typedef struct store_contents {
  uint32_t points;
  bo_point point[POINTS];
  bo_trial trial[TRIALS];
} store_contents;

static void read_store(store_contents *out, const char *path) {
  bo_store *store = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_store_open(&store, path, NULL), BO_OK);
  const bo_point *const point = bo_store_points(store, &out->points);
  CU_ASSERT_FATAL(out->points <= POINTS);
  for (uint32_t i = 0; i < out->points; i++) {
    bo_trial *trials = NULL;
    uint32_t count = 0;
    out->point[i] = point[i];
    CU_ASSERT_EQUAL_FATAL(bo_store_trials(store, i, &trials, &count, NULL), BO_OK);
    CU_ASSERT_EQUAL_FATAL(count, CHIPS);
    memcpy(&out->trial[(size_t)i * CHIPS], trials, CHIPS * sizeof *trials);
    free(trials);
  }
  bo_store_free(store);
}

/* The sweep of one model, profile and placement alone. */
static void run_alone(store_contents *out, sweep_grid *grid, uint32_t m, uint32_t p, uint32_t q) {
  char store[160];
  bo_sweep_config alone = grid->config;
  alone.models = alone.profiles = alone.placements = 1;
  alone.model = &grid->model[m];
  alone.profile = &grid->profile[p];
  alone.placement = &grid->placement[q];
  (void)snprintf(store, sizeof store, "%s/alone.db", grid->temp.dir);
  run_into(&alone, store, 1);
  read_store(out, store);
  CU_ASSERT_EQUAL_FATAL(unlink(store), 0);
}

static void points_go_by_models_then_profiles_then_placements_then_voltages(void) {
  static const char *const names[POINTS][3] = {
      {"tiny", "ibm14", "tile"},
      {"tiny", "ibm14", "tile"},
      {"tiny", "ibm14", "linear+start_row=7+interleave=4"},
      {"tiny", "ibm14", "linear+start_row=7+interleave=4"},
      {"tiny", "steep", "tile"},
      {"tiny", "steep", "tile"},
      {"tiny", "steep", "linear+start_row=7+interleave=4"},
      {"tiny", "steep", "linear+start_row=7+interleave=4"},
      {"other", "ibm14", "tile"},
      {"other", "ibm14", "tile"},
      {"other", "ibm14", "linear+start_row=7+interleave=4"},
      {"other", "ibm14", "linear+start_row=7+interleave=4"},
      {"other", "steep", "tile"},
      {"other", "steep", "tile"},
      {"other", "steep", "linear+start_row=7+interleave=4"},
      {"other", "steep", "linear+start_row=7+interleave=4"},
  };
  sweep_grid grid;
  store_contents whole;
  open_grid(&grid);
  run_into(&grid.config, grid.temp.file, 2);
  read_store(&whole, grid.temp.file);
  CU_ASSERT_EQUAL_FATAL(whole.points, POINTS);
  for (uint32_t i = 0; i < POINTS; i++) {
    CU_ASSERT(same_text(whole.point[i].model, names[i][0]));
    CU_ASSERT(same_text(whole.point[i].profile, names[i][1]));
    CU_ASSERT(same_text(whole.point[i].placement, names[i][2]));
    CU_ASSERT_EQUAL(whole.point[i].vdd_ratio, grid.step[i % STEPS]);
  }
  temp_dir_remove(&grid.temp);
}

static void a_sweep_over_axes_has_the_numbers_of_a_sweep_of_each(void) {
  sweep_grid grid;
  store_contents whole;
  open_grid(&grid);
  run_into(&grid.config, grid.temp.file, 2);
  read_store(&whole, grid.temp.file);
  CU_ASSERT_EQUAL_FATAL(whole.points, POINTS);
  for (uint32_t v = 0; v < VARIANTS; v++) {
    store_contents alone;
    run_alone(&alone, &grid, v / 4, v / 2 % 2, v % 2);
    CU_ASSERT_EQUAL_FATAL(alone.points, STEPS);
    CU_ASSERT(same_points(&whole.point[(size_t)v * STEPS], alone.point, STEPS));
    for (uint32_t i = 0; i < STEPS * CHIPS; i++) {
      alone.trial[i].point += v * STEPS;
    }
    CU_ASSERT(same_trials(&whole.trial[(size_t)v * STEPS * CHIPS], alone.trial, STEPS * CHIPS));
  }
  /* Not for want of a difference: chip 0 at the lowest voltage, and the energy there. */
  enum {
    PLACED = 1, /* variants: the next placement, and the next profile */
    SILICON = 2,
  };
  const bo_trial *const first = &whole.trial[0];
  const bo_trial *const placed = &whole.trial[(size_t)PLACED * STEPS * CHIPS];
  const bo_trial *const silicon = &whole.trial[(size_t)SILICON * STEPS * CHIPS];
  CU_ASSERT(first->faults.bits_effective != silicon->faults.bits_effective);
  CU_ASSERT(first->faults.bits_effective != placed->faults.bits_effective ||
            first->wrong != placed->wrong);
  CU_ASSERT(whole.point[0].cycles != whole.point[(size_t)PLACED * STEPS].cycles);
  temp_dir_remove(&grid.temp);
}

static void every_profile_finds_the_voltages_of_its_own_curve(void) {
  sweep_grid grid;
  store_contents whole;
  open_grid(&grid);
  grid.config.axis = BO_SWEEP_BER_PCT;
  grid.step[0] = 5;
  grid.step[1] = 1;
  run_into(&grid.config, grid.temp.file, 2);
  read_store(&whole, grid.temp.file);
  CU_ASSERT_EQUAL_FATAL(whole.points, POINTS);
  for (uint32_t i = 0; i < POINTS; i += STEPS) {
    const bool is_steep = i / STEPS / PLACEMENTS % PROFILES == 1;
    /* By hand: 19/24 + 1/24 ln(5.573 / 5) / ln(5.573 / 1.115); 0.7 + 0.2 log10(10 / 5). */
    CU_ASSERT_DOUBLE_EQUAL(whole.point[i].vdd_ratio, is_steep ? 0.7602060 : 0.7944761, 1e-7);
    CU_ASSERT_DOUBLE_EQUAL(whole.point[i + 1].vdd_ratio, is_steep ? 0.9 : 0.8354363, 1e-7);
    CU_ASSERT_DOUBLE_EQUAL(whole.point[i].ber, 0.05, 1e-12);
  }
  temp_dir_remove(&grid.temp);
}

/* Refused before there is a store, in a line that has @p expected. */
static void expect_refused(const sweep_grid *grid, bo_status expected_status,
                           const char *expected) {
  const bo_campaign_control control = {.jobs = 1};
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_sweep_run(&grid->config, grid->temp.file, &control, &diag), expected_status);
  CU_ASSERT(has_text(diag.text, expected));
  CU_ASSERT_EQUAL(access(grid->temp.file, F_OK), -1);
}

static void a_profile_that_cannot_be_is_named(void) {
  sweep_grid grid;
  char none[] = "/nonexistent/none.yaml";
  open_grid(&grid);
  grid.config.axis = BO_SWEEP_BER_PCT;
  grid.step[0] = 15; /* ibm14 goes up to 20.56 */
  expect_refused(&grid, BO_E_INVALID, "profile steep: bit error rate: expected 0..10 %, got 15 %");
  grid.config.axis = BO_SWEEP_VDD_RATIO;
  grid.step[0] = 0.72; /* steep begins at 0.7 */
  expect_refused(&grid, BO_E_INVALID, "profile ibm14: vdd_ratio: expected 0.75..1.25, got 0.72");
  grid.step[0] = 0.76;
  grid.profile[1] = none;
  expect_refused(&grid, BO_E_IO, "/nonexistent/none.yaml: ");
  grid.profile[1] = grid.profile[0];
  expect_refused(&grid, BO_E_INVALID, "ibm14.yaml: expected different names, but ");
  temp_dir_remove(&grid.temp);
}

static void a_placement_that_the_machine_cannot_have_is_refused(void) {
  sweep_grid grid;
  open_grid(&grid);
  grid.placement[1].interleave = 5;
  expect_refused(&grid, BO_E_INVALID, "interleave: expected a divisor of the 32 banks, got 5");
  temp_dir_remove(&grid.temp);
}

static void expect_other_sweep(const sweep_grid *grid, const char *difference) {
  const bo_campaign_control control = {.jobs = 1};
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_sweep_run(&grid->config, grid->temp.file, &control, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "store of another sweep: "));
  CU_ASSERT(has_text(diag.text, difference));
}

static void a_store_keeps_out_other_profiles_and_placements(void) {
  sweep_grid grid;
  open_grid(&grid);
  run_into(&grid.config, grid.temp.file, 1);
  grid.config.placements = 1;
  expect_other_sweep(&grid, "placement.1: the store has linear+start_row=7+interleave=4, this "
                            "sweep has none");
  grid.config.placements = 2;
  grid.placement[1].rotate = true;
  expect_other_sweep(&grid, "placement.1: the store has linear+start_row=7+interleave=4, this "
                            "sweep has linear+start_row=7+interleave=4+rotate");
  grid.placement[1].rotate = false;
  grid.config.profiles = 1;
  expect_other_sweep(&grid, "profile.1.name: the store has steep, this sweep has none");
  grid.config.profiles = 2;
  char *const first = grid.profile[0];
  grid.profile[0] = grid.profile[1];
  grid.profile[1] = first;
  expect_other_sweep(&grid, "profile.0.name: the store has ibm14, this sweep has steep");
  temp_dir_remove(&grid.temp);
}

/* Rewrites the second profile, with a byte more, before the first trial. */
static void touch_profile(void *context, uint64_t done, uint64_t resumed, uint64_t total) {
  const sweep_grid *const grid = context;
  (void)resumed;
  (void)total;
  if (done == 0) {
    FILE *const file = fopen(grid->second_profile, "ab");
    CU_ASSERT_FATAL(file != NULL);
    CU_ASSERT(fputs("\n", file) >= 0);
    CU_ASSERT_EQUAL(fclose(file), 0);
  }
}

static void a_profile_that_changes_before_its_trials_ends_the_sweep(void) {
  sweep_grid grid;
  open_grid(&grid);
  const bo_campaign_control control = {.jobs = 1, .progress = touch_profile, .context = &grid};
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_sweep_run(&grid.config, grid.temp.file, &control, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "steep.yaml: changed while the sweep ran"));
  CU_ASSERT_EQUAL(bo_sweep_run(&grid.config, grid.temp.file, &control, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "store of another sweep: profile.1.hash: "));
  temp_dir_remove(&grid.temp);
}

enum {
  DONE_WHEN_KILLED = STEPS * CHIPS + 1, /* one trial with the second placement */
};

/* Tells the parent, and waits to be killed. */
static void tell_and_wait(void *context, uint64_t done, uint64_t resumed, uint64_t total) {
  (void)resumed;
  (void)total;
  if (done == DONE_WHEN_KILLED) {
    const int *const pipe_end = context;
    (void)!write(*pipe_end, "", 1);
    for (;;) {
      (void)pause();
    }
  }
}

static void run_until_killed(const sweep_grid *grid) {
  int ends[2];
  CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
  const pid_t child = fork();
  CU_ASSERT_FATAL(child >= 0);
  if (child == 0) {
    const bo_campaign_control control = {.jobs = 1, .progress = tell_and_wait, .context = &ends[1]};
    (void)bo_sweep_run(&grid->config, grid->temp.file, &control, NULL);
    _exit(1);
  }
  char byte = 1;
  (void)close(ends[1]);
  CU_ASSERT_EQUAL(read(ends[0], &byte, 1), 1);
  (void)close(ends[0]);
  (void)kill(child, SIGKILL);
  int result = 0;
  (void)waitpid(child, &result, 0);
  CU_ASSERT(WIFSIGNALED(result));
}

static void note_resumed(void *context, uint64_t done, uint64_t resumed, uint64_t total) {
  uint64_t *const noted = context;
  (void)done;
  CU_ASSERT_EQUAL(total, TRIALS);
  *noted = resumed;
}

static void a_sweep_killed_within_its_second_placement_goes_on_where_it_was(void) {
  sweep_grid grid;
  store_contents whole;
  store_contents resumed;
  uint64_t noted = 0;
  char other[160];
  open_grid(&grid);
  run_until_killed(&grid);
  const bo_campaign_control control = {.jobs = 2, .progress = note_resumed, .context = &noted};
  CU_ASSERT_EQUAL_FATAL(bo_sweep_run(&grid.config, grid.temp.file, &control, NULL), BO_OK);
  CU_ASSERT_EQUAL(noted, DONE_WHEN_KILLED);
  read_store(&resumed, grid.temp.file);
  (void)snprintf(other, sizeof other, "%s/whole.db", grid.temp.dir);
  run_into(&grid.config, other, 1);
  read_store(&whole, other);
  CU_ASSERT_EQUAL_FATAL(whole.points, POINTS);
  CU_ASSERT_EQUAL_FATAL(resumed.points, POINTS);
  CU_ASSERT(same_points(resumed.point, whole.point, POINTS));
  CU_ASSERT(same_trials(resumed.trial, whole.trial, TRIALS));
  temp_dir_remove(&grid.temp);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(points_go_by_models_then_profiles_then_placements_then_voltages),
    BO_TEST(a_sweep_over_axes_has_the_numbers_of_a_sweep_of_each),
    BO_TEST(every_profile_finds_the_voltages_of_its_own_curve),
    BO_TEST(a_profile_that_cannot_be_is_named),
    BO_TEST(a_placement_that_the_machine_cannot_have_is_refused),
    BO_TEST(a_store_keeps_out_other_profiles_and_placements),
    BO_TEST(a_profile_that_changes_before_its_trials_ends_the_sweep),
    BO_TEST(a_sweep_killed_within_its_second_placement_goes_on_where_it_was),
    CU_TEST_INFO_NULL,
};
