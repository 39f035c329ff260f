import ArgumentParser
import Foundation

/// By which machine code everything runs that a command compiles.
struct TierOptions: ParsableArguments {
  enum Name: String, ExpressibleByArgument, CaseIterable {
    case tier0 = "0"
    case tier1 = "1"
    case automatic = "auto"
  }

  @Option(
    help: """
      0: libtcc's code. 1: that of a C compiler of the system, waited for. auto: libtcc's until the other is there. \
      Without, what GRADC_TIER says, or 0.
      """)
  var tier: Name?

  func validate() throws {
    EnvironmentChoice.apply(tier, "GRADC_TIER", otherwise: "tier 0 is used")
  }
}
