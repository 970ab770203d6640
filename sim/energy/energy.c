#include "energy/energy.h"

#include "base/file.h"
#include "base/yaml.h"

#include <stdbool.h>

static const double max_value = 1e6;

/* The items, once: expands to the schema and to the list that is checked. */
#define BO_ENERGY_ITEMS(X)                                                                         \
  X(weight_sram_read_pj_per_bit)                                                                   \
  X(weight_sram_write_pj_per_bit)                                                                  \
  X(activation_sram_pj_per_byte)                                                                   \
  X(accumulator_sram_pj_per_access)                                                                \
  X(mac_pj)                                                                                        \
  X(dram_pj_per_byte)                                                                              \
  X(weight_sram_leakage_mw_per_kib)                                                                \
  X(other_leakage_mw)

static const cyaml_schema_field_t item_fields[] = {
    CYAML_FIELD_FLOAT("value", CYAML_FLAG_DEFAULT, bo_energy_item, value),
    CYAML_FIELD_STRING("source", CYAML_FLAG_DEFAULT, bo_energy_item, source, 1),
    CYAML_FIELD_END,
};

#define BO_ITEM_FIELD(item)                                                                        \
  CYAML_FIELD_MAPPING(#item, CYAML_FLAG_DEFAULT, bo_energy_table, item, item_fields),
static const cyaml_schema_field_t fields[] = {
    CYAML_FIELD_STRING("name", CYAML_FLAG_DEFAULT, bo_energy_table, name, 1),
    CYAML_FIELD_STRING("technology", CYAML_FLAG_DEFAULT, bo_energy_table, technology, 1),
    BO_ENERGY_ITEMS(BO_ITEM_FIELD) CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, bo_energy_table, fields)};

static bo_status check_item(const char *file, const char *item, double value, bo_diag *diag) {
  if (value >= 0.0 && value <= max_value) { /* false for NaN */
    return BO_OK;
  }
  return bo_fail(diag, BO_E_INVALID, "%s: %s: expected 0..%g, got %g", file, item, max_value,
                 value);
}

static bo_status check_table(const char *file, const bo_energy_table *table, bo_diag *diag) {
  bo_status status = BO_OK;
#define BO_CHECK_ITEM(item)                                                                        \
  status = status != BO_OK ? status : check_item(file, #item, table->item.value, diag);
  BO_ENERGY_ITEMS(BO_CHECK_ITEM)
  return status;
}

bo_status bo_energy_table_parse(bo_energy_table *table, const char *name, const void *text,
                                size_t size, bo_diag *diag) {
  void *data = NULL;
  bo_status status = bo_yaml_parse(&data, name, text, size, &schema, diag);
  if (status != BO_OK) {
    return status;
  }
  status = check_table(name, data, diag);
  if (status == BO_OK) {
    *table = *(const bo_energy_table *)data;
    table->hash = bo_hash(text, size);
  }
  bo_yaml_free(data, &schema);
  return status;
}

bo_status bo_energy_table_load(bo_energy_table *table, const char *path, bo_diag *diag) {
  bo_bytes text;
  bo_status status = bo_yaml_read(&text, path, diag);
  if (status == BO_OK) {
    status = bo_energy_table_parse(table, path, text.data, text.size, diag);
    bo_bytes_free(&text);
  }
  return status;
}

bo_energy bo_energy_of(const bo_energy_table *table, const bo_arch *arch, uint32_t weight_banks,
                       const bo_events *events, double vdd_ratio) {
  const double bits_per_row = arch->bank_width_bits;
  const double weight_kib = (double)weight_banks * arch->bank_rows * bits_per_row / 8 / 1024;
  const double time_ns = 1e3 * (double)events->cycles / arch->clock_mhz;
  const double row_pj =
      bits_per_row *
      ((double)events->weight_row_reads * table->weight_sram_read_pj_per_bit.value +
       (double)events->weight_row_writes * table->weight_sram_write_pj_per_bit.value);
  const double activation_bytes =
      (double)events->activation_bytes_read + (double)events->activation_bytes_written;
  const double accumulator_accesses =
      (double)events->accumulator_reads + (double)events->accumulator_writes;
  const double dram_bytes = (double)events->dram_bytes_read + (double)events->dram_bytes_written;
  const double leakage_mw = weight_kib * table->weight_sram_leakage_mw_per_kib.value * vdd_ratio +
                            table->other_leakage_mw.value;
  bo_energy energy = {
      .weight_sram_pj = row_pj * vdd_ratio * vdd_ratio,
      .activation_sram_pj = activation_bytes * table->activation_sram_pj_per_byte.value,
      .accumulator_pj = accumulator_accesses * table->accumulator_sram_pj_per_access.value,
      .mac_pj = (double)events->macs * table->mac_pj.value,
      .dram_pj = dram_bytes * table->dram_pj_per_byte.value,
      .leakage_pj = leakage_mw * time_ns, /* mW * ns = pJ */
  };
  energy.total_pj = energy.weight_sram_pj + energy.activation_sram_pj + energy.accumulator_pj +
                    energy.mac_pj + energy.dram_pj + energy.leakage_pj;
  return energy;
}
