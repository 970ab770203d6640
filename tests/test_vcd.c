#include "base/vcd.h"
#include "fail_alloc.h"
#include "test_suite.h"

#include <stdlib.h>
#include <string.h>

/* The registers of a small machine, and pointers to them for probes. */
typedef struct machine {
  uint8_t a[2]; /* 2 bits each */
  uint64_t flag;
  uint32_t mem;  /* 4 bits */
  uint16_t q[2]; /* 3 bits each, of rows 9 and 10 */
  const uint8_t *a_q;
  const uint64_t *flag_q;
  const uint32_t *mem_q;
  const uint16_t *q_q;
} machine;

static void machine_init(machine *m) {
  memset(m, 0, sizeof *m);
  m->a_q = m->a;
  m->flag_q = &m->flag;
  m->mem_q = &m->mem;
  m->q_q = m->q;
}

/* In an order that the file does not have. */
static bo_status add_registers(bo_vcd *vcd, const machine *m) {
  const struct {
    const char *scope, *name;
    bo_probe probe;
  } registers[] = {
      {"top.gen_row[10].u_pe", "q", {BO_PROBE_U16, 3, (const void *const *)&m->q_q, 1}},
      {"top", "mem[0][1]", {BO_PROBE_U32, 4, (const void *const *)&m->mem_q, 0}},
      {"top", "a[1]", {BO_PROBE_U8, 2, (const void *const *)&m->a_q, 1}},
      {"top.gen_row[9].u_pe", "q", {BO_PROBE_U16, 3, (const void *const *)&m->q_q, 0}},
      {"top", "flag", {BO_PROBE_BIT, 1, (const void *const *)&m->flag_q, 5}},
      {"top", "a[0]", {BO_PROBE_U8, 2, (const void *const *)&m->a_q, 0}},
  };
  bo_status status = BO_OK;
  for (size_t i = 0; i < sizeof registers / sizeof registers[0] && status == BO_OK; i++) {
    status = bo_vcd_add(vcd, registers[i].scope, registers[i].name, &registers[i].probe);
  }
  return status;
}

/* By hand. */
static const char header[] = "$version brownout $end\n"
                             "$timescale 1ps $end\n"
                             "$scope module top $end\n"
                             "$var reg 4 ! a [3:0] $end\n"
                             "$var reg 1 \" clk_i $end\n"
                             "$var reg 1 # flag $end\n"
                             "$var reg 4 $ \\mem[0][1] [3:0] $end\n"
                             "$scope begin gen_row[9] $end\n"
                             "$scope module u_pe $end\n"
                             "$var reg 3 % q [2:0] $end\n"
                             "$upscope $end\n"
                             "$upscope $end\n"
                             "$scope begin gen_row[10] $end\n"
                             "$scope module u_pe $end\n"
                             "$var reg 3 & q [2:0] $end\n"
                             "$upscope $end\n"
                             "$upscope $end\n"
                             "$upscope $end\n"
                             "$enddefinitions $end\n";

/* Cycle 5: a = {1, 2}, so b1001; bit 4 of flag belongs to somebody else. Cycle 6: nothing changes.
 * Cycle 8, after a gap: the second a goes to 0, flag is set, mem is 15, row 10 has 4. */
static const char changes[] = "#55\n$dumpvars\nb1001 !\n1\"\n0#\nb0 $\nb11 %\nb0 &\n$end\n"
                              "#60\n0\"\n"
                              "#66\n1\"\n"
                              "#71\n0\"\n"
                              "#88\nb1 !\n1\"\n1#\nb1111 $\nb100 &\n"
                              "#93\n0\"\n"
                              "#99\n";

/* Closes nothing: the waveform borrows its file. */
static bo_status draw(FILE *file, machine *m) {
  bo_vcd *vcd = NULL;
  bo_status status = bo_vcd_new(&vcd, &(bo_vcd_config){file, 11, "top"}, NULL);
  if (status != BO_OK) {
    CU_ASSERT_PTR_NULL(vcd);
    return status;
  }
  status = add_registers(vcd, m);
  status = status == BO_OK ? bo_vcd_begin(vcd, NULL) : status;
  m->a[0] = 1;
  m->a[1] = 2;
  m->flag = 1 << 4;
  m->q[0] = 3;
  status = status == BO_OK ? bo_vcd_cycle(vcd, 5, NULL) : status;
  status = status == BO_OK ? bo_vcd_cycle(vcd, 6, NULL) : status;
  m->a[1] = 0;
  m->flag = 1 << 5;
  m->mem = 15;
  m->q[1] = 4;
  status = status == BO_OK ? bo_vcd_cycle(vcd, 8, NULL) : status;
  status = status == BO_OK ? bo_vcd_end(vcd, NULL) : status;
  bo_vcd_free(vcd);
  return status;
}

