import Basics
import CEmitter
import GradCRuntime
import KernelIR
import Testing

/// The emitter's idea of the runtime is the runtime's own.
@Suite struct RuntimeInterfaceTests {
  private func check(_ functions: [RuntimeFunction]) {
    for function in functions {
      guard let prototype = gradc_symbol_prototype_of(function.name) else {
        Issue.record("the runtime has no \(function.name)")
        continue
      }
      #expect(normalised(String(cString: prototype)) == normalised(function.prototype))
    }
  }

  /// A prototype without the names of its parameters, which are free.
  private func normalised(_ prototype: String) -> [String] {
    prototype.split { "(,)".contains($0) }.enumerated().map { position, part in
      let words = part.split(separator: " ").joined(separator: " ")
      if position == 0 { return words }
      return String(words.reversed().drop { $0.isLetter || $0.isNumber || $0 == "_" }.reversed())
    }
  }

  private static func kinds(_ count: Int) -> [[Bool]] {
    (1..<1 << count).map { bits in (0..<count).map { bits >> $0 & 1 == 1 } }
  }

  @Test func chains() {
    let ops: [ScalarOp] = [.add, .sub, .mul]
    for dtype in [DType.f32, .f64] {
      for inner in ops {
        for outer in ops {
          // An inner op that commutes has its tile first, and has one.
          for kinds in Self.kinds(3) where kinds[0] || (inner == .sub && kinds[1]) {
            check([.pair(inner: inner, outer: outer, reversed: false, dtype, kinds: kinds)])
            if outer == .sub { check([.pair(inner: inner, outer: outer, reversed: true, dtype, kinds: kinds)]) }
          }
          for second in ops {
            for kinds in Self.kinds(4) where kinds[0] && kinds[2] {
              check([.join(first: inner, second: second, outer: outer, dtype, kinds: kinds)])
            }
          }
        }
      }
    }
  }

  @Test func longChains() {
    let links = [ScalarOp.add, .sub, .mul].map { ChainLink($0) } + [ChainLink(.sub, reversed: true)]
    for dtype in [DType.f32, .f64] {
      for inner in links {
        for kinds in Self.kinds(4) where kinds[0] && !(inner.isReversed && kinds[1]) {
          for middle in links {
            check(links.map { .chain(inner: inner, middle: middle, outer: $0, dtype, kinds: kinds) })
          }
        }
      }
    }
  }

  /// Functions that do one operation.
  static var simpleFunctions: [RuntimeFunction] {
    tileOps + memoryAndReductions + scalarFunctions + functionsOfLowAccuracy
  }

  private static var tileOps: [RuntimeFunction] {
    var functions: [RuntimeFunction] = []
    for op in ScalarOp.allCases {
      for dtype in DType.allCases where op.accepts(dtype) {
        switch op {
        case .select: functions += (kinds(2) + [[false, false]]).map { .tile(.select, dtype, kinds: $0) }
        default:
          functions +=
            op.arity == 1 ? [.tile(op, dtype, kinds: [])] : kinds(op.arity).map { .tile(op, dtype, kinds: $0) }
        }
      }
    }
    return functions
  }

  private static var memoryAndReductions: [RuntimeFunction] {
    var functions: [RuntimeFunction] = [.reserveTape, .parallelFor, .prefetchCode, .endStreams]
    for dtype in DType.allCases {
      functions += [.fill(dtype), .copy(dtype), .load(dtype), .store(dtype), .lanesFill(dtype)]
      functions += [DType.i32, .i64].map { .gather(dtype, index: $0) }
      for combiner in ScatterCombiner.allCases where combiner.accepts(dtype) {
        functions += [DType.i32, .i64].map { .scatter(combiner, dtype, index: $0) }
      }
      functions += DType.allCases.filter { $0 != dtype }.map { .cast(from: dtype, to: $0) }
      if dtype == .bool {
        functions += [Combiner.and, .or].flatMap { [.reduce($0, dtype), .lanes($0, dtype)] }
      } else {
        functions += [.iota(dtype), .product(.library, dtype)]
        functions += [Combiner.add, .mul, .max, .min].flatMap { [.reduce($0, dtype), .lanes($0, dtype)] }
      }
      functions += LibraryFunction.allCases.filter { $0.definition.dtypes.contains(dtype) }.map {
        .library(LibrarySignature($0, dtype))
      }
      if dtype.isFloating {
        functions += [
          .product(.rows, dtype), .product(.lanes, dtype), .product(.symmetry, dtype), .tileSineCosine(dtype),
          .scalarSineCosine(dtype), .stream(dtype),
          .reduceMulAdd(dtype), .horner(dtype), .scalarCast(from: dtype, to: .i32), .scalarCast(from: dtype, to: .i64),
        ]
      }
    }
    return functions
  }

  private static var scalarFunctions: [RuntimeFunction] {
    // The others are operators in C.
    let operators: Set<ScalarOp> = [
      .neg, .add, .sub, .mul, .eq, .ne, .lt, .le, .gt, .ge, .and, .or, .xor, .not, .select,
    ]
    return ScalarOp.allCases.filter { !operators.contains($0) }.flatMap { op in
      DType.allCases.filter { op.accepts($0) && !(op == .div && $0.isFloating) }.map { .scalar(op, $0) }
    }
  }

  @Test func simpleFunctionsAreThere() { check(Self.simpleFunctions) }

  private static var functionsOfLowAccuracy: [RuntimeFunction] {
    ScalarOp.allCases.flatMap { op in
      DType.allCases.filter(op.hasLowAccuracy).flatMap { dtype in
        let tiles = op.arity == 1 ? [[]] : kinds(op.arity)
        return tiles.map { RuntimeFunction.tile(op, dtype, kinds: $0, accuracy: .low) }
          + [.scalar(op, dtype, accuracy: .low)]
      }
    }
  }

  /// The ops of low accuracy are those that the runtime has.
  @Test func lowAccuracy() {
    let names = (0..<gradc_symbol_count()).compactMap { gradc_symbol_name($0).map { String(cString: $0) } }
    #expect(Set(names.filter { $0.contains("_u35_") }) == Set(Self.functionsOfLowAccuracy.map(\.name)))
  }
}
