#include "arch/arch.h"

#include "base/yaml.h"

static const bo_arch_param params[] = {
#define BO_PARAM(c_name, sv_name, def, min, max, doc)                                              \
  {#c_name, doc, def, min, max, {NULL, NULL}, offsetof(bo_arch, c_name)},
#define BO_CHOICE(c_name, sv_name, zero, one, doc)                                                 \
  {#c_name, doc, 0, 0, 1, {zero, one}, offsetof(bo_arch, c_name)},
#include "arch/arch_params.def"
#undef BO_PARAM
#undef BO_CHOICE
};

enum {
  PARAMS = sizeof params / sizeof params[0],
};

#define BO_PARAM(c_name, sv_name, def, min, max, doc)
#define BO_CHOICE(c_name, sv_name, zero, one, doc)                                                 \
  static const cyaml_strval_t c_name##_words[] = {{zero, 0}, {one, 1}};
#include "arch/arch_params.def"
#undef BO_PARAM
#undef BO_CHOICE

static const cyaml_schema_field_t fields[] = {
#define BO_PARAM(c_name, sv_name, def, min, max, doc)                                              \
  CYAML_FIELD_UINT(#c_name, CYAML_FLAG_DEFAULT, bo_arch, c_name),
#define BO_CHOICE(c_name, sv_name, zero, one, doc)                                                 \
  CYAML_FIELD_ENUM(#c_name, CYAML_FLAG_STRICT, bo_arch, c_name, c_name##_words,                    \
                   CYAML_ARRAY_LEN(c_name##_words)),
#include "arch/arch_params.def"
#undef BO_PARAM
#undef BO_CHOICE
    CYAML_FIELD_END};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, bo_arch, fields)};

const bo_arch_param *bo_arch_params(size_t *count) {
  *count = PARAMS;
  return params;
}

bo_arch bo_arch_default(void) {
  return (bo_arch) {
#define BO_PARAM(c_name, sv_name, def, min, max, doc) .c_name = (def),
#define BO_CHOICE(c_name, sv_name, zero, one, doc)    .c_name = 0,
#include "arch/arch_params.def"
#undef BO_PARAM
#undef BO_CHOICE
  };
}

static uint32_t value_of(const bo_arch *arch, const bo_arch_param *param) {
  return *(const uint32_t *)((const char *)arch + param->offset);
}

bo_status bo_arch_check(const bo_arch *arch, bo_diag *diag) {
  for (size_t i = 0; i < PARAMS; i++) {
    const uint32_t value = value_of(arch, &params[i]);
    if (value < params[i].min || value > params[i].max) {
      return bo_fail(diag, BO_E_INVALID, "%s: expected %u..%u, got %u", params[i].name,
                     params[i].min, params[i].max, value);
    }
  }
  return BO_OK;
}

bo_status bo_arch_parse(bo_arch *arch, const char *name, const void *text, size_t size,
                        bo_diag *diag) {
  void *data = NULL;
  bo_status status = bo_yaml_parse(&data, name, text, size, &schema, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_diag reason;
  status = bo_arch_check(data, &reason);
  if (status == BO_OK) {
    *arch = *(const bo_arch *)data;
  } else {
    (void)bo_fail(diag, status, "%s: %s", name, reason.text);
  }
  bo_yaml_free(data, &schema);
  return status;
}

bo_status bo_arch_load(bo_arch *arch, const char *path, bo_diag *diag) {
  bo_bytes text;
  bo_status status = bo_yaml_read(&text, path, diag);
  if (status == BO_OK) {
    status = bo_arch_parse(arch, path, text.data, text.size, diag);
    bo_bytes_free(&text);
  }
  return status;
}
