/* brownout vectors: one layer on the core, cycle by cycle, as files that a testbench plays. */
#include "base/number.h"
#include "base/vcd.h"
#include "campaign/campaign.h"
#include "cli/bank_files.h"
#include "cli/commands.h"
#include "cli/folder.h"
#include "cli/machine.h"
#include "cli/paths.h"
#include "report/vectors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

typedef struct vectors_settings {
  bo_machine_settings machine;
  bo_voltage_settings voltage;
  uint64_t seed;
  const char *layer;
  const char *dataset;
  const char *data;
  uint32_t image;
  uint64_t first_place;
  uint64_t places; /* 0: all */
  const char *format;
  const char *out;
  bool vcd;
} vectors_settings;

#define VECTORS_OPTION(name, value_name, kind, member, min, max, help)                             \
  { name, value_name, kind, offsetof(vectors_settings, member), min, max, help }

static const bo_option vectors_options[] = {
    VECTORS_OPTION("layer", "LAYER", BO_OPTION_TEXT, layer, 0, 0,
                   "name of a layer, as inspect prints it, or its index from 0 (required)"),
    VECTORS_OPTION("out", "DIR", BO_OPTION_TEXT, out, 0, 0,
                   "folder for the files, made if need be (required)"),
    VECTORS_OPTION("image", "N", BO_OPTION_U32, image, 0, 99999,
                   "image of the test set, from 0 (default: 0)"),
    VECTORS_OPTION("places", "N", BO_OPTION_U64, places, 0, 0,
                   "only N places of the output, row by row (default: 0, all)"),
    VECTORS_OPTION("first-place", "N", BO_OPTION_U64, first_place, 0, 0,
                   "the place that they begin with (default: 0, the upper left corner)"),
    VECTORS_OPTION("vcd", NULL, BO_OPTION_FLAG, vcd, 0, 0,
                   "also vectors.vcd: every register in every cycle, named as in rtl/; cycle t:\n"
                   "after t clock edges, 0 after reset, as in 'run --trace'"),
    VECTORS_OPTION("format", "FORMAT", BO_OPTION_TEXT, format, 0, 0,
                   "'readmemh', the only one there is"),
    VECTORS_OPTION("dataset", "NAME", BO_OPTION_TEXT, dataset, 0, 0,
                   "fmnist, mnist, cifar10, cifar100 or a .npz file\n(default: the model's name "
                   "up to its first '-')"),
    VECTORS_OPTION("data", "DIR", BO_OPTION_TEXT, data, 0, 0,
                   "folder of the data set's files (default: where Debian has them)"),
    BO_VOLTAGE_OPTIONS(vectors_settings),
    VECTORS_OPTION("seed", "S", BO_OPTION_U64, seed, 0, 0,
                   "the chip that 'run --seed S --chips 1' uses (default: 0)"),
    BO_MACHINE_OPTIONS,
};

/* Of the files of all banks together; of those with a line a cycle, which a testbench has in
 * memory, several times as large; and of the waveform. */
static const uint64_t max_bytes = (uint64_t)1 << 28;

static const char vcd_name[] = "vectors.vcd";

/* What a run is made of; all but the settings is freed by job_free. */
typedef struct vectors_job {
  const vectors_settings *settings;
  bo_workload *workload;
  bo_chip chip;
  uint32_t layer;
  uint8_t *input;
  bo_vectors *vectors;
  bo_vector_text *text;
  bo_file_writer *vcd_file;
  bo_vcd *vcd;
} vectors_job;

static void job_free(vectors_job *job) {
  bo_vcd_free(job->vcd);
  bo_file_abort(job->vcd_file);
  bo_vector_text_free(job->text);
  bo_vectors_free(job->vectors);
  free(job->input);
  bo_workload_free(job->workload);
}

/* --- what is played ----------------------------------------------------------------------------
 */

static bo_status find_layer(uint32_t *index, const bo_net *net, const char *name, bo_diag *diag) {
  uint64_t number = 0;
  for (uint32_t i = 0; i < net->layers; i++) {
    if (strcmp(net->layer[i].name, name) == 0) {
      *index = i;
      return BO_OK;
    }
  }
  if (bo_number_count(&number, name) && number < net->layers) {
    *index = (uint32_t)number;
    return BO_OK;
  }
  return bo_fail(diag, BO_E_INVALID,
                 "--layer: expected the name of a layer (see: brownout inspect) or 0..%" PRIu32
                 ", got '%s'",
                 net->layers - 1, name);
}

