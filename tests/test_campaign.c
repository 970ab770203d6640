#include "accel/engine.h"
#include "campaign/campaign.h"
#include "campaign/store.h"
#include "fail_alloc.h"
#include "silicon/chip.h"
#include "sweep_fixture.h"
#include "temp_dir.h"
#include "test_suite.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define GOLDEN  BO_SOURCE_DIR "/tests/golden/campaign"
#define PROFILE BO_SOURCE_DIR "/profiles/silicon/ibm14.yaml"
#define ENERGY  BO_SOURCE_DIR "/profiles/energy/cmos14.yaml"

enum {
  IMAGES = 80, /* of tiny.npz */
};

static const bo_workload_config tiny = {.model = GOLDEN "/tiny.onnx",
                                        .profile = PROFILE,
                                        .energy = ENERGY,
                                        .placement = {.policy = BO_PLACEMENT_TILE}};

static const bo_campaign_control quiet = {.jobs = 1};

static bo_workload *load_tiny(void) {
  bo_workload *workload = NULL;
  bo_diag diag = {""};
  if (bo_workload_new(&workload, &tiny, &diag) != BO_OK ||
      bo_workload_load_images(workload, GOLDEN "/tiny.npz", NULL, 0, &diag) != BO_OK) {
    (void)fprintf(stderr, "\n%s\n", diag.text);
    CU_FAIL_FATAL("tiny does not load");
  }
  return workload;
}

/* make_tiny.py gives every tenth image a label that its own arithmetic does not. */
static void the_clean_network_is_wrong_where_the_labels_were_made_wrong(void) {
  bo_workload *const workload = load_tiny();
  CU_ASSERT_EQUAL(workload->images, IMAGES);
  CU_ASSERT_EQUAL(workload->clean_wrong, IMAGES / 10);
  for (size_t i = 0; i < workload->images; i++) {
    CU_ASSERT_EQUAL(workload->clean_class[i] != workload->label[i], i % 10 == 0);
  }
  CU_ASSERT_EQUAL(workload->net->weight_tensors, 2);
  CU_ASSERT(workload->energy_vmin.total_pj > 0);
  CU_ASSERT(workload->events.cycles > 0);
  bo_workload_free(workload);
}

static void images_that_do_not_fit_are_refused(void) {
  bo_workload *workload = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(bo_workload_new(&workload, &tiny, &diag), BO_OK);
  uint8_t pixels[72] = {0};
  uint16_t labels[2] = {0, 4};
  bo_dataset set = {
      .name = "set", .images = 2, .c = 1, .h = 6, .w = 6, .pixels_u8 = pixels, .label = labels};
  CU_ASSERT_EQUAL(bo_workload_set_images(workload, &set, 3, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "set: images: expected 1..2, got 3"));
  labels[1] = 5;
  CU_ASSERT_EQUAL(bo_workload_set_images(workload, &set, 0, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "set: label of image 1: expected 0..4, got 5"));
  set.w = 12;
  set.images = 1;
  CU_ASSERT_EQUAL(bo_workload_set_images(workload, &set, 0, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "set: tiny: expected images of 1x6x6 (c x h x w), got 1x6x12"));
  CU_ASSERT_EQUAL(workload->images, 0);
  /* The model's name has no data set before its first '-'. */
  CU_ASSERT_EQUAL(bo_workload_load_images(workload, NULL, NULL, 0, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "tiny"));
  bo_workload_free(workload);
}

/* Index of the largest, the first in a tie. */
static uint32_t largest(const float *logits, uint32_t count) {
  uint32_t best = 0;
  for (uint32_t i = 0; i < count; i++) {
    best = logits[i] > logits[best] ? i : best;
  }
  return best;
}

