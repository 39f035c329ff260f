// A Swift number next to a tensor counts as a literal. Without these overloads the type checker searches for seconds for
// a way to read such an expression and then gives up; `unavailable` ones do not help, as it tries those last. They are
// disfavoured so that `1 / 2 * x` is made of tensor literals, which know that 1 / 2 is a half.

extension Tensor {
  /// `a + b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func + (a: Tensor, b: Double) -> Tensor { a + Tensor(b) }

  /// `a + b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func + (a: Double, b: Tensor) -> Tensor { Tensor(a) + b }

  /// `a + b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func + (a: Tensor, b: Float) -> Tensor { a + Tensor(b) }

  /// `a + b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func + (a: Float, b: Tensor) -> Tensor { Tensor(a) + b }

  /// `a + b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func + (a: Tensor, b: Int) -> Tensor { a + Tensor(b) }

  /// `a + b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func + (a: Int, b: Tensor) -> Tensor { Tensor(a) + b }

  /// `a - b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func - (a: Tensor, b: Double) -> Tensor { a - Tensor(b) }

  /// `a - b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func - (a: Double, b: Tensor) -> Tensor { Tensor(a) - b }

  /// `a - b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func - (a: Tensor, b: Float) -> Tensor { a - Tensor(b) }

  /// `a - b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func - (a: Float, b: Tensor) -> Tensor { Tensor(a) - b }

  /// `a - b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func - (a: Tensor, b: Int) -> Tensor { a - Tensor(b) }

  /// `a - b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func - (a: Int, b: Tensor) -> Tensor { Tensor(a) - b }

  /// `a · b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func * (a: Tensor, b: Double) -> Tensor { a * Tensor(b) }

  /// `a · b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func * (a: Double, b: Tensor) -> Tensor { Tensor(a) * b }

  /// `a · b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func * (a: Tensor, b: Float) -> Tensor { a * Tensor(b) }

  /// `a · b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func * (a: Float, b: Tensor) -> Tensor { Tensor(a) * b }

  /// `a · b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func * (a: Tensor, b: Int) -> Tensor { a * Tensor(b) }

  /// `a · b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func * (a: Int, b: Tensor) -> Tensor { Tensor(a) * b }

  /// `a / b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func / (a: Tensor, b: Double) -> Tensor { a / Tensor(b) }

  /// `a / b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func / (a: Double, b: Tensor) -> Tensor { Tensor(a) / b }

  /// `a / b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func / (a: Tensor, b: Float) -> Tensor { a / Tensor(b) }

  /// `a / b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func / (a: Float, b: Tensor) -> Tensor { Tensor(a) / b }

  /// `a / b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func / (a: Tensor, b: Int) -> Tensor { a / Tensor(b) }

  /// `a / b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func / (a: Int, b: Tensor) -> Tensor { Tensor(a) / b }

  /// `a < b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .< (a: Tensor, b: Double) -> Tensor { a .< Tensor(b) }

  /// `a < b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .< (a: Double, b: Tensor) -> Tensor { Tensor(a) .< b }

  /// `a < b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .< (a: Tensor, b: Float) -> Tensor { a .< Tensor(b) }

  /// `a < b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .< (a: Float, b: Tensor) -> Tensor { Tensor(a) .< b }

  /// `a < b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .< (a: Tensor, b: Int) -> Tensor { a .< Tensor(b) }

  /// `a < b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .< (a: Int, b: Tensor) -> Tensor { Tensor(a) .< b }

  /// `a ≤ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .<= (a: Tensor, b: Double) -> Tensor { a .<= Tensor(b) }

  /// `a ≤ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .<= (a: Double, b: Tensor) -> Tensor { Tensor(a) .<= b }

  /// `a ≤ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .<= (a: Tensor, b: Float) -> Tensor { a .<= Tensor(b) }

  /// `a ≤ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .<= (a: Float, b: Tensor) -> Tensor { Tensor(a) .<= b }

  /// `a ≤ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .<= (a: Tensor, b: Int) -> Tensor { a .<= Tensor(b) }

  /// `a ≤ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .<= (a: Int, b: Tensor) -> Tensor { Tensor(a) .<= b }

  /// `a > b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .> (a: Tensor, b: Double) -> Tensor { a .> Tensor(b) }

  /// `a > b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .> (a: Double, b: Tensor) -> Tensor { Tensor(a) .> b }

  /// `a > b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .> (a: Tensor, b: Float) -> Tensor { a .> Tensor(b) }

  /// `a > b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .> (a: Float, b: Tensor) -> Tensor { Tensor(a) .> b }

  /// `a > b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .> (a: Tensor, b: Int) -> Tensor { a .> Tensor(b) }

  /// `a > b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .> (a: Int, b: Tensor) -> Tensor { Tensor(a) .> b }

  /// `a ≥ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .>= (a: Tensor, b: Double) -> Tensor { a .>= Tensor(b) }

  /// `a ≥ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .>= (a: Double, b: Tensor) -> Tensor { Tensor(a) .>= b }

  /// `a ≥ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .>= (a: Tensor, b: Float) -> Tensor { a .>= Tensor(b) }

  /// `a ≥ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .>= (a: Float, b: Tensor) -> Tensor { Tensor(a) .>= b }

  /// `a ≥ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .>= (a: Tensor, b: Int) -> Tensor { a .>= Tensor(b) }

  /// `a ≥ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .>= (a: Int, b: Tensor) -> Tensor { Tensor(a) .>= b }

  /// `a = b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .== (a: Tensor, b: Double) -> Tensor { a .== Tensor(b) }

  /// `a = b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .== (a: Double, b: Tensor) -> Tensor { Tensor(a) .== b }

  /// `a = b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .== (a: Tensor, b: Float) -> Tensor { a .== Tensor(b) }

  /// `a = b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .== (a: Float, b: Tensor) -> Tensor { Tensor(a) .== b }

  /// `a = b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .== (a: Tensor, b: Int) -> Tensor { a .== Tensor(b) }

  /// `a = b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .== (a: Int, b: Tensor) -> Tensor { Tensor(a) .== b }

  /// `a ≠ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .!= (a: Tensor, b: Double) -> Tensor { a .!= Tensor(b) }

  /// `a ≠ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .!= (a: Double, b: Tensor) -> Tensor { Tensor(a) .!= b }

  /// `a ≠ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .!= (a: Tensor, b: Float) -> Tensor { a .!= Tensor(b) }

  /// `a ≠ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .!= (a: Float, b: Tensor) -> Tensor { Tensor(a) .!= b }

  /// `a ≠ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .!= (a: Tensor, b: Int) -> Tensor { a .!= Tensor(b) }

  /// `a ≠ b`, the number taking the tensor's dtype.
  @_disfavoredOverload
  public static func .!= (a: Int, b: Tensor) -> Tensor { Tensor(a) .!= b }
}
