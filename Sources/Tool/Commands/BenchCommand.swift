import ArgumentParser

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures: phases of compiling models, how they grow, kernels against C, loops, sparse Jacobians.",
    subcommands: [
      BenchModelsCommand.self, BenchScaleCommand.self, BenchKernelsCommand.self, BenchLoopsCommand.self,
      BenchSparseCommand.self,
    ],
    defaultSubcommand: BenchModelsCommand.self)
}