/* The codes that the layer reads, from a network that is itself read through the chip. */
static bo_status find_input(vectors_job *job, bo_diag *diag) {
  const bo_net *const net = job->workload->net;
  const bo_shape in = net->layer[job->layer].in;
  const size_t image_size = (size_t)net->input.h * net->input.w * net->input.c;
  bo_fault_count count = {0};
  uint8_t **codes = NULL;
  job->input = malloc((size_t)in.h * in.w * in.c);
  bo_status status = job->input == NULL
                         ? bo_fail(diag, BO_E_NOMEM, "out of memory for the layer's input")
                         : bo_machine_read(&codes, job->workload, &job->chip, &count, diag);
  if (status == BO_OK) {
    status = bo_net_reference_input(net, (const uint8_t *const *)codes,
                                    job->workload->input + job->settings->image * image_size,
                                    job->layer, job->input, diag);
  }
  free(codes);
  return status;
}

static bo_status load(vectors_job *job, const char *model, bo_diag *diag) {
  const vectors_settings *const settings = job->settings;
  double vdd_ratio = 0;
  bo_status status = bo_machine_workload(&job->workload, &settings->machine, model, diag);
  if (status == BO_OK) {
    status = find_layer(&job->layer, job->workload->net, settings->layer, diag);
  }
  if (status == BO_OK) {
    status = bo_voltage_of(&vdd_ratio, &settings->voltage, &job->workload->profile, diag);
  }
  if (status == BO_OK) {
    status = bo_chip_at(&job->chip, &job->workload->profile, settings->seed, vdd_ratio, diag);
  }
  if (status == BO_OK) {
    status = bo_workload_load_images(job->workload, settings->dataset, settings->data,
                                     settings->image + 1ULL, diag);
  }
  return status;
}

/* Four files a bank, a line a row. */
static bo_status check_banks(const bo_arch *arch, bo_diag *diag) {
  const uint64_t line_bytes = (arch->bank_width_bits + 3) / 4 + 1;
  const uint64_t bytes = (BO_MASK_KINDS + 1) * line_bytes * arch->bank_rows * arch->weight_banks;
  if (arch->weight_banks <= BO_VECTORS_MAX_BANKS && bytes > max_bytes) {
    return bo_fail(diag, BO_E_INVALID,
                   "banks: expected at most %" PRIu64 " bytes of files, got %" PRIu64
                   " for %" PRIu32 " banks of %" PRIu32 " rows: take fewer banks",
                   max_bytes, bytes, arch->weight_banks, arch->bank_rows);
  }
  return BO_OK;
}

static bo_status make(vectors_job *job, bo_diag *diag) {
  const bo_workload *const workload = job->workload;
  bo_status status = find_input(job, diag);
  const bo_vectors_config config = {
      .arch = &workload->arch,
      .net = workload->net,
      .placement = workload->placement,
      .codes = workload->clean_codes,
      .chip = &job->chip,
      .layer = job->layer,
      .first_place = job->settings->first_place,
      .places = job->settings->places,
      .input = job->input,
  };
  if (status == BO_OK) {
    status = bo_vectors_new(&job->vectors, &config, diag);
  }
  return status == BO_OK
             ? bo_vector_text_new(&job->text, bo_vectors_core_config(job->vectors), max_bytes, diag)
             : status;
}

/* --- the files ---------------------------------------------------------------------------------
 */

static bo_status open_vcd(vectors_job *job, bo_diag *diag) {
  char path[BO_PATH_SIZE];
  bo_vcd_config config = {
      .period_ps = 1000000 / job->workload->arch.clock_mhz,
      .top = "bo_vectors_tb.u_dut",
  };
  bo_status status = bo_folder_path(path, job->settings->out, vcd_name, diag);
  if (status != BO_OK) {
    return status;
  }
  status = bo_file_begin(&job->vcd_file, path, diag);
  if (status != BO_OK) {
    return status;
  }
  config.file = bo_file_stream(job->vcd_file);
  status = bo_vcd_new(&job->vcd, &config, diag);
  if (status == BO_OK) {
    const bo_probe_visitor visitor = {bo_vcd_add, job->vcd, config.top};
    status = bo_vectors_probes(job->vectors, &visitor);
    if (status != BO_OK) {
      return bo_fail(diag, status, "out of memory for the waveform");
    }
  }
  return status == BO_OK ? bo_vcd_begin(job->vcd, diag) : status;
}

