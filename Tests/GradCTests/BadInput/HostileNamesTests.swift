import Foundation
import GradC
import TestSupport
import Testing

/// Names that mean something in C, or end what they stand in, go through every stage.
@Suite struct HostileNamesTests {
  static let names = [
    "", " ", "a b", "1abc", "_", "__", "*/", "/*", "*/ int evil; /*", "//", "a\"b", "a'b", "a\nb", "a\r\n#error x",
    "\\", "a\\", "??/", "%s%n", "\0", "\u{7f}", "\u{202e}x", "λ", "名前", "🎉", "e\u{301}", "int", "for", "return",
    "restrict", "inline", "double", "_Bool", "main", "sin", "memcpy", "NULL", "INFINITY", "NAN", "EOF", "workspace",
    "gradc_entry", "buffers", "int64_t", "i0", "v0", "n", "k0_add", "tile_add_f32", "x0", "result", "unix", "linux",
    "errno", "f\"){}", "#define x y", "@f", "a: f32[2]", "->",
    String(repeating: "long", count: 300),
  ]

  /// `y = 2 Σ over all parameters + x`, with the names for parameters, results and the function.
  private func function(_ name: String) throws -> TracedFunction<[String: Tensor], Tensor, [String: Tensor]> {
    let named = Dictionary(uniqueKeysWithValues: Self.names.map { ($0, Tensor.input($0, .f64, [2])) })
    return try trace(name, named, .input(name, .f64, [2])) { named, x in
      let sum = named.keys.sorted().reduce(x) { $0 + (named[$1] ?? 0) }
      return named.mapTensors { $0 * sum }
    }
  }

  private var arguments: ([String: Tensor], Tensor) {
    let values = Self.names.enumerated().map { ($1, Tensor([Double($0), 1], dtype: .f64)) }
    return (Dictionary(uniqueKeysWithValues: values), Tensor([0.5, 2], dtype: .f64))
  }

  private var expected: [Double] {
    let (named, x) = arguments
    let numbers = named.keys.sorted().compactMap { try? named[$0]?.doubles() }
    let last = (try? x.doubles()) ?? []
    let sum = (0..<2).map { i in numbers.reduce(last[i]) { $0 + $1[i] } }
    return numbers.flatMap { [$0[0] * sum[0], $0[1] * sum[1]] }
  }

  @Test func parametersAndResults() throws {
    let f = try function("f")
    let (named, x) = arguments
    #expect(Set(f.parameters.map(\.name)).count == Self.names.count + 1)
    #expect(try f.evaluate(named, x).tensors.flatMap { try $0.doubles() } == expected)
    #expect(try f.compile()(named, x).tensors.flatMap { try $0.doubles() } == expected)
  }

  @Test func functions() throws {
    for name in Self.names {
      let f = try trace(name, .input(name, .f32, [3]), .input(name, .f32, [3])) { x, y in (exp(x) * y).sum() }
      let compiled = try f.valueAndGrad().compile()
      let found = try compiled(ones([3]), Tensor([1, 2, 3]))
      #expect(abs(try found.value.item() - 6 * 2.718281828) < 1e-4)
      #expect(found.gradient.shape == [3])
      #expect(!compiled.simplified.description.isEmpty && !compiled.kernels.description.isEmpty)
    }
  }

  /// The exported C compiles as strict C99 with the names of everything, file names included, and computes the same.
  @Test func exportedC() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gradc-names-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var sources: [String] = []
    for (index, name) in Self.names.enumerated() {
      let f = try trace(name, .input(name, .f64, [3]), .input("y", .f64, [3])) { x, y in exp(x) * y }
      let files = try f.compile().kernels.exportC(headerName: "f\(index).h")
      try files.header.write(to: folder.appendingPathComponent("f\(index).h"), atomically: true, encoding: .utf8)
      try files.source.write(to: folder.appendingPathComponent("f\(index).c"), atomically: true, encoding: .utf8)
      // Two functions may get one C name; alone each must compile.
      sources.append("f\(index).c")
    }
    let files = try function("f").compile().kernels.exportC(functionName: "all_names", headerName: "all.h")
    try files.header.write(to: folder.appendingPathComponent("all.h"), atomically: true, encoding: .utf8)
    try files.source.write(to: folder.appendingPathComponent("all.c"), atomically: true, encoding: .utf8)
    let count = Self.names.count + 1
    let (named, x) = arguments
    let inputs = try (named.keys.sorted().compactMap { named[$0] } + [x]).flatMap { try $0.doubles() }
    let pointers = (0..<count).map { "in + \(2 * $0)" } + (0..<count - 1).map { "out + \(2 * $0)" }
    let main = """
      #include "all.h"
      #include <stdio.h>
      #include <stdlib.h>
      int main(void)
      {
          static double in[] = {\(inputs.map { "\($0)" }.joined(separator: ", "))}, out[\(2 * (count - 1))];
          int i;
          all_names(\(pointers.joined(separator: ", ")), malloc(ALL_NAMES_WORKSPACE_BYTES + 1));
          for (i = 0; i < \(2 * (count - 1)); ++i) printf("%.17g\\n", out[i]);
          return 0;
      }
      """
    try main.write(to: folder.appendingPathComponent("main.c"), atomically: true, encoding: .utf8)
    let flags = ["gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    try run(flags + ["-fsyntax-only"] + sources, in: folder)
    try run(flags + ["all.c", "main.c", "-o", "program", "-lm"], in: folder)
    let output = try run(["./program"], in: folder)
    #expect(output.split(separator: "\n").compactMap { Double($0) } == expected)
  }

  /// A function's name becomes an identifier whatever it is, a header's name stays inside its quotes.
  @Test func namesOfExportedFiles() throws {
    let compiled = try trace("f", .input("x", .f64, [3])) { x in exp(x) }.compile()
    for name in Self.names {
      let files = compiled.kernels.exportC(functionName: name, headerName: name)
      let includes = files.source.split(whereSeparator: \.isNewline).filter { $0.contains("#") }
      #expect(includes.count == 2 && includes[0].hasPrefix("#include \"") && includes[0].hasSuffix("\""), "\(includes)")
      #expect(includes[0].filter { $0 == "\"" }.count == 2)
      #expect(files.header.contains(/void [A-Za-z][A-Za-z0-9_]*\(const double \*x/), "\(files.header)")
    }
  }

  @discardableResult
  private func run(_ command: [String], in folder: URL) throws -> String {
    let outcome = try Subprocess.run(command[0], Array(command.dropFirst()), in: folder)
    #expect(outcome.hasSucceeded, "\(outcome.errors.prefix(3000))")
    return outcome.output
  }
}
