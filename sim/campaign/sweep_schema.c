#include "campaign/sweep_schema.h"

#include "campaign/sweep_config.h"

static const cyaml_strval_t policies[] = {
    {"linear", BO_PLACEMENT_LINEAR},
    {"tile", BO_PLACEMENT_TILE},
};

static const cyaml_strval_t storages[] = {
    {"offset_binary", BO_STORAGE_OFFSET_BINARY},
    {"twos_complement", BO_STORAGE_TWOS_COMPLEMENT},
};

static const cyaml_schema_value_t text_entry = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, BO_SWEEP_MAX_TEXT),
};

/* A text, not a float: 18/24 is welcome, and NaN is not. */
static const cyaml_schema_value_t number_entry = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, BO_SWEEP_MAX_NUMBER),
};

#define SEQUENCE (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_schema_field_t placement_fields[] = {
    CYAML_FIELD_ENUM_PTR("policy", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, bo_sweep_placement_yaml,
                         policy, policies, CYAML_ARRAY_LEN(policies)),
    CYAML_FIELD_UINT_PTR("start_row", CYAML_FLAG_OPTIONAL, bo_sweep_placement_yaml, start_row),
    CYAML_FIELD_UINT_PTR("interleave", CYAML_FLAG_OPTIONAL, bo_sweep_placement_yaml, interleave),
    CYAML_FIELD_ENUM_PTR("storage", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,
                         bo_sweep_placement_yaml, storage, storages, CYAML_ARRAY_LEN(storages)),
    CYAML_FIELD_BOOL("rotate", CYAML_FLAG_OPTIONAL, bo_sweep_placement_yaml, rotate),
    CYAML_FIELD_STRING_PTR("banks", CYAML_FLAG_OPTIONAL, bo_sweep_placement_yaml, banks, 1,
                           BO_SWEEP_MAX_NUMBER),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t placement_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, bo_sweep_placement_yaml, placement_fields),
};

static const cyaml_schema_field_t fields[] = {
    CYAML_FIELD_SEQUENCE("models", CYAML_FLAG_POINTER, bo_sweep_yaml, models, &text_entry, 1,
                         BO_SWEEP_MAX_MODELS),
    CYAML_FIELD_SEQUENCE("vdd_ratio", SEQUENCE, bo_sweep_yaml, vdd_ratio, &number_entry, 1,
                         BO_SWEEP_MAX_VOLTAGES),
    CYAML_FIELD_SEQUENCE("ber_pct", SEQUENCE, bo_sweep_yaml, ber_pct, &number_entry, 1,
                         BO_SWEEP_MAX_VOLTAGES),
    CYAML_FIELD_UINT_PTR("chips", CYAML_FLAG_OPTIONAL, bo_sweep_yaml, chips),
    CYAML_FIELD_UINT_PTR("seed", CYAML_FLAG_OPTIONAL, bo_sweep_yaml, seed),
    CYAML_FIELD_UINT_PTR("images", CYAML_FLAG_OPTIONAL, bo_sweep_yaml, images),
    CYAML_FIELD_STRING_PTR("dataset", CYAML_FLAG_OPTIONAL, bo_sweep_yaml, dataset, 1,
                           BO_SWEEP_MAX_TEXT),
    CYAML_FIELD_STRING_PTR("data", CYAML_FLAG_OPTIONAL, bo_sweep_yaml, data, 1, BO_SWEEP_MAX_TEXT),
    CYAML_FIELD_STRING_PTR("arch", CYAML_FLAG_OPTIONAL, bo_sweep_yaml, arch, 1, BO_SWEEP_MAX_TEXT),
    CYAML_FIELD_STRING_PTR("profile", CYAML_FLAG_OPTIONAL, bo_sweep_yaml, profile, 1,
                           BO_SWEEP_MAX_TEXT),
    CYAML_FIELD_STRING_PTR("energy", CYAML_FLAG_OPTIONAL, bo_sweep_yaml, energy, 1,
                           BO_SWEEP_MAX_TEXT),
    CYAML_FIELD_MAPPING_PTR("placement", CYAML_FLAG_OPTIONAL, bo_sweep_yaml, placement,
                            placement_fields),
    CYAML_FIELD_SEQUENCE("profiles", SEQUENCE, bo_sweep_yaml, profiles, &text_entry, 1,
                         BO_SWEEP_MAX_PROFILES),
    CYAML_FIELD_SEQUENCE("placements", SEQUENCE, bo_sweep_yaml, placements, &placement_entry, 1,
                         BO_SWEEP_MAX_PLACEMENTS),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t bo_sweep_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, bo_sweep_yaml, fields),
};