static bo_status draw_cycle(vectors_job *job, uint64_t cycle, bo_diag *diag) {
  const bo_status status = bo_vcd_cycle(job->vcd, cycle, diag);
  if (status == BO_OK && ftello(bo_file_stream(job->vcd_file)) > (off_t)max_bytes) {
    return bo_fail(diag, BO_E_INVALID,
                   "%s: expected at most %" PRIu64 " bytes, got more by cycle %" PRIu64
                   ": take fewer places",
                   vcd_name, max_bytes, cycle);
  }
  return status;
}

static bo_status play(vectors_job *job, bo_diag *diag) {
  bo_vectors_ports ports;
  bo_status status = BO_OK;
  for (uint64_t cycle = 0; status == BO_OK && bo_vectors_look(job->vectors, &ports); cycle++) {
    status = bo_vector_text_add(job->text, &ports, diag);
    if (status == BO_OK && job->vcd != NULL) {
      status = draw_cycle(job, cycle, diag);
    }
    bo_vectors_tick(job->vectors);
  }
  return status == BO_OK && job->vcd != NULL ? bo_vcd_end(job->vcd, diag) : status;
}

static bo_status write_banks(const vectors_job *job, bo_diag *diag) {
  const bo_core_config *const core = bo_vectors_core_config(job->vectors);
  const bo_mask_origin origin = {
      .profile = job->workload->profile.name,
      .chip = job->chip,
      .banks = core->weight_banks,
      .bank_rows = core->bank_rows,
      .bank_width_bits = core->bank_width_bits,
  };
  const char *const dir = job->settings->out;
  bo_fault_word *const fault = calloc(core->bank_rows, sizeof *fault);
  bo_status status = fault == NULL ? bo_fail(diag, BO_E_NOMEM, "out of memory") : BO_OK;
  for (uint32_t bank = 0; bank < core->weight_banks && status == BO_OK; bank++) {
    bo_chip_bank_faults(&job->chip, bank, core->bank_rows, core->bank_width_bits, fault);
    status = bo_bank_files_masks(dir, &origin, bank, fault, diag);
    if (status == BO_OK) {
      status = bo_bank_files_words(dir, &origin, bank, bo_vectors_bank(job->vectors, bank), diag);
    }
  }
  free(fault);
  return status;
}

static bo_status write_ports(vectors_job *job, bo_diag *diag) {
  bo_status status = BO_OK;
  for (int i = 0; i < BO_VECTOR_FILES && status == BO_OK; i++) {
    const bo_vector_file file = (bo_vector_file)i;
    bo_bytes text = {0};
    char name[32];
    (void)snprintf(name, sizeof name, "%s.hex", bo_vector_file_name(file));
    status = bo_vector_text_take(job->text, file, &text, diag);
    if (status == BO_OK) {
      status = bo_folder_write_and_free(job->settings->out, name, &text, diag);
    }
  }
  return status;
}

static bo_status write_header(const vectors_job *job, bo_diag *diag) {
  const bo_workload *const workload = job->workload;
  const bo_vector_count count = bo_vector_text_count(job->text);
  bo_bytes text = {0};
  char what[512];
  (void)snprintf(what, sizeof what,
                 "brownout %s: layer %" PRIu32 " (%.96s) of %.96s, image %" PRIu32
                 " of %s, profile %s, chip seed %" PRIu64 ", vdd_ratio %.10g, ber %.10g",
                 bo_version(), job->layer, workload->net->layer[job->layer].name,
                 workload->net->name, job->settings->image, workload->dataset,
                 workload->profile.name, job->chip.seed, job->chip.vdd_ratio, job->chip.ber);
  const bo_status status =
      bo_report_vectors_vh(&text, bo_vectors_core_config(job->vectors), &count, what, diag);
  return status == BO_OK
             ? bo_folder_write_and_free(job->settings->out, BO_BANK_FILES_VECTORS_END, &text, diag)
             : status;
}

static bo_status commit_vcd(vectors_job *job, bo_diag *diag) {
  bo_file_writer *const file = job->vcd_file;
  job->vcd_file = NULL;
  return file == NULL ? BO_OK : bo_file_commit(file, diag);
}

/* The header goes first and comes back last: where there is one, the files belong together. */
static bo_status write_folder(vectors_job *job, bo_diag *diag) {
  const char *const dir = job->settings->out;
  bo_status status = bo_bank_files_begin(dir, job->workload->arch.weight_banks,
                                         BO_BANK_FILES_MASKS | BO_BANK_FILES_WORDS, diag);
  if (status == BO_OK) {
    status = bo_folder_remove(dir, vcd_name, diag);
  }
  if (status == BO_OK && job->settings->vcd) {
    status = open_vcd(job, diag);
  }
  status = status == BO_OK ? play(job, diag) : status;
  status = status == BO_OK ? write_banks(job, diag) : status;
  status = status == BO_OK ? write_ports(job, diag) : status;
  status = status == BO_OK ? commit_vcd(job, diag) : status;
  return status == BO_OK ? write_header(job, diag) : status;
}

