#include "base/file.h"
#include "campaign/campaign.h"
#include "campaign/store.h"
#include "temp_dir.h"
#include "test_suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN              BO_SOURCE_DIR "/tests/golden/campaign"
#define SHIPPED(kind, name) BO_SOURCE_DIR "/profiles/" kind "/" name ".yaml"

enum {
  CHIPS = 2,
  IMAGES = 3,
  PIXELS = 6 * 6,
};

/* A sweep of the tiny network whose every input is a file in a folder of the test. */
typedef struct sandbox {
  temp_dir temp;
  char model_file[160], profile_file[160], energy[160], arch[160];
  char *model[1], *profile[1];
  bo_placement_setting placement;
  double step[2];
  bo_sweep_config config;
} sandbox;

static void write_file(const char *path, const void *data, size_t size) {
  bo_diag diag = {""};
  if (bo_file_write(path, data, size, &diag) != BO_OK) {
    (void)fprintf(stderr, "\n%s\n", diag.text);
    CU_FAIL_FATAL("cannot write");
  }
}

static void copy_file(char path[160], const char *dir, const char *name, const char *from) {
  bo_bytes bytes;
  (void)snprintf(path, 160, "%s/%s", dir, name);
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, from, 1 << 20, NULL), BO_OK);
  write_file(path, bytes.data, bytes.size);
  bo_bytes_free(&bytes);
}

/* Puts @p after in the place of @p before, which is there and as long. */
static void edit_file(const char *path, const char *before, const char *after) {
  bo_bytes bytes;
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, path, 1 << 20, NULL), BO_OK);
  char *const at = strstr((char *)bytes.data, before);
  CU_ASSERT_FATAL(at != NULL && strlen(before) == strlen(after));
  for (size_t i = 0; after[i] != '\0'; i++) {
    at[i] = after[i];
  }
  write_file(path, bytes.data, bytes.size);
  bo_bytes_free(&bytes);
}

/* Images as the data set mnist has them, but of 6 x 6 pixels; the last has the label @p label. */
static void write_images(const char *dir, uint8_t pixel, uint8_t label) {
  char path[160];
  uint8_t images[16 + IMAGES * PIXELS] = {0, 0, 8, 3, 0, 0, 0, IMAGES, 0, 0, 0, 6, 0, 0, 0, 6};
  const uint8_t labels[8 + IMAGES] = {0, 0, 8, 1, 0, 0, 0, IMAGES, 0, 1, label};
  images[16] = pixel;
  (void)snprintf(path, sizeof path, "%s/t10k-images-idx3-ubyte", dir);
  write_file(path, images, sizeof images);
  (void)snprintf(path, sizeof path, "%s/t10k-labels-idx1-ubyte", dir);
  write_file(path, labels, sizeof labels);
}

static void open_sandbox(sandbox *box) {
  static char dataset[] = "mnist";
  *box = (sandbox){.temp = temp_dir_make(),
                   .model = {box->model_file},
                   .profile = {box->profile_file},
                   .placement = {.policy = BO_PLACEMENT_TILE, .banks = BO_BANKS_OF_ARCH},
                   .step = {0.8, 1.0}};
  const char *const dir = box->temp.dir;
  copy_file(box->model_file, dir, "tiny.onnx", GOLDEN "/tiny.onnx");
  copy_file(box->profile_file, dir, "profile.yaml", SHIPPED("silicon", "ibm14"));
  copy_file(box->energy, dir, "energy.yaml", SHIPPED("energy", "cmos14"));
  copy_file(box->arch, dir, "arch.yaml", SHIPPED("arch", "ibm14"));
  write_images(dir, 7, 2);
  box->config = (bo_sweep_config){.models = 1,
                                  .model = box->model,
                                  .profiles = 1,
                                  .profile = box->profile,
                                  .placements = 1,
                                  .placement = &box->placement,
                                  .axis = BO_SWEEP_VDD_RATIO,
                                  .steps = 2,
                                  .step = box->step,
                                  .chips = CHIPS,
                                  .dataset = dataset,
                                  .data = box->temp.dir,
                                  .arch = box->arch,
                                  .energy = box->energy};
}

