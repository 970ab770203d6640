#include "compare.h"

#include "base/simd.h"

#include <string.h>

/* Verilator's fields may lie across the multiples of their size. */
typedef uint8_t number1 __attribute__((may_alias));
typedef uint16_t number2 __attribute__((may_alias, aligned(1)));
typedef uint32_t number4 __attribute__((may_alias, aligned(1)));
typedef uint64_t number8 __attribute__((may_alias, aligned(1)));

/* An element of the model. */
#define BO_GET(array, i)     ((array)[i])
#define BO_GET_BIT(array, i) ((array)[(i) / 64] >> ((i) % 64) & 1)

#define BO_COMPARE_SINGLE(name, field, element, get)                                               \
  static uint64_t name(const bo_twin_run *run, size_t runs) {                                      \
    uint64_t differing = 0;                                                                        \
    for (const bo_twin_run *const end = run + runs; run < end; run++) {                            \
      const element *const model = (const element *)*run->base;                                    \
      const uint64_t found = (uint64_t)(*(const field *)run->rtl) >> run->shift;                   \
      differing |= (found & run->rtl_mask) ^ (get(model, run->index) & run->model_mask);           \
    }                                                                                              \
    return differing;                                                                              \
  }

/*
 * The elements are packed as the RTL has them. A value that is too wide for its field would be
 * taken for bits of the next one, so those bits are kept apart.
 */
#define BO_COMPARE_PACKED(name, field, element, get)                                               \
  static uint64_t name(const bo_twin_run *run, size_t runs) {                                      \
    uint64_t differing = 0;                                                                        \
    for (const bo_twin_run *const end = run + runs; run < end; run++) {                            \
      const element *const model = (const element *)*run->base;                                    \
      uint64_t expected = 0;                                                                       \
      uint32_t index = run->index;                                                                 \
      uint32_t bit = 0;                                                                            \
      for (uint32_t left = run->count; left > 0; left--) {                                         \
        const uint64_t value = get(model, index) & run->model_mask;                                \
        differing |= value & ~run->field_mask;                                                     \
        expected |= value << bit;                                                                  \
        bit += run->width;                                                                         \
        index += run->stride;                                                                      \
      }                                                                                            \
      const uint64_t found = (uint64_t)(*(const field *)run->rtl) >> run->shift;                   \
      differing |= (found ^ expected) & run->rtl_mask;                                             \
    }                                                                                              \
    return differing;                                                                              \
  }

/* Eight or four numbers at once, whatever the processor's vectors are. */
#define BO_VECTORS(bytes)                                                                          \
  typedef number##bytes eight##bytes __attribute__((vector_size(8 * (bytes))));                    \
  typedef number##bytes four##bytes __attribute__((vector_size(4 * (bytes))));
BO_VECTORS(1)
BO_VECTORS(2)
BO_VECTORS(4)
BO_VECTORS(8)