static bo_status check_settings(const vectors_settings *settings, bo_diag *diag) {
  if (settings->layer == NULL) {
    return bo_fail(diag, BO_E_INVALID, "--layer: expected the name or index of a layer");
  }
  if (settings->out == NULL) {
    return bo_fail(diag, BO_E_INVALID, "--out: expected a folder to write to");
  }
  if (strcmp(settings->format, "readmemh") != 0) {
    return bo_fail(diag, BO_E_INVALID, "--format: expected readmemh, got '%s'", settings->format);
  }
  return BO_OK;
}

static bo_status vectors(const char *model, const void *context, bo_diag *diag) {
  vectors_job job = {.settings = context};
  bo_status status = check_settings(job.settings, diag);
  status = status == BO_OK ? load(&job, model, diag) : status;
  status = status == BO_OK ? check_banks(&job.workload->arch, diag) : status;
  status = status == BO_OK ? make(&job, diag) : status;
  status = status == BO_OK ? write_folder(&job, diag) : status;
  if (status == BO_OK) {
    const bo_vector_count count = bo_vector_text_count(job.text);
    (void)printf("%s: %" PRIu64 " cycles, %" PRIu64 " tiles, %" PRIu64 " sums of layer %s, %" PRIu64
                 " of them not 0\n",
                 job.settings->out, count.cycles, count.tiles, count.sums,
                 job.workload->net->layer[job.layer].name, count.sums_not_zero);
  }
  job_free(&job);
  return status;
}

static const vectors_settings defaults = {
    .machine = BO_MACHINE_DEFAULTS, .voltage = BO_VOLTAGE_DEFAULTS, .format = "readmemh"};

const bo_command bo_command_vectors = {
    .name = "vectors",
    .operand = "MODEL.onnx",
    .summary = "one layer cycle by cycle, to check RTL against",
    .details =
        "Runs one convolution or fully connected layer of one image on the weight-stationary core\n"
        "and writes what is at its ports in every cycle, for RTL with the ports of "
        "rtl/bo_core.sv.\n"
        "The layers before run on the same chip.\n"
        "\n"
        "For $readmemh, a line a cycle, in hexadecimal, row or column 0 of the array lowest. "
        "Inputs:\n"
        "  tile.hex         the tile that is offered; digits from the left: valid 1, last 1,\n"
        "                   accumulate 1, signed 1, bits 1, codes_per_row 2, slot 2, rows 5, bank "
        "4,\n"
        "                   row 4, k 3, n 3, m 8\n"
        "  act.hex          8 bits a row of the array\n"
        "  act_zero.hex     8 bits\n"
        "  weight_zero.hex  9 bits a column\n"
        "What must come out in the same cycle:\n"
        "  ready.hex        act_ready in bit 0, tile_ready in bit 1\n"
        "  sum_valid.hex    1 bit a column\n"
        "  sum.hex          32 bits a column\n"
        "A line a row of a bank: what the host writes before the first cycle, bank_000_words.hex, "
        "and\n"
        "the masks of its cells as 'brownout masks' writes them. vectors.vh has the parameters of "
        "the\n"
        "core; it is written last, so a folder that has one is complete.\n"
        "Files of banks that an earlier run left in DIR are replaced or removed.\n"
        "\n"
        "rtl/lockstep/bo_vectors_tb.v plays the files to a design (macro DUT, default bo_core) "
        "and\n"
        "prints the first difference, or how many cycles were equal:\n"
        "  iverilog -g2012 -I DIR -I rtl -y rtl -Y .sv -s bo_vectors_tb -o tb.vvp \\\n"
        "    build/release/rtl/bo_params_pkg.sv rtl/lockstep/bo_vectors_tb.v\n"
        "  vvp -n tb.vvp +vectors=DIR +vcd=rtl.vcd\n"
        "\n"
        "RTL simulators are slow: cut a layer with --places, and\n"
        "give a small machine with --arch.",
    .options = vectors_options,
    .option_count = sizeof vectors_options / sizeof vectors_options[0],
    .defaults = &defaults,
    .settings_size = sizeof defaults,
    .run = vectors,
};