static bo_status run_sweep(const sandbox *box, bo_diag *diag) {
  const bo_campaign_control control = {.jobs = 1};
  return bo_sweep_run(&box->config, box->temp.file, &control, diag);
}

/* Another sweep into the store of the first: refused, naming @p key. */
static void expect_refused(const sandbox *box, const char *key) {
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(run_sweep(box, &diag), BO_E_INVALID);
  char expected[160];
  (void)snprintf(expected, sizeof expected, "store of another sweep: %s: the store has ", key);
  if (strstr(diag.text, expected) == NULL) {
    (void)fprintf(stderr, "\nexpected ... %s ..., got %s\n", expected, diag.text);
    CU_FAIL("another message");
  }
}

static void a_store_keeps_out_every_other_setting(void) {
  sandbox box;
  open_sandbox(&box);
  CU_ASSERT_EQUAL_FATAL(run_sweep(&box, NULL), BO_OK);
  const bo_sweep_config same = box.config;
  box.config.seed = 1;
  expect_refused(&box, "seed");
  box.config = same;
  box.config.chips = CHIPS + 1;
  expect_refused(&box, "chips");
  box.config = same;
  box.config.images = IMAGES - 1;
  expect_refused(&box, "model.0.images");
  box.config = same;
  const bo_placement_setting same_placement = box.placement;
  box.placement.policy = BO_PLACEMENT_LINEAR;
  expect_refused(&box, "placement.0");
  box.placement = same_placement;
  box.placement.start_row = 1;
  expect_refused(&box, "placement.0");
  box.placement = same_placement;
  box.placement.banks = 5;
  expect_refused(&box, "placement.0");
  box.placement = same_placement;
  box.placement.interleave = 2;
  expect_refused(&box, "placement.0");
  box.placement = same_placement;
  box.placement.rotate = true;
  expect_refused(&box, "placement.0");
  box.placement = same_placement;
  box.placement.sets_storage = true;
  expect_refused(&box, "placement.0");
  box.placement = same_placement;
  box.step[0] = 0.81;
  expect_refused(&box, "vdd_ratio.0");
  box.step[0] = 0.8;
  CU_ASSERT_EQUAL(run_sweep(&box, NULL), BO_OK); /* and the first one goes on */
  temp_dir_remove(&box.temp);
}

static void a_store_keeps_out_files_that_have_changed_under_their_names(void) {
  sandbox box;
  open_sandbox(&box);
  CU_ASSERT_EQUAL_FATAL(run_sweep(&box, NULL), BO_OK);
  edit_file(box.profile_file, "20.56", "20.57"); /* a point that this sweep does not use */
  expect_refused(&box, "profile.0.hash");
  edit_file(box.profile_file, "20.57", "20.56");
  edit_file(box.energy, "value: 64", "value: 65");
  expect_refused(&box, "energy_hash");
  edit_file(box.energy, "value: 65", "value: 64");
  edit_file(box.arch, "clock_mhz: 1000", "clock_mhz: 1001");
  expect_refused(&box, "arch.clock_mhz");
  edit_file(box.arch, "clock_mhz: 1001", "clock_mhz: 1000");
  write_images(box.temp.dir, 8, 2);
  expect_refused(&box, "model.0.dataset_hash");
  write_images(box.temp.dir, 7, 3);
  expect_refused(&box, "model.0.dataset_hash");
  write_images(box.temp.dir, 7, 2);
  CU_ASSERT_EQUAL(run_sweep(&box, NULL), BO_OK);
  temp_dir_remove(&box.temp);
}

/* Another file that says the same: a doc_string more. */
static void touch_model(void *context, uint64_t done, uint64_t resumed, uint64_t total) {
  const sandbox *const box = context;
  (void)done;
  (void)resumed;
  (void)total;
  FILE *const file = fopen(box->model_file, "ab");
  CU_ASSERT_FATAL(file != NULL);
  CU_ASSERT_EQUAL(fputs("\x32\x01x", file) >= 0, true);
  CU_ASSERT_EQUAL(fclose(file), 0);
}

