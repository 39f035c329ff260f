// Stable sorting by keys: elements become unsigned integers in their order, which a radix sort puts in order together
// with the elements' places.
#include <stdint.h>
#include <string.h>

#include "library.h"

struct keyed {
  uint64_t key;
  int64_t place;
};

enum { insertion_limit = 64, digit_count = 256 };

// MARK: Keys

static uint64_t key_i32(int32_t x) { return (uint64_t)((int64_t)x - INT32_MIN); }
static uint64_t key_i64(int64_t x) { return (uint64_t)x ^ (1ull << 63); }
static uint64_t key_bool(uint8_t x) { return x; }

// Negative numbers have their bits turned round, others the sign bit set; 0 and -0 are one.
static uint64_t key_f32(float x) {
  uint32_t bits;
  x += 0.0f;
  memcpy(&bits, &x, sizeof bits);
  return bits >> 31 ? (uint32_t)~bits : bits | 1u << 31;
}
static uint64_t key_f64(double x) {
  uint64_t bits;
  x += 0.0;
  memcpy(&bits, &x, sizeof bits);
  return bits >> 63 ? ~bits : bits | 1ull << 63;
}

// Above the keys of all numbers, descending ones included.
#define IS_LAST_f32(x) ((x) != (x))
#define IS_LAST_f64(x) ((x) != (x))
#define IS_LAST_i32(x) 0
#define IS_LAST_i64(x) 0
#define IS_LAST_bool(x) 0

// MARK: Sorting

static void sort_by_insertion(int64_t n, struct keyed *list) {
  for (int64_t i = 1; i < n; i++) {
    struct keyed item = list[i];
    int64_t j = i;
    for (; j > 0 && list[j - 1].key > item.key; j--) list[j] = list[j - 1];
    list[j] = item;
  }
}

// By one byte of the keys after the other, from the least; a byte that all keys have in common is passed over. The
// result is in one of the two lists.
static struct keyed *sort_by_digits(int64_t n, struct keyed *list, struct keyed *other) {
  int64_t counts[8][digit_count];
  memset(counts, 0, sizeof counts);
  for (int64_t i = 0; i < n; i++) {
    for (int byte = 0; byte < 8; byte++) counts[byte][list[i].key >> 8 * byte & 255]++;
  }
  for (int byte = 0; byte < 8; byte++) {
    int64_t *places = counts[byte];
    if (places[list[0].key >> 8 * byte & 255] == n) continue;
    int64_t start = 0;
    for (int digit = 0; digit < digit_count; digit++) {
      int64_t count = places[digit];
      places[digit] = start;
      start += count;
    }
    for (int64_t i = 0; i < n; i++) other[places[list[i].key >> 8 * byte & 255]++] = list[i];
    struct keyed *sorted = other;
    other = list;
    list = sorted;
  }
  return list;
}

#define ARGSORT(t, T)                                                                                               \
  void library_argsort_##t(int64_t batch, int64_t n, int64_t descending, const T *x, int64_t x_stride,              \
                           int64_t *order, int64_t order_stride, uint8_t *workspace) {                              \
    struct keyed *list = (struct keyed *)(void *)workspace;                                                         \
    for (; batch > 0; batch--) {                                                                                    \
      for (int64_t i = 0; i < n; i++) {                                                                             \
        uint64_t key = key_##t(x[i]);                                                                               \
        list[i].key = IS_LAST_##t(x[i]) ? UINT64_MAX : descending ? ~key ^ UNUSED_##t : key;                        \
        list[i].place = i;                                                                                          \
      }                                                                                                             \
      struct keyed *sorted = list;                                                                                  \
      if (n <= insertion_limit) sort_by_insertion(n, list);                                                         \
      else sorted = sort_by_digits(n, list, list + n);                                                              \
      for (int64_t i = 0; i < n; i++) order[i] = sorted[i].place;                                                   \
      x += x_stride;                                                                                                \
      order += order_stride;                                                                                        \
    }                                                                                                               \
  }

// The bits that keys of narrow types leave 0 stay 0, for the sake of the bytes that are passed over.
#define UNUSED_f32 0xffffffff00000000u
#define UNUSED_i32 0xffffffff00000000u
#define UNUSED_bool 0xffffffffffffff00u
#define UNUSED_f64 0u
#define UNUSED_i64 0u

ARGSORT(f32, float)
ARGSORT(f64, double)
ARGSORT(i32, int32_t)
ARGSORT(i64, int64_t)
ARGSORT(bool, uint8_t)
