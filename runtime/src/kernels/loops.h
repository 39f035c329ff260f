// The loops of tile kernels, and how operands are read and results written.
//
// A kernel's step is a macro STEP(M, i, r, ...) that handles one vector at index i: M is F for a full vector, P for the
// last r elements. A step reads all its operands before it writes, so the result may lie on an operand.

#define LOAD_F(t, lanes, p, r) (*(const UNALIGNED(t, lanes) *)(p))
#define STORE_F(t, lanes, p, v, r) (*(UNALIGNED(t, lanes) *)(p) = (v))
#define LOAD_P(t, lanes, p, r) PART_NAME(load, t, lanes)(p, r)
#define STORE_P(t, lanes, p, v, r) PART_NAME(store, t, lanes)(p, v, r)
#define PART_NAME(what, t, lanes) PART_NAME_(what, t, lanes)
#define PART_NAME_(what, t, lanes) what##_part_##t##x##lanes

// An operand is a tile (v) or a uniform scalar (s).
#define PARAM_v(t, x) const C_##t *x
#define PARAM_s(t, x) C_##t x
#define GET_v(M, t, lanes, x, i, r) LOAD_##M(t, lanes, x + (i), r)
#define GET_s(M, t, lanes, x, i, r) ((VEC(t, lanes))(x))

#define LOOP_1(lanes, STEP, ...)                                    \
  int64_t i = 0;                                                    \
  for (; i + (lanes) <= n; i += (lanes)) {                          \
    STEP(F, i, lanes, __VA_ARGS__)                                  \
  }                                                                 \
  if (i < n) {                                                      \
    STEP(P, i, n - i, __VA_ARGS__)                                  \
  }

/// Four vectors a turn, for ops of a few instructions.
#define LOOP_4(lanes, STEP, ...)                                    \
  int64_t i = 0;                                                    \
  for (; i + 4 * (lanes) <= n; i += 4 * (lanes)) {                  \
    STEP(F, i, lanes, __VA_ARGS__)                                  \
    STEP(F, i + (lanes), lanes, __VA_ARGS__)                        \
    STEP(F, i + 2 * (lanes), lanes, __VA_ARGS__)                    \
    STEP(F, i + 3 * (lanes), lanes, __VA_ARGS__)                    \
  }                                                                 \
  for (; i + (lanes) <= n; i += (lanes)) {                          \
    STEP(F, i, lanes, __VA_ARGS__)                                  \
  }                                                                 \
  if (i < n) {                                                      \
    STEP(P, i, n - i, __VA_ARGS__)                                  \
  }

/// For ops that narrow: four vectors as one, so that the compiler packs four results at once; with AVX-512 there is
/// nothing to pack. STEP gets the lanes, too.
#if HAS_AVX512
#define STEP_WIDE(lanes, wide, STEP, ...)               \
  STEP(F, i, lanes, lanes, __VA_ARGS__)                 \
  STEP(F, i + (lanes), lanes, lanes, __VA_ARGS__)       \
  STEP(F, i + 2 * (lanes), lanes, lanes, __VA_ARGS__)   \
  STEP(F, i + 3 * (lanes), lanes, lanes, __VA_ARGS__)
#define WIDTH_WIDE(lanes, wide) (4 * (lanes))
#else
#define STEP_WIDE(lanes, wide, STEP, ...) STEP(F, i, wide, wide, __VA_ARGS__)
#define WIDTH_WIDE(lanes, wide) (wide)
#endif
#define LOOP_WIDE(lanes, wide, STEP, ...)                                           \
  int64_t i = 0;                                                                    \
  for (; i + WIDTH_WIDE(lanes, wide) <= n; i += WIDTH_WIDE(lanes, wide)) {          \
    STEP_WIDE(lanes, wide, STEP, __VA_ARGS__)                                       \
  }                                                                                 \
  for (; i + (lanes) <= n; i += (lanes)) {                                          \
    STEP(F, i, lanes, lanes, __VA_ARGS__)                                           \
  }                                                                                 \
  if (i < n) {                                                                      \
    STEP(P, i, n - i, lanes, __VA_ARGS__)                                           \
  }

// Every choice of kinds with at least one tile.
#define KINDS_2(X, ...) X(__VA_ARGS__, v, v) X(__VA_ARGS__, v, s) X(__VA_ARGS__, s, v)
#define KINDS_3(X, ...)                                                                             \
  X(__VA_ARGS__, v, v, v) X(__VA_ARGS__, v, v, s) X(__VA_ARGS__, v, s, v) X(__VA_ARGS__, s, v, v)   \
  X(__VA_ARGS__, v, s, s) X(__VA_ARGS__, s, v, s) X(__VA_ARGS__, s, s, v)
