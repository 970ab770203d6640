#include "report/text.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

bo_status bo_text_open(bo_text *text, bo_diag *diag) {
  *text = (bo_text){0};
  text->out = open_memstream(&text->data, &text->size);
  return text->out != NULL ? BO_OK : bo_fail(diag, BO_E_NOMEM, "out of memory for a report");
}

bo_status bo_text_close(bo_text *text, bo_bytes *out, bo_status status, bo_diag *diag) {
  *out = (bo_bytes){0};
  const bool incomplete = ferror(text->out) != 0;
  if ((fclose(text->out) != 0 || incomplete) && status == BO_OK) {
    status = bo_fail(diag, BO_E_NOMEM, "out of memory for a report");
  }
  if (status != BO_OK) {
    free(text->data);
    return status;
  }
  *out = (bo_bytes){.data = (uint8_t *)text->data, .size = text->size};
  return BO_OK;
}

void bo_text_real(FILE *out, double value) {
  if (!isnan(value)) {
    (void)fprintf(out, "%.10g", value);
  }
}

void bo_text_line(FILE *out, const char *text) {
  for (const char *c = text; *c != '\0'; c++) {
    (void)fputc(iscntrl((unsigned char)*c) ? '?' : *c, out);
  }
}
