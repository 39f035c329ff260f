import Foundation
import TestSupport
import Testing

@Suite struct FileCheckTests {
  private let output = "%1 = add %x, %y\n%2 = mul   %1, %1\n%3 = neg %2\nreturn %3 : f32[3]\n"

  @Test(arguments: [
    "CHECK: add %x\nCHECK-NEXT: mul %1, %1\nCHECK: return",
    "// CHECK: [[A:%[0-9]+]] = add\n// CHECK-NEXT: mul [[A]], [[A]]",
    "CHECK: [[A:%[0-9]+]] = mul [[B:%[0-9]+]], [[B]]\nCHECK: neg [[A]]\nCHECK: [[[N:[0-9]]]]",
    "CHECK-DAG: neg\nCHECK-DAG: add\nCHECK: return",
    "CHECK: add\nCHECK-NOT: div\nCHECK: neg\nCHECK-NOT: add",
    "CHECK: add {{%[xyz]}}\nCHECK-SAME: %y\nCHECK: f32[3]",
  ])
  func holds(_ checks: String) { #expect(fileCheck(output, against: checks) == []) }

  @Test(arguments: [
    "nothing to check",
    "CHECK: div",
    "CHECK: mul\nCHECK: add",
    "CHECK: add\nCHECK-NEXT: neg",
    "CHECK: add\nCHECK-SAME: mul",
    "CHECK: add\nCHECK-NOT: mul\nCHECK: neg",
    "CHECK: neg\nCHECK-NOT: return",
    "CHECK-DAG: neg\nCHECK-DAG: neg",
    "CHECK: [[A:%[0-9]+]] = add\nCHECK: neg [[A]]",
    "CHECK: add [[B]]",
    "CHECK: {{(}}",
  ])
  func fails(_ checks: String) { #expect(fileCheck(output, against: checks).count == 1) }

  @Test func prefixes() {
    #expect(fileCheck(output, against: "CHECK: div\nREVERSE: add", prefix: "REVERSE") == [])
    #expect(fileCheck(output, against: "NO-CHECK: add").count == 1)
  }

  @Test func golden() {
    let isBlessing = ProcessInfo.processInfo.environment["GRADC_BLESS"] == "1"
    let elsewhere = NSTemporaryDirectory() + "gradc-\(ProcessInfo.processInfo.processIdentifier)/Tests.swift"
    #expect((goldenMismatch("x", "missing", testFile: elsewhere) == nil) == isBlessing)
  }
}
