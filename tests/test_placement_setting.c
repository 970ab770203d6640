#include "campaign/placement_setting.h"
#include "test_suite.h"

#include <string.h>

static void a_text_says_the_policy_and_what_is_not_as_by_default(void) {
  static const struct {
    bo_placement_setting setting;
    const char *expected;
  } cases[] = {
      {{.policy = BO_PLACEMENT_TILE, .banks = BO_BANKS_OF_ARCH, .interleave = 1}, "tile"},
      {{.policy = BO_PLACEMENT_LINEAR, .banks = BO_BANKS_OF_ARCH}, "linear"},
      {{.policy = BO_PLACEMENT_TILE, .banks = BO_BANKS_OF_ARCH, .rotate = true}, "tile+rotate"},
      {{.policy = BO_PLACEMENT_TILE}, "tile+banks=auto"},
      {{.policy = BO_PLACEMENT_TILE, .banks = 32, .storage = BO_STORAGE_TWOS_COMPLEMENT},
       "tile+banks=32"},
      {{.policy = BO_PLACEMENT_TILE, .banks = BO_BANKS_OF_ARCH, .sets_storage = true},
       "tile+storage=offset_binary"},
      {{.policy = BO_PLACEMENT_LINEAR, .start_row = 7, .banks = BO_BANKS_OF_ARCH, .interleave = 4},
       "linear+start_row=7+interleave=4"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char text[BO_PLACEMENT_TEXT_SIZE];
    bo_placement_setting_text(text, &cases[i].setting);
    CU_ASSERT(same_text(text, cases[i].expected));
  }
}

static void the_longest_text_fits(void) {
  const bo_placement_setting longest = {.policy = BO_PLACEMENT_LINEAR,
                                        .start_row = UINT64_MAX,
                                        .banks = BO_BANKS_OF_ARCH - 1,
                                        .interleave = UINT32_MAX,
                                        .rotate = true,
                                        .sets_storage = true,
                                        .storage = BO_STORAGE_TWOS_COMPLEMENT};
  char text[BO_PLACEMENT_TEXT_SIZE];
  bo_placement_setting_text(text, &longest);
  CU_ASSERT(same_text(text, "linear+start_row=18446744073709551615+banks=4294967294"
                            "+interleave=4294967295+rotate+storage=twos_complement"));
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_text_says_the_policy_and_what_is_not_as_by_default),
    BO_TEST(the_longest_text_fits),
    CU_TEST_INFO_NULL,
};
