/*
 * How fast is the fast engine, and how far from what oneDNN can do at most?
 *
 *   bench_engine MODEL              the table: ceiling, kernels, loading weights, two threads
 *   bench_engine MODEL --once       us/image of the default kernel, one number
 *   bench_engine MODEL --dump FILE  the network, inputs and logits, for bench_torch.py
 *
 * MODEL is an ONNX file for Fashion-MNIST, or "random": random weights, random images.
 * Measured times, not modelled ones. engine.sh runs this and PyTorch and prints the ratios.
 */
#include "accel/engine.h"
#include "base/pool.h"
#include "clock.h"
#include "dump_net.h"
#include "net/dataset.h"
#include "net/onnx_import.h"
#include "onednn_ceiling.h"
#include "vgg_net.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  IMAGES = 2000,
  REPEATS = 7,
  THREADS = 2,
};

typedef struct timing {
  double min, median, max;
} timing;

static int compare_doubles(const void *a, const void *b) {
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

static timing summarise(double *samples, size_t count) {
  qsort(samples, count, sizeof *samples, compare_doubles);
  return (timing){samples[0], samples[count / 2], samples[count - 1]};
}

static void require(bo_status status, const bo_diag *diag) {
  if (status != BO_OK) {
    (void)fprintf(stderr, "bench_engine: %s\n", diag->text);
    exit(2);
  }
}

static void *required(void *pointer) {
  if (pointer == NULL) {
    (void)fprintf(stderr, "bench_engine: out of memory\n");
    exit(2);
  }
  return pointer;
}

static void print_machine(void) {
  char line[256];
  FILE *file = fopen("/proc/cpuinfo", "r");
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    const char *value = strncmp(line, "model name", 10) == 0 ? strchr(line, ':') : NULL;
    if (value != NULL) {
      (void)printf("machine: %s", value + 2);
      break;
    }
  }
  if (file != NULL) {
    (void)fclose(file);
  }
}

/** A network and the codes of IMAGES images for it. */
typedef struct workload {
  bo_net *net;
  uint8_t *input;
} workload;

static workload load_workload(const char *model) {
  if (strcmp(model, "random") == 0) {
    workload random = {.net = required(bench_vgg_net(BO_STORAGE_OFFSET_BINARY))};
    random.input = required(bench_images(random.net, IMAGES));
    return random;
  }
  bo_diag diag;
  bo_dataset *data = NULL;
  workload work;
  require(bo_net_load(&work.net, model, &diag), &diag);
  require(bo_dataset_load(&data, "fmnist", NULL, &diag), &diag);
  const bo_shape shape = work.net->input;
  if (shape.h != data->h || shape.w != data->w || shape.c != data->c || data->images < IMAGES) {
    (void)fprintf(stderr, "bench_engine: %s is not for Fashion-MNIST\n", model);
    exit(2);
  }
  work.input = required(malloc((size_t)IMAGES * shape.h * shape.w * shape.c));
  bo_net_quantize_u8(work.net, data->pixels_u8, IMAGES, work.input);
  bo_dataset_free(data);
  return work;
}

static void free_workload(workload work) {
  bo_net_free(work.net);
  free(work.input);
}

static double print_ceiling(const bo_net *net) {
  double sum_us = 0;
  (void)printf("\nfastest oneDNN primitive a layer (%d repeats, exact or not)\n", REPEATS);
  (void)printf("%-24s %10s %10s  %s\n", "layer", "us/image", "GMAC/s", "variant, batch");
  for (uint32_t i = 0; i < net->layers; i++) {
    const bo_layer *layer = &net->layer[i];
    if (layer->op != BO_OP_CONV) {
      continue;
    }
    const bo_weights *weights = &net->weights[layer->weights];
    const bench_ceiling best = bench_onednn_ceiling(layer, weights->groups, REPEATS);
    const double macs = (double)layer->out.h * layer->out.w * layer->out.c * weights->inputs;
    (void)printf("%3ux%-3u %4u -> %-4u %ux%-3u %10.2f %10.0f  %s, %u\n", layer->in.h, layer->in.w,
                 layer->in.c, layer->out.c, layer->window.kernel_h, layer->window.kernel_w,
                 best.ns_per_image / 1e3, macs / best.ns_per_image, best.variant, best.images);
    sum_us += best.ns_per_image / 1e3;
  }
  (void)printf("%-24s %10.2f %10.0f\n", "ceiling (sum)", sum_us,
               (double)bo_net_macs(net) / sum_us / 1e3);
  return sum_us;
}

static double run_once(bo_engine *engine, const uint8_t *input, float *logits) {
  bo_diag diag;
  const double start = bench_thread_ns();
  require(bo_engine_run(engine, input, IMAGES, logits, &diag), &diag);
  return (bench_thread_ns() - start) / 1e3 / IMAGES;
}

static timing time_engine(bo_engine *engine, const uint8_t *input, float *logits) {
  double us[REPEATS];
  (void)run_once(engine, input, logits); /* warm up */
  for (size_t i = 0; i < REPEATS; i++) {
    us[i] = run_once(engine, input, logits);
  }
  return summarise(us, REPEATS);
}

static timing time_load(bo_engine *engine, const bo_net *net) {
  double us[REPEATS];
  bo_diag diag;
  const uint8_t **codes = required(calloc(net->weight_tensors, sizeof *codes));
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    codes[t] = net->weights[t].code;
  }
  for (size_t i = 0; i < REPEATS; i++) {
    const double start = bench_thread_ns();
    require(bo_engine_load(engine, codes, &diag), &diag);
    us[i] = (bench_thread_ns() - start) / 1e3;
  }
  free(codes);
  return summarise(us, REPEATS);
}

