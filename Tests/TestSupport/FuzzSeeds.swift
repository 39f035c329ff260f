import Foundation

/// The seeds of a test over random inputs: `0..<count`, or what `GRADC_FUZZ` in the environment says: a number of seeds
/// such as `5000`, or a range such as `123..<124` to see one failure again.
package func fuzzSeeds(_ count: Int) -> Range<UInt64> {
  let wish = ProcessInfo.processInfo.environment["GRADC_FUZZ"] ?? ""
  let bounds = wish.split(separator: ".").compactMap { UInt64($0.drop { $0 == "<" }) }
  switch bounds.count {
  case 1: return 0..<bounds[0]
  case 2 where bounds[0] <= bounds[1]: return bounds[0]..<bounds[1]
  default: return 0..<UInt64(max(count, 0))
  }
}
