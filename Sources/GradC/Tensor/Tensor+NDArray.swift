internal import TensorIR

extension Tensor {
  /// Numbers in memory.
  public init(_ array: NDArray) { self.init(.concrete(array)) }

  /// Numbers in row-major order under a shape, rounded to a floating dtype; poison if their count is not that of the
  /// shape.
  public init(
    _ elements: [Double], shape: some Collection<Int>, dtype: DType = .f32, file: String = #fileID, line: Int = #line
  ) {
    do {
      let array = try NDArray(elements, shape: Shape(Array(shape)))
      self.init(.concrete(try array.cast(to: dtype)))
    } catch {
      self = .faulty("Tensor: \(error.message)", at: SourceLocation(file: file, line: line))
    }
  }

  /// A vector of numbers, rounded to a floating dtype.
  public init(_ elements: [Double], dtype: DType = .f32, file: String = #fileID, line: Int = #line) {
    self.init(elements, shape: [elements.count], dtype: dtype, file: file, line: line)
  }

  /// The numbers of this tensor.
  ///
  /// - Throws: `Diagnostics` if it has none: it is traced, a placeholder or poisoned.
  public func array() throws(Diagnostics) -> NDArray {
    switch storage {
    case .concrete(let array): return array
    case .literal(let literal):
      do {
        return NDArray(try literal.adopting(literal.defaultDType))
      } catch {
        throw Diagnostics(wrapping: error)
      }
    case .traced(let trace, _):
      throw Diagnostics([
        Diagnostic(
          "a tensor of trace '\(trace.name)' has no numbers; give it back from the closure and call the function",
          at: FaultLocation.current())
      ])
    case .placeholder(let placeholder):
      throw Diagnostics([Diagnostic("input '\(placeholder.name)' has no numbers", at: FaultLocation.current())])
    case .poison(let poison): throw Diagnostics(poison.diagnostics)
    }
  }

  /// The elements in row-major order as doubles; exact but for `i64` beyond 2⁵³.
  ///
  /// - Throws: `Diagnostics` if the tensor has no numbers.
  public func doubles() throws(Diagnostics) -> [Double] { try array().referenceTensor.doubles }

  /// The one element of a tensor as a double.
  ///
  /// - Throws: `Diagnostics` if the tensor has no numbers, or not exactly one.
  public func item() throws(Diagnostics) -> Double {
    let elements = try doubles()
    guard elements.count == 1 else {
      throw Diagnostics([Diagnostic("item() of a tensor with \(elements.count) elements", at: FaultLocation.current())])
    }
    return elements[0]
  }
}
