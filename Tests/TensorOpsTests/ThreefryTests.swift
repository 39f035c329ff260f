import TensorOps
import Testing

@Suite struct ThreefryTests {
  /// The known answers published with the generator.
  @Test func knownAnswers() {
    #expect(Threefry.block(key: (0, 0), counter: (0, 0)) == (0x6b20_0159, 0x99ba_4efe))
    #expect(Threefry.block(key: (.max, .max), counter: (.max, .max)) == (0x1cb9_96fc, 0xbb00_2be7))
    #expect(
      Threefry.block(key: (0x1319_8a2e, 0x0370_7344), counter: (0x243f_6a88, 0x85a3_08d3))
        == (0xc492_3a9c, 0x483d_f7a0))
  }
}
