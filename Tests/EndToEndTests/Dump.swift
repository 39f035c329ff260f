import CEmitter
import Testing
import TestSupport
import Foundation
@Test func dumpSeed() throws {
  guard let s = ProcessInfo.processInfo.environment["DUMP_SEED"], let seed = UInt64(s.split(separator: ",")[1]), let kind = RandomFunction.Kind(rawValue: String(s.split(separator: ",")[0])) else { return }
  let r = try RandomFunction(seed: seed, .init(kind))
  let subject = try Subject(r.function, r.inputs)
  print(r); print(subject.program)
  print(String(decoding: TileEmitter.emit(subject.program).source, as: UTF8.self))
  print(try subject.tiled().map(\.doubles), r.results.map(\.doubles))
}