static void a_model_that_changes_before_its_trials_ends_the_sweep(void) {
  sandbox box;
  open_sandbox(&box);
  const bo_campaign_control control = {.jobs = 1, .progress = touch_model, .context = &box};
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_sweep_run(&box.config, box.temp.file, &control, &diag), BO_E_INVALID);
  CU_ASSERT(strstr(diag.text, "tiny.onnx: changed while the sweep ran") != NULL);
  temp_dir_remove(&box.temp);
}

/* What is changed before the first trial: a text in a file, or the images. */
typedef struct input_change {
  const sandbox *box;
  const char *file, *before, *after; /* NULL: the images */
} input_change;

static void change_input(void *context, uint64_t done, uint64_t resumed, uint64_t total) {
  const input_change *const change = context;
  (void)resumed;
  (void)total;
  if (done == 0 && change->file != NULL) {
    edit_file(change->file, change->before, change->after);
  } else if (done == 0) {
    write_images(change->box->temp.dir, 8, 2);
  }
}

static void whatever_changes_before_its_trials_ends_the_sweep(void) {
  sandbox box;
  const struct {
    input_change change;
    const char *name;
  } cases[] = {
      {{&box, box.arch, "bank_rows: 512", "bank_rows: 256"}, "arch.yaml"},
      {{&box, box.energy, "value: 64", "value: 65"}, "energy.yaml"},
      {{&box, NULL, NULL, NULL}, "mnist"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    input_change change = cases[i].change;
    char expected[64];
    open_sandbox(&box);
    const bo_campaign_control control = {.jobs = 1, .progress = change_input, .context = &change};
    bo_diag diag = {""};
    CU_ASSERT_EQUAL(bo_sweep_run(&box.config, box.temp.file, &control, &diag), BO_E_INVALID);
    (void)snprintf(expected, sizeof expected, "%s: changed while the sweep ran", cases[i].name);
    CU_ASSERT(has_text(diag.text, expected));
    temp_dir_remove(&box.temp);
  }
}

static void rates_of_the_same_voltage_are_refused(void) {
  sandbox box;
  open_sandbox(&box);
  bo_diag diag = {""};
  box.config.axis = BO_SWEEP_BER_PCT;
  box.step[0] = 1e-9; /* both below the last rate before Vmin */
  box.step[1] = 0;
  CU_ASSERT_EQUAL(run_sweep(&box, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "expected a voltage of its own for each rate, but on profile ibm14 "
                                "1e-09 and 0 are the same, V/Vmin 1"));
  temp_dir_remove(&box.temp);
}

/* Above Vmin a trial costs next to nothing. */
static void a_long_sweep_runs_in_slices_and_misses_no_trial(void) {
  enum {
    MANY = 3000, /* chips a point: a slice of 4096 trials ends within the second */
  };
  sandbox box;
  open_sandbox(&box);
  box.step[0] = 1.1;
  box.config.chips = MANY;
  CU_ASSERT_EQUAL_FATAL(run_sweep(&box, NULL), BO_OK);
  bo_store *store = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_store_open(&store, box.temp.file, NULL), BO_OK);
  for (uint32_t point = 0; point < 2; point++) {
    bo_trial *trials = NULL;
    uint32_t count = 0;
    CU_ASSERT_EQUAL_FATAL(bo_store_trials(store, point, &trials, &count, NULL), BO_OK);
    CU_ASSERT_EQUAL_FATAL(count, MANY);
    for (uint32_t chip = 0; chip < count; chip++) {
      CU_ASSERT_FATAL(trials[chip].chip == chip && trials[chip].seed == chip);
    }
    free(trials);
  }
  bo_store_free(store);
  temp_dir_remove(&box.temp);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_store_keeps_out_every_other_setting),
    BO_TEST(a_store_keeps_out_files_that_have_changed_under_their_names),
    BO_TEST(a_model_that_changes_before_its_trials_ends_the_sweep),
    BO_TEST(whatever_changes_before_its_trials_ends_the_sweep),
    BO_TEST(rates_of_the_same_voltage_are_refused),
    BO_TEST(a_long_sweep_runs_in_slices_and_misses_no_trial),
    CU_TEST_INFO_NULL,
};
