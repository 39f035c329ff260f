package import Basics
package import KernelIR

/// A function of the runtime, by what it does.
///
/// Kinds say of each operand whether it is a pointer to a tile (`true`, letter `v`) or one element (`false`, `s`).
package enum RuntimeFunction: Hashable, Sendable {
  case tile(ScalarOp, DType, kinds: [Bool], accuracy: FunctionAccuracy = .high)
  /// `outer(inner(a, b), c)`, or `c - inner(a, b)` where `reversed`.
  case pair(inner: ScalarOp, outer: ScalarOp, reversed: Bool, DType, kinds: [Bool])
  /// `outer(middle(inner(a, b), c), e)`; a is a tile.
  case chain(inner: ChainLink, middle: ChainLink, outer: ChainLink, DType, kinds: [Bool])
  /// `outer(first(a, b), second(c, e))`; a and c are tiles.
  case join(first: ScalarOp, second: ScalarOp, outer: ScalarOp, DType, kinds: [Bool])
  /// Ops one after the other, the first on the first operands, each next one with the operands that it adds.
  case combined([TileStep], DType, kinds: [Bool])
  /// A polynomial by its coefficients, the highest first.
  case horner(DType)
  case cast(from: DType, to: DType)
  case fill(DType)
  case copy(DType)
  /// A copy past the caches, of floating numbers.
  case stream(DType)
  case iota(DType)
  case load(DType)
  case store(DType)
  case gather(DType, index: DType)
  case scatter(ScatterCombiner, DType, index: DType)
  case lanesFill(DType)
  case reduce(Combiner, DType)
  case reduceMulAdd(DType)
  case lanes(Combiner, DType)
  case scalar(ScalarOp, DType, accuracy: FunctionAccuracy = .high)
  /// Sine, and cosine at an address.
  case scalarSineCosine(DType)
  case tileSineCosine(DType)
  case scalarCast(from: DType, to: DType)
  case product(Gemm.Order, DType)
  case library(LibrarySignature)
  /// Makes room for rows of a tape.
  case reserveTape
  /// Calls a function for chunks of a range, by as many threads as there are.
  case parallelFor
  /// Brings the code that runs soon into the cache.
  case prefetchCode
  /// Lets other threads see what has been stored past the caches.
  case endStreams
}

/// An op in the name of a combined kernel.
package enum TileStep: String, Hashable, Sendable {
  case add, sub, mul
  /// The second operand minus the first.
  case rsub
  /// `a * b + c`, `a * b - c` and `c - a * b`, rounded once; as a further op the result so far is a.
  case fma, fms, fnma
  /// `a + b * c`, rounded once, where a is the result so far.
  case mac
  /// The product of the result so far with itself; an `add` after it makes an fma.
  case square
  /// The product of the result so far with the first operand; after an `fma` or `fnma` that the first two factors are one.
  case own = "self"
  /// `a op b ? c : e`, followed by the op.
  case select
  case eq, lt, le
}

/// An op of a chain; a reversed `sub` is the second operand minus the first.
package struct ChainLink: Hashable, Sendable {
  package var op: ScalarOp
  package var isReversed: Bool

  package init(_ op: ScalarOp, reversed: Bool = false) {
    self.op = op
    isReversed = reversed
  }

  var name: String { isReversed ? "r" + op.name : op.name }
}

extension DType {
  /// The C type of an element.
  package var cName: String {
    switch self {
    case .f32: "float"
    case .f64: "double"
    case .i32: "int32_t"
    case .i64: "int64_t"
    case .bool: "uint8_t"
    }
  }
}

