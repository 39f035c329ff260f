// The loops of tile kernels, and how operands are read and results written.
//
// A kernel's step is a macro STEP(M, i, r, ...), one STORE of an expression, that handles one vector at index i: M is F
// for a full vector, P for the last r elements. A step reads all its operands before it writes, so the result may lie on an operand.

#define LOAD_F(t, lanes, p, r) (*(const UNALIGNED(t, lanes) *)(p))
#define STORE_F(t, lanes, p, v, r) (*(UNALIGNED(t, lanes) *)(p) = (v))
#define LOAD_C0 LOAD_F
#define LOAD_C1 LOAD_F
#define LOAD_C2 LOAD_F
#define LOAD_C3 LOAD_F
#define STORE_C0(t, lanes, p, v, r) VEC(t, lanes) result_0 = (v)
#define STORE_C1(t, lanes, p, v, r) VEC(t, lanes) result_1 = (v)
#define STORE_C2(t, lanes, p, v, r) VEC(t, lanes) result_2 = (v)
#define STORE_C3(t, lanes, p, v, r) VEC(t, lanes) result_3 = (v)
#define STORE_W0(t, lanes, p, v, r) STORE_F(t, lanes, p, result_0, r)
#define STORE_W1(t, lanes, p, v, r) STORE_F(t, lanes, p, result_1, r)
#define STORE_W2(t, lanes, p, v, r) STORE_F(t, lanes, p, result_2, r)
#define STORE_W3(t, lanes, p, v, r) STORE_F(t, lanes, p, result_3, r)
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

/// Four vectors a turn, for ops of a few instructions. All loads stand before all stores: a load waits for a store before
/// it whose address ends in the same twelve bits. Hence two passes over a step: C computes vector number k, W writes it.
#define LOOP_4(lanes, STEP, ...)                                    \
  int64_t i = 0;                                                    \
  for (; i + 4 * (lanes) <= n; i += 4 * (lanes)) {                  \
    STEP(C0, i, lanes, __VA_ARGS__)                                 \
    STEP(C1, i + (lanes), lanes, __VA_ARGS__)                       \
    STEP(C2, i + 2 * (lanes), lanes, __VA_ARGS__)                   \
    STEP(C3, i + 3 * (lanes), lanes, __VA_ARGS__)                   \
    STEP(W0, i, lanes, __VA_ARGS__)                                 \
    STEP(W1, i + (lanes), lanes, __VA_ARGS__)                       \
    STEP(W2, i + 2 * (lanes), lanes, __VA_ARGS__)                   \
    STEP(W3, i + 3 * (lanes), lanes, __VA_ARGS__)                   \
  }                                                                 \
  LOOP_REST(lanes, STEP, __VA_ARGS__)

/// Two vectors a turn, likewise.
#define LOOP_2(lanes, STEP, ...)                                    \
  int64_t i = 0;                                                    \
  for (; i + 2 * (lanes) <= n; i += 2 * (lanes)) {                  \
    STEP(C0, i, lanes, __VA_ARGS__)                                 \
    STEP(C1, i + (lanes), lanes, __VA_ARGS__)                       \
    STEP(W0, i, lanes, __VA_ARGS__)                                 \
    STEP(W1, i + (lanes), lanes, __VA_ARGS__)                       \
  }                                                                 \
  LOOP_REST(lanes, STEP, __VA_ARGS__)

#define LOOP_REST(lanes, STEP, ...)                                 \
  _Pragma("clang loop unroll(disable)")                             \
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
