package import Basics
import KernelIR
package import TensorIR

/// Which values get buffers, and which are computed in which kernel: the decision between tensor IR and loops.
///
/// Jobs run in order. A value that is no root is computed wherever it is used.
package struct FusionPlan: Sendable {
  package enum Job: Sendable {
    case loops(LoopGroup)
    /// A matrix product; the number of its instruction.
    case dot(Int, DotPlan)
    /// Boxes of operands written into one buffer; the number of the instruction.
    case place(Int)
    /// A tensor written into a buffer, and then elements or a box of it combined or replaced.
    case scatter(Int)
    /// A recurrence along an axis; the number of the instruction.
    case cumulate(Int)
    /// Windows added up where they overlap; the number of the instruction.
    case foldWindows(Int)
    /// Functions within an op; the number of the instruction.
    case controlFlow(Int)
    /// A call of a routine; the number of its instruction.
    case call(Int, CallPlan)
  }

  package var jobs: [Job] = []
  /// Why each job is one of its own, and no part of one before it.
  package var reasons: [String] = []
  /// The job that computes a root, -1 for values that are none.
  package var jobOfValue: [Int32]
  /// Roots that have a buffer; the others are used by their own group alone and stay in registers or tiles.
  package var hasBuffer: [Bool]

  package func isRoot(_ value: Value) -> Bool { jobOfValue[Int(value.index)] >= 0 }
}

/// Roots computed by one nest of loops.
package struct LoopGroup: Sendable {
  package enum Level: Sendable {
    /// One element for every point of the domain.
    case inner
    /// As many elements for every point as there are tensors put side by side.
    case stacked
    /// A reduction over the group's reduced axes.
    case reduction
    /// One element for every point of the axes that are not reduced.
    case outer
  }

  package struct Root: Sendable {
    package var value: Value
    package var level: Level
    /// The pass over the reduced axes in which it is computed; an outer one follows pass `stage`.
    package var stage: Int
  }

  package var domain: Shape
  /// `nil` as long as nothing is reduced.
  package var reducedAxes: [Int]?
  package var roots: [Root]

  package var keptAxes: [Int] { domain.extents.indices.filter { !(reducedAxes ?? []).contains($0) } }
  package var stageCount: Int { (roots.map(\.stage).max() ?? 0) + 1 }
}

/// What the planner and the lowering both ask of a function.
package struct LoweringView: Sendable {
  package let function: Function
  /// By op number.
  package let rules: [LoweringRule]
  package let useCounts: [Int32]

  package init(_ function: Function) {
    self.function = function
    rules = function.ops.map(\.lowering)
    useCounts = function.useCounts()
  }

  package func rule(_ instruction: Function.Instruction) -> LoweringRule { rules[Int(instruction.op)] }

  package func rule(of value: Value) -> LoweringRule? {
    let number = function.definitions[Int(value.index)]
    return number < 0 ? nil : rules[Int(function.instructions[Int(number)].op)]
  }

  package func operand(_ index: Int, of instruction: Function.Instruction) -> Value {
    function.operandPool[Int(instruction.firstOperand) + index]
  }

  /// `true` for values that are in memory before any job runs.
  package func isInMemory(_ value: Value) -> Bool {
    guard let rule = rule(of: value) else { return true }
    if case .constant(let tensor) = rule { return tensor.uniform == nil && tensor.count > 0 }
    return false
  }

  /// Whether an instruction can be computed element by element wherever it is used.
  package func isFusible(_ instruction: Function.Instruction) -> Bool {
    switch rule(instruction) {
    case .scalar, .cast, .constant, .iota, .view, .reshape, .take, .dynamicSlice: true
    case .place, .reduce, .dot, .scatter, .dynamicUpdate, .cumulate, .foldWindows, .library, .composed, .controlFlow:
      false
    }
  }

  /// The value that holds the same elements in the same order, behind reshapes.
  package func memoryBase(of value: Value) -> Value {
    var base = value
    while let instruction = function.definition(of: base), case .reshape = rule(instruction) {
      base = operand(0, of: instruction)
    }
    return base
  }

  /// A reshape that no index map can pass through: its operand must be in memory.
  package func isOpaqueReshape(_ instruction: Function.Instruction) -> Bool {
    guard case .reshape = rule(instruction) else { return false }
    let source = function.type(of: operand(0, of: instruction)).shape
    return !ReshapeRun.isAffine(from: source, to: function.type(of: Value(Int(instruction.firstResult))).shape)
  }
}