/* What a trial must come to: plain loops of bo_net_reference on the injector's codes. */
static bo_trial expected_trial(const bo_workload *workload, uint64_t seed, double vdd_ratio) {
  const bo_net *const net = workload->net;
  bo_trial trial = {.seed = seed, .vdd_ratio = vdd_ratio, .images = workload->images};
  uint8_t codes[2][4096];
  uint8_t *const faulty[2] = {codes[0], codes[1]};
  float logits[IMAGES * 8];
  float clean[IMAGES * 8];
  bo_chip chip;
  bo_injector *injector = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_injector_new(&injector, workload->placement, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_chip_at(&chip, &workload->profile, seed, vdd_ratio, NULL), BO_OK);
  bo_injector_run(injector, &chip, workload->clean_codes, faulty, &trial.faults);
  CU_ASSERT_EQUAL_FATAL(bo_net_reference(net, (const uint8_t *const *)faulty, workload->input,
                                         workload->images, logits, NULL),
                        BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_net_reference(net, NULL, workload->input, workload->images, clean, NULL),
                        BO_OK);
  for (size_t i = 0; i < workload->images; i++) {
    const uint32_t label = workload->label[i];
    const bool wrong = largest(logits + i * net->classes, net->classes) != label;
    const bool clean_wrong = largest(clean + i * net->classes, net->classes) != label;
    trial.wrong += wrong;
    trial.clean_wrong += clean_wrong;
    trial.wrong_or_clean += wrong || clean_wrong;
  }
  bo_injector_free(injector);
  return trial;
}

static void a_trial_is_what_the_reference_network_says_of_the_faulty_codes(void) {
  bo_workload *const workload = load_tiny();
  bo_runner *runner = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_runner_new(&runner, workload, BO_TRIAL_FAST, NULL), BO_OK);
  unsigned differ = 0;
  unsigned apart = 0;
  for (uint64_t seed = 0; seed < 40; seed++) {
    const double vdd_ratio = seed % 2 == 0 ? 0.8 : 0.83;
    const bo_trial expected = expected_trial(workload, seed, vdd_ratio);
    bo_trial trial = {.seed = seed, .vdd_ratio = vdd_ratio};
    CU_ASSERT_EQUAL_FATAL(bo_runner_run(runner, &trial, (bo_stop){0}, NULL), BO_OK);
    CU_ASSERT(same_trials(&trial, &expected, 1));
    differ += trial.wrong != trial.clean_wrong;
    apart += trial.wrong != trial.wrong_or_clean;
  }
  CU_ASSERT(differ > 20); /* errors did something */
  CU_ASSERT(apart > 5);   /* and the two ways of counting differ */
  bo_runner_free(runner);
  bo_workload_free(workload);
}

static void without_errors_every_chip_is_the_clean_network(void) {
  bo_workload *const workload = load_tiny();
  bo_point_summary summary;
  CU_ASSERT_EQUAL_FATAL(bo_point_run(&summary, workload, 1.0, 3, 4, &quiet, NULL), BO_OK);
  CU_ASSERT_EQUAL(summary.n_chips, 4);
  CU_ASSERT_EQUAL(summary.clean_error_pct, 10);
  CU_ASSERT_EQUAL(summary.robust_error_pct.mean, 10);
  CU_ASSERT_EQUAL(summary.robust_error_pct.std, 0);
  CU_ASSERT_EQUAL(summary.robust_error_or_clean_pct.mean, 10);
  CU_ASSERT_EQUAL(summary.cells_faulty, 0);
  CU_ASSERT_EQUAL(summary.sram_energy_saving_pct, 0);
  CU_ASSERT_EQUAL(summary.total_energy_saving_pct, 0);
  bo_workload_free(workload);
}

static void chip_i_of_a_run_has_seed_plus_i(void) {
  bo_workload *const workload = load_tiny();
  bo_point_summary three;
  CU_ASSERT_EQUAL_FATAL(bo_point_run(&three, workload, 0.8, 7, 3, &quiet, NULL), BO_OK);
  double sum = 0;
  for (uint64_t seed = 7; seed < 10; seed++) {
    bo_point_summary one;
    CU_ASSERT_EQUAL_FATAL(bo_point_run(&one, workload, 0.8, seed, 1, &quiet, NULL), BO_OK);
    sum += one.robust_error_pct.mean;
  }
  CU_ASSERT_DOUBLE_EQUAL(three.robust_error_pct.mean, sum / 3, 1e-12);
  CU_ASSERT(three.robust_error_pct.std > 0);
  CU_ASSERT_DOUBLE_EQUAL(three.sram_energy_saving_pct, 36, 1e-12);
  CU_ASSERT(three.total_energy_saving_pct > 0 && three.total_energy_saving_pct < 36);
  bo_workload_free(workload);
}