extension RuntimeFunction {
  /// The symbol.
  package var name: String {
    switch self {
    case .tile(let op, let dtype, let kinds, let accuracy):
      "tile_\(op.name(accuracy))_\(dtype)\(op.arity == 1 ? "" : "_" + letters(kinds))"
    case .pair(let inner, let outer, let reversed, let dtype, let kinds):
      "tile_\(inner.name)_\(reversed ? "r" : "")\(outer.name)_\(dtype)_\(letters(kinds))"
    case .chain(let inner, let middle, let outer, let dtype, let kinds):
      "tile_chain_\(inner.name)_\(middle.name)_\(outer.name)_\(dtype)_\(letters(kinds))"
    case .join(let first, let second, let outer, let dtype, let kinds):
      "tile_join_\(first.name)_\(second.name)_\(outer.name)_\(dtype)_\(letters(kinds))"
    case .combined(let steps, let dtype, let kinds):
      "tile_\(steps.map(\.rawValue).joined(separator: "_"))_\(dtype)_\(letters(kinds))"
    case .horner(let dtype): "tile_horner_\(dtype)"
    case .cast(let from, let to): "tile_cast_\(from)_\(to)"
    case .fill(let dtype): "tile_fill_\(dtype)"
    case .copy(let dtype): "tile_copy_\(dtype)"
    case .stream(let dtype): "tile_stream_\(dtype)"
    case .iota(let dtype): "tile_iota_\(dtype)"
    case .load(let dtype): "tile_load_\(dtype)"
    case .store(let dtype): "tile_store_\(dtype)"
    case .gather(let dtype, let index): "tile_gather_\(dtype)_\(index)"
    case .scatter(let combiner, let dtype, let index): "tile_scatter_\(combiner.name)_\(dtype)_\(index)"
    case .lanesFill(let dtype): "lanes_fill_\(dtype)"
    case .reduce(let combiner, let dtype): "tile_reduce_\(combiner.name)_\(dtype)"
    case .reduceMulAdd(let dtype): "tile_reduce_mul_add_\(dtype)_vv"
    case .lanes(let combiner, let dtype): "lanes_\(combiner.name)_\(dtype)"
    case .scalar(let op, let dtype, let accuracy): "scalar_\(op.name(accuracy))_\(dtype)"
    case .scalarSineCosine(let dtype): "scalar_sincos_\(dtype)"
    case .tileSineCosine(let dtype): "tile_sincos_\(dtype)"
    case .scalarCast(let from, let to): "scalar_cast_\(from)_\(to)"
    case .product(.library, let dtype): "blas_gemm_\(dtype)"
    case .product(.rows, let dtype): "product_rows_\(dtype)"
    case .product(.lanes, let dtype): "product_dots_\(dtype)"
    case .product(.symmetry, let dtype): "blas_symmetric_\(dtype)"
    case .library(let signature): signature.runtimeName
    case .reserveTape: "gradc_tape_reserve"
    case .parallelFor: "gradc_parallel_for"
    case .prefetchCode: "gradc_prefetch_code"
    case .endStreams: "gradc_end_streams"
    }
  }

