package import Basics
import KernelIR
package import TensorIR

// Keys are tensors of dtype i32 whose last axis has two words; the axes before it count keys. Numbers of a key are those
// of the counters 0, 1, 2, … in row-major order, as in JAX (`jax_threefry_partitionable`).
extension Term {
  /// A word of every key, of a shape `[keys…, shape…]`.
  private func word(_ place: Int, _ shape: Shape) -> Term {
    let last = self.shape.rank - 1
    let keys = Shape(Array(self.shape.extents[..<last]))
    return sliced(axis: last, place..<place + 1).reshaped(to: keys)
      .broadcast(to: keys.appending(shape), axes: Array(0..<last))
  }

  /// Records, and gives `nil`, unless this is a key or a stack of keys.
  private func checkedKey(_ operation: String) -> Term? {
    if isPoison { return nil }
    if dtype == .i32, shape.extents.last == 2 { return self }
    builder.record(Diagnostic("'\(operation)' needs a key of type i32[2], or a stack of such, not \(type)"))
    return nil
  }

  /// Random bits of dtype i32 or i64, of shape `[keys…, shape…]`.
  package func randomBits(_ shape: Shape, dtype: DType) -> Term {
    guard let key = checkedKey("random_bits") else { return poison }
    let all = TensorType(.i64, Shape(Array(key.shape.extents.dropLast())).appending(shape))
    guard dtype.isInteger, all.isRepresentable else {
      return failing("'random_bits' are of dtype i32 or i64 and a shape that can be, not \(dtype)\(shape)")
    }
    let first = key.shape.rank - 1
    let isSmall = shape.elementCount <= Int(Int32.max)
    // Positions beyond 2³¹ need the wide sum.
    let type = all.with(isSmall ? .i32 : .i64)
    var position: Term?
    for (axis, stride) in shape.strides.enumerated() where shape[axis] != 1 {
      let index = builder.iota(type, axis: first + axis)
      let part = stride == 1 ? index : index * builder.splat(Scalar(Int64(stride), as: type.dtype), type.shape)
      position = position.map { $0 + part } ?? part
    }
    let low = position ?? builder.zeros(type)
    let high =
      isSmall ? builder.zeros(type) : low.applying(.lshr, builder.splat(Scalar(Int64(32), as: .i64), type.shape))
    return builder.apply(
      Threefry(folded: dtype == .i32),
      [key.word(0, shape), key.word(1, shape), high.cast(to: .i32), low.cast(to: .i32)])[0]
  }

  /// `[keys…, indices…, 2]`: the keys with numbers of dtype i32 or i64 folded in, which have nothing to do with each other.
  package func foldedKey(_ indices: Term) -> Term {
    guard let key = checkedKey("fold_in"), !indices.isPoison else { return poison }
    guard indices.dtype.isInteger else {
      return failing("'fold_in' needs a number of dtype i32 or i64, not \(indices.type)")
    }
    let first = key.shape.rank - 1
    let keys = Shape(Array(key.shape.extents[..<first]))
    let wide = indices.cast(to: .i64)
      .broadcast(to: keys.appending(indices.shape), axes: Array(first..<first + indices.shape.rank))
    let shift = builder.splat(Scalar(Int64(32), as: .i64), wide.shape)
    let both = builder.apply(
      Threefry(folded: false),
      [
        key.word(0, indices.shape), key.word(1, indices.shape), wide.applying(.ashr, shift).cast(to: .i32),
        wide.cast(to: .i32),
      ])[0]
    let words = [both.applying(.ashr, shift).cast(to: .i32), both.cast(to: .i32)]
    return builder.concat(words.map { $0.expandingAxis($0.shape.rank) }, axis: both.shape.rank)
  }

  /// Numbers uniform in [0, 1): multiples of 2⁻²³ or 2⁻⁵².
  package func randomUniform(_ shape: Shape, dtype: DType) -> Term {
    guard dtype.isFloating else { return failing("'random_uniform' is of a floating dtype, not \(dtype)") }
    return randomMantissa(shape, dtype) * (dtype == .f32 ? 0x1p-23 : 0x1p-52)
  }

  /// Numbers uniform in (0, 1), in the middle between those of ``randomUniform``.
  private func randomInside(_ shape: Shape, _ dtype: DType) -> Term {
    (randomMantissa(shape, dtype) + 0.5) * (dtype == .f32 ? 0x1p-23 : 0x1p-52)
  }

  /// Whole numbers of 23 or 52 bits.
  private func randomMantissa(_ shape: Shape, _ dtype: DType) -> Term {
    let bits = randomBits(shape, dtype: dtype == .f32 ? .i32 : .i64)
    if bits.isPoison { return bits }
    let shift = builder.splat(Scalar(Int64(dtype == .f32 ? 9 : 12), as: bits.dtype), bits.shape)
    return bits.applying(.lshr, shift).cast(to: dtype)
  }

  /// Numbers of the standard normal distribution, as quantiles of uniform ones.
  package func randomNormal(_ shape: Shape, dtype: DType) -> Term {
    guard dtype.isFloating else { return failing("'random_normal' is of a floating dtype, not \(dtype)") }
    let uniform = randomInside(shape, dtype)
    return uniform.isPoison ? uniform : uniform.ndtri()
  }

  /// Numbers of the standard exponential distribution, positive.
  package func randomExponential(_ shape: Shape, dtype: DType) -> Term {
    guard dtype.isFloating else { return failing("'random_exponential' is of a floating dtype, not \(dtype)") }
    let uniform = randomInside(shape, dtype)
    return uniform.isPoison ? uniform : -uniform.applying(.log)
  }

  /// Numbers of the standard Gumbel distribution.
  package func randomGumbel(_ shape: Shape, dtype: DType) -> Term {
    let exponential = randomExponential(shape, dtype: dtype)
    return exponential.isPoison ? exponential : -exponential.applying(.log)
  }

  /// Integers of dtype i32 or i64 from `lower` up to but not including `upper`, of 63 random bits each.
  package func randomIntegers(_ shape: Shape, _ lower: Int, _ upper: Int, dtype: DType) -> Term {
    let (count, overflow) = upper.subtractingReportingOverflow(lower)
    guard dtype.isInteger, !overflow, count > 0 else {
      return failing(
        "'random_integers' are of dtype i32 or i64 from a range that is not empty, not \(lower)..<\(upper)")
    }
    let bits = randomBits(shape, dtype: .i64)
    if bits.isPoison { return bits }
    func number(_ value: Int) -> Term { builder.splat(Scalar(Int64(value), as: .i64), bits.shape) }
    let positive = bits.applying(.lshr, number(1))
    return (positive.applying(.rem, number(count)) + number(lower)).cast(to: dtype)
  }

  /// The numbers below `count` in random order, of dtype i64, for every key.
  package func randomPermutation(_ count: Int) -> Term {
    let bits = randomBits([count], dtype: .i64)
    return bits.isPoison ? bits : bits.argsort(axis: bits.shape.rank - 1)
  }
}
