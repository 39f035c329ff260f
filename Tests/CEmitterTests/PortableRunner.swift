import Basics
import Foundation
import KernelIR
import TestSupport

@testable import CEmitter

struct RunFailure: Error, CustomStringConvertible {
  let description: String
}

/// Runs a command and returns what it printed; throws unless it succeeds.
@discardableResult
func run(_ command: String, _ arguments: [String], in directory: URL) throws -> String {
  let outcome = try Subprocess.run(command, arguments, in: directory)
  guard outcome.hasSucceeded else {
    let text = outcome.output + outcome.errors
    throw RunFailure(description: "\(command) \(arguments.joined(separator: " ")): \(text.prefix(2000))")
  }
  return outcome.output
}

/// The C compilers of this machine.
let compilers = ["gcc", "clang"].filter { (try? run($0, ["--version"], in: URL(fileURLWithPath: "/"))) != nil }

let strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]

/// Compiles the portable C of a program strictly and runs it under the sanitizers.
func runPortable(_ program: Program, _ inputs: [HostBuffer], compiler: String) throws -> [HostBuffer] {
  let directory = try TemporaryFolder()
  let source = PortableEmitter.emit(program)
  try Data(source.source).write(to: directory.file("model.c"))
  try Data(source.header).write(to: directory.file("model.h"))
  try driver(program, source.entryName).write(
    to: directory.file("main.c"), atomically: true, encoding: .utf8)
  try Data(inputs.flatMap(\.bytes)).write(to: directory.file("inputs"))
  let sanitizers = ["-g", "-O1", "-fsanitize=undefined,address", "-fno-sanitize-recover=all"]
  try run(compiler, strict + sanitizers + ["model.c", "main.c", "-lm", "-o", "model"], in: directory.url)
  try run(directory.file("model").path, [], in: directory.url)
  var bytes = ArraySlice(try Data(contentsOf: directory.file("outputs")))
  let results = program.callerBuffers.compactMap { number in
    program.buffers[number].role.resultPosition.map { position in
      var buffer = HostBuffer(program.buffers[number].type, [Scalar]())
      buffer.bytes = Array(bytes.prefix(buffer.type.byteCount))
      bytes = bytes.dropFirst(buffer.type.byteCount)
      return (position, buffer)
    }
  }
  return results.sorted { $0.0 < $1.0 }.map(\.1)
}

/// A main function that reads the parameters from one file and writes the results to another.
private func driver(_ program: Program, _ entry: String) -> String {
  var lines = ["#include \"model.h\"", "#include <stdio.h>", "#include <stdlib.h>", "int main(void) {"]
  lines.append("  FILE *in = fopen(\"inputs\", \"rb\"), *out = fopen(\"outputs\", \"wb\");")
  lines.append("  void *workspace = malloc(\(entry.uppercased())_WORKSPACE_BYTES);")
  var arguments: [String] = []
  var writes: [String] = []
  for (position, number) in program.callerBuffers.enumerated() {
    let count = program.buffers[number].type.byteCount
    lines.append("  void *b\(position) = malloc(\(count));")
    if program.buffers[number].role.parameterPosition != nil {
      lines.append("  if (fread(b\(position), 1, \(count), in) != \(count)) return 1;")
    }
    if program.buffers[number].role.resultPosition != nil {
      writes.append("  fwrite(b\(position), 1, \(count), out);")
    }
    arguments.append("b\(position)")
  }
  let call = "\(entry)(\((arguments + ["workspace"]).joined(separator: ", ")))"
  lines.append(program.tapes.isEmpty ? "  \(call);" : "  if (\(call) != 0) return 2;")
  lines += writes
  for position in program.callerBuffers.indices { lines.append("  free(b\(position));") }
  lines += ["  free(workspace);", "  fclose(in);", "  fclose(out);", "  return 0;", "}", ""]
  return lines.joined(separator: "\n")
}
