import GradC
import GradCBenchmarks
import Testing

/// That workloads compute what they say, on sizes at which the reference interpreter and differences can tell.
@Suite struct WorkloadTests {
  /// A small workload after its first call, and what went in.
  private func run(_ workload: Workload) throws -> (prepared: PreparedWorkload, inputs: [NDArray]) {
    let compiled = try workload.compile()
    let inputs = try workload.generatedInputs(for: compiled)
    var prepared = try PreparedWorkload(workload, compiled, inputs: inputs)
    try prepared.call()
    return (prepared, inputs)
  }

  @Test(arguments: Workload.small.indices)
  func agreesWithTheInterpreter(_ index: Int) throws {
    let (prepared, inputs) = try run(Workload.small[index])
    let expected = try prepared.compiled.simplified.evaluate(inputs)
    #expect(prepared.workload.results.count == expected.count)
    for (output, reference) in zip(prepared.outputs, expected) {
      #expect(output.isClose(to: reference, relative: 1e-9, absolute: 1e-10), "\(prepared.workload.name)")
    }
  }

  /// Along a random direction v: `(f(x + ε v) - f(x - ε v)) / 2ε`, where f is the function, or its gradient for second
  /// derivatives, against what the workload computed.
  @Test(arguments: Workload.small.indices)
  func agreesWithDifferences(_ index: Int) throws {
    let workload = Workload.small[index]
    let (prepared, inputs) = try run(workload)
    let count = workload.kind.differentiatedCount
    var generator = RandomNumbers(seed: 1)
    var directions = inputs.prefix(count).map { input in (0..<input.count).map { _ in generator.normal() } }
    var function = try workload.function()
    switch workload.kind {
    case .hessian: function = try function.transformed(.grad, wrt: [function.parameters[0].name])
    case .hessianVectorProduct:
      function = try function.transformed(.grad, wrt: function.parameters.prefix(count).map(\.name))
      directions = try inputs.suffix(count).map { try $0.array(of: Double.self) }
    case .valueAndGradient, .step, .jacobian: break
    }
    let size = 1e-6
    func values(_ step: Double) throws -> [Double] {
      var moved = Array(inputs.prefix(function.parameters.count))
      for (place, direction) in directions.enumerated() {
        let elements = zip(try moved[place].array(of: Double.self), direction).map { $0 + step * $1 }
        moved[place] = try NDArray(elements, shape: moved[place].shape)
      }
      return try function.evaluate(moved).flatMap { try $0.array(of: Double.self) }
    }
    let differences = zip(try values(size), try values(-size)).map { ($0 - $1) / (2 * size) }
    let derivatives = try derivative(prepared, inputs, along: directions)
    #expect(differences.count == derivatives.count && !differences.isEmpty)
    let scale = differences.reduce(1) { max($0, abs($1)) }
    for (difference, derivative) in zip(differences, derivatives) {
      #expect(
        abs(difference - derivative) < 2e-6 * scale, "\(workload.name): \(derivative), by differences \(difference)")
    }
  }

  /// The directional derivative by the workload's results.
  private func derivative(
    _ prepared: PreparedWorkload, _ inputs: [NDArray], along directions: [[Double]]
  ) throws -> [Double] {
    let outputs = try prepared.outputs.map { try $0.array(of: Double.self) }
    func dot(_ a: some Sequence<Double>, _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    switch prepared.workload.kind {
    case .valueAndGradient: return [zip(outputs.dropFirst(), directions).reduce(0) { $0 + dot($1.0, $1.1) }]
    case .step(_, let rate):
      let gradients = try zip(outputs.dropFirst(), inputs).map { new, old in
        zip(try old.array(of: Double.self), new).map { ($0 - $1) / rate }
      }
      return [zip(gradients, directions).reduce(0) { $0 + dot($1.0, $1.1) }]
    case .jacobian, .hessian:
      let width = directions[0].count
      return stride(from: 0, to: outputs[0].count, by: width).map { dot(outputs[0][$0..<$0 + width], directions[0]) }
    case .hessianVectorProduct: return outputs.flatMap { $0 }
    }
  }

  @Test func namesAreUnique() {
    #expect(Set(Workload.all.map(\.name)).count == Workload.all.count)
    #expect(Workload.all.allSatisfy { !$0.isVariant || Workload.named(String($0.name.prefix { $0 != "/" })) != nil })
  }
}
