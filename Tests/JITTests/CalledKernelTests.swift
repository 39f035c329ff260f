import Basics
import CEmitter
import GradCRuntime
import KernelIR
import Testing

/// The runtime has no kernel that the emitter never calls.
@Suite struct CalledKernelTests {
  /// An expression on tiles and uniform values, each of a buffer of its own.
  private indirect enum Term: Hashable {
    case tile(Int)
    case uniform(Int)
    case compute(String, [Term])
  }

  /// A tile and a uniform value at a position.
  private func leaves(_ position: Int) -> [Term] { [.tile(position), .uniform(position)] }

  /// Ops with two operands or three, of which one of the first two is a tile.
  private func simple(_ ops: [String], arity: Int = 2, from position: Int = 0) -> [Term] {
    let operands = (position..<position + arity).reduce([[]]) { lists, index in
      lists.flatMap { list in leaves(index).map { list + [$0] } }
    }
    return ops.flatMap { op in operands.map { Term.compute(op, $0) } }.filter {
      if case .compute(_, let operands) = $0 {
        operands.prefix(2).contains { if case .tile = $0 { true } else { false } }
      } else {
        false
      }
    }
  }

  private let sums = ["add", "sub", "mul"]

  /// Every op of `ops` with one of `terms` on either side.
  private func around(_ terms: [Term], _ ops: [String], _ position: Int) -> [Term] {
    ops.flatMap { op in
      terms.flatMap { term in
        leaves(position).flatMap { [.compute(op, [term, $0]), .compute(op, [$0, term])] }
      }
    }
  }

  private var terms: [Term] {
    let (pairs, fmas) = (around(simple(sums), sums, 2), simple(["fma"], arity: 3))
    var terms = pairs + around(pairs, sums, 3) + around(fmas, sums, 3)
    for outer in sums {
      terms += simple(sums).flatMap { left in simple(sums, from: 2).map { .compute(outer, [left, $0]) } }
    }
    for inner in simple(sums) + fmas {
      for (c, e) in leaves(3).flatMap({ c in leaves(4).map { (c, $0) } }) {
        terms += [.compute("fma", [inner, c, e])]
        if c == .tile(3) || e == .tile(4) { terms += [.compute("fma", [c, e, inner])] }
      }
      let square = Term.compute("mul", [inner, inner])
      terms.append(square)
      terms += leaves(3).flatMap { [.compute("mul", [square, $0]), .compute("fma", [inner, inner, $0])] }
    }
    let (x, y, minusX, s) = (Term.tile(0), Term.tile(1), Term.compute("neg", [.tile(0)]), Term.uniform(2))
    for (b, c) in leaves(3).flatMap({ b in leaves(4).map { (b, $0) } }) {
      terms += [
        .compute("fma", [minusX, b, c]), .compute("fma", [y, b, minusX]), .compute("fma", [.uniform(1), y, minusX]),
      ]
      for comparison in simple(["eq", "lt", "le"]) { terms.append(.compute("select", [comparison, b, c])) }
    }
    let factors = ["add", "sub"].flatMap { [Term.compute($0, [x, s]), .compute($0, [s, x])] }
    let own = factors.map { Term.compute("mul", [$0, x]) } + [minusX, x].map { Term.compute("fma", [$0, x, s]) }
    return terms + own + own.map { .compute("mul", [$0, y]) }
  }

  /// A program that computes each of the terms in a kernel of its own.
  private func program(_ terms: [Term], _ dtype: DType) throws -> Program {
    var text = "program p arena 0 { buffer r: \(dtype)[100] = result 0\n"
    for index in 0..<5 {
      text += "buffer x\(index): \(dtype)[100] = parameter \(2 * index)\n"
      text += "buffer s\(index): \(dtype)[1] = parameter \(2 * index + 1)\n"
    }
    for (number, term) in terms.enumerated() {
      var numbers: [Term: Int] = [:]
      var body = ""
      func define(_ term: Term) -> Int {
        if let number = numbers[term] { return number }
        let definition: String
        switch term {
        case .tile(let index): definition = "tile \(dtype) = load x\(index)[i0]"
        case .uniform(let index): definition = "\(dtype) = load s\(index)[0]"
        case .compute(let op, let operands):
          let numbers = operands.map { "%\(define($0))" }.joined(separator: ", ")
          definition = "tile \(["eq", "lt", "le"].contains(op) ? DType.bool : dtype) = \(op) \(numbers)"
        }
        numbers[term] = numbers.count
        body += "%\(numbers.count - 1): \(definition)\n"
        return numbers.count - 1
      }
      let result = define(term)
      text += "kernel k\(number) { axis i0 = 100 tile i0 { \(body) store r[i0], %\(result) } }\n"
    }
    return try Program(parsing: text + "}")
  }

  @Test func everyCombinedKernelIsCalled() throws {
    var called = Set(RuntimeInterfaceTests.simpleFunctions.map(\.name))
    for dtype in [DType.f32, .f64] {
      called.formUnion(TileEmitter.emit(try program(terms, dtype)).runtimeSymbols)
    }
    var idle: [String] = []
    for index in 0..<gradc_symbol_count() {
      guard let name = gradc_symbol_name(index).map({ String(cString: $0) }) else { continue }
      if !called.contains(name) { idle.append(name) }
    }
    #expect(idle.isEmpty)
  }
}
