#include "report/json.h"
#include "report/report.h"

bo_status bo_report_manifest_json(bo_bytes *out, const bo_store *store, bo_diag *diag) {
  const bo_manifest *const manifest = bo_store_manifest(store);
  bo_json json = bo_json_object();
  for (uint32_t i = 0; i < manifest->count; i++) {
    bo_json_text(&json, manifest->entry[i].key, manifest->entry[i].value);
  }
  return bo_json_finish(&json, out, diag);
}
