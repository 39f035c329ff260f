// swift-tools-version: 6.1

import PackageDescription

let warnings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

func layer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: warnings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], exclude: exclude,
    swiftSettings: warnings)
}

let package = Package(
  name: "GradC",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "GradC", targets: ["GradC"]),
    .library(name: "GradCNN", targets: ["GradCNN"]),
    .library(name: "GradCModels", targets: ["GradCModels"]),
    .executable(name: "gradc", targets: ["gradc"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
  ],
  targets: [
    // In processing order; imports point upwards in this list only.
    layer("Basics", []),
    layer("KernelIR", ["Basics"]),
    layer("TensorIR", ["Basics", "KernelIR"]),
    layer("TensorOps", ["TensorIR"]),
    layer("Transforms", ["TensorOps"]),
    layer("Passes", ["Transforms"]),
    layer("Formulas", ["Passes"]),
    layer("Sparsity", ["Passes"]),
    layer("CEmitter", ["KernelIR"]),
    .target(
      name: "GradCRuntime", path: "runtime", exclude: ["README.md"],
      sources: ["src"], publicHeadersPath: "include",
      cSettings: [.headerSearchPath("src")],
      linkerSettings: [
        .linkedLibrary("sleef"), .linkedLibrary("openblas"), .linkedLibrary("m"),
        .linkedLibrary("pthread"),
      ]),
    .systemLibrary(name: "CLibTCC", providers: [.apt(["libtcc-dev"])]),
    layer("JIT", ["Basics", "CEmitter", "CLibTCC", "GradCRuntime"]),
    .target(name: "CallStack"),
    layer("GradC", ["Passes", "Formulas", "Sparsity", "JIT", "GradCRuntime", "CallStack"]),
    layer("GradCNN", ["GradC"]),
    layer("GradCModels", ["GradCNN"]),
    layer("GradBenchModels", ["GradCModels", "GradCBenchmarks"]),
    .target(
      name: "GradCData", dependencies: ["GradC"], path: "data", exclude: ["README.md"],
      resources: [.copy("digits.csv")], swiftSettings: warnings),
    .target(
      name: "GradCBenchmarks", dependencies: ["GradCNN"], path: "Benchmarks/Workloads", swiftSettings: warnings),
    .executableTarget(
      name: "gradc",
      dependencies: [
        "GradCModels", "GradBenchModels", "GradCData", "GradCBenchmarks",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Tool", swiftSettings: warnings),

    .target(name: "TestSupport", dependencies: ["GradC"], path: "Tests/TestSupport", swiftSettings: warnings),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .executableTarget(name: "tier-swap", dependencies: ["GradC"], path: "Tests/TierSwap", swiftSettings: warnings),
    tests("BasicsTests", ["Basics"]),
    tests("KernelIRTests", ["KernelIR"]),
    tests("TensorIRTests", ["TensorIR", "TensorOps"]),
    tests("TensorOpsTests", ["TensorOps"]),
    tests("TransformsTests", ["Transforms"]),
    tests("PassesTests", ["Passes"], exclude: ["Passes", "Rules", "Fusion", "Memory"]),
    tests("SparsityTests", ["Sparsity", "GradC"]),
    tests("FormulasTests", ["Formulas", "GradC"]),
    tests("CEmitterTests", ["CEmitter"]),
    tests("RuntimeTests", ["GradCRuntime"]),
    tests("JITTests", ["JIT", "Passes"]),
    tests("GradCTests", ["GradC", "GradCNN", "AllocationCounter"], exclude: ["Fixtures"]),
    tests("EndToEndTests", ["GradC", "GradCNN", "Passes", "CEmitter", "JIT"], exclude: ["Fixtures"]),
    tests("BenchmarkTests", ["GradCBenchmarks"]),
    tests("GradBenchTests", ["GradBenchModels", "GradCBenchmarks"]),
    tests("ToolTests", ["gradc", "GradCModels", "GradCData", "GradCNN"]),
  ]
)
