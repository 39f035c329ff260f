package import Basics
import Passes
package import TensorIR

/// What a function computes, as formulas.
package struct FunctionFormula: Sendable {
  package let name: String
  package let type: TensorType
  package let elements: Elements

  package enum Elements: Sendable {
    /// One for all elements, in terms of the indices of axes.
    case indexed(Formula)
    /// One for every element, in row-major order.
    case listed([Formula])
  }
}

extension Function {
  /// A formula for every result, in terms of parameters.
  ///
  /// Tensors are read with indices, as in `Σᵢ xᵢ²`. Where that is not possible because elements are put together one by
  /// one, and tensors are small, every element has a formula of its own.
  ///
  /// - Throws: What an op is called that has no formula.
  package func formulas() throws(Diagnostics) -> [FunctionFormula] {
    do {
      let function = try withoutCalls() ?? self
      do {
        return try FormulaReader<IndexedRules>(function).read()
      } catch let error as NeedsElements {
        let limit = ListedRules.maximumElementCount
        guard function.neededValues().allSatisfy({ function.type(of: $0).elementCount <= limit }) else {
          throw error.op.unsupportedInFormulas(
            ": that needs a formula for every element, and there are more than \(limit)")
        }
        return try FormulaReader<ListedRules>(function).read()
      }
    } catch let error as Diagnostic {
      throw Diagnostics([error])
    } catch let error as Diagnostics {
      throw error
    } catch {
      throw Diagnostics([Diagnostic("\(error)", kind: .bug)])
    }
  }

  /// The values that results are computed from, in order.
  fileprivate func neededValues() -> [Value] {
    var isNeeded = [Bool](repeating: false, count: valueCount)
    for result in results { isNeeded[Int(result.value.index)] = true }
    for instruction in instructions.reversed()
    where results(of: instruction).contains(where: { isNeeded[Int($0.index)] }) {
      for operand in operands(of: instruction) { isNeeded[Int(operand.index)] = true }
    }
    return isNeeded.indices.filter { isNeeded[$0] }.map { Value($0) }
  }
}

/// An op reads or puts together single elements, which indices can't say.
struct NeedsElements: Error {
  let op: any Op
}

extension Op {
  func unsupportedInFormulas(_ reason: String = "") -> Diagnostic {
    Diagnostic("'\(name)' has no formula\(reason)", kind: .unsupported)
  }
}

/// How tensors are held while a function is read.
protocol FormulaRules {
  associatedtype Tensor
  static func parameter(_ parameter: Function.Parameter) -> Tensor
  /// The result of an op with one; throws `NeedsElements` or a `Diagnostic`.
  static func apply(_ op: any Op, _ operands: [Tensor], _ types: [TensorType], _ result: TensorType) throws -> Tensor
  static func map(_ tensor: Tensor, _ change: (Formula) -> Formula) -> Tensor
  static func elements(_ tensor: Tensor) -> FunctionFormula.Elements
}

extension FunctionFormula.Elements {
  package var formulas: [Formula] {
    switch self {
    case .indexed(let formula): [formula]
    case .listed(let formulas): formulas
    }
  }
}

/// Reads a function op by op.
private struct FormulaReader<Rules: FormulaRules> {
  private let function: Function

  /// What is longer, or nested deeper, can't be read by anyone.
  private static var maximumComplexity: Int { 4000 }
  private static var maximumDepth: Int { 60 }

  init(_ function: Function) { self.function = function }

  func read() throws -> [FunctionFormula] {
    let needed = neededInstructions()
    var tensors = function.parameters.map { Rules.parameter($0) } as [Rules.Tensor?]
    tensors += [Rules.Tensor?](repeating: nil, count: function.valueCount - tensors.count)
    func tensor(_ value: Value) throws -> Rules.Tensor {
      guard let tensor = tensors[Int(value.index)] else { throw Diagnostic("a value has no formula", kind: .bug) }
      return tensor
    }
    for (number, instruction) in function.instructions.enumerated() where needed[number] {
      let result = Value(Int(instruction.firstResult))
      let op = function.op(of: instruction)
      do {
        guard instruction.resultCount == 1 else { throw op.unsupportedInFormulas() }
        let read = try Rules.apply(
          op, try function.operands(of: instruction).map(tensor), function.operandTypes(of: instruction),
          function.type(of: result))
        let formulas = Rules.elements(read).formulas
        guard formulas.allSatisfy({ $0.depth <= Self.maximumDepth }),
          formulas.reduce(0, { $0 + $1.complexity }) <= Self.maximumComplexity
        else { throw Diagnostic("the formula of '\(function.name)' is too long", kind: .unsupported) }
        tensors[Int(result.index)] = read
      } catch let error as Diagnostic {
        throw error.located(at: function.location(of: instruction))
      }
    }
    return try function.results.map {
      FunctionFormula(
        name: $0.name, type: function.type(of: $0.value), elements: Rules.elements(try tensor($0.value)))
    }
  }

  /// Those that results depend on.
  private func neededInstructions() -> [Bool] {
    var isNeeded = [Bool](repeating: false, count: function.valueCount)
    for result in function.results { isNeeded[Int(result.value.index)] = true }
    var needed = [Bool](repeating: false, count: function.instructions.count)
    for (number, instruction) in function.instructions.enumerated().reversed() {
      let results = function.results(of: instruction)
      guard results.contains(where: { isNeeded[Int($0.index)] }) else { continue }
      needed[number] = true
      for operand in function.operands(of: instruction) { isNeeded[Int(operand.index)] = true }
    }
    return needed
  }
}
