import JIT
import Testing

/// Compiles with the entries and symbols of a test.
func compile(
  _ source: String, _ entries: [String] = ["entry"], externals: [String: UnsafeRawPointer] = [:],
  runtimeSymbols: [String] = []
) throws -> CompiledModule {
  try LibTCC.compile(source: Array(source.utf8), entries: entries, externals: externals, runtimeSymbols: runtimeSymbols)
}

/// Runs `entry` on two buffers of doubles and returns the second.
func run(_ module: CompiledModule, _ name: String = "entry", input: [Double], outputCount: Int) throws -> [Double] {
  var input = input
  var output = [Double](repeating: 0, count: outputCount)
  let entry = try #require(module.entry(named: name))
  input.withUnsafeMutableBytes { input in
    output.withUnsafeMutableBytes { output in
      let buffers = [input.baseAddress, output.baseAddress]
      buffers.withUnsafeBufferPointer { buffers in
        if let start = buffers.baseAddress { _ = module.call(entry, buffers: start) }
      }
    }
  }
  return output
}

let cubeSource = """
  void entry(void *const *buffers) {
    const double *x = buffers[0];
    double *y = buffers[1];
    y[0] = x[0] * x[0] * x[0] + x[1];
  }
  """

@Suite struct CompilationTests {
  @Test func compilesAndCalls() throws {
    let module = try compile(cubeSource)
    #expect(try run(module, input: [3, 0.5], outputCount: 1) == [27.5])
    #expect(module.function(named: "entry") != nil)
    #expect(module.function(named: "other") == nil)
    #expect(module.entry(named: "other") == nil)
  }

  @Test func findsEveryEntryAndCallsBetweenFunctions() throws {
    let module = try compile(
      """
      static double square(double x) { return x * x; }
      void first(void *const *buffers) { *(double *)buffers[1] = square(*(double *)buffers[0]); }
      void second(void *const *buffers) { first(buffers); *(double *)buffers[1] += 1; }
      """, ["first", "second"])
    #expect(try run(module, "first", input: [3], outputCount: 1) == [9])
    #expect(try run(module, "second", input: [3], outputCount: 1) == [10])
  }

  @Test func callsExternalsWhereverTheyLie() throws {
    let double: @convention(c) (Double) -> Double = { 2 * $0 }
    let table = UnsafeMutablePointer<Double>.allocate(capacity: 2)
    defer { table.deallocate() }
    table[0] = 5
    table[1] = 7
    let module = try compile(
      """
      extern double twice(double);
      extern const double table[2];
      double (*pointer)(double) = twice;
      void entry(void *const *buffers) {
        double *y = buffers[1];
        y[0] = twice(*(double *)buffers[0]);
        y[1] = table[1];
        y[2] = pointer(1.5);
      }
      """,
      externals: [
        "twice": unsafeBitCast(double, to: UnsafeRawPointer.self), "table": UnsafeRawPointer(table),
      ])
    #expect(try run(module, input: [4], outputCount: 3) == [8, 7, 3])
  }

  @Test func readsConstantsOfTheModule() throws {
    let module = try compile(
      """
      static const double weights[3] = {0x1.8p0, 1e-300, -0.0};
      static const float narrow = 0.1f;
      void entry(void *const *buffers) {
        double *y = buffers[1];
        for (int i = 0; i < 3; i++) y[i] = weights[i];
        y[3] = narrow;
      }
      """)
    let values = try run(module, input: [], outputCount: 4)
    #expect(values == [1.5, 1e-300, 0, Double(Float(0.1))])
    #expect(values[2].sign == .minus)
  }

  @Test func aThousandModulesLiveAtOnce() throws {
    let modules = try (0..<1000).map { index in
      try compile("void entry(void *const *b) { *(double *)b[1] = *(double *)b[0] + \(index); }")
    }
    for (index, module) in modules.enumerated() {
      #expect(try run(module, input: [1], outputCount: 1) == [Double(index + 1)])
    }
  }
}

@Suite struct CompilationErrorTests {
  private func error(_ source: String, _ entries: [String] = ["entry"], runtimeSymbols: [String] = []) throws
    -> CompilationError
  {
    try #require(throws: CompilationError.self) {
      _ = try compile(source, entries, runtimeSymbols: runtimeSymbols)
    }
  }

  @Test func namesTheLineAndTheOp() throws {
    let found = try error(
      """
      void entry(void *const *buffers) {
        /* @ %1 = mul %0, %0 : f64[2] */
        double a = 1;
        /* @ %2 = add %1, %0 */
        a = a + missing;
        /* @ %3 = neg %2 */
      }
      """)
    #expect(found.message == "'missing' undeclared")
    #expect(found.line == 5)
    #expect(found.lineText == "a = a + missing;")
    #expect(found.origin == "%2 = add %1, %0")
    #expect(found.description.contains("C line 5"))
  }

  @Test func implicitDeclarationIsAnError() throws {
    let found = try error("void entry(void *const *b) {\n  cosh(1.0);\n}\n")
    #expect(found.message == "implicit declaration of function 'cosh'")
    #expect(found.line == 2)
    #expect(found.origin == nil)
  }

  @Test(arguments: [
    ("void entry(void) {}\nvoid entry(void) {}\n", "redefinition of 'entry'"),
    ("int f(int); double f(double);\n", "incompatible types for redefinition of 'f'"),
    ("void entry(void *const *b) { int *p = 1.0; }", "cannot convert"),
    ("void entry(void *const *b) {", "identifier expected"),
    ("int entry(int *p) { double *q = p; return 0; }", "incompatible pointer type"),
    ("#include <math.h>\n", "include file 'math.h' not found"),
    ("\u{1}", "unrecognized character"),
  ])
  func otherMessagesSurface(source: String, message: String) throws {
    let found = try error(source)
    #expect(found.message.contains(message), "\(found)")
  }

  @Test func undefinedSymbolsSurfaceWhenLinking() throws {
    let found = try error("double exp(double);\nvoid entry(double *b) { *b = exp(*b); }\n")
    #expect(found.message == "undefined symbol 'exp'")
  }

  @Test func missingEntryAndUnknownRuntimeFunction() throws {
    #expect(try error(cubeSource, ["entry", "absent"]).message == "the C text does not define 'absent'")
    #expect(
      try error(cubeSource, runtimeSymbols: ["no_such_function"]).message
        == "the runtime has no function 'no_such_function'")
    #expect(try error("void entry(void) {}\0int x;").message == "the C text holds a zero byte")
    #expect(try error("").message == "the C text does not define 'entry'")
  }

  @Test func tooManyOperandsAreAnErrorNotACrash() throws {
    let nested = String(repeating: "(b[0] + ", count: 300) + "1" + String(repeating: ")", count: 300)
    let found = try error("void entry(double *b) { b[0] = \(nested); }")
    #expect(found.message.contains("vstack"))
  }

  @Test func compilesAfterAnError() throws {
    for _ in 0..<20 { _ = try error("void entry(void) { x; }") }
    #expect(try run(compile(cubeSource), input: [2, 0], outputCount: 1) == [8])
  }
}