static void check_equal(const float *a, const float *b, size_t count) {
  if (memcmp(a, b, count * sizeof *a) != 0) {
    (void)fprintf(stderr, "bench_engine: the kernels' logits differ\n");
    exit(1);
  }
}

/** Times both kernels on one network and checks that they agree. */
static void print_engines(workload work, double ceiling_us) {
  bo_diag diag;
  const bo_net *net = work.net;
  const size_t count = (size_t)IMAGES * net->classes;
  float *first = required(malloc(count * sizeof *first));
  float *logits = required(malloc(count * sizeof *logits));
  const bo_engine_kernel kernels[] = {BO_ENGINE_AUTO, BO_ENGINE_OWN};
  for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++) {
    bo_engine *engine = NULL;
    require(bo_engine_new(&engine, net, kernels[k], &diag), &diag);
    const timing run = time_engine(engine, work.input, k == 0 ? first : logits);
    const timing load = time_load(engine, net);
    (void)printf("%-24s %8.2f %8.2f %8.2f %10.0f %8.0f %% %10.0f\n", bo_engine_kernel_name(engine),
                 run.min, run.median, run.max, 1e6 / run.median, 100 * ceiling_us / run.median,
                 load.median);
    bo_engine_free(engine);
  }
  check_equal(first, logits, count);
  free(first);
  free(logits);
}

/** One worker's engine and images. */
typedef struct worker {
  bo_engine *engine;
  float *logits;
} worker;

typedef struct workers {
  worker each[THREADS];
  const uint8_t *input;
} workers;

static bo_status run_job(void *context, uint32_t index, uint64_t job, bo_diag *diag) {
  const workers *all = context;
  const worker *one = &all->each[index];
  (void)job;
  return bo_engine_run(one->engine, all->input, IMAGES, one->logits, diag);
}

static double pool_images_per_s(workers *all, uint32_t threads) {
  enum {
    JOBS = 8
  };
  bo_diag diag;
  const double start = bench_wall_ns();
  require(bo_pool_run(threads, JOBS, run_job, all, &diag), &diag);
  return (double)JOBS * IMAGES * 1e9 / (bench_wall_ns() - start);
}

static void print_threads(workload work) {
  const bo_net *net = work.net;
  bo_diag diag;
  double ratio[REPEATS];
  workers all = {.input = work.input};
  for (size_t t = 0; t < THREADS; t++) {
    require(bo_engine_new(&all.each[t].engine, net, BO_ENGINE_AUTO, &diag), &diag);
    all.each[t].logits = required(calloc((size_t)IMAGES * net->classes, sizeof(float)));
  }
  (void)pool_images_per_s(&all, THREADS);
  for (size_t i = 0; i < REPEATS; i++) {
    const double one = pool_images_per_s(&all, 1);
    ratio[i] = pool_images_per_s(&all, THREADS) / one;
  }
  check_equal(all.each[0].logits, all.each[1].logits, (size_t)IMAGES * net->classes);
  const timing summary = summarise(ratio, REPEATS);
  (void)printf("\ntwo threads / one (wall): min %.2f  median %.2f  max %.2f\n", summary.min,
               summary.median, summary.max);
  for (size_t t = 0; t < THREADS; t++) {
    bo_engine_free(all.each[t].engine);
    free(all.each[t].logits);
  }
}

static void print_table(workload work) {
  print_machine();
  (void)printf("network: %s, %.1f MMAC an image, %d images, 1 thread\n", work.net->name,
               (double)bo_net_macs(work.net) / 1e6, IMAGES);
  const double ceiling_us = print_ceiling(work.net);
  (void)printf("\n%-24s %8s %8s %8s %10s %10s %10s\n", "kernel, us/image", "min", "median", "max",
               "images/s", "of ceiling", "load us");
  print_engines(work, ceiling_us);
  print_threads(work);
}

static void run_small(workload work, const char *dump_path) {
  const bo_net *net = work.net;
  bo_diag diag;
  bo_engine *engine = NULL;
  float *logits = required(malloc((size_t)IMAGES * net->classes * sizeof *logits));
  require(bo_engine_new(&engine, net, BO_ENGINE_AUTO, &diag), &diag);
  const timing run = time_engine(engine, work.input, logits);
  if (dump_path == NULL) {
    (void)printf("%.3f\n", run.median);
  } else if (!bench_dump_net(dump_path, net, work.input, logits, IMAGES)) {
    (void)fprintf(stderr, "bench_engine: cannot write %s\n", dump_path);
    exit(2);
  }
  bo_engine_free(engine);
  free(logits);
}

int main(int argc, char **argv) {
  const bool once = argc == 3 && strcmp(argv[2], "--once") == 0;
  const bool dump = argc == 4 && strcmp(argv[2], "--dump") == 0;
  if (argc != 2 && !once && !dump) {
    (void)fprintf(stderr, "usage: bench_engine MODEL.onnx|random [--once | --dump FILE]\n");
    return 2;
  }
  const workload work = load_workload(argv[1]);
  if (argc == 2) {
    print_table(work);
  } else {
    run_small(work, dump ? argv[3] : NULL);
  }
  free_workload(work);
  return 0;
}
