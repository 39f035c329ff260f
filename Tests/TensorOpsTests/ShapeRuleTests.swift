import Basics
import TensorIR
import TensorOps
import Testing

@Suite struct ShapeRuleTests {
  @Test(arguments: OpRegistry.examples)
  func referenceHasTheInferredTypes(_ example: OpExample) throws {
    var generator = SplitMix(seed: 1)
    let results = try example.op.reference(generator.operands(example))
    #expect(results.map(\.type) == (try example.op.resultTypes(example.operands)))
  }

  @Test(arguments: OpRegistry.examples)
  func wrongOperandsAreErrorsThatNameTheOp(_ example: OpExample) throws {
    func check(_ operands: [TensorType]) {
      do {
        _ = try example.op.resultTypes(operands)
        Issue.record("'\(example.op.name)' accepts \(operands)")
      } catch {
        #expect(error.kind == .error)
        #expect(error.message.contains("'\(example.op.name)'"), "\(error)")
      }
    }
    check(example.operands + [TensorType(.f32, [])])
    if !example.operands.isEmpty { check(Array(example.operands.dropLast())) }
  }

  /// Whatever a text may hold: an error, or a type the reference agrees with; never a trap.
  @Test(arguments: OpRegistry.examples)
  func malformedAttributesAndOperandsAreErrors(_ example: OpExample) throws {
    var generator = SplitMix(seed: 2)
    for attributes in mutations(of: example.op.attributes) {
      let reader = AttributeReader(opName: example.op.name, attributes: attributes)
      guard let op = try? OpRegistry.make(example.op.name, reader) else { continue }
      try check(op, example.operands, example.domains, &generator)
      for operands in mutations(of: example.operands) { try check(op, operands, example.domains, &generator) }
    }
    for operands in mutations(of: example.operands) { try check(example.op, operands, example.domains, &generator) }
  }

  private func check(
    _ op: any Op, _ operands: [TensorType], _ domains: [OpExample.Domain], _ generator: inout SplitMix
  ) throws {
    let results: [TensorType]
    do { results = try op.resultTypes(operands) } catch { return }
    for result in results {
      #expect(result.shape.extents.allSatisfy { $0 >= 0 })
      #expect(result.shape.checkedElementCount != nil)
    }
    // Of loops without bound, many never end.
    guard results.allSatisfy({ $0.elementCount <= 4096 }), !(op is WhileLoop) else { return }
    let inputs = zip(operands, domains).map { generator.tensor($0, $1) }
    #expect(try op.reference(inputs).map(\.type) == results, "\(op.name) \(op.attributes) \(operands)")
    // Rules may look at attributes only; none may trap on ones that are fine.
    _ = (op.lowering, op.derivative, op.batching)
  }

  private func mutations(of operands: [TensorType]) -> [[TensorType]] {
    var all: [[TensorType]] = []
    for index in operands.indices {
      let type = operands[index]
      var variants = DType.allCases.map { type.with($0) }
      variants.append(type.with(type.shape.inserting(2, at: 0)))
      variants.append(type.with(.scalar))
      for axis in type.shape.extents.indices {
        for extent in [0, 1, 2, 7] {
          var extents = type.shape.extents
          extents[axis] = extent
          variants.append(type.with(Shape(extents)))
        }
        variants.append(type.with(type.shape.removing([axis])))
      }
      for variant in variants where variant != type {
        var copy = operands
        copy[index] = variant
        all.append(copy)
      }
    }
    return all
  }

  private func mutations(of attributes: [Attribute]) -> [[Attribute]] {
    let strange = [-1, 0, 1, 2, 3, 7, Int.max, Int.max - 1, Int.min, 1 << 31, 1 << 40]
    var all: [[Attribute]] = []
    func add(_ index: Int, _ value: AttributeValue) {
      var copy = attributes
      copy[index].value = value
      all.append(copy)
    }
    func addLists(_ index: Int, _ list: [Int]) {
      for place in list.indices {
        for number in strange {
          var copy = list
          copy[place] = number
          add(index, .integers(copy))
        }
      }
      for number in strange {
        add(index, .integers(list + [number]))
        add(index, .integers([Int](repeating: number, count: list.count)))
      }
      add(index, .integers(Array(list.dropLast())))
      add(index, .integers([1 << 40, 1 << 40, 0]))
    }
    for (index, attribute) in attributes.enumerated() {
      switch attribute.value {
      case .integer: for number in strange { add(index, .integer(number)) }
      case .integers(let list): addLists(index, list)
      case .shape(let shape): addLists(index, shape.extents)
      case .dtype: for dtype in DType.allCases { add(index, .dtype(dtype)) }
      default: break
      }
    }
    return all
  }

  /// Rules are asked only of ops whose attributes make sense, however the op is emitted.
  @Test func attributesThatMakeNoSense() {
    let ops: [(any Op, Int)] = [
      (Slice(starts: [0, 0], limits: [2, 3], strides: [1]), 1),
      (Slice(starts: [0, 0], limits: [2, 3], strides: [0, 1]), 1),
      (Pad(low: [0, 0], high: [0, 0], interior: [.max, 0]), 2),
      (Concat(axis: 0, extents: [2], rank: -1), 1),
      (Transpose([7, -1]), 1),
    ]
    for (op, count) in ops {
      let builder = FunctionBuilder()
      let x = builder.parameter("x", TensorType(.f32, [2, 3]))
      let fill = builder.parameter("fill", TensorType(.f32, .scalar))
      #expect((count == 1 ? builder.emit(op, x) : builder.emit(op, x, fill)) == .poison)
      #expect(builder.diagnostics.map(\.kind) == [.error], "\(op.name)")
    }
  }
}
