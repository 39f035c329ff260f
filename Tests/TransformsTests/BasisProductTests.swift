import Basics
import TensorIR
import TensorOps
import TestSupport
import Testing
import Transforms

/// Jacobians of what is linear are its coefficients: no products with matrices of ones and zeros.
@Suite struct BasisProductTests {
  private func dot(_ left: String, _ right: String) -> String {
    "{left_contracting = [\(left)], right_contracting = [\(right)], left_batch = [], right_batch = []}"
  }

  private func function(_ text: String) throws -> Function {
    try Function(parsing: text, ops: OpRegistry.make)
  }

  private func products(_ function: Function) -> Int {
    function.instructions.filter { function.op(of: $0) is DotGeneral }.count
  }

  private func numbers(_ shape: Shape) -> ReferenceTensor {
    let count = shape.elementCount
    return ReferenceTensor(floating: (0..<count).map { Double($0 * $0 % 7) - 2.5 }, type: TensorType(.f64, shape))
  }

  @Test func coefficientsAreTheJacobian() throws {
    let f = try function(
      """
      func @f(%x: f64[3], %a: f64[2,3]) -> (y: f64[2]) {
        %2 = dot_general %a, %x \(dot("1", "0"))
        return %2
      }
      """)
    let a = ReferenceTensor(floating: [1, -0.0, .infinity, 0.5, 3, -.infinity], type: TensorType(.f64, [2, 3]))
    let jacobian = try f.jacobianForward(wrt: [0])
    try jacobian.verify()
    let value = try Interpreter.evaluate(jacobian, [numbers([3]), a])[0]
    #expect(value.doubles.map(\.bitPattern) == a.doubles.map(\.bitPattern))
    #expect(products(jacobian) == products(f))
  }

  /// A matrix between two others, transposed, twice: `∂(A Xᵀ B)/∂X`.
  @Test(arguments: [false, true]) func matrices(isReverse: Bool) throws {
    let f = try function(
      """
      func @f(%x: f64[4,3], %a: f64[2,3], %b: f64[4,5]) -> (y: f64[2,5]) {
        %3 = dot_general %a, %x \(dot("1", "1"))
        %4 = dot_general %3, %b \(dot("1", "0"))
        return %4
      }
      """)
    let (x, a, b) = (numbers([4, 3]), numbers([2, 3]), numbers([4, 5]))
    let jacobian = isReverse ? try f.jacobianReverse(wrt: [0]) : try f.jacobianForward(wrt: [0])
    let value = try Interpreter.evaluate(jacobian, [x, a, b])[0].doubles
    var expected: [Double] = []
    for i in 0..<2 {
      for j in 0..<5 {
        for k in 0..<4 {
          for l in 0..<3 { expected.append(a.doubles[3 * i + l] * b.doubles[5 * k + j]) }
        }
      }
    }
    #expect(value == expected)
  }

  /// All axes of the variable are summed over, in an order of their own, on either side.
  @Test(arguments: [("x", "a", "1, 0", "0, 2"), ("a", "x", "0, 2", "1, 0")])
  func tensors(_ left: String, _ right: String, _ leftAxes: String, _ rightAxes: String) throws {
    let f = try function(
      """
      func @f(%x: f64[3,2], %a: f64[2,4,3]) -> (y: f64[4]) {
        %2 = dot_general %\(left), %\(right) \(dot(leftAxes, rightAxes))
        return %2
      }
      """)
    let a = numbers([2, 4, 3])
    let jacobian = try f.jacobianForward(wrt: [0])
    #expect(products(jacobian) == products(f))
    let value = try Interpreter.evaluate(jacobian, [numbers([3, 2]), a])[0].doubles
    var expected: [Double] = []
    for i in 0..<4 {
      for k in 0..<3 {
        for l in 0..<2 { expected.append(a.doubles[12 * l + 3 * i + k]) }
      }
    }
    #expect(value == expected)
  }

