// tile_cast_<from>_<to>, and the tiles made from nothing: fill, copy, iota.

#define STEP_CAST(M, i, r, from, to, lanes) \
  STORE_##M(to, lanes, d + (i), op_cast_##from##_##to(LOAD_##M(from, lanes, a + (i), r)), r);
/// `wide` is the longer of the two types: its vector fills a register.
#define CAST(from, to, wide)                                               \
  KERNEL(void, tile_cast_##from##_##to, (C_##to *d, const C_##from *a, int64_t n), \
         { LOOP_4(L_##wide, STEP_CAST, from, to, L_##wide) })

CAST(f32, f64, f64)
CAST(f32, i32, f32)
CAST(f32, i64, i64)
CAST(f64, f32, f64)
CAST(f64, i32, f64)
CAST(f64, i64, f64)
CAST(i32, f32, f32)
CAST(i32, f64, f64)
CAST(i32, i64, i64)
CAST(i64, f32, i64)
CAST(i64, f64, i64)
CAST(i64, i32, i64)
CAST(bool, f32, f32)
CAST(bool, f64, f64)
CAST(bool, i32, i32)
CAST(bool, i64, i64)

#define STEP_CAST_BOOL(M, i, r, lanes, from)                                                             \
  STORE_##M(bool, lanes, d + (i),                                                                        \
            FLAGS(from, lanes, LOAD_##M(from, lanes, a + (i), r) != (VEC(from, lanes))(C_##from)0), r);
#define CAST_BOOL(from)                                                               \
  KERNEL(void, tile_cast_##from##_bool, (uint8_t *d, const C_##from *a, int64_t n),   \
         { LOOP_WIDE(L_##from, WIDE_##from, STEP_CAST_BOOL, from) })

CAST_BOOL(f32)
CAST_BOOL(f64)
CAST_BOOL(i32)
CAST_BOOL(i64)

#define STEP_FILL(M, i, r, t) STORE_##M(t, L_##t, d + (i), (VEC(t, L_##t))(s), r);
#define STEP_COPY(M, i, r, t) STORE_##M(t, L_##t, d + (i), LOAD_##M(t, L_##t, a + (i), r), r);
#define FILL_COPY(t)                                                                                  \
  KERNEL(void, tile_fill_##t, (C_##t *d, C_##t s, int64_t n), { LOOP_4(L_##t, STEP_FILL, t) })        \
  KERNEL(void, tile_copy_##t, (C_##t *d, const C_##t *a, int64_t n), { LOOP_4(L_##t, STEP_COPY, t) })
FILL_COPY(f32)
FILL_COPY(f64)
FILL_COPY(i32)
FILL_COPY(i64)
FILL_COPY(bool)

// start + step * i, with i converted to the element type first.
#define STEP_IOTA(M, i, r, t)                                                                                   \
  STORE_##M(t, L_##t, d + (i), op_add_##t((vec_##t)(start), op_mul_##t((vec_##t)(step), op_index_##t(i))), r);
#define IOTA(t) \
  KERNEL(void, tile_iota_##t, (C_##t *d, C_##t start, C_##t step, int64_t n), { LOOP_1(L_##t, STEP_IOTA, t) })
IOTA(f32)
IOTA(f64)
IOTA(i32)
IOTA(i64)
