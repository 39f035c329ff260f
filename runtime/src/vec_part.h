// Parts of vectors by a padded local.

#define PADDED_PART(t, lanes)                                                   \
  INLINE VEC_(t, lanes) load_part_##t##x##lanes(const C_##t *p, int64_t r) {    \
    VEC_(t, lanes) v = 0;                                                       \
    __builtin_memcpy(&v, p, (size_t)r * sizeof(C_##t));                         \
    return v;                                                                   \
  }                                                                             \
  INLINE void store_part_##t##x##lanes(C_##t *p, VEC_(t, lanes) v, int64_t r) { \
    __builtin_memcpy(p, &v, (size_t)r * sizeof(C_##t));                         \
  }