/* One step of a long run; vector: eight or four, wide_bytes: of field and element, the wider. */
#define BO_STEP(vector, count, differing, field_bytes, element_bytes, wide_bytes)                  \
  {                                                                                                \
    vector##field_bytes fields;                                                                    \
    vector##element_bytes elements;                                                                \
    memcpy(&fields, rtl, sizeof fields);                                                           \
    memcpy(&elements, model, sizeof elements);                                                     \
    (differing) |=                                                                                 \
        __builtin_convertvector(fields, vector##wide_bytes) ^                                      \
        (__builtin_convertvector(elements, vector##wide_bytes) & (number##wide_bytes)mask);        \
    rtl += sizeof fields;                                                                          \
    model += sizeof elements;                                                                      \
    left -= (count);                                                                               \
  }

#define BO_COMPARE_LONG(name, field_bytes, element_bytes, wide_bytes)                              \
  BO_SIMD_CLONES                                                                                   \
  static uint64_t name(const bo_twin_run *run, size_t runs) {                                      \
    eight##wide_bytes in_eight = {0};                                                              \
    four##wide_bytes in_four = {0};                                                                \
    uint64_t differing = 0;                                                                        \
    for (const bo_twin_run *const end = run + runs; run < end; run++) {                            \
      const unsigned char *rtl = run->rtl;                                                         \
      const unsigned char *row =                                                                   \
          (const unsigned char *)*run->base + (size_t)run->index * (element_bytes);                \
      const uint64_t mask = run->model_mask;                                                       \
      const uint32_t count = run->count;                                                           \
      const size_t row_bytes = (size_t)run->row_step * (element_bytes);                            \
      for (uint32_t rows = run->rows; rows > 0; rows--, row += row_bytes) {                        \
        const unsigned char *model = row;                                                          \
        uint32_t left = count;                                                                     \
        while (left >= 8) {                                                                        \
          BO_STEP(eight, 8, in_eight, field_bytes, element_bytes, wide_bytes)                      \
        }                                                                                          \
        if (left >= 4) {                                                                           \
          BO_STEP(four, 4, in_four, field_bytes, element_bytes, wide_bytes)                        \
        }                                                                                          \
        for (; left > 0; left--, rtl += (field_bytes), model += (element_bytes)) {                 \
          differing |=                                                                             \
              *(const number##field_bytes *)rtl ^ (*(const number##element_bytes *)model & mask);  \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
    for (uint32_t i = 0; i < 8; i++) {                                                             \
      differing |= in_eight[i] | in_four[i % 4];                                                   \
    }                                                                                              \
    return differing;                                                                              \
  }

#define BO_COMPARE(kind, element_bytes, field_bytes, wide_bytes)                                   \
  BO_COMPARE_SINGLE(single_##field_bytes##_##kind, number##field_bytes, number##element_bytes,     \
                    BO_GET)                                                                        \
  BO_COMPARE_PACKED(packed_##field_bytes##_##kind, number##field_bytes, number##element_bytes,     \
                    BO_GET)                                                                        \
  BO_COMPARE_LONG(long_##field_bytes##_##kind, field_bytes, element_bytes, wide_bytes)

BO_COMPARE(u8, 1, 1, 1)
BO_COMPARE(u8, 1, 2, 2)
BO_COMPARE(u8, 1, 4, 4)
BO_COMPARE(u8, 1, 8, 8)
BO_COMPARE(u16, 2, 1, 2)
BO_COMPARE(u16, 2, 2, 2)
BO_COMPARE(u16, 2, 4, 4)
BO_COMPARE(u16, 2, 8, 8)
BO_COMPARE(u32, 4, 1, 4)
BO_COMPARE(u32, 4, 2, 4)
BO_COMPARE(u32, 4, 4, 4)
BO_COMPARE(u32, 4, 8, 8)
BO_COMPARE(u64, 8, 1, 8)
BO_COMPARE(u64, 8, 2, 8)
BO_COMPARE(u64, 8, 4, 8)
BO_COMPARE(u64, 8, 8, 8)

BO_COMPARE_SINGLE(single_1_bit, number1, uint64_t, BO_GET_BIT)
BO_COMPARE_SINGLE(single_2_bit, number2, uint64_t, BO_GET_BIT)
BO_COMPARE_SINGLE(single_4_bit, number4, uint64_t, BO_GET_BIT)
BO_COMPARE_SINGLE(single_8_bit, number8, uint64_t, BO_GET_BIT)
BO_COMPARE_PACKED(packed_1_bit, number1, uint64_t, BO_GET_BIT)
BO_COMPARE_PACKED(packed_2_bit, number2, uint64_t, BO_GET_BIT)
BO_COMPARE_PACKED(packed_4_bit, number4, uint64_t, BO_GET_BIT)
BO_COMPARE_PACKED(packed_8_bit, number8, uint64_t, BO_GET_BIT)

/* Bytes of one bit each against bits of words; a row does not go from one word to the next. */
static uint64_t long_1_bit(const bo_twin_run *run, size_t runs) {
  /* Times this, byte i of eight comes to bit 56 + i. */
  const uint64_t gather = 0x0102040810204080U;
  uint64_t differing = 0;
  for (const bo_twin_run *const end = run + runs; run < end; run++) {
    const uint64_t *const model = (const uint64_t *)*run->base;
    const unsigned char *rtl = run->rtl;
    uint32_t index = run->index;
    for (uint32_t rows = run->rows; rows > 0; rows--, index += run->row_step) {
      uint64_t expected = model[index / 64] >> (index % 64);
      uint32_t left = run->count;
      for (; left >= 8; left -= 8, rtl += 8, expected >>= 8) {
        differing |= (*(const number8 *)rtl * gather >> 56) ^ (expected & 0xff);
      }
      for (; left > 0; left--, rtl++, expected >>= 1) {
        differing |= *rtl ^ (expected & 1);
      }
    }
  }
  return differing;
}

bo_twin_compare bo_twin_choose_compare(bo_probe_kind kind, bo_twin_form form, uint32_t rtl_bytes) {
#define BO_ROW(form, kind)                                                                         \
  { form##_1_##kind, form##_2_##kind, form##_4_##kind, form##_8_##kind }
#define BO_FORMS(kind)                                                                             \
  { BO_ROW(single, kind), BO_ROW(packed, kind), BO_ROW(long, kind) }
  static const bo_twin_compare functions[][BO_TWIN_FORMS][4] = {
      [BO_PROBE_U8] = BO_FORMS(u8),
      [BO_PROBE_U16] = BO_FORMS(u16),
      [BO_PROBE_U32] = BO_FORMS(u32),
      [BO_PROBE_U64] = BO_FORMS(u64),
      [BO_PROBE_BIT] = {BO_ROW(single, bit), BO_ROW(packed, bit), {long_1_bit, NULL, NULL, NULL}},
  };
#undef BO_FORMS
#undef BO_ROW
  return functions[kind][form][__builtin_ctz(rtl_bytes)];
}