static void a_voltage_outside_the_profile_is_refused(void) {
  bo_workload *const workload = load_tiny();
  bo_point_summary summary;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_point_run(&summary, workload, 0.5, 0, 1, &quiet, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "0.75"));
  CU_ASSERT_EQUAL(bo_point_run(&summary, workload, 0.8, 0, 0, &quiet, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "chips: expected 1..1000000, got 0"));
  bo_workload_free(workload);
}

/* --- sweeps --- */

enum {
  SWEEP_STEPS = 3,
  SWEEP_CHIPS = 6,
  SWEEP_TRIALS = SWEEP_STEPS * SWEEP_CHIPS
};

static char *tiny_model[] = {(char[]){GOLDEN "/tiny.onnx"}};
static double tiny_step[SWEEP_STEPS] = {0.75, 20.0 / 24, 1.0};

static char *tiny_profile[] = {(char[]){PROFILE}};
static bo_placement_setting tile = {.policy = BO_PLACEMENT_TILE, .banks = BO_BANKS_OF_ARCH};

static bo_sweep_config tiny_sweep(void) {
  static char dataset[] = GOLDEN "/tiny.npz";
  static char energy[] = ENERGY;
  return (bo_sweep_config){.models = 1,
                           .model = tiny_model,
                           .profiles = 1,
                           .profile = tiny_profile,
                           .placements = 1,
                           .placement = &tile,
                           .axis = BO_SWEEP_VDD_RATIO,
                           .steps = SWEEP_STEPS,
                           .step = tiny_step,
                           .chips = SWEEP_CHIPS,
                           .seed = 100,
                           .dataset = dataset,
                           .energy = energy};
}

/* All trials of a store, in order. */
static void read_trials(const temp_dir *temp, bo_trial trials[SWEEP_TRIALS], uint32_t *count) {
  bo_store *store = NULL;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(bo_store_open(&store, temp->file, &diag), BO_OK);
  *count = 0;
  for (uint32_t point = 0; point < SWEEP_STEPS; point++) {
    bo_trial *some = NULL;
    uint32_t got = 0;
    CU_ASSERT_EQUAL_FATAL(bo_store_trials(store, point, &some, &got, &diag), BO_OK);
    CU_ASSERT_FATAL(*count + got <= SWEEP_TRIALS);
    for (uint32_t i = 0; i < got; i++) {
      trials[(*count)++] = some[i];
    }
    free(some);
  }
  bo_store_free(store);
}

/* The trials of an undisturbed sweep on one thread. */
static void run_whole(bo_trial trials[SWEEP_TRIALS]) {
  const temp_dir temp = temp_dir_make();
  const bo_sweep_config config = tiny_sweep();
  bo_diag diag = {""};
  uint32_t count = 0;
  if (bo_sweep_run(&config, temp.file, &quiet, &diag) != BO_OK) {
    (void)fprintf(stderr, "\n%s\n", diag.text);
    CU_FAIL_FATAL("the sweep fails");
  }
  read_trials(&temp, trials, &count);
  CU_ASSERT_EQUAL_FATAL(count, SWEEP_TRIALS);
  temp_dir_remove(&temp);
}

static void expect_whole(const temp_dir *temp) {
  bo_trial expected[SWEEP_TRIALS];
  bo_trial trials[SWEEP_TRIALS];
  uint32_t count = 0;
  run_whole(expected);
  read_trials(temp, trials, &count);
  CU_ASSERT_EQUAL_FATAL(count, SWEEP_TRIALS);
  CU_ASSERT(same_trials(trials, expected, SWEEP_TRIALS));
}

static void a_sweep_has_every_trial_of_its_grid(void) {
  bo_trial trials[SWEEP_TRIALS];
  run_whole(trials);
  bo_workload *const workload = load_tiny();
  for (uint32_t i = 0; i < SWEEP_TRIALS; i++) {
    bo_trial expected = expected_trial(workload, 100 + i % SWEEP_CHIPS, tiny_step[i / SWEEP_CHIPS]);
    expected.point = i / SWEEP_CHIPS;
    expected.chip = i % SWEEP_CHIPS;
    CU_ASSERT(same_trials(&trials[i], &expected, 1));
  }
  bo_workload_free(workload);
}

