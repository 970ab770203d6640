#include "campaign/placement_setting.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
append(char text[BO_PLACEMENT_TEXT_SIZE], const char *format, ...) {
  const size_t length = strlen(text);
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text + length, BO_PLACEMENT_TEXT_SIZE - length, format, args);
  va_end(args);
}

void bo_placement_setting_text(char text[BO_PLACEMENT_TEXT_SIZE],
                               const bo_placement_setting *setting) {
  text[0] = '\0';
  append(text, "%s", bo_placement_policy_name(setting->policy));
  if (setting->start_row > 0) {
    append(text, "+start_row=%" PRIu64, setting->start_row);
  }
  if (setting->banks == 0) {
    append(text, "+banks=auto");
  } else if (setting->banks != BO_BANKS_OF_ARCH) {
    append(text, "+banks=%" PRIu32, setting->banks);
  }
  if (setting->interleave > 1) {
    append(text, "+interleave=%" PRIu32, setting->interleave);
  }
  if (setting->rotate) {
    append(text, "+rotate");
  }
  if (setting->sets_storage) {
    append(text, "+storage=%s", bo_storage_name(setting->storage));
  }
}
