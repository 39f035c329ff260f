@_exported public import Basics
internal import TensorIR

/// An array of numbers in a program, the one type that models are written with.
///
/// A tensor is one of four things, and every operation takes them all:
/// - a value of a trace: what the closure given to ``trace(_:_:file:line:body:)`` computes with;
/// - numbers in memory, an ``NDArray``: a constant inside a trace, an argument of a call outside;
/// - a literal such as `2` or `0.5`: a scalar that takes the dtype of what it meets;
/// - a placeholder, ``input(_:_:_:file:line:)``, that names and shapes a parameter.
///
/// Operations on traced tensors record instructions. Operations outside any trace are computed at once by the reference
/// interpreter, which is slow and meant for small things. A faulty operation stops nothing: it gives a poisoned tensor,
/// and its diagnostic is thrown by the trace, or by whatever reads the tensor's numbers.
public struct Tensor: Sendable {
  enum Storage: Sendable {
    case traced(Trace, Value)
    case concrete(NDArray)
    case literal(Literal)
    case placeholder(Placeholder)
    case poison(Poison)
  }

  let storage: Storage

  init(_ storage: Storage) { self.storage = storage }
}

/// A parameter before there is a trace.
struct Placeholder: Sendable {
  let name: String
  let type: TensorType
  /// In structures that show a closure's choice, the position of the tensor this stands for.
  var number: Int?
}

/// What is left of a faulty operation.
final class Poison: Sendable {
  let diagnostics: [Diagnostic]
  /// The trace that knows the diagnostics already.
  let trace: Trace?

  init(_ diagnostics: [Diagnostic], in trace: Trace?) {
    self.diagnostics = diagnostics
    self.trace = trace
  }
}

// On the protocol, so that `.input("x", .f32, [3])` can be written where any structure is taken.
extension TensorStructure where Self == Tensor {
  /// A placeholder of a parameter: `trace` makes a parameter of this name and type of it, and no other operation takes
  /// it.
  ///
  /// - Parameters:
  ///   - name: The parameter's name in printed IR and emitted C; inside a structure the field's name wins.
  ///   - dtype: The element type.
  ///   - shape: The extents, each ≥ 0; `[]` is a scalar.
  /// - Returns: The placeholder; poison if an extent is negative or the element count overflows.
  public static func input(
    _ name: String, _ dtype: DType = .f32, _ shape: some Collection<Int> = [] as [Int],
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let shape = Shape(Array(shape))
    if let problem = Extents.problem(of: shape) {
      return Tensor.faulty("input '\(name)': \(problem)", at: SourceLocation(file: file, line: line))
    }
    return Tensor(.placeholder(Placeholder(name: name, type: TensorType(dtype, shape))))
  }
}

extension Tensor {
  /// Dtype and shape; `nil` for poison.
  var type: TensorType? {
    switch storage {
    case .traced(let trace, let value): trace.type(of: value)
    case .concrete(let array): array.tensorType
    case .literal(let literal): TensorType(literal.defaultDType, .scalar)
    case .placeholder(let placeholder): placeholder.type
    case .poison: nil
    }
  }

  /// The element type. A literal that has met nothing yet says `f32`, `i32` or `bool`; poison says `f32`.
  public var dtype: DType { type?.dtype ?? .f32 }

  /// The extents, outermost axis first; `[]` for scalars, literals and poison.
  public var shape: Extents {
    guard let type else { return Extents(poisoned: ()) }
    return Extents(type.shape.extents)
  }

  /// The number of axes.
  public var rank: Int { type?.rank ?? 0 }

  /// The number of elements.
  public var elementCount: Int { type?.elementCount ?? 1 }

  /// `true` for the result of a faulty operation.
  public var isPoisoned: Bool {
    if case .poison = storage { true } else { false }
  }

  /// What went wrong where this tensor was computed; empty unless it is poisoned.
  public var diagnostics: [Diagnostic] {
    if case .poison(let poison) = storage { poison.diagnostics } else { [] }
  }
}

extension Tensor: CustomStringConvertible {
  /// The numbers of a tensor in memory; the type of any other.
  public var description: String {
    switch storage {
    case .traced(let trace, _): "Tensor(\(trace.name): \(dtype)\(shape))"
    case .concrete(let array): "\(array)"
    case .literal(let literal): literal.description
    case .placeholder(let placeholder): "Tensor(input '\(placeholder.name)': \(placeholder.type))"
    case .poison(let poison): "Tensor(poisoned: \(poison.diagnostics.first?.message ?? "no diagnostic"))"
    }
  }
}