static void the_number_of_jobs_changes_no_bit(void) {
  for (uint32_t jobs = 2; jobs <= 3; jobs++) {
    const temp_dir temp = temp_dir_make();
    const bo_sweep_config config = tiny_sweep();
    const bo_campaign_control control = {.jobs = jobs};
    CU_ASSERT_EQUAL_FATAL(bo_sweep_run(&config, temp.file, &control, NULL), BO_OK);
    expect_whole(&temp);
    temp_dir_remove(&temp);
  }
}

/* Stops a sweep after some trials and notes what progress was told. */
typedef struct trial_stopper {
  unsigned after;
  atomic_uint ran; /* trials */
  uint64_t first_done, last_done, resumed, total;
  unsigned calls;
} trial_stopper;

static bool stop_after(void *context) {
  trial_stopper *const stopper = context;
  return atomic_load(&stopper->ran) >= stopper->after;
}

static void note_progress(void *context, uint64_t done, uint64_t resumed, uint64_t total) {
  trial_stopper *const stopper = context;
  stopper->first_done = stopper->calls == 0 ? done : stopper->first_done;
  (void)atomic_fetch_add(&stopper->ran, stopper->calls > 0 && done > stopper->last_done);
  stopper->last_done = done;
  stopper->resumed = resumed;
  stopper->total = total;
  stopper->calls++;
}

static void a_stopped_sweep_goes_on_where_it_was(void) {
  const temp_dir temp = temp_dir_make();
  const bo_sweep_config config = tiny_sweep();
  trial_stopper stopper = {.after = 7};
  bo_campaign_control control = {
      .jobs = 1, .stop = {stop_after, &stopper}, .progress = note_progress, .context = &stopper};
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_sweep_run(&config, temp.file, &control, &diag), BO_E_INTERRUPTED);
  CU_ASSERT(has_text(diag.text, "interrupted: what was done is in "));
  CU_ASSERT(has_text(diag.text, temp.file));
  CU_ASSERT_EQUAL(stopper.last_done, 7);
  bo_trial trials[SWEEP_TRIALS];
  uint32_t count = 0;
  read_trials(&temp, trials, &count);
  CU_ASSERT_EQUAL(count, 7);

  stopper = (trial_stopper){.after = 1000};
  control.jobs = 2;
  CU_ASSERT_EQUAL_FATAL(bo_sweep_run(&config, temp.file, &control, &diag), BO_OK);
  CU_ASSERT_EQUAL(stopper.first_done, 7);
  CU_ASSERT_EQUAL(stopper.resumed, 7);
  CU_ASSERT_EQUAL(stopper.last_done, SWEEP_TRIALS);
  CU_ASSERT_EQUAL(stopper.total, SWEEP_TRIALS);
  CU_ASSERT_EQUAL(atomic_load(&stopper.ran), SWEEP_TRIALS - 7); /* none twice */
  expect_whole(&temp);

  stopper = (trial_stopper){.after = 1000};
  CU_ASSERT_EQUAL_FATAL(bo_sweep_run(&config, temp.file, &control, &diag), BO_OK);
  CU_ASSERT_EQUAL(stopper.resumed, SWEEP_TRIALS);
  CU_ASSERT_EQUAL(atomic_load(&stopper.ran), 0); /* all was there */
  temp_dir_remove(&temp);
}

/* True from the fourth time on. */
static bool stop_fourth(void *context) {
  unsigned *const asked = context;
  return ++*asked > 3;
}

static void a_trial_ends_between_images(void) {
  bo_workload *const workload = load_tiny();
  CU_ASSERT_FATAL(workload->images > 4);
  for (int engine = BO_TRIAL_FAST; engine <= BO_TRIAL_TICK; engine++) {
    unsigned asked = engine == BO_TRIAL_FAST ? 3 : 0; /* one slice, or image by image */
    bo_runner *runner = NULL;
    bo_diag diag = {""};
    bo_trial trial = {.seed = 1, .vdd_ratio = 0.8};
    CU_ASSERT_EQUAL_FATAL(bo_runner_new(&runner, workload, (bo_trial_engine)engine, NULL), BO_OK);
    CU_ASSERT_EQUAL(bo_runner_run(runner, &trial, (bo_stop){stop_fourth, &asked}, &diag),
                    BO_E_INTERRUPTED);
    CU_ASSERT_EQUAL(asked, 4);
    bo_runner_free(runner);
  }
  bo_workload_free(workload);
}