  /// `x ↦ c xᵀ Q x` has the Hessian `c (Q + Qᵀ)`.
  @Test func quadraticForm() throws {
    let f = try function(
      """
      func @f(%x: f64[3], %q: f64[3,3], %c: f64[]) -> (y: f64[]) {
        %3 = dot_general %q, %x \(dot("1", "0"))
        %4 = dot_general %x, %3 \(dot("0", "0"))
        %5 = mul %c, %4
        return %5
      }
      """)
    let q = numbers([3, 3])
    let c = ReferenceTensor(floating: [0.25], type: TensorType(.f64, []))
    let hessian = try f.hessian(wrt: [0])
    let value = try Interpreter.evaluate(hessian, [numbers([3]), q, c])[0].doubles
    var expected: [Double] = []
    for i in 0..<3 {
      for j in 0..<3 { expected.append(0.25 * q.doubles[3 * i + j] + 0.25 * q.doubles[3 * j + i]) }
    }
    #expect(value == expected)
  }

  /// The coefficients are what is left of sums by a vector's elements, whatever they are.
  @Test func sums() throws {
    let f = try function(
      """
      func @f(%x: f64[3], %a: f64[3]) -> (y: f64[]) {
        %2 = sub %a, %x
        %3 = mul %2, %2
        %4 = div %x, %a
        %5 = add %3, %4
        %6 = reduce_sum %5 {axes = [0]}
        %7 = sqrt %6
        return %7
      }
      """)
    let (x, a) = (numbers([3]), ReferenceTensor(floating: [4, -3, 0.5], type: TensorType(.f64, [3])))
    let jacobian = try f.jacobianForward(wrt: [0])
    try jacobian.verify()
    let value = try Interpreter.evaluate(jacobian, [x, a])[0].doubles
    let root = try Interpreter.evaluate(f, [x, a])[0].doubles[0]
    for (entry, (x, a)) in zip(value, zip(x.doubles, a.doubles)) {
      #expect(abs(entry - (2 * (x - a) + 1 / a) / (2 * root)) < 1e-12)
    }
    let sums = { (function: Function) in function.instructions.count { function.op(of: $0) is Reduce } }
    #expect(sums(jacobian) == 1)
  }

  /// Sums that keep an axis, or by what differs from vector to vector, stay.
  @Test func otherSums() throws {
    let f = try function(
      """
      func @f(%x: f64[2,3]) -> (y: f64[2]) {
        %1 = mul %x, %x
        %2 = reduce_sum %1 {axes = [1]}
        return %2
      }
      """)
    let x = numbers([2, 3])
    let jacobian = try f.jacobianForward(wrt: [0])
    let value = try Interpreter.evaluate(jacobian, [x])[0].doubles
    let rows = (0..<2).flatMap { row in (0..<6).map { $0 / 3 == row ? 2 * x.doubles[$0] : 0 } }
    #expect(value == rows)
    let hessian = try function(
      "func @f(%x: f64[3]) -> (y: f64[]) {\n  %1 = mul %x, %x\n  %2 = reduce_sum %1 {axes = [0]}\n  return %2\n}"
    )
    .jacobianForward(wrt: [0]).jacobianForward(wrt: [0])
    #expect(try Interpreter.evaluate(hessian, [numbers([3])])[0].doubles == [2, 0, 0, 0, 2, 0, 0, 0, 2])
  }

  /// One vector alone is no stack.
  @Test(arguments: [false, true]) func numbersHaveNoStack(isReverse: Bool) throws {
    let f = try function(
      "func @f(%x: f64[1]) -> (y: f64[]) {\n  %1 = mul %x, %x\n  %2 = reshape %1 {shape = []}\n  return %2\n}")
    let jacobian = isReverse ? try f.jacobianReverse(wrt: [0]) : try f.jacobianForward(wrt: [0])
    try jacobian.verify()
    let value = try Interpreter.evaluate(jacobian, [numbers([1])])[0]
    #expect(value.doubles == [-5] && value.type.shape == [1])
    #expect(!jacobian.instructions.contains { jacobian.op(of: $0) is Iota })
  }
}
