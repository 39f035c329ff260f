import Basics
import TensorIR
import TensorOps
import TestSupport
import Testing
import Transforms

/// Every operation over complex numbers: the imaginary part is the derivative of forward mode, to rounding.
@Suite struct ComplexStepTests {
  /// Routines of linear algebra, and scatters that are no sums.
  private static let unknown: Set<String> = [
    "cholesky", "eigh", "lu", "qr", "svd", "triangular_solve", "solve", "determinant", "log_abs_determinant",
    "adjugate", "pseudo_inverse", "scatter_mul", "scatter_max", "scatter_min",
  ]

  @Test func registry() throws {
    var checked: Set<String> = []
    for (number, example) in OpRegistry.examples.enumerated() where example.isSmooth {
      let types = example.operands
      let builder = FunctionBuilder()
      let parameters = types.enumerated().map { builder.parameter("x\($0)", $1) }
      let results = builder.emit(example.op, parameters)
      let wrt = types.indices.filter { types[$0].dtype == .f64 }
      guard let type = results.first.map({ builder.type(of: $0) }), type.dtype == .f64, !wrt.isEmpty,
        !types.contains(where: { $0.dtype == .f32 })
      else { continue }
      let function = try builder.finish(name: "f", results: results.enumerated().map { .init("y\($0)", $1) })
      var random = SplitMix(seed: UInt64(number))
      let x = zip(types, example.domains).map { ReferenceTensor.sample($0, from: $1, &random) }
      let v = wrt.map { ReferenceTensor.sample(types[$0], from: .range(-1...1), &random) }
      let step = 0x1p-66
      var z = x.map { ComplexTensor($0) }
      for (place, direction) in zip(wrt, v) {
        z[place].imaginary = ReferenceTensor(floating: direction.doubles.map { $0 * step }, type: direction.type)
      }
      let found: [ComplexTensor]
      do {
        found = try ComplexInterpreter().evaluate(function, z)
      } catch let error as Diagnostic where error.kind == .unsupported {
        #expect(Self.unknown.contains(example.op.name), "\(error)")
        #expect(error.message.contains("is not analytic"))
        continue
      }
      let pushed: [ReferenceTensor]
      do {
        pushed = Array(try Interpreter.evaluate(try function.jvp(wrt: wrt), x + v)[results.count...])
      } catch let error as Diagnostics where error.all.allSatisfy({ $0.kind == .unsupported }) { continue }
      let moving = found.filter { $0.real.dtype.isFloating }
      #expect(moving.count == pushed.count)
      for (complex, tangent) in zip(moving, pushed) {
        let slopes = complex.imaginary.map { $0.doubles.map { $0 / step } } ?? complex.real.doubles.map { _ in 0 }
        for (a, b) in zip(slopes, tangent.doubles) {
          #expect(abs(a - b) <= 1e-11 * max(1, abs(b)) || a.isNaN && b.isNaN, "\(example.op.name): \(a), not \(b)")
        }
      }
      checked.insert(example.op.name)
    }
    for name in [
      "sin", "erf", "lgamma", "atan2", "pow", "reduce_prod", "cumprod", "scan", "while", "linear_recurrence",
    ] {
      #expect(checked.contains(name), "\(name)")
    }
  }

  /// Where formulas lose digits if they are not careful.
  @Test func farOut() throws {
    func slope(_ op: ElementwiseOp, _ x: Double) throws -> Double {
      let builder = FunctionBuilder()
      let parameter = Term(builder, builder.parameter("x", TensorType(.f64, [])))
      let function = try builder.finish(name: "f", results: [.init("y", parameter.applying(op).value)])
      let type = TensorType(.f64, [])
      let z = ComplexTensor(
        ReferenceTensor(floating: [x], type: type), imaginary: ReferenceTensor(floating: [0x1p-66], type: type))
      return try (ComplexInterpreter().evaluate(function, [z])[0].imaginary?.doubles[0] ?? 0) / 0x1p-66
    }
    func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * abs(b) }
    // 2 / √π e^{-x²}, and its negative.
    #expect(close(try slope(.erf, 5), 1.567_086_653_101_733e-11))
    #expect(close(try slope(.erfc, 6), -2.617_301_239_249_265e-16))
    #expect(close(try slope(.erf, -3), 1.392_530_519_467_478_5e-4))
    // ψ(x).
    #expect(close(try slope(.lgamma, 100), 4.600_161_852_738_087))
    #expect(close(try slope(.lgamma, -1.5), 0.703_156_640_645_243_2))
    #expect(close(try slope(.tanh, 15), 3.743_049_187_535_369e-13))
    #expect(close(try slope(.log1p, 1e-12), 1 / (1 + 1e-12)))
    #expect(close(try slope(.asinh, -1000), 1 / (1e6 + 1).squareRoot()))
    #expect(close(try slope(.cbrt, -8), 1.0 / 12))
  }
}