/* Tells the parent after each trial, and waits to be killed after the fifth. */
static void tell_and_wait(void *context, uint64_t done, uint64_t resumed, uint64_t total) {
  (void)resumed;
  (void)total;
  if (done == 5) {
    const int *const pipe_end = context;
    (void)!write(*pipe_end, "", 1);
    for (;;) {
      (void)pause();
    }
  }
}

static void a_killed_sweep_goes_on_where_it_was(void) {
  const temp_dir temp = temp_dir_make();
  const bo_sweep_config config = tiny_sweep();
  int ends[2];
  CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
  const pid_t child = fork();
  CU_ASSERT_FATAL(child >= 0);
  if (child == 0) {
    const bo_campaign_control control = {.jobs = 1, .progress = tell_and_wait, .context = &ends[1]};
    (void)bo_sweep_run(&config, temp.file, &control, NULL);
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
  bo_trial trials[SWEEP_TRIALS];
  uint32_t count = 0;
  read_trials(&temp, trials, &count);
  CU_ASSERT_EQUAL(count, 5);
  CU_ASSERT_EQUAL_FATAL(bo_sweep_run(&config, temp.file, &quiet, NULL), BO_OK);
  expect_whole(&temp);
  temp_dir_remove(&temp);
}

static void another_sweep_into_the_same_store_is_refused(void) {
  const temp_dir temp = temp_dir_make();
  bo_sweep_config config = tiny_sweep();
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(bo_sweep_run(&config, temp.file, &quiet, &diag), BO_OK);
  config.seed = 101;
  CU_ASSERT_EQUAL(bo_sweep_run(&config, temp.file, &quiet, &diag), BO_E_INVALID);
  CU_ASSERT(
      has_text(diag.text, "store of another sweep: seed: the store has 100, this sweep has 101"));
  config = tiny_sweep();
  config.images = 40;
  CU_ASSERT_EQUAL(bo_sweep_run(&config, temp.file, &quiet, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "store of another sweep: model.0.images: the store has "));
  config = tiny_sweep();
  bo_placement_setting three_banks = {.policy = BO_PLACEMENT_TILE, .banks = 3};
  config.placement = &three_banks;
  CU_ASSERT_EQUAL(bo_sweep_run(&config, temp.file, &quiet, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "placement.0: the store has tile, this sweep has tile+banks=3"));
  config = tiny_sweep();
  double other[SWEEP_STEPS] = {0.75, 0.81, 1.0};
  config.step = other;
  CU_ASSERT_EQUAL(bo_sweep_run(&config, temp.file, &quiet, &diag), BO_E_INVALID);
  CU_ASSERT(
      has_text(diag.text, "vdd_ratio.1: the store has 0.83333333333333337, this sweep has 0.81"));
  temp_dir_remove(&temp);
}

static void inputs_are_looked_at_before_a_store_is_made(void) {
  const temp_dir temp = temp_dir_make();
  bo_sweep_config config = tiny_sweep();
  bo_diag diag = {""};
  char *models[] = {tiny_model[0], (char[]){GOLDEN "/none.onnx"}};
  config.models = 2;
  config.model = models;
  CU_ASSERT_EQUAL(bo_sweep_run(&config, temp.file, &quiet, &diag), BO_E_IO);
  CU_ASSERT(has_text(diag.text, "none.onnx"));
  CU_ASSERT_EQUAL(access(temp.file, F_OK), -1);
  models[1] = tiny_model[0];
  CU_ASSERT_EQUAL(bo_sweep_run(&config, temp.file, &quiet, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, "expected different names, but "));
  CU_ASSERT_EQUAL(access(temp.file, F_OK), -1);
  temp_dir_remove(&temp);
}

static void a_sweep_over_bit_error_rates_finds_the_voltages(void) {
  const temp_dir temp = temp_dir_make();
  bo_sweep_config config = tiny_sweep();
  double rates[SWEEP_STEPS] = {5.573, 1, 0};
  config.axis = BO_SWEEP_BER_PCT;
  config.step = rates;
  config.chips = 1;
  CU_ASSERT_EQUAL_FATAL(bo_sweep_run(&config, temp.file, &quiet, NULL), BO_OK);
  bo_store *store = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_store_open(&store, temp.file, NULL), BO_OK);
  uint32_t count = 0;
  const bo_point *const points = bo_store_points(store, &count);
  CU_ASSERT_EQUAL_FATAL(count, SWEEP_STEPS);
  CU_ASSERT_DOUBLE_EQUAL(points[0].vdd_ratio, 19.0 / 24, 1e-9);
  /* By hand: 20/24 + 1/24 ln(1.115 / 1) / ln(1.115 / 0.129). */
  CU_ASSERT_DOUBLE_EQUAL(points[1].vdd_ratio, 0.8354363, 1e-7);
  CU_ASSERT_DOUBLE_EQUAL(points[1].ber, 0.01, 1e-12);
  CU_ASSERT_EQUAL(points[2].vdd_ratio, 1);
  CU_ASSERT_EQUAL(points[2].ber, 0);
  bo_store_free(store);
  temp_dir_remove(&temp);
}