static void the_file_is_what_a_hand_writes(void) {
  machine m;
  char *text = NULL;
  size_t size = 0;
  FILE *const file = open_memstream(&text, &size);
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  machine_init(&m);
  CU_ASSERT_EQUAL(draw(file, &m), BO_OK);
  (void)fclose(file);
  CU_ASSERT_FATAL(strlen(text) > strlen(header));
  CU_ASSERT(same_text(text + strlen(header), changes));
  text[strlen(header)] = '\0';
  CU_ASSERT(same_text(text, header));
  free(text);
}

/* Of the registers x[1] and x[2] there is no x[0]: they are no vector. So are y[0] and y[1] of two
 * widths not. */
static void elements_that_do_not_line_up_stay_apart(void) {
  machine m;
  char *text = NULL;
  size_t size = 0;
  FILE *const file = open_memstream(&text, &size);
  bo_vcd *vcd = NULL;
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  machine_init(&m);
  CU_ASSERT_EQUAL_FATAL(bo_vcd_new(&vcd, &(bo_vcd_config){file, 2, "t"}, NULL), BO_OK);
  bo_probe probe = {BO_PROBE_U32, 4, (const void *const *)&m.mem_q, 0};
  CU_ASSERT_EQUAL(bo_vcd_add(vcd, "t", "x[1]", &probe), BO_OK);
  CU_ASSERT_EQUAL(bo_vcd_add(vcd, "t", "x[2]", &probe), BO_OK);
  CU_ASSERT_EQUAL(bo_vcd_add(vcd, "t", "y[0]", &probe), BO_OK);
  probe.width_bits = 3;
  CU_ASSERT_EQUAL(bo_vcd_add(vcd, "t", "y[1]", &probe), BO_OK);
  CU_ASSERT_EQUAL(bo_vcd_begin(vcd, NULL), BO_OK);
  bo_vcd_free(vcd);
  (void)fclose(file);
  CU_ASSERT(has_text(text, "$var reg 4 \" \\x[1] [3:0] $end\n$var reg 4 # \\x[2] [3:0] $end\n"
                           "$var reg 4 $ y [3:0] $end\n$var reg 3 % \\y[1] [2:0] $end\n"));
  free(text);
}

/* 94 registers of one character, then two: '!' is 0 and the first character counts ones. */
static void short_names_go_on_after_the_last_character(void) {
  machine m;
  char *text = NULL;
  size_t size = 0;
  FILE *const file = open_memstream(&text, &size);
  bo_vcd *vcd = NULL;
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  machine_init(&m);
  CU_ASSERT_EQUAL_FATAL(bo_vcd_new(&vcd, &(bo_vcd_config){file, 2, "t"}, NULL), BO_OK);
  for (int i = 0; i < 95; i++) {
    char name[16];
    const bo_probe probe = {BO_PROBE_U32, 1, (const void *const *)&m.mem_q, 0};
    (void)snprintf(name, sizeof name, "x%d", i);
    CU_ASSERT_EQUAL(bo_vcd_add(vcd, "t", name, &probe), BO_OK);
  }
  CU_ASSERT_EQUAL(bo_vcd_begin(vcd, NULL), BO_OK);
  bo_vcd_free(vcd);
  (void)fclose(file);
  CU_ASSERT(has_text(text, "$var reg 1 ~ x92 $end\n$var reg 1 !\" x93 $end\n"
                           "$var reg 1 \"\" x94 $end\n"));
  free(text);
}

static void a_full_disk_is_an_error(void) {
  machine m;
  FILE *const full = fopen("/dev/full", "w");
  CU_ASSERT_PTR_NOT_NULL_FATAL(full);
  machine_init(&m);
  CU_ASSERT_EQUAL(draw(full, &m), BO_E_IO);
  (void)fclose(full);
}

static void every_allocation_may_fail(void) {
  FILE *const file = fopen("/dev/null", "w");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  (void)setvbuf(file, NULL, _IONBF, 0);
  unsigned k = 0;
  for (bool failed = true; failed; k++) {
    machine m;
    machine_init(&m);
    fail_alloc_arm(k);
    const bo_status status = draw(file, &m);
    failed = fail_alloc_disarm();
    CU_ASSERT_EQUAL(status, failed ? BO_E_NOMEM : BO_OK);
  }
  CU_ASSERT(k > 15); /* waveform, elements, variables, and two names a register or nearly */
  (void)fclose(file);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(the_file_is_what_a_hand_writes),
    BO_TEST(elements_that_do_not_line_up_stay_apart),
    BO_TEST(short_names_go_on_after_the_last_character),
    BO_TEST(a_full_disk_is_an_error),
    BO_TEST(every_allocation_may_fail),
    CU_TEST_INFO_NULL,
};
