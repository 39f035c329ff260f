import ArgumentParser

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract:
      "Measures: phases of compiling models, how they grow, kernels against C, loops, sparse Jacobians, threads,"
      + " costs, workloads, GradBench.",
    subcommands: [
      BenchModelsCommand.self, BenchScaleCommand.self, BenchKernelsCommand.self, BenchLoopsCommand.self,
      BenchSparseCommand.self, BenchThreadsCommand.self, BenchCostsCommand.self, BenchWorkloadsCommand.self,
      BenchGradBenchCommand.self,
    ],
    defaultSubcommand: BenchModelsCommand.self)
}