  /// The declaration, without a final semicolon.
  package var prototype: String {
    switch self {
    case .tile(let op, let dtype, let kinds, _):
      var operands = zip(["a", "b", "c"], op.arity == 1 ? [true] : kinds).map { operand($0, dtype, isTile: $1) }
      if op == .select { operands = ["const uint8_t *c"] + operands }
      return tile(op.resultDType(dtype), operands)
    case .pair(_, _, _, let dtype, let kinds):
      return tile(dtype, zip(["a", "b", "c"], kinds).map { operand($0, dtype, isTile: $1) })
    case .chain(_, _, _, let dtype, let kinds), .join(_, _, _, let dtype, let kinds):
      return tile(dtype, zip(["a", "b", "c", "e"], kinds).map { operand($0, dtype, isTile: $1) })
    case .combined(_, let dtype, let kinds):
      return tile(dtype, zip(["a", "b", "c", "e", "f"], kinds).map { operand($0, dtype, isTile: $1) })
    case .horner(let dtype):
      return tile(dtype, [operand("x", dtype, isTile: true), operand("s", dtype, isTile: true), "int64_t count"])
    case .cast(let from, let to): return tile(to, [operand("a", from, isTile: true)])
    case .fill(let dtype): return tile(dtype, [operand("s", dtype, isTile: false)])
    case .copy(let dtype), .stream(let dtype): return tile(dtype, [operand("a", dtype, isTile: true)])
    case .iota(let dtype):
      return tile(dtype, [operand("start", dtype, isTile: false), operand("step", dtype, isTile: false)])
    case .load(let dtype): return tile(dtype, [operand("base", dtype, isTile: true), "int64_t stride"])
    case .store(let dtype):
      return "void \(name)(\(dtype.cName) *base, int64_t stride, const \(dtype.cName) *a, int64_t n)"
    case .gather(let dtype, let index):
      return tile(
        dtype,
        [
          operand("base", dtype, isTile: true), operand("index", index, isTile: true), "int64_t stride",
          "int64_t limit",
        ])
    case .scatter(_, let dtype, let index):
      return "void \(name)(\(dtype.cName) *base, const \(index.cName) *index, int64_t stride, int64_t limit, "
        + "const \(dtype.cName) *a, int64_t n)"
    case .lanesFill(let dtype): return "void \(name)(\(dtype.cName) *acc, \(dtype.cName) s)"
    case .reduce(_, let dtype): return "void \(name)(\(dtype.cName) *acc, const \(dtype.cName) *a, int64_t n)"
    case .reduceMulAdd(let dtype):
      return "void \(name)(\(dtype.cName) *acc, const \(dtype.cName) *a, const \(dtype.cName) *b, int64_t n)"
    case .lanes(_, let dtype): return "\(dtype.cName) \(name)(const \(dtype.cName) *acc)"
    case .scalar(let op, let dtype, _):
      var operands = ["a", "b", "c"].prefix(op.arity).map { "\(dtype.cName) \($0)" }
      if op == .select { operands = ["uint8_t c", "\(dtype.cName) a", "\(dtype.cName) b"] }
      return "\(op.resultDType(dtype).cName) \(name)(\(operands.joined(separator: ", ")))"
    case .scalarSineCosine(let dtype): return "\(dtype.cName) \(name)(\(dtype.cName) a, \(dtype.cName) *c)"
    case .tileSineCosine(let dtype):
      return tile(dtype, ["\(dtype.cName) *c", operand("a", dtype, isTile: true)])
    case .scalarCast(let from, let to): return "\(to.cName) \(name)(\(from.cName) a)"
    case .product(.rows, let dtype):
      let t = dtype.cName
      return
        "void \(name)(int64_t m, int64_t n, int64_t k, const \(t) *a, int64_t row_a, int64_t column_a, const \(t) *b, "
        + "int64_t row_b, int64_t column_b, \(t) *c, int64_t row_c, int32_t adds)"
    case .product(.lanes, let dtype):
      let t = dtype.cName
      return
        "void \(name)(int64_t m, int64_t n, int64_t k, const \(t) *a, int64_t row_a, const \(t) *b, int64_t column_b, "
        + "\(t) *c, int64_t row_c, int32_t adds)"
    case .product(.library, let dtype):
      let t = dtype.cName
      return "void \(name)(int32_t transA, int32_t transB, int64_t m, int64_t n, int64_t k, \(t) alpha, const \(t) *a, "
        + "int64_t lda, const \(t) *b, int64_t ldb, \(t) beta, \(t) *c, int64_t ldc)"
    case .product(.symmetry, let dtype):
      let t = dtype.cName
      return "void \(name)(int32_t transA, int32_t transB, int64_t first, int64_t last, int64_t k, const \(t) *a, "
        + "int64_t lda, const \(t) *b, int64_t ldb, \(t) *c, int64_t ldc, int64_t strip, int32_t adds)"
    case .library(let signature): return signature.runtimePrototype
    case .reserveTape: return "int32_t \(name)(void *tape, int64_t rows, int64_t row_bytes)"
    case .parallelFor:
      return "void \(name)(void (*body)(void *context, int64_t first, int64_t last), void *context, int64_t count, "
        + "int64_t chunk)"
    case .prefetchCode, .endStreams: return "void \(name)(void)"
    }
  }

  private func letters(_ kinds: [Bool]) -> String { String(kinds.map { $0 ? "v" : "s" }) }

  private func operand(_ name: String, _ dtype: DType, isTile: Bool) -> String {
    isTile ? "const \(dtype.cName) *\(name)" : "\(dtype.cName) \(name)"
  }

  private func tile(_ dtype: DType, _ operands: [String]) -> String {
    "void \(name)(\((["\(dtype.cName) *d"] + operands + ["int64_t n"]).joined(separator: ", ")))"
  }
}
