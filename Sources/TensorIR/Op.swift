package import Basics

/// A primitive: a small value whose stored properties are its attributes and which carries all its rules.
///
/// A conforming type lives in one file of `TensorOps`, in this order: doc formula, shape rule, derivative, batching,
/// lowering, reference, examples.
package protocol Op: Hashable, Sendable {
  /// The name in the text form, `snake_case`.
  var name: String { get }

  /// What is printed in braces after the operands, in order. Empty for most ops.
  var attributes: [Attribute] { get }

  /// The types of the results, or what is wrong with the operands in a sentence that names shapes and dtypes.
  func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType]

  /// How the op is differentiated. There is no default.
  var derivative: DerivativeRule { get }

  /// How the op is applied to stacked operands. There is no default.
  var batching: BatchingRule { get }

  /// How the op becomes loops. There is no default.
  var lowering: LoweringRule { get }

  /// The op's meaning, computed plainly.
  func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor]

  /// A small number unique to this op value, for ops without attributes that occur by the million; otherwise `nil`.
  var denseNumber: Int? { get }
}

extension Op {
  package var attributes: [Attribute] { [] }
  package var denseNumber: Int? { nil }

  /// Equality of ops of unknown types.
  package func isEqual(to other: any Op) -> Bool {
    guard let other = other as? Self else { return false }
    return self == other
  }
}

/// A named attribute of an op in the text form.
package struct Attribute: Hashable, Sendable {
  package var name: String
  package var value: AttributeValue
  package init(_ name: String, _ value: AttributeValue) {
    self.name = name
    self.value = value
  }
}

/// What an attribute can be.
package enum AttributeValue: Hashable, Sendable {
  case integer(Int)
  case integers([Int])
  case dtype(DType)
  case shape(Shape)
  case scalar(Scalar)
  case tensor(ReferenceTensor)
  case string(String)
  case function(Function)
}

/// What makes ops from their text form; the registry lists one for every op or family.
package struct OpFamily: Sendable {
  /// The names this family understands.
  package let names: [String]
  /// The op of that name with these attributes; throws what is wrong with them.
  package let make: @Sendable (_ name: String, _ attributes: AttributeReader) throws(Diagnostic) -> any Op
  /// Applications that drive the tests of every op: derivative, batching, lowering, round trip.
  package let examples: @Sendable () -> [OpExample]

  package init(
    names: [String],
    make: @escaping @Sendable (_ name: String, _ attributes: AttributeReader) throws(Diagnostic) -> any Op,
    examples: @escaping @Sendable () -> [OpExample]
  ) {
    self.names = names
    self.make = make
    self.examples = examples
  }
}

/// One application of an op to sampled operands.
package struct OpExample: Sendable {
  /// Where the elements of an operand are drawn from.
  package enum Domain: Sendable {
    /// Uniform in a closed range; for integer dtypes the integers in it.
    case range(ClosedRange<Double>)
    /// These elements, repeated as often as needed.
    case values([Double])
    /// Matrices in the last two axes, see `wellConditionedMatrices`.
    case wellConditioned
  }

  package let op: any Op
  package let operands: [TensorType]
  package let domains: [Domain]
  /// `false` where the result is not smooth at sampled points (floor, comparison …) though a derivative is defined.
  package let isSmooth: Bool

  package init(_ op: any Op, _ operands: [TensorType], _ domains: [Domain], isSmooth: Bool = true) {
    self.op = op
    self.operands = operands
    self.domains = domains
    self.isSmooth = isSmooth
  }
}

/// Reads the attributes of one op in a text, with errors that name the op and the attribute.
package struct AttributeReader: Sendable {
  package let opName: String
  package let attributes: [Attribute]

  package init(opName: String, attributes: [Attribute]) {
    self.opName = opName
    self.attributes = attributes
  }

  private func value(_ name: String) -> AttributeValue? { attributes.first { $0.name == name }?.value }

  private func missing(_ name: String, _ kind: String) -> Diagnostic {
    Diagnostic("'\(opName)' needs an attribute '\(name)' that is \(kind)")
  }

  package func integer(_ name: String) throws(Diagnostic) -> Int {
    guard case .integer(let value)? = value(name) else { throw missing(name, "an integer") }
    return value
  }

  /// `nil` if there is no such attribute.
  package func optionalInteger(_ name: String) throws(Diagnostic) -> Int? {
    value(name) == nil ? nil : try integer(name)
  }

  package func integers(_ name: String) throws(Diagnostic) -> [Int] {
    switch value(name) {
    case .integers(let value)?: return value
    case .shape(let value)?: return value.extents
    default: throw missing(name, "a list of integers")
    }
  }

  package func shape(_ name: String) throws(Diagnostic) -> Shape {
    let shape: Shape
    switch value(name) {
    case .integers(let value)?: shape = Shape(value)
    case .shape(let value)?: shape = value
    default: throw missing(name, "a shape")
    }
    guard TensorType(.f64, shape).isRepresentable else {
      throw Diagnostic("attribute '\(name)' of '\(opName)' is no shape: \(TensorType.extentRule)")
    }
    return shape
  }

  package func dtype(_ name: String) throws(Diagnostic) -> DType {
    guard case .dtype(let value)? = value(name) else { throw missing(name, "a dtype") }
    return value
  }

  package func scalar(_ name: String) throws(Diagnostic) -> Scalar {
    guard case .scalar(let value)? = value(name) else { throw missing(name, "a scalar") }
    return value
  }

  package func tensor(_ name: String) throws(Diagnostic) -> ReferenceTensor {
    guard case .tensor(let value)? = value(name) else { throw missing(name, "a tensor") }
    return value
  }

  package func string(_ name: String) throws(Diagnostic) -> String {
    guard case .string(let value)? = value(name) else { throw missing(name, "a string") }
    return value
  }

  package func function(_ name: String) throws(Diagnostic) -> Function {
    guard case .function(let value)? = value(name) else { throw missing(name, "a function") }
    return value
  }
}

extension Op {
  /// The op if it is of a type. Most are of others, which takes a hundredth of the time to see that `as?` takes.
  package func cast<Other: Op>(to type: Other.Type) -> Other? { Self.self == type ? self as? Other : nil }
}
