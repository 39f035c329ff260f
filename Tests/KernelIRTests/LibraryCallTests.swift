import Basics
import KernelIR
import Testing

/// Calls of the library: text, invariants and meaning.
@Suite struct LibraryCallTests {
  /// A call of a routine on parameters, with two slices of every argument.
  private func program(_ routine: LibraryRoutine, _ dtype: DType) -> Program {
    var buffers: [Buffer] = []
    func declare(_ arguments: [LibraryArgument], _ role: (Int) -> Buffer.Role) -> [LibraryCall.Argument] {
      arguments.enumerated().map { position, argument in
        let type = argument.type
        buffers.append(
          Buffer(name: argument.name, type: type.with(type.shape.inserting(2, at: 0)), role: role(position)))
        return .init(buffer: buffers.count - 1, batchStride: type.elementCount)
      }
    }
    let inputs = declare(routine.inputs(dtype)) { .parameter($0) }
    let outputs = declare(routine.outputs(dtype)) { .result($0) }
    let bytes = (routine.workspaceByteCount(dtype) + 63) / 64 * 64
    var workspace: BufferID?
    if routine.definition.workspaceByteCount != nil {
      workspace = buffers.count
      buffers.append(Buffer(name: "workspace", type: TensorType(.bool, [bytes]), role: .temporary(offset: 0)))
    }
    let call = LibraryCall(
      routine: routine, dtype: dtype, batchCount: 2, inputs: inputs, outputs: outputs, workspace: workspace,
      origins: [])
    return Program(name: "p", buffers: buffers, steps: [.call(call)], arenaByteCount: workspace == nil ? 0 : bytes)
  }

  @Test(arguments: LibraryFunction.allCases)
  func textComesBack(_ function: LibraryFunction) throws {
    #expect(LibraryFunction(name: function.definition.name) == function)
    for parameters in function.definition.examples {
      for dtype in function.definition.dtypes {
        let program = program(LibraryRoutine(function, parameters), dtype)
        try program.verify()
        #expect(try Program(parsing: program.description) == program)
      }
    }
  }

  private func isValid(_ program: Program) -> Bool { (try? program.verify()) != nil }

  /// A shape of more elements than can be counted is a failure, not a trap.
  @Test(arguments: LibraryFunction.allCases)
  func hugeParameters(_ function: LibraryFunction) throws {
    for huge in [Int(Int32.max), Int.max, -1] {
      var program = program(LibraryRoutine(function, function.definition.examples[0]), function.definition.dtypes[0])
      guard case .call(var call) = program.steps[0] else { continue }
      call.routine.parameters = call.routine.parameters.map { _ in huge }
      program.steps[0] = .call(call)
      #expect(!isValid(program))
      call.routine.parameters = []
      program.steps[0] = .call(call)
      #expect(!isValid(program))
    }
  }

  @Test(arguments: [
    (0, "cholesky f64 n 2 batch 2 { input a[0] slices 4 output l[0] slices 4 }"),
    (0, "cholesky f64 n 2 batch 2 { input a[4] slices 0 output l[0] slices 4 }"),
    (0, "cholesky f64 n 2 batch 0 { input a[9] slices 0 output l[0] slices 0 }"),
    (27, "cholesky i32 n 2 batch 2 { input a[0] slices 4 output l[0] slices 4 }"),
    (27, "cholesky f32 n 2 batch 2 { input a[0] slices 4 output l[0] slices 4 }"),
    (27, "cholesky f64 n 2 batch -1 { input a[0] slices 4 output l[0] slices 4 }"),
    (27, "cholesky f64 n 2 batch 2 { input a[1] slices 4 output l[0] slices 4 }"),
    (27, "cholesky f64 n 2 batch 2 { input a[0] slices 9223372036854775807 output l[0] slices 4 }"),
    (27, "cholesky f64 n 2 batch 2 { input a[0] slices 4 }"),
    (27, "cholesky f64 n 2 batch 2 { input a[0] slices 4 output l[0] slices 4 workspace w }"),
    (
      27,
      "triangular_solve f64 n 2 columns 2 lower 2 transposed 0 unit 0 left 1 batch 1 "
        + "{ input a[0] slices 0 input a[4] slices 0 output l[0] slices 0 }"
    ),
    (28, "cholesky f64 n 2 batch 2 { input a[0] slices 4 output l[0] slices 3 }"),
    (28, "cholesky f64 n 2 batch 2 { input a[0] slices 4 output a[0] slices 4 }"),
    (28, "cholesky f64 n 2 batch 1 { input l[0] slices 4 output l[0] slices 4 }"),
    (28, "cholesky f64 n 2 batch 1 { input t[0] slices 4 output t[3] slices 4 }"),
  ])
  func invariants(_ invariant: Int, _ call: String) throws {
    let text = """
      program p arena 64 {
        buffer a: f64[2,2,2] = parameter 0
        buffer l: f64[2,2,2] = result 0
        buffer t: f64[8] = temporary 0
        buffer w: bool[8] = temporary 0
        call \(call)
      }
      """
    let program = try Program(parsing: text)
    do {
      try program.verify()
      #expect(invariant == 0)
    } catch {
      for failure in error.all { #expect(failure.message.contains("invariant \(invariant):")) }
    }
  }

  @Test func unknownRoutinesAndParameters() {
    for text in ["frobnicate f64 n 2 batch 1 { }", "cholesky f64 m 2 batch 1 { }", "cholesky f64 n 2 { }"] {
      let program = try? Program(parsing: "program p arena 0 { call \(text) }")
      #expect(program == nil)
    }
  }

  // MARK: Meaning

  private func results(_ routine: LibraryRoutine, _ inputs: [[Double]]) -> [[Double]] {
    routine.evaluate(inputs.map { .floating($0) }).map(\.doubles)
  }

  @Test func cholesky() {
    #expect(results(.cholesky(2), [[4, 99, 2, 10]]) == [[2, 0, 1, 3]])
    for matrix in [[4, 0, 4, 1], [.nan, 0, 0, 1]] {
      let isFailed = results(.cholesky(2), [matrix])[0].allSatisfy { $0.isNaN }
      #expect(isFailed)
    }
    #expect(results(.cholesky(0), [[]]) == [[]])
  }

  @Test func triangularSolve() {
    func solve(
      _ a: [Double], _ b: [Double], lower: Bool = true, transposed: Bool = false, unit: Bool = false, left: Bool = true
    ) -> [Double] {
      results(
        .triangularSolve(2, columns: 1, lower: lower, transposed: transposed, unit: unit, left: left), [a, b])[0]
    }
    // [2 0; 3 4] x = (2, 11).
    #expect(solve([2, 99, 3, 4], [2, 11]) == [1, 2])
    #expect(solve([99, 99, 3, 99], [2, 11], unit: true) == [2, 5])
    #expect(solve([2, 99, 3, 4], [8, 8], transposed: true) == [1, 2])
    #expect(solve([2, 3, 99, 4], [8, 8], lower: false) == [1, 2])
    #expect(solve([2, 99, 3, 4], [8, 8], left: false) == [1, 2])
    #expect(solve([2, 99, 3, 4], [2, 11], transposed: true, left: false) == [1, 2])
    #expect(solve([0, 0, 0, 1], [1, 1])[0] == .infinity)
  }
}
