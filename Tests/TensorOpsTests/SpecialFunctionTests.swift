import Basics
import Foundation
import TensorIR
import TensorOps
import Testing

/// Special functions against published values, at edges and in derivatives.
@Suite struct SpecialFunctionTests {
  private func values(_ x: [Double], _ dtype: DType = .f64, _ body: (Term) -> Term) throws -> [Double] {
    let input = ReferenceTensor(floating: x, type: TensorType(dtype, [x.count]))
    return try evaluate([input]) { [body($1[0])] }[0].doubles
  }

  /// As lowered: composed ops by their formulas.
  private func lowered(_ x: [Double], as dtype: DType = .f64, _ op: any Op) throws -> [Double] {
    guard case .composed(let formula) = op.lowering else { return [] }
    return try values(x, dtype) { formula([$0]) }
  }

  private func isClose(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-14) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) || abs($0 - $1) <= tolerance * max(abs($1), 1e-300) }
  }

  @Test func inverseErrorFunction() throws {
    let x: [Double] = [0, 1e-20, 0.1, -0.5, 0.9, 0.999, -0.999999, 1, -1, 1.5, .nan]
    let due: [Double] = [
      0, 8.862269254527581e-21, 0.08885599049425769, -0.4769362762044699, 1.163087153676674, 2.326753765513525,
      -3.4589107372754988, .infinity, -.infinity, .nan, .nan,
    ]
    #expect(isClose(try values(x) { $0.applying(ErfInv()) }, due))
    #expect(isClose(try lowered(x, ErfInv()), due))
    let single = try lowered([0.1, -0.5, 0.875, -0.96875, 0.9999999403953552], as: .f32, ErfInv())
    let exact = try values([0.10000000149011612, -0.5, 0.875, -0.96875, 0.9999999403953552]) { $0.applying(ErfInv()) }
    #expect(isClose(single, exact, 3e-7))
  }

  @Test func quantiles() throws {
    let p: [Double] = [0, 1e-300, 1e-10, 0.02425, 0.5, 0.8413447460685429, 1 - 1e-10, 1]
    let due: [Double] = [
      -.infinity, -37.0471, -6.361340902404056, -1.972961051, 0, 1, 6.36134088969742, .infinity,
    ]
    #expect(isClose(try lowered(p, Ndtri()), due, 1e-6))
    #expect(isClose(try values(p) { $0.ndtri() }, due, 1e-6))
    #expect(isClose(try lowered([1e-10, 0.3, 0.9], Ndtri()), try values([1e-10, 0.3, 0.9]) { $0.ndtri() }, 2e-15))
  }

  @Test func digammaAndItsDerivatives() throws {
    let euler = 0.5772156649015329
    let x: [Double] = [1, 0.5, 10, -0.5, 1e6]
    let due = [
      -euler, -euler - 2 * log(2), 2.2517525890667214, 0.03648997397857652, 13.815510057964191,
    ]
    #expect(isClose(try values(x) { $0.digamma() }, due))
    #expect(isClose(try lowered(x, Polygamma(order: 0)), due))
    let square = Double.pi * Double.pi
    #expect(
      isClose(
        try lowered([1, 0.5, -0.5, 1e3], Polygamma(order: 1)),
        [square / 6, square / 2, square / 2 + 4, 0.0010005001666666333], 4e-15))
    let apery = 1.2020569031595942
    #expect(isClose(try lowered([1, 0.5], Polygamma(order: 2)), [-2 * apery, -14 * apery], 4e-15))
    #expect(isClose(try lowered([1], Polygamma(order: 3)), [square * square / 15], 4e-15))
    #expect(try lowered([0, .infinity], Polygamma(order: 1)) == [.infinity, 0])
    for order in 0...6 {
      let points: [Double] = [0.01, 0.7, 3, 25, -0.3, -2.6]
      #expect(
        isClose(
          try lowered(points, Polygamma(order: order)), try values(points) { $0.applying(Polygamma(order: order)) },
          1e-13))
    }
  }

  @Test func normalDistribution() throws {
    #expect(
      isClose(try values([0, 1, -10, -40]) { $0.ndtr() }, [0.5, 0.8413447460685429, 7.61985302416047e-24, 0], 2e-14))
    let due: [Double] = [
      -0.6931471805599453, -1.8410216450092634, -53.231285150512471, -804.60844201375379, -6.2209605742717858e-16,
    ]
    #expect(isClose(try values([0, -1, -10, -40, 8]) { $0.logNdtr() }, due, 1e-7))
    let scaled: [Double] = [
      1, 0.42758357615580705, 0.05614099274382259, 0.005641613782989433, 5.641895835477563e-09, 108.94090432,
    ]
    #expect(isClose(try values([0, 1, 10, 100, 1e8, -2]) { $0.erfcx() }, scaled, 1e-9))
    #expect(isClose(try values([3.7, 9.99]) { $0.erfcx() }, [0.14743499753718507, 0.05619664070685882], 1e-14))
  }

  @Test func productsWithLogarithms() throws {
    let x = ReferenceTensor([0, 0, 0, 2, 0], [5])
    let y = ReferenceTensor([0, .infinity, -1, 3, .nan], [5])
    let found = try evaluate([x, y]) { [$1[0].xlogy($1[1]), $1[0].xlog1py($1[1] - 1)] }
    for result in found {
      #expect(isClose(result.doubles, [0, 0, 0, 2 * log(3), .nan]))
    }
    #expect(isClose(try values([0, 1, 0.5, -1]) { $0.entropy() }, [0, 0, 0.5 * log(2), -.infinity]))
  }

  @Test func others() throws {
    #expect(
      isClose(
        try values([0, 0.5, 1, 0.1]) { $0.sinc() }.map { abs($0) < 1e-16 ? 0 : $0 },
        [1, 2 / .pi, 0, 0.98363164308346597], 1e-14))
    let ulp = Double.leastNonzeroMagnitude
    #expect(try values([1.5, ulp]) { $0.ldexp($0.splat(-1)) } == [0.75, 0])
    #expect(try values([0x1p-1000]) { $0.ldexp($0.splat(2000)) } == [0x1p1000])
    #expect(try values([7, -7]) { $0.flooredRemainder($0.splat(3)) } == [1, 2])
    #expect(try values([7, -7]) { $0.flooredRemainder($0.splat(-3)) } == [-2, -1])
    #expect(
      isClose(
        try values([1e-10, 1, 50]) { $0.log1mExp() },
        [-23.025850929990457, -0.45867514538708189, -1.9287498479639178e-22]))
    #expect(isClose(try values([-1000, 0, 1000]) { $0.logSigmoid() }, [-1000, -log(2), 0]))
  }
}
