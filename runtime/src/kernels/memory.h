// Strided and indexed access. Strides and limits count elements.

#define STRIDED(t)                                                                                         \
  KERNEL(void, tile_load_##t, (C_##t *d, const C_##t *base, int64_t stride, int64_t n), {                  \
    if (stride == 1) {                                                                                     \
      VARIANT(tile_copy_##t)(d, base, n);                                                                  \
    } else if (stride == 0) {                                                                              \
      if (n > 0) VARIANT(tile_fill_##t)(d, base[0], n);                                                    \
    } else {                                                                                               \
      int64_t i = 0;                                                                                       \
      for (; i + 4 <= n; i += 4) {                                                                         \
        VEC(t, 4) x = {base[i * stride], base[(i + 1) * stride], base[(i + 2) * stride],                   \
                       base[(i + 3) * stride]};                                                            \
        STORE_F(t, 4, d + i, x, 4);                                                                        \
      }                                                                                                    \
      for (; i < n; i++) d[i] = base[i * stride];                                                          \
    }                                                                                                      \
  })                                                                                                       \
  KERNEL(void, tile_store_##t, (C_##t *base, int64_t stride, const C_##t *a, int64_t n), {                 \
    if (stride == 1) {                                                                                     \
      VARIANT(tile_copy_##t)(base, a, n);                                                                  \
    } else {                                                                                               \
      for (int64_t i = 0; i < n; i++) base[i * stride] = a[i];                                             \
    }                                                                                                      \
  })
STRIDED(f32)
STRIDED(f64)
STRIDED(i32)
STRIDED(i64)
STRIDED(bool)

// d[i] = a[i], where whole lines are written past the caches: a store that goes through a cache reads the line first.
// Other threads see them after gradc_end_streams.
#define LINE_LENGTH(t) ((int64_t)(64 / sizeof(C_##t)))
// Elements around whole lines one by one: a masked store of a vector that reaches into a line waits for all of it.
#define EACH_BESIDE_LINES _Pragma("clang loop vectorize(disable) unroll(disable)")
#define STREAM(t)                                                                                          \
  KERNEL(void, tile_stream_##t, (C_##t *d, const C_##t *a, int64_t n), {                                   \
    int64_t i = 0;                                                                                         \
    EACH_BESIDE_LINES for (; i < n && (uintptr_t)(d + i) % 64 != 0; i++) d[i] = a[i];                      \
    for (; i + LINE_LENGTH(t) <= n; i += LINE_LENGTH(t)) {                                                 \
      for (int64_t j = i; j < i + LINE_LENGTH(t); j += L_##t) {                                            \
        __builtin_nontemporal_store((vec_##t)LOAD_F(t, L_##t, a + j, L_##t), (vec_##t *)(d + j));          \
      }                                                                                                    \
    }                                                                                                      \
    EACH_BESIDE_LINES for (; i < n; i++) d[i] = a[i];                                                      \
  })
STREAM(f32)
STREAM(f64)

// Gather clamps an index into [0, limit), scatter drops one outside it. With limit <= 0 there is nothing to read:
// gather gives zeros.
#define INDEXED(t, ti)                                                                                             \
  KERNEL(void, tile_gather_##t##_##ti,                                                                             \
         (C_##t *d, const C_##t *base, const C_##ti *index, int64_t stride, int64_t limit, int64_t n), {           \
           if (limit <= 0) {                                                                                       \
             VARIANT(tile_fill_##t)(d, 0, n);                                                                      \
             return;                                                                                               \
           }                                                                                                       \
           for (int64_t i = 0; i < n; i++) {                                                                       \
             int64_t k = index[i];                                                                                 \
             k = k < 0 ? 0 : k;                                                                                    \
             k = k < limit ? k : limit - 1;                                                                        \
             d[i] = base[k * stride];                                                                              \
           }                                                                                                       \
         })
#define INDEXED_BOTH(t) INDEXED(t, i32) INDEXED(t, i64)
INDEXED_BOTH(f32)
INDEXED_BOTH(f64)
INDEXED_BOTH(i32)
INDEXED_BOTH(i64)
INDEXED_BOTH(bool)

// base[k * stride] = combine(base[k * stride], a[i]) in order; indices outside [0, limit) are dropped.
#define ONE_SET(t, x, y) (y)
#define ONE_ADD(t, x, y) one_add_##t(x, y)
#define ONE_MUL(t, x, y) one_mul_##t(x, y)
#define ONE_MAX(t, x, y) one_max_##t(x, y)
#define ONE_MIN(t, x, y) one_min_##t(x, y)
#define SCATTER(op, ONE, t, ti)                                                                                    \
  KERNEL(void, tile_scatter_##op##_##t##_##ti,                                                                     \
         (C_##t *base, const C_##ti *index, int64_t stride, int64_t limit, const C_##t *a, int64_t n), {           \
           for (int64_t i = 0; i < n; i++) {                                                                       \
             int64_t k = index[i];                                                                                 \
             if (k >= 0 && k < limit) base[k * stride] = ONE(t, base[k * stride], a[i]);                           \
           }                                                                                                       \
         })
#define SCATTER_BOTH(op, ONE, t) SCATTER(op, ONE, t, i32) SCATTER(op, ONE, t, i64)
#define SCATTERS(t)              \
  SCATTER_BOTH(add, ONE_ADD, t)  \
  SCATTER_BOTH(mul, ONE_MUL, t)  \
  SCATTER_BOTH(max, ONE_MAX, t)  \
  SCATTER_BOTH(min, ONE_MIN, t)  \
  SCATTER_BOTH(set, ONE_SET, t)
SCATTERS(f32)
SCATTERS(f64)
SCATTERS(i32)
SCATTERS(i64)
SCATTER_BOTH(set, ONE_SET, bool)
