/// A value and the gradient that goes with it.
public struct ValueAndGradient<Value: TensorStructure, Gradient: TensorStructure>: TensorStructure {
  /// `f(x)`.
  public var value: Value
  /// `∂f/∂x`, in the form of x.
  public var gradient: Gradient

  /// A value with its gradient.
  public init(value: Value, gradient: Gradient) {
    self.value = value
    self.gradient = gradient
  }

  /// Visits `value` and `gradient`.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("value", &value)
    visitor.visit("gradient", &gradient)
  }
}

/// A value and its tangent, what forward mode gives.
public struct ValueAndTangent<Value: TensorStructure>: TensorStructure {
  /// `y = f(x)`.
  public var value: Value
  /// `ẏ = ∂f/∂x · ẋ`.
  public var tangent: Value

  /// A value with its tangent.
  public init(value: Value, tangent: Value) {
    self.value = value
    self.tangent = tangent
  }

  /// Visits `value` and `tangent`.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("value", &value)
    visitor.visit("tangent", &tangent)
  }
}

/// A value and the cotangent of what it was computed from, what reverse mode gives.
public struct ValueAndCotangent<Value: TensorStructure, Cotangent: TensorStructure>: TensorStructure {
  /// `y = f(x)`.
  public var value: Value
  /// `x̄ = (∂f/∂x)ᵀ ȳ`.
  public var cotangent: Cotangent

  /// A value with a cotangent.
  public init(value: Value, cotangent: Cotangent) {
    self.value = value
    self.cotangent = cotangent
  }

  /// Visits `value` and `cotangent`.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("value", &value)
    visitor.visit("cotangent", &cotangent)
  }
}