/* Fails at the fourth trial. */
static bo_status full_after_three(void *context, const bo_trial *trial, bo_diag *diag) {
  unsigned *const taken = context;
  (void)trial;
  if (*taken == 3) {
    return bo_fail(diag, BO_E_IO, "full");
  }
  (*taken)++;
  return BO_OK;
}

static void a_sink_that_fails_ends_the_campaign(void) {
  bo_workload *const workload = load_tiny();
  bo_trial trials[10];
  for (uint32_t i = 0; i < 10; i++) {
    trials[i] = (bo_trial){.chip = i, .seed = i, .vdd_ratio = 0.8};
  }
  unsigned taken = 0;
  bo_diag diag = {""};
  const bo_campaign_control control = {.jobs = 2};
  CU_ASSERT_EQUAL(bo_trials_run(workload, trials, 10, &control, full_after_three, &taken, &diag),
                  BO_E_IO);
  CU_ASSERT_EQUAL(taken, 3);
  CU_ASSERT(same_text(diag.text, "full"));
  bo_workload_free(workload);
}

static void every_failed_allocation_is_reported(void) {
  unsigned k = 0;
  for (;; k++) {
    bo_workload *workload = NULL;
    bo_point_summary summary;
    fail_alloc_arm(k);
    bo_status status = bo_workload_new(&workload, &tiny, NULL);
    if (status == BO_OK) {
      status = bo_workload_load_images(workload, GOLDEN "/tiny.npz", NULL, 0, NULL);
    }
    if (status == BO_OK) {
      status = bo_point_run(&summary, workload, 0.8, 0, 2, &quiet, NULL);
    }
    const bool failed = fail_alloc_disarm();
    CU_ASSERT_EQUAL(status, failed ? BO_E_NOMEM : BO_OK);
    bo_workload_free(workload);
    if (!failed) {
      break;
    }
  }
  CU_ASSERT(k >= 30);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(the_clean_network_is_wrong_where_the_labels_were_made_wrong),
    BO_TEST(images_that_do_not_fit_are_refused),
    BO_TEST(a_trial_is_what_the_reference_network_says_of_the_faulty_codes),
    BO_TEST(without_errors_every_chip_is_the_clean_network),
    BO_TEST(chip_i_of_a_run_has_seed_plus_i),
    BO_TEST(a_voltage_outside_the_profile_is_refused),
    BO_TEST(a_sweep_has_every_trial_of_its_grid),
    BO_TEST(the_number_of_jobs_changes_no_bit),
    BO_TEST(a_stopped_sweep_goes_on_where_it_was),
    BO_TEST(a_trial_ends_between_images),
    BO_TEST(a_killed_sweep_goes_on_where_it_was),
    BO_TEST(another_sweep_into_the_same_store_is_refused),
    BO_TEST(inputs_are_looked_at_before_a_store_is_made),
    BO_TEST(a_sweep_over_bit_error_rates_finds_the_voltages),
    BO_TEST(a_sink_that_fails_ends_the_campaign),
    BO_TEST(every_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
