// Without these the type checker searches for long, and then says something else.

extension Tensor {
  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func + (a: Tensor, b: Int) -> Tensor { .faulty("'+' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func + (a: Int, b: Tensor) -> Tensor { .faulty("'+' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func + (a: Tensor, b: Double) -> Tensor { .faulty("'+' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func + (a: Double, b: Tensor) -> Tensor { .faulty("'+' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func + (a: Tensor, b: Float) -> Tensor { .faulty("'+' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func + (a: Float, b: Tensor) -> Tensor { .faulty("'+' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func - (a: Tensor, b: Int) -> Tensor { .faulty("'-' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func - (a: Int, b: Tensor) -> Tensor { .faulty("'-' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func - (a: Tensor, b: Double) -> Tensor { .faulty("'-' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func - (a: Double, b: Tensor) -> Tensor { .faulty("'-' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func - (a: Tensor, b: Float) -> Tensor { .faulty("'-' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func - (a: Float, b: Tensor) -> Tensor { .faulty("'-' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func * (a: Tensor, b: Int) -> Tensor { .faulty("'*' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func * (a: Int, b: Tensor) -> Tensor { .faulty("'*' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func * (a: Tensor, b: Double) -> Tensor { .faulty("'*' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func * (a: Double, b: Tensor) -> Tensor { .faulty("'*' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func * (a: Tensor, b: Float) -> Tensor { .faulty("'*' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func * (a: Float, b: Tensor) -> Tensor { .faulty("'*' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func / (a: Tensor, b: Int) -> Tensor { .faulty("'/' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func / (a: Int, b: Tensor) -> Tensor { .faulty("'/' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func / (a: Tensor, b: Double) -> Tensor { .faulty("'/' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func / (a: Double, b: Tensor) -> Tensor { .faulty("'/' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func / (a: Tensor, b: Float) -> Tensor { .faulty("'/' of a Swift number", at: nil) }

  /// Not there: write `Tensor(x)` for a variable `x`.
  @available(*, unavailable, message: "a Swift number next to a tensor: write Tensor(x)")
  public static func / (a: Float, b: Tensor) -> Tensor { .faulty("'/' of a Swift number", at: nil) }
}
